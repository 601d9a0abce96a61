"""The archives of PASCAL VOC through torchvision: fetched, checked and unpacked once."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.archives import unpack
from course_utils.data.damaged_pictures import listed
from course_utils.download import download_file, offline_error
from course_utils.files import DamagedFileError

VOC_CLASSES = (  # in the order of the challenge
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
INSTEAD = "leave dataset as the lesson has it"


@dataclass(frozen=True)
class Year:
    """What a year of VOC brings for one task.

    Args:
        folder: Of that year in the archives.
        archives: By their names at torchvision, what is in them and how large they are.
        lists: Of pictures, as seen from ``ImageSets``, without ending.
        files: Folders with a file for each picture that is listed, and the ends of its name.
    """

    folder: str
    archives: Mapping[str, str]
    lists: tuple[str, ...]
    files: Mapping[str, str]


YEARS = {  # by the name of the data set, which is that of its folder, too
    "voc2007": Year(
        "VOC2007",
        {
            "2007": "VOC 2007 for training and validation (460 MB)",
            "2007-test": "VOC 2007 for the test (451 MB)",
        },
        ("Main/train", "Main/val", "Main/test"),
        {"JPEGImages": ".jpg", "Annotations": ".xml"},
    ),
    "voc2012": Year(
        "VOC2012",
        {"2012": "VOC 2012 for training and validation (2.0 GB)"},
        ("Segmentation/train", "Segmentation/val"),
        {"JPEGImages": ".jpg", "SegmentationClass": ".png"},
    ),
}


def get_voc(name: str, data_dir: Path, download: bool = True) -> Path:
    """The folder of one of ``YEARS`` with all that is listed, as torchvision lays it out.

    Args:
        name: Of the data set. In its folder in ``data_dir`` lie the archives and what is unpacked
            from them, ``VOCdevkit``.
        data_dir: Folder of data sets.
        download: Whether to fetch what is not there.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        DamagedFileError: If an archive is damaged or an unpacked file is missing; it names the
            file.
        ValueError: If the disk is full or the folder is not writable.
    """
    year, root = YEARS[name], data_dir / name
    unpacked = root / "VOCdevkit"
    if not unpacked.exists():
        unpack(_get_archives(year, root, download), unpacked)
    missing = list(_missing(unpacked / year.folder, year))
    if missing:
        archives = " and ".join(path.name for path in _archives(year, root))
        raise DamagedFileError(
            f"{unpacked} is not all that came with {year.folder}: it lacks {listed(missing)}. "
            f"Delete that folder and run again: it is unpacked again from {archives}, fetched "
            f"where that is not in {root}"
        )
    return unpacked / year.folder


def is_there(name: str, data_dir: Path) -> bool:
    """Whether all archives, or what was unpacked from them, lie in ``data_dir``."""
    root = data_dir / name
    archives = _archives(YEARS[name], root)
    return (root / "VOCdevkit").exists() or all(path.exists() for path in archives)


def _archives(year: Year, root: Path) -> list[Path]:
    from torchvision.datasets.voc import DATASET_YEAR_DICT  # here: a second to import

    return [root / DATASET_YEAR_DICT[name]["filename"] for name in year.archives]


def _get_archives(year: Year, root: Path, download: bool) -> list[Path]:
    """All archives, checked; what is not there is fetched, and that is said first."""
    from torchvision.datasets.voc import DATASET_YEAR_DICT

    paths = _archives(year, root)
    absent = [
        what for what, path in zip(year.archives.values(), paths, strict=True) if not path.exists()
    ]
    if absent and download:
        print(f"Fetched once, and kept in {root}: {'; '.join(absent)}")
    for (name, what), path in zip(year.archives.items(), paths, strict=True):
        url, checksum = DATASET_YEAR_DICT[name]["url"], f"md5:{DATASET_YEAR_DICT[name]['md5']}"
        if not (download or path.exists()):
            reason = "download=False forbids to fetch it"
            raise offline_error(what, path, url, INSTEAD, reason)
        download_file(url, path, checksum=checksum, what=what, instead=INSTEAD)
    return paths


def _missing(folder: Path, year: Year) -> Iterator[str]:
    """Lists, and files of the pictures in them, that should be in ``folder`` and are not."""
    lists = [folder / "ImageSets" / f"{name}.txt" for name in year.lists]
    absent = [path for path in lists if not path.exists()]
    if absent:
        yield from (path.relative_to(folder).as_posix() for path in absent)
        return
    stems = [stem for path in lists for stem in path.read_text(encoding="utf-8").split()]
    for name, ending in year.files.items():
        there = set(os.listdir(folder / name)) if (folder / name).exists() else set()
        yield from (f"{name}/{stem}{ending}" for stem in stems if stem + ending not in there)
