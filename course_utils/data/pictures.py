"""Pictures from files: decoded once and kept where they fit into memory, else streamed."""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.damaged_pictures import report_blank, report_unreadable
from course_utils.data.decoding import read_picture, reading_pictures
from course_utils.data.examples import LabelledImages, PictureFiles
from course_utils.data.streamed import StreamedImages
from course_utils.data.unreadable import Unreadable, reason_to_open
from course_utils.files import DamagedFileError, free_disk, size_text
from course_utils.session.cores import usable_cores
from course_utils.session.memory import free_memory
from course_utils.tensor_files import keep_if_possible, load_tensors

SECONDS_BEFORE_PROGRESS = 10  # no bar for quick loads, so lessons and batch runs stay clean
MEMORY_SHARE = 0.8  # of the free memory that pictures may fill with all their copies
COPIES = 4.0  # the whole set, its three parts, and of one part the numbers in four bytes each
WORTH_TELLING = 50e6  # bytes; smaller sets are read without a word
CHUNK = 1000  # files that a thread opens in a row
WAITING = 4  # threads more than cores: some wait for the disk


def load_pictures(
    found: PictureFiles,
    image_size: int,
    channels: int = 3,
    *,
    skip_unreadable: bool = False,
    cache_dir: Path | None = None,
    memory_limit: float | None = None,
    copies: float | None = None,
) -> LabelledImages:
    """Read the pictures of ``found``, each cut to its middle square and resized.

    Args:
        found: N files with their classes.
        image_size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without pictures that cannot be read, saying which.
        cache_dir: Folder that keeps the decoded pictures, so that a second call only reads them;
            None keeps nothing. A picture that could not be read is tried again at each call.
        memory_limit: Bytes that pictures and copies may take; None for a share of what is free.
        copies: How often the pictures must fit into memory, at a byte a number, so that they can
            be worked on; None streams them where they do not fit ``COPIES`` times.

    Returns:
        Images (N, channels, image_size, image_size), uint8: a tensor where they fit, else
        ``StreamedImages``, of which a damaged one is found only when its batch is read.

    Raises:
        ValueError: If a picture cannot be read, or a class has none that can.
        MemoryError: If the ``copies`` asked for do not fit; before any work.
        OSError: If ``cache_dir`` cannot be written or has no room; before any work.
    """
    shape = torch.Size((len(found.files), channels, image_size, image_size))
    if memory_limit is None:
        memory_limit = MEMORY_SHARE * free_memory()
    if not _fits(shape, copies, memory_limit):
        return _stream(found, shape, skip_unreadable)
    file = cache_dir / _cache_name(found, shape) if cache_dir else None
    images, is_read = _load_kept(file, shape)
    num_kept = int(is_read.sum())
    unreadable = _decode(found.files, images, is_read)
    report_unreadable(found.files, found.labels, found.class_names, unreadable, skip_unreadable)
    if file is not None and is_read.sum() > num_kept:
        _keep(images, is_read, file)
    report_blank(found.files, images, is_read)
    examples = LabelledImages(images, found.labels, found.class_names, found.parts)
    return examples if is_read.all() else examples[is_read]


def _fits(shape: torch.Size, copies: float | None, memory_limit: float) -> bool:
    """Whether the pictures are to be read into memory; says so where that matters."""
    needed = (COPIES if copies is None else copies) * shape.numel()
    picture = "x".join(str(size) for size in shape[1:])
    pictures = f"{shape[0]:,} pictures of {picture}"
    if needed <= memory_limit:
        if shape.numel() > WORTH_TELLING:
            print(f"{pictures} need {size_text(needed)} of memory, all copies included")
        return True
    would = (
        f"{pictures} would need {size_text(needed)} of memory, all copies included, more than the "
        f"{size_text(memory_limit)} they may take"
    )
    if copies is not None:
        raise MemoryError(
            f"{would}; lower image_size (now {shape[-1]}), or take a data set of fewer pictures"
        )
    print(f"{would}: read batch by batch instead")
    return False


