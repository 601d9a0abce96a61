"""ImageNet (ILSVRC2012) through torchvision, from the archives that the learner has got."""

import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch.utils.data import Dataset

from course_utils.data.examples import PARTS, PictureFiles
from course_utils.files import DamagedFileError, free_disk, size_text

ADDRESS = "https://image-net.org/challenges/LSVRC/2012/2012-downloads.php"
INSTEAD = 'dataset = "digits"'


def find_imagenet(root: Path) -> PictureFiles:
    """The files of ImageNet: 1,281,167 training and 50,000 test pictures of 1,000 classes.

    The official validation pictures are the test part here, as the labels of ImageNet's own test
    pictures are not public; take validation pictures from the training ones. Archives are
    unpacked once, which takes hours. No picture is read.

    Args:
        root: Folder with ``ILSVRC2012_devkit_t12.tar.gz``, ``ILSVRC2012_img_train.tar`` and
            ``ILSVRC2012_img_val.tar``, or with what torchvision makes of them: ``meta.bin`` and
            the folders ``train`` and ``val``, each with one folder per class called by its WordNet
            number, such as ``n01440764``.

    Returns:
        Files, training pictures first. A class is called by its first name, with its WordNet
        number where two classes share that name, such as ``crane (n02012849)``.

    Raises:
        FileNotFoundError: If something is missing; it names all of it and how to get it.
        DamagedFileError: If an archive is damaged or a folder is incomplete.
        ValueError: If the disk is full or ``root`` is not writable.

    Source: Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge" (2015), section
        3.1, https://arxiv.org/abs/1409.0575
    """
    _refuse_missing(root)
    wnids, num_test = _load_meta(root)
    train = _list_split(root, "train", wnids, None)
    test = _list_split(root, "val", wnids, num_test)
    files = tuple(Path(path) for path, _ in [*train.samples, *test.samples])
    counts = torch.tensor([len(train), len(test)])
    parts = torch.tensor([PARTS.index("train"), PARTS.index("test")]).repeat_interleave(counts)
    names = _tell_apart([names[0] for names in train.classes], train.wnids)
    return PictureFiles(files, torch.tensor(train.targets + test.targets), names, parts)


def _refuse_missing(root: Path) -> None:
    from torchvision.datasets.imagenet import ARCHIVE_META, META_FILE  # here: a second to import

    wanted = {META_FILE: "devkit", "train": "train", "val": "val"}
    missing = [
        f"{ARCHIVE_META[key][0]} (or {'the folder ' if key == name else ''}{name})"
        for name, key in wanted.items()
        if not ((root / name).exists() or (root / ARCHIVE_META[key][0]).exists())
    ]
    if missing:
        raise FileNotFoundError(
            f"ImageNet (ILSVRC2012) is not complete on this machine: looked in {root.absolute()} "
            f"for {', '.join(missing)}. Either get what is missing from {ADDRESS}, which needs an "
            f"account, and put it there, or run without it: {INSTEAD}"
        )


def _load_meta(root: Path) -> tuple[set[str], int]:
    """WordNet numbers of the classes, and how many validation pictures there are."""
    from torchvision.datasets.imagenet import META_FILE, load_meta_file, parse_devkit_archive

    if not (root / META_FILE).exists():
        with (
            _unpacking_errors(root, "devkit") as archive,
            tempfile.TemporaryDirectory(prefix="unpacking-", dir=root) as unfinished,
        ):
            parse_devkit_archive(unfinished, str(archive))
            os.replace(Path(unfinished) / META_FILE, root / META_FILE)
    try:
        names, val_wnids = load_meta_file(root)
        return set(names), len(val_wnids)
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise DamagedFileError(
            f"{root / META_FILE} cannot be read: delete it and run again with the development kit "
            f"from {ADDRESS} beside it, from which it is made"
        ) from error


