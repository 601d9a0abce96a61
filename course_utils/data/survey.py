"""What was found in a folder of pictures, as one object: printed, drawn, and tested by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from course_utils.data.class_mix import is_unbalanced
from course_utils.data.class_table import NAME, tabulate_classes
from course_utils.data.examples import PARTS, PictureFiles
from course_utils.data.layout import EVERY
from course_utils.data.picture_tree import LOST, Reason
from course_utils.data.plain_text import counted, shorten
from course_utils.data.survey_text import COLUMNS, section

if TYPE_CHECKING:
    from course_utils.data.copies_found import Copies

EXAMPLES = 3  # files named of each kind
HEIF = (".heic", ".heif", ".hif")
HEIF_PLUGIN = (
    "For .heic there is also a plug-in: pip install pillow-heif, then in the lesson's first cell "
    "from pillow_heif import register_heif_opener; register_heif_opener()"
)


@dataclass(frozen=True)
class Survey:
    """What a folder of pictures holds; printed, it is a table of what will be done with it.

    Args:
        root: The folder.
        found: The pictures that will be used, N files of K classes.
        folders: The folder that the classes were read from, by part (train, val or test); under
            ``""`` where the folder brings no parts.
        passed_over: What will not be used, by the reason.
        deeper: Folders inside class folders, whose pictures count as the class's.
        max_per_class: Pictures that were taken of each class at most; None for all.
        copies: Pictures that are there more than once, when they have been looked for.
    """

    root: Path
    found: PictureFiles
    folders: Mapping[str, Path]
    passed_over: Mapping[Reason, tuple[Path, ...]]
    deeper: tuple[Path, ...] = ()
    max_per_class: int | None = None
    copies: Copies | None = None

    def __str__(self) -> str:
        sections = {
            "How it was read": self._reading(),
            "Passed over": self._passing_over(),
            "What will be done": self._plans(),
        }
        lines = [f"Folder {shorten(str(self.root), COLUMNS - 7)}"]
        lines += tabulate_classes(self.counts, self.found.class_names, self.parts)
        for title, sentences in sections.items():
            lines += section(title, sentences)
        return "\n".join([*lines, self.copies_text()] if self.copies else lines)

    def copies_text(self) -> str:
        """What was found about copies, once they have been looked for: the end of the table."""
        return "\n".join(section("Copies", self.copies.lines() if self.copies else []))

    @property
    def parts(self) -> tuple[str, ...]:
        """The folder's own parts, train first; empty where it has none or they are joined."""
        return () if self.found.parts is None else tuple(self.folders)

    @property
    def joined(self) -> bool:
        """Whether the folder's own parts are joined, so that the workbook splits anew."""
        return self.found.parts is None and "" not in self.folders

    @property
    def counts(self) -> Tensor:
        """Pictures of each class in each part (P, K), int64; P is 1 where there are no parts."""
        labels, num_classes = self.found.labels, len(self.found.class_names)
        if self.found.parts is None:
            return labels.bincount(minlength=num_classes)[None]
        chosen = (labels[self.found.parts == PARTS.index(part)] for part in self.parts)
        return torch.stack([some.bincount(minlength=num_classes) for some in chosen])

    @property
    def lost(self) -> tuple[Path, ...]:
        """What may be pictures of a class, but cannot be reached: closed, or a link to nothing."""
        return tuple(path for reason in LOST for path in self.passed_over.get(reason, ()))

    def _reading(self) -> Iterator[str]:
        where = {part: self._relative(folder) for part, folder in self.folders.items()}
        if "" not in where:
            said = (f"{part} from {folder}" for part, folder in where.items())
            yield f"Parts of the folder: {', '.join(said)}."
        elif where[""] != ".":
            yield f"The class folders are those in {where['']}, which holds all pictures."
        if self.deeper:
            yield (
                f"Inside class folders: {counted(len(self.deeper), 'folder')}, such as "
                f"{self._relative(self.deeper[0])}. Their pictures count as the class's."
            )
        alike = Counter(_letters(name) for name in self.found.class_names)
        names = [name for name in self.found.class_names if alike[_letters(name)] > 1]
        if names:
            said = ", ".join(repr(shorten(name, NAME)) for name in names[:4])
            yield f"Names that differ only in capitals or blanks are classes of their own: {said}."
        if self.max_per_class is not None:
            yield (
                f"Of each class at most {self.max_per_class:,} pictures are counted and used "
                "(max_per_class)."
            )

    def _passing_over(self) -> Iterator[str]:
        for reason in Reason:
            paths = self.passed_over.get(reason, ())
            if paths:
                yield self._name(reason.value, paths, reason in (Reason.CONVERT, Reason.OTHER))
            if reason is Reason.CONVERT and any(path.suffix.lower() in HEIF for path in paths):
                yield HEIF_PLUGIN

    def _name(self, why: str, paths: Sequence[Path], by_ending: bool = False) -> str:
        """Why, how many there are (of each ending), and the first of them."""
        endings = Counter(shorten(path.suffix.lower(), 12) or "no ending" for path in paths)
        kinds = ", ".join(f"{ending} {number:,}" for ending, number in endings.most_common(4))
        kinds += ", …" if len(endings) > 4 else ""
        shown = ", ".join(self._relative(path) for path in paths[:EXAMPLES])
        rest = ", …" if len(paths) > EXAMPLES else ""
        return f"{why}: {len(paths):,} ({f'{kinds}: ' if by_ending else ''}{shown}{rest})"

    def _plans(self) -> Iterator[str]:
        if self.joined:
            yield "The folder's own parts are joined, and the workbook splits anew (split_anew)."
        elif not self.parts:
            yield "The workbook splits the pictures into training, validation and test."
        else:
            drawn = [part for part in PARTS if part not in self.parts]
            yield f"The folder's own parts are kept: {', '.join(self.parts)}" + (
                f"; {' and '.join(drawn)} will be drawn from train." if drawn else "."
            )
        yield from self._guessing()
        if self.lost:
            yield (
                f"{len(self.lost):,} of what is passed over may be pictures of a class: the "
                "workbook stops here, or goes on without them by skip_unreadable = True."
            )
        if list(self.folders.values()) != [self.root]:
            yield (
                "If the folders mean something else: give the path of the one that holds the "
                f"classes, with /{EVERY} at its end if every folder in it is a class."
            )

    def _guessing(self) -> Iterator[str]:
        """What always naming the commonest class of the training pictures scores."""
        counts, names = self.counts, self.found.class_names
        label = int(counts[0].argmax())
        judged = counts[-1] if "test" in self.parts else counts.sum(0)
        share = int(judged[label]) / int(judged.sum())
        where = "test pictures" if "test" in self.parts else "pictures"
        yield (
            f"Guessing: always answering {shorten(names[label], NAME)} (no class has more "
            f"pictures) is right for {100 * share:.1f} % of the {where}."
        )
        if is_unbalanced(self.found):
            totals = counts.sum(0)
            most, least = int(totals.max()), int(totals.min())
            yield (
                f"Unequal classes: {shorten(names[int(totals.argmax())], NAME)} has {most:,} "
                f"pictures, {shorten(names[int(totals.argmin())], NAME)} {least:,}: look at "
                "balanced accuracy and at each class's own score as well."
            )

    def _relative(self, path: Path) -> str:
        """``path`` as seen from the folder, in at most half a line."""
        inside = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        return shorten(inside.as_posix(), COLUMNS // 2)


def _letters(name: str) -> str:
    return "".join(name.split()).casefold()
