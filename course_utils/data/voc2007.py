"""PASCAL VOC 2007 through torchvision: 9,963 photographs with boxes of twenty kinds of things."""

import os
from collections.abc import Iterator
from pathlib import Path

from course_utils.data.archives import unpack
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS
from course_utils.download import download_file, offline_error
from course_utils.files import DamagedFileError

VOC_CLASSES = (  # in the order of the challenge
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
# By their names at torchvision: what is in them, and how large they are.
ARCHIVES = {
    "2007": "VOC 2007 for training and validation (460 MB)",
    "2007-test": "VOC 2007 for the test (451 MB)",
}
INSTEAD = "leave dataset as the lesson has it"


def load_voc2007(
    data_dir: Path, image_size: int | None, download: bool = True, **options: object
) -> BoxedPictures:
    """The photographs of VOC 2007 with their boxes, each scaled so that its longer side fits.

    ``parts`` keeps the official ones: 2,501 for training, 2,510 for validation and 4,952 for the
    test. Difficult objects do not count.

    Args:
        data_dir: Folder of data sets. In its ``voc2007`` lie the two archives and the folder that
            is unpacked from them, ``VOCdevkit``, as torchvision lays them out.
        image_size: Pixels of the longer side; None for photographs as they are.
        download: Whether to fetch what is not there.
        options: What ``read_boxes`` takes.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        DamagedFileError: If an archive is damaged or an unpacked file is missing; it names the
            file.
        ValueError: If the disk is full or the folder is not writable; and as of ``read_boxes``.

    Source: Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge" (2010),
        International Journal of Computer Vision 88, http://host.robots.ox.ac.uk/pascal/VOC
    """
    root = data_dir / "voc2007"
    folder = root / "VOCdevkit"
    if not folder.exists():
        unpack(_get_archives(root, download), folder)
    missing = list(_missing(folder / "VOC2007"))
    if missing:
        raise DamagedFileError(
            f"{folder} is not all that came with VOC 2007: it lacks {listed(missing)}. Delete that "
            "folder and run again: it is unpacked again from the two archives, which are fetched "
            f"where they are not in {root}"
        )
    dataset = f"voc:{folder / 'VOC2007'}"
    return read_boxes(dataset, image_size, class_names=VOC_CLASSES, **options)


def is_there(data_dir: Path) -> bool:
    """Whether both archives or what was unpacked from them lie in ``data_dir``."""
    root = data_dir / "voc2007"
    return (root / "VOCdevkit").exists() or all(path.exists() for path in _archives(root))


def _archives(root: Path) -> list[Path]:
    from torchvision.datasets.voc import DATASET_YEAR_DICT  # here: a second to import

    return [root / DATASET_YEAR_DICT[name]["filename"] for name in ARCHIVES]


def _get_archives(root: Path, download: bool) -> list[Path]:
    """Both archives, checked; what is not there is fetched, and that is said first."""
    from torchvision.datasets.voc import DATASET_YEAR_DICT

    paths = _archives(root)
    absent = [
        what for what, path in zip(ARCHIVES.values(), paths, strict=True) if not path.exists()
    ]
    if absent and download:
        print(f"Fetched once, and kept in {root}: {'; '.join(absent)}")
    for (name, what), path in zip(ARCHIVES.items(), paths, strict=True):
        url, checksum = DATASET_YEAR_DICT[name]["url"], f"md5:{DATASET_YEAR_DICT[name]['md5']}"
        if not (download or path.exists()):
            reason = "download=False forbids to fetch it"
            raise offline_error(what, path, url, INSTEAD, reason)
        download_file(url, path, checksum=checksum, what=what, instead=INSTEAD)
    return paths


def _missing(folder: Path) -> Iterator[str]:
    """Lists, photographs and annotations that should be in ``folder`` and are not."""
    lists = [folder / "ImageSets" / "Main" / f"{part}.txt" for part in PARTS]
    absent = [path for path in lists if not path.exists()]
    if absent:
        yield from (path.relative_to(folder).as_posix() for path in absent)
        return
    stems = [stem for path in lists for stem in path.read_text(encoding="utf-8").split()]
    for name, ending in (("JPEGImages", ".jpg"), ("Annotations", ".xml")):
        there = set(os.listdir(folder / name)) if (folder / name).exists() else set()
        yield from (f"{name}/{stem}{ending}" for stem in stems if stem + ending not in there)
