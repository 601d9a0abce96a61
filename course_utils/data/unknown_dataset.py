"""What to say of the name of a data set that is none."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.data.boxes.mask_pairs import IN_NAMES
from course_utils.data.likely_forms import likely_forms
from course_utils.files import PROJECT_FOLDER


def unknown_dataset(
    dataset: str,
    names: Sequence[str],
    forms: Sequence[str],
    what: str,
    masks: Sequence[str] = IN_NAMES,
) -> ValueError:
    """An error that says what ``dataset`` may be, and what an existing file or folder looks like.

    Args:
        dataset: What was asked for.
        names: Data sets that have a name.
        forms: Those that have a path.
        what: That a file or folder of no such form does not hold.
        masks: Words in the names of folders of masks.
    """
    known = [f'"{name}"' for name in (*names, *(f"{form}:PATH" for form in forms))]
    return ValueError(
        f"dataset must be {', '.join(known[:-1])} or {known[-1]}, got {dataset!r}"
        f"{_looks_like(dataset, forms, what, masks)}"
    )


def _looks_like(dataset: str, forms: Sequence[str], what: str, masks: Sequence[str]) -> str:
    """What to ask for instead, where ``dataset`` names a file or folder; else nothing."""
    for path in (dataset, dataset.partition(":")[2]):
        place = PROJECT_FOLDER / Path(path).expanduser()
        if not path or not place.exists():
            continue
        likely = [f'"{form}:{path}"' for form in likely_forms(place, masks) if form in forms]
        return f"; it looks like {' or '.join(likely)}" if likely else f"; {place} holds no {what}"
    return ""
