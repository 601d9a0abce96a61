"""Which file of a folder is the mask of which picture, and which of its numbers are objects."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from course_utils.data.boxes.annotation_files import Pictures, composed
from course_utils.data.boxes.examples import IGNORED
from course_utils.data.boxes.outcomes import Finding, Outcome

IN_NAMES = ("mask",)  # of folders of masks
ENDS = ("_mask",)  # what the name of a mask may have behind the name of its picture


def masks_among(pictures: Pictures, in_names: Collection[str] = IN_NAMES) -> set[Path]:
    """The files that lie in a folder that has one of ``in_names`` in its name."""
    return {
        file
        for file in pictures.files
        if any(
            word in step.lower()
            for step in file.parent.relative_to(pictures.root).parts
            for word in in_names
        )
    }


def pair_masks(
    pictures: Sequence[Path],
    masks: set[Path],
    parts: Mapping[Path, str],
    name_of: Callable[[Path], str],
    ends: Collection[str] = ENDS,
) -> tuple[list[tuple[Path, Path]], list[Finding]]:
    """Each picture with its mask, and what has no partner.

    A mask is called like its picture, or with ``mask_`` before or one of ``ends`` behind, and lies
    in the same part. Of several, the one whose folders are most like the picture's is meant.

    Args:
        pictures: N pictures.
        masks: Files of masks.
        parts: The part of each of these files; empty where it is in none.
        name_of: What a file is called in a finding.
        ends: What may stand behind the name of the picture.
    """
    by_name: dict[tuple[str, str], list[Path]] = {}
    for mask in sorted(masks):
        names = {mask.stem, mask.stem.removeprefix("mask_")}
        names |= {mask.stem.removesuffix(end) for end in ends}
        for name in names:
            by_name.setdefault((composed(name), parts[mask]), []).append(mask)
    pairs, findings = [], []
    waiting = set(masks)  # a mask belongs to one picture
    for file in pictures:
        named = by_name.get((composed(file.stem), parts[file]), [])
        mask = _nearest(file, [one for one in named if one in waiting])
        if mask is None:
            findings.append(Finding(Outcome.NO_ANNOTATION, name_of(file)))
        else:
            pairs.append((file, mask))
            waiting.remove(mask)
    findings += [Finding(Outcome.NO_PICTURE, name_of(mask)) for mask in sorted(waiting)]
    return pairs, findings


def _nearest(picture: Path, masks: list[Path]) -> Path | None:
    """The mask whose folders end most like the picture's, and then whose name is most alike."""

    def alike(mask: Path) -> tuple[int, bool]:
        steps = zip(reversed(mask.parent.parts), reversed(picture.parent.parts), strict=False)
        same = 0
        for mine, theirs in steps:
            if mine != theirs:
                break
            same += 1
        return same, mask.stem == picture.stem

    return max(masks, key=alike, default=None)


def objects_among(numbers: Iterable[int]) -> list[int]:
    """Which of the numbers in a mask may be objects, ascending.

    0 is background. 255 is the line around objects, as of VOC, where other numbers are there and
    none of them is 254.
    """
    objects = sorted(number for number in numbers if number != 0)
    if len(objects) > 1 and objects[-1] == IGNORED and objects[-2] != IGNORED - 1:
        objects.pop()
    return objects