def _stream(found: PictureFiles, shape: torch.Size, skip_unreadable: bool) -> LabelledImages:
    """The pictures as files, but for those that cannot even be opened."""
    chunks = [found.files[start : start + CHUNK] for start in range(0, shape[0], CHUNK)]
    reasons = [reason for chunk in _for_each(_reasons_to_open, chunks) for reason in chunk]
    unreadable = {place: reason for place, reason in enumerate(reasons) if reason is not None}
    report_unreadable(found.files, found.labels, found.class_names, unreadable, skip_unreadable)
    images = StreamedImages([os.fspath(file) for file in found.files], shape[-1], shape[1])
    examples = LabelledImages(images, found.labels, found.class_names, found.parts)
    can_open = torch.tensor([reason is None for reason in reasons])
    return examples if can_open.all() else examples[can_open]


def _reasons_to_open(files: Sequence[Path]) -> list[Unreadable | None]:
    return [reason_to_open(file) for file in files]


def _load_kept(file: Path | None, shape: torch.Size) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W), uint8, and which of them were read in an earlier run (N,), bool."""
    if file is not None and file.exists():
        try:
            return load_tensors(file)
        except (FileNotFoundError, DamagedFileError):
            file.unlink(missing_ok=True)
    if file is not None:
        _check_room(file.parent, shape.numel())
    return torch.zeros(shape, dtype=torch.uint8), torch.zeros(shape[0], dtype=torch.bool)


def _decode(files: Sequence[Path], images: Tensor, is_read: Tensor) -> dict[int, Unreadable]:
    """Read into ``images`` what is not ``is_read`` yet; reasons by place for what cannot be."""
    unreadable = {}

    def decode_one(place: int) -> None:
        picture = read_picture(files[place], images.shape[-1], images.shape[1])
        if isinstance(picture, Unreadable):
            unreadable[place] = picture
        else:
            images[place] = torch.from_numpy(picture).permute(2, 0, 1)
            is_read[place] = True

    with reading_pictures():
        _for_each(decode_one, (~is_read).nonzero().flatten().tolist())
    return unreadable


def _for_each(work: Callable[[Any], Any], pictures: Sequence[Any]) -> list[Any]:
    """``work`` on each of the ``pictures``, in threads; a bar appears where that takes long."""
    with ThreadPoolExecutor(usable_cores() + WAITING) as pool:
        done = pool.map(work, pictures)
        bar = {"total": len(pictures), "delay": SECONDS_BEFORE_PROGRESS, "unit": "picture"}
        return list(tqdm(done, leave=False, **bar))


def _cache_name(found: PictureFiles, shape: torch.Size) -> str:
    """Name of the file that keeps the pictures; another one once a file has changed.

    The part before the last underscore is the same for the same places and size.
    """
    places = hashlib.sha256(f"{shape[1:]}".encode())
    content = hashlib.sha256()
    for file in found.files:
        try:
            state = file.stat()
            size_and_time = f"{state.st_size} {state.st_mtime_ns}"
        except OSError:  # a link to nowhere, or a closed folder
            size_and_time = "not there"
        places.update(os.fsencode(file.absolute().parent))
        content.update(os.fsencode(f"{file.absolute()} {size_and_time}\n"))
    return f"pictures_{places.hexdigest()[:16]}_{content.hexdigest()[:16]}.pt"


def _check_room(folder: Path, needed: int) -> None:
    """Refuse a folder that cannot keep ``needed`` bytes, before any picture is decoded."""
    way_out = "set data_dir to a folder that can"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = free_disk(folder)
        is_writable = os.access(folder, os.W_OK)
    except OSError as error:
        raise OSError(f"{folder} cannot keep pictures ({error.strerror}); {way_out}") from error
    if not is_writable:
        raise OSError(f"{folder} cannot be written; {way_out}")
    if free < needed:
        raise OSError(
            f"{folder} has {size_text(free)} free, but the decoded pictures need "
            f"{size_text(needed)}; free some disk space or {way_out}"
        )


def _keep(images: Tensor, is_read: Tensor, file: Path) -> None:
    if keep_if_possible((images, is_read), file):
        for older in set(file.parent.glob(f"{file.name.rpartition('_')[0]}_*.pt")) - {file}:
            with suppress(OSError):  # another run may be reading or removing it
                older.unlink()
