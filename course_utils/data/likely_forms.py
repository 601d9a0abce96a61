"""Which forms a file or folder looks like, for those who gave it another name."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from course_utils.data.boxes.coco_files import is_likely
from course_utils.data.boxes.mask_pairs import IN_NAMES
from course_utils.data.boxes.yolo_names import NAME_FILES
from course_utils.data.sounds.converting import CONVERTIBLE, WAVS

OF_FILES = {
    **{".json": "coco", ".xml": "voc", ".yaml": "yolo", ".yml": "yolo"},
    **{".csv": "texts", ".tsv": "texts"},
}
MOST = 20_000  # files of a folder that are looked at: it may be the home of the user
MOST_JSON = 20  # of these, how many are opened


def likely_forms(path: Path, of_masks: Sequence[str] = IN_NAMES) -> list[str]:
    """The forms of data sets, such as coco or sounds, that ``path`` looks like, most by names.

    Args:
        path: A file or a folder; nothing looks like anything where there is none.
        of_masks: Words in the names of folders of masks.
    """
    if path.is_file():
        form = OF_FILES.get(path.suffix.lower())
        return [form] if form else []
    files = list(islice(_files_below(path), MOST))
    endings = {file.suffix.lower() for file in files}
    folders = {step.lower() for file in files for step in file.parts[:-1]}
    json = [path / file for file in files if file.suffix.lower() == ".json"]
    here = {file.name for file in files if len(file.parts) == 1}
    fits = {
        "coco": any(map(is_likely, json[:MOST_JSON])),
        "voc": ".xml" in endings,
        "yolo": "labels" in folders
        or bool(here.intersection(NAME_FILES))
        or any(name.lower().endswith((".yaml", ".yml")) for name in here),
        "texts": bool(endings & {".txt", ".csv", ".tsv"}),
        "sounds": bool(endings & (WAVS | CONVERTIBLE)),
        "masks": any(word in folder for folder in folders for word in of_masks),
    }
    return [form for form, is_so in fits.items() if is_so]


def _files_below(root: Path) -> Iterator[Path]:
    """Files as seen from ``root``, but for hidden ones."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        place = Path(folder).relative_to(root)
        yield from (place / name for name in sorted(names) if not name.startswith("."))
