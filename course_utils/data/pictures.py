"""Pictures from files: decoded once and kept where they fit into memory, else streamed."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_utils.data.damaged_pictures import report_blank, report_unreadable
from course_utils.data.decoding import read_picture, reading_pictures
from course_utils.data.examples import LabelledImages, PictureFiles
from course_utils.data.in_threads import for_each
from course_utils.data.kept_pictures import cache_name, keep, load_kept
from course_utils.data.streamed import StreamedImages
from course_utils.data.unreadable import Unreadable, reason_to_open
from course_utils.files import size_text
from course_utils.session.memory import free_memory

MEMORY_SHARE = 0.8  # of the free memory that pictures may fill with all their copies
# The whole set, its three parts, and of one part the numbers in four bytes each:
MEMORY_COPIES = 4.0
WORTH_TELLING = 50e6  # bytes; smaller sets are read without a word
CHUNK = 1000  # files that a thread opens in a row


def read_pictures(
    found: PictureFiles,
    image_size: int,
    channels: int = 3,
    *,
    skip_unreadable: bool = False,
    cache_dir: Path | None = None,
    memory_limit: float | None = None,
    memory_copies: float | None = None,
) -> tuple[LabelledImages, PictureFiles]:
    """Read the pictures of ``found``, each cut to its middle square and resized.

    Args:
        found: N files with their classes.
        image_size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without pictures that cannot be read, saying which.
        cache_dir: Folder that keeps the decoded pictures, so that a second call only reads them;
            None keeps nothing. A picture that could not be read is tried again at each call.
        memory_limit: Bytes that pictures and copies may take; None for a share of what is free.
        memory_copies: How often the pictures must fit into memory, at a byte a number, so that
            they can be worked on; None streams them where they do not fit ``MEMORY_COPIES`` times.

    Returns:
        Images (N, channels, image_size, image_size), uint8: a tensor where they fit, else
        ``StreamedImages``, of which a damaged one is found only when its batch is read; and the N
        files that they were read from.

    Raises:
        ValueError: If a picture cannot be read, or a class has none that can.
        MemoryError: If the ``memory_copies`` asked for do not fit; before any work.
        OSError: If ``cache_dir`` cannot be written or has no room; before any work.
    """
    shape = torch.Size((len(found.files), channels, image_size, image_size))
    if memory_limit is None:
        memory_limit = MEMORY_SHARE * free_memory()
    if not _fits(shape, memory_copies, memory_limit):
        return _stream(found, shape, skip_unreadable)
    file = cache_dir / cache_name("pictures", found, shape) if cache_dir else None
    images, is_read = load_kept(file, shape)
    num_kept = int(is_read.sum())
    unreadable = _decode(found.files, images, is_read)
    report_unreadable(found.files, found.labels, found.class_names, unreadable, skip_unreadable)
    if file is not None and is_read.sum() > num_kept:
        keep(images, is_read, file)
    report_blank(found.files, images, is_read)
    return _keep_those(is_read, found, images)


def _fits(shape: torch.Size, memory_copies: float | None, memory_limit: float) -> bool:
    """Whether the pictures are to be read into memory; says so where that matters."""
    needed = (MEMORY_COPIES if memory_copies is None else memory_copies) * shape.numel()
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
    if memory_copies is not None:
        raise MemoryError(
            f"{would}; lower image_size (now {shape[-1]}), or take a data set of fewer pictures"
        )
    print(f"{would}: read batch by batch instead")
    return False


def load_pictures(
    found: PictureFiles, image_size: int, channels: int = 3, **options: Any
) -> LabelledImages:
    """The pictures alone, as ``read_pictures`` reads them with these arguments."""
    examples, _ = read_pictures(found, image_size, channels, **options)
    return examples


def _keep_those(
    is_read: Tensor, found: PictureFiles, images: Tensor | StreamedImages
) -> tuple[LabelledImages, PictureFiles]:
    """The pictures that were read (N,), bool, and their files."""
    examples = LabelledImages(images, found.labels, found.class_names, found.parts)
    if is_read.all():
        return examples, found
    examples = examples[is_read]
    files = tuple(found.files[place] for place in is_read.nonzero().flatten().tolist())
    return examples, PictureFiles(files, examples.labels, examples.class_names, examples.parts)


def _stream(
    found: PictureFiles, shape: torch.Size, skip_unreadable: bool
) -> tuple[LabelledImages, PictureFiles]:
    """The pictures as files, but for those that cannot even be opened."""
    chunks = [found.files[start : start + CHUNK] for start in range(0, shape[0], CHUNK)]
    reasons = [reason for chunk in for_each(_reasons_to_open, chunks) for reason in chunk]
    unreadable = {place: reason for place, reason in enumerate(reasons) if reason is not None}
    report_unreadable(found.files, found.labels, found.class_names, unreadable, skip_unreadable)
    images = StreamedImages([os.fspath(file) for file in found.files], shape[-1], shape[1])
    return _keep_those(torch.tensor([reason is None for reason in reasons]), found, images)


def _reasons_to_open(files: Sequence[Path]) -> list[Unreadable | None]:
    return [reason_to_open(file) for file in files]


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
        for_each(decode_one, (~is_read).nonzero().flatten().tolist())
    return unreadable