def _list_split(root: Path, split: str, wnids: set[str], num_pictures: int | None) -> Dataset:
    """The ``ImageNet`` of ``root / split``, unpacked if need be; refused if it is not all of it."""
    from torchvision.datasets.imagenet import ARCHIVE_META, ImageNet

    folder = root / split
    if not folder.exists():
        _unpack(root, split)
    lack = _lack(folder, wnids)
    if not lack:
        try:
            dataset = ImageNet(root, split)
        except FileNotFoundError as error:
            lack = str(error)  # class folders without pictures
    if not lack and num_pictures not in (None, len(dataset)):
        lack = f"{len(dataset):,} pictures instead of {num_pictures:,}"
    if lack:
        raise DamagedFileError(
            f"{folder} is not ImageNet as torchvision unpacks it: {lack}. It was unpacked half or "
            "otherwise, or is a part: move or delete it and run again with "
            f'{ARCHIVE_META[split][0]} in {root}, or load a part as "folder:{folder}"'
        )
    return dataset


def _unpack(root: Path, split: str) -> None:
    from torchvision.datasets.imagenet import parse_train_archive, parse_val_archive

    parse = parse_train_archive if split == "train" else parse_val_archive
    with _unpacking_errors(root, split) as archive, _unfinished(archive, root / split) as folder:
        parse(root, folder=folder.name)


@contextmanager
def _unpacking_errors(root: Path, key: str) -> Iterator[Path]:
    """Yield the archive called ``key`` by torchvision; what goes wrong then is told in words."""
    from torchvision.datasets.imagenet import ARCHIVE_META

    name, md5 = ARCHIVE_META[key]
    archive = root.absolute() / name
    try:
        with warnings.catch_warnings():
            # Python 3.12 and 3.13 want a rule for what may be unpacked; the checksum is stricter.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield archive
    except RuntimeError as error:
        if "corrupted" not in str(error):  # torchvision's word for a wrong checksum
            raise
        raise DamagedFileError(
            f"{archive} ({archive.stat().st_size:,} bytes) is half-downloaded, damaged or another "
            f"file: its MD5 is not {md5}. Get it again from {ADDRESS}"
        ) from None
    except OSError as error:
        raise ValueError(
            f"cannot unpack {archive} ({error.strerror or error}): make room in {root} and the "
            "folder writable, or move the archives to a folder that is"
        ) from None


@contextmanager
def _unfinished(archive: Path, folder: Path) -> Iterator[Path]:
    """A folder that gets the name of ``folder`` when it is full, so that half is never used."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    num_bytes, free = archive.stat().st_size, free_disk(folder.parent)
    if unfinished.exists():
        raise ValueError(
            f"{unfinished} is there: another run is unpacking now, or one was killed while it did. "
            "Wait for it, or delete that folder, then run again"
        )
    if free < num_bytes:
        raise ValueError(
            f"unpacking {archive.name} takes {size_text(num_bytes)} and {folder.parent} has "
            f"{size_text(free)} free: make room, or move the archives to another disk"
        )
    print(f"Unpacking {archive.name}, {size_text(num_bytes)}, once")
    unfinished.mkdir()
    try:
        yield unfinished
        os.replace(unfinished, folder)
    except BaseException:  # stopped by the user too
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _lack(folder: Path, wnids: set[str]) -> str:
    """What is wrong with the class folders, in words; an empty text if nothing is."""
    with os.scandir(folder) as entries:
        is_folder = {entry.name: entry.is_dir() for entry in entries}
    folders = {name for name in is_folder if is_folder[name]}
    loose = {name for name in is_folder if name.lower().endswith((".tar", ".jpeg"))} - folders
    findings = {
        "missing class folders": wnids - folders,
        "folders that are no class": folders - wnids,
        "files in no class folder": loose,
    }
    listed = {what: names for what, names in findings.items() if names}
    return "; ".join(f"{what}: {len(names):,} ({min(names)})" for what, names in listed.items())


def _tell_apart(names: list[str], wnids: list[str]) -> tuple[str, ...]:
    """``names``, with the WordNet number where two classes share one, as the two cranes do."""
    counts = Counter(names)
    return tuple(
        name if counts[name] == 1 else f"{name} ({wnid})"
        for name, wnid in zip(names, wnids, strict=True)
    )
