"""Names that folders of training, validation and test pictures go by."""

import re
from collections.abc import Iterable

# The last two words for tests are those of Hugging Face's data sets.
WORDS = {
    **dict.fromkeys(("train", "training", "trainval"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
FILLERS = ("set", "data", "dataset", "images", "image", "imgs", "pictures", "split", "folder")


def find_part_names(names: Iterable[str]) -> dict[str, str]:
    """Those of ``names`` that spell a part of a data set, with the part: train, val or test.

    ``training_set``, ``test1`` and ``Train Data`` do by themselves; ``seg_train`` does where there
    is a ``seg_test`` or ``seg_val`` beside it: a ``test_tube`` among ``pipettes`` is a class.
    """
    spelt = {name: split_name(name) for name in names}
    spelt = {name: parts for name, parts in spelt.items() if parts is not None}
    sides: dict[str, set[str]] = {}
    for part, rest in spelt.values():
        sides.setdefault(rest, set()).add(part)
    return {name: part for name, (part, rest) in spelt.items() if not rest or len(sides[rest]) > 1}


def split_name(name: str) -> tuple[str, str] | None:
    """The part that ``name`` spells and the words beside it; None if it spells none, or several.

    Words end at signs, digits and capital letters: ``seg_train`` gives ``("train", "seg")``.
    """
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    known = [_part_of(word.lower()) for word in words]
    parts = [part for part in known if part]
    if parts == ["train", "val"]:  # both in one, as in train_val beside test
        parts = ["train"]
    if len(parts) != 1:
        return None
    rest = [word.lower() for word, part in zip(words, known, strict=True) if not part]
    return parts[0], " ".join(word for word in rest if word not in FILLERS)


def _part_of(word: str) -> str | None:
    glued = (word.removesuffix(filler) for filler in FILLERS)  # such as testset
    return next((WORDS[stem] for stem in (word, *glued) if stem in WORDS), None)
