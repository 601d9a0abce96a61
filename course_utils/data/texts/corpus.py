"""English prose to learn a language from: docstrings of installed packages, each piece once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from course_utils.data.texts.kept_passages import load_passages, read_passages
from course_utils.data.texts.near_texts import bare
from course_utils.data.texts.packages import SOURCE, folder_of, version_of
from course_utils.data.texts.passages import Passage

FIRST = ("torch", "nn/modules/loss.py")  # small, and about what lesson 01 was about


@dataclass(frozen=True)
class Prose:
    """Texts without labels.

    Args:
        texts: N; each is what is left of one docstring, a paragraph a line.
        files: N; where each is from, package and file, ``numpy/fft/_helper.py``.
        versions: The version of each package.
        num_signs: How many signs (characters) all passages had, repeats among them.
    """

    texts: tuple[str, ...]
    files: tuple[str, ...]
    versions: Mapping[str, str]
    num_signs: int

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def repeated_share(self) -> float:
        """The share of the signs that was left out, since it stood there before; 0 to 1."""
        return 1 - sum(_num_signs(text) for text in self.texts) / max(1, self.num_signs)

    def __str__(self) -> str:
        packages = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        size = sum(map(len, self.texts)) / 1e6
        return (
            f"{len(self):,} texts of {packages}: {size:.2f} million signs, after repeated pieces "
            f"were left out ({100 * self.repeated_share:.0f} % of all)"
        )


def load_prose(data_dir: Path, packages: Sequence[str] = SOURCE) -> Prose:
    """The prose of installed packages; which texts there are differs with their versions.

    In each package near copies are left out, and between packages equal pieces.

    Args:
        data_dir: Where passages are kept, one file a package; making them takes seconds.
        packages: Their names, in the order in which they are read.

    Raises:
        ModuleNotFoundError: If one is not installed.
    """
    seen: set[str] = set()
    parts = []
    for package in packages:
        read = load_passages(package, data_dir)
        pairs = zip(read.passages, read.repeated, strict=True)
        fresh = [passage for passage, is_repeat in pairs if not is_repeat]
        parts.append(_as_prose(package, fresh, seen, sum(len(p.text) for p in read.passages)))
    return Prose(
        tuple(text for part in parts for text in part.texts),
        tuple(file for part in parts for file in part.files),
        {name: version for part in parts for name, version in part.versions.items()},
        sum(part.num_signs for part in parts),
    )


def first_prose() -> Prose:
    """The prose of one small file, read in less than a second; nothing is kept."""
    package, name = FIRST
    passages = read_passages(folder_of(package) / name, name)
    return _as_prose(package, passages, set(), sum(len(p.text) for p in passages))


def hold_out_files(prose: Prose, share: float) -> tuple[Prose, Prose]:
    """Prose to learn from, and about a ``share`` of the files to score on; always the same files.

    Docstrings of one file repeat one another's words, so a file is on one side.

    Raises:
        ValueError: If ``share`` is not between 0 and 1, or one side would be empty.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1, got {share}")
    is_out = [_place_of(file) < share for file in prose.files]
    if all(is_out) or not any(is_out):
        raise ValueError(
            f"{len(set(prose.files))} files are too few to hold out a share of {share}; ask for "
            "another share, or read more packages"
        )
    return _chosen(prose, [not out for out in is_out]), _chosen(prose, is_out)


def _as_prose(package: str, passages: Sequence[Passage], seen: set[str], num_signs: int) -> Prose:
    """The passages that are not in ``seen``, a text for each docstring; they are added there."""
    texts, files = [], []
    for where, some in groupby(passages, key=lambda passage: passage.where):
        kept = []
        for passage in some:
            if (key := bare(passage.text)) not in seen:
                seen.add(key)
                kept.append(passage.text)
        if kept:
            texts.append("\n".join(kept))
            files.append(f"{package}/{where.rpartition(':')[0]}")
    return Prose(tuple(texts), tuple(files), {package: version_of(package)}, num_signs)


def _chosen(prose: Prose, is_chosen: Sequence[bool]) -> Prose:
    some = [place for place, chosen in enumerate(is_chosen) if chosen]
    texts = tuple(prose.texts[place] for place in some)
    files = tuple(prose.files[place] for place in some)
    return replace(prose, texts=texts, files=files, num_signs=sum(map(_num_signs, texts)))


def _num_signs(text: str) -> int:
    return len(text.replace("\n", ""))


def _place_of(file: str) -> float:
    """A number from 0 to 1 that the name alone decides."""
    return int.from_bytes(hashlib.sha256(file.encode()).digest()[:6], "big") / 2**48
