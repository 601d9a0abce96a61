"""Pictures from files: decoded once and kept where they fit into memory, else streamed."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.damaged_pictures import report_damaged
from course_utils.data.decoding import quiet_about_remarks, read_picture
from course_utils.data.examples import LabelledImages, PictureFiles
from course_utils.data.streamed import StreamedImages
from course_utils.files import DamagedFileError
from course_utils.tensor_files import keep_if_possible, load_tensors

SECONDS_BEFORE_PROGRESS = 10  # no bar for quick loads, so lessons and batch runs stay clean
MEMORY_SHARE = 0.4  # of the free memory that pictures may fill; reading a kept file takes twice
WORTH_TELLING = 50e6  # bytes; smaller sets are read without a word


def load_pictures(
    found: PictureFiles,
    image_size: int,
    channels: int = 3,
    *,
    skip_unreadable: bool = False,
    cache_dir: Path | None = None,
    memory_limit: float | None = None,
) -> LabelledImages:
    """Read the pictures of ``found``, each cut to its middle square and resized.

    Args:
        found: N files with their classes.
        image_size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without damaged pictures, saying which.
        cache_dir: Folder that keeps the decoded pictures, so that a second call only reads them;
            None keeps nothing.
        memory_limit: Bytes that the pictures may take; None for a share of what is free now.

    Returns:
        Images (N, channels, image_size, image_size), uint8: a tensor where they fit, else
        ``StreamedImages``, whose damaged files are found only when their batch is read.

    Raises:
        ValueError: If a picture is damaged or a class has none that can be read.
        OSError: If ``cache_dir`` cannot be written or has no room; before any work.
    """
    shape = torch.Size((len(found.files), channels, image_size, image_size))
    if memory_limit is None:
        memory_limit = MEMORY_SHARE * psutil.virtual_memory().available
    _tell_size(shape, memory_limit)
    if shape.numel() > memory_limit:
        files = [os.fspath(file) for file in found.files]
        images = StreamedImages(files, image_size, channels)
        return LabelledImages(images, found.labels, found.class_names, found.parts)
    file = cache_dir / _cache_name(found, shape) if cache_dir else None
    images, readable = _load_or_decode(found, shape, file)
    report_damaged(found.files, found.labels, found.class_names, readable, skip_unreadable)
    if file is not None and not file.exists():
        _keep(images, readable, file)
    examples = LabelledImages(images, found.labels, found.class_names, found.parts)
    return examples if readable.all() else examples[readable]


def _tell_size(shape: torch.Size, memory_limit: float) -> None:
    needed, picture = shape.numel(), "x".join(str(size) for size in shape[1:])
    if needed > memory_limit:
        print(
            f"{shape[0]:,} pictures of {picture} would need {needed / 1e9:.2f} GB of memory, more "
            f"than the {memory_limit / 1e9:.2f} GB they may take: read batch by batch instead"
        )
    elif needed > WORTH_TELLING:
        print(f"{shape[0]:,} pictures of {picture} need {needed / 1e9:.2f} GB of memory")


def _load_or_decode(
    found: PictureFiles, shape: torch.Size, file: Path | None
) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W), uint8, and which of them could be read (N,), bool."""
    if file is not None and file.exists():
        try:
            return load_tensors(file)
        except (FileNotFoundError, DamagedFileError):
            file.unlink(missing_ok=True)
    if file is not None:
        _check_room(file.parent, shape.numel())
    return _decode(found.files, shape)


def _decode(files: Sequence[Path], shape: torch.Size) -> tuple[Tensor, Tensor]:
    images = torch.zeros(shape, dtype=torch.uint8)
    readable = torch.ones(len(files), dtype=torch.bool)

    def decode_one(index: int) -> None:
        picture = read_picture(files[index], shape[-1], shape[1])
        if picture is None:
            readable[index] = False
        else:
            images[index] = torch.from_numpy(picture).permute(2, 0, 1)

    with quiet_about_remarks(), ThreadPoolExecutor() as pool:
        done = pool.map(decode_one, range(len(files)))
        bar = {"total": len(files), "delay": SECONDS_BEFORE_PROGRESS, "unit": "picture"}
        for _ in tqdm(done, leave=False, **bar):
            pass
    return images, readable


def _cache_name(found: PictureFiles, shape: torch.Size) -> str:
    """Name of the file that keeps the pictures; another one once a file has changed.

    The part before the last underscore is the same for the same places and size.
    """
    places = hashlib.sha256(f"{shape[1:]}".encode())
    content = hashlib.sha256()
    for file in found.files:
        state = file.stat()
        places.update(os.fsencode(file.absolute().parent))
        content.update(f"{file.absolute()} {state.st_size} {state.st_mtime_ns}\n".encode())
    return f"pictures_{places.hexdigest()[:16]}_{content.hexdigest()[:16]}.pt"


def _check_room(folder: Path, needed: int) -> None:
    """Refuse a folder that cannot keep ``needed`` bytes, before any picture is decoded."""
    way_out = "set data_dir to a folder that can"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        is_writable = os.access(folder, os.W_OK)
    except OSError as error:
        raise OSError(f"{folder} cannot keep pictures ({error.strerror}); {way_out}") from error
    if not is_writable:
        raise OSError(f"{folder} cannot be written; {way_out}")
    if free < needed:
        raise OSError(
            f"{folder} has {free / 1e9:.2f} GB free, but the decoded pictures need "
            f"{needed / 1e9:.2f} GB; free some disk space or {way_out}"
        )


def _keep(images: Tensor, readable: Tensor, file: Path) -> None:
    if keep_if_possible((images, readable), file):
        for older in set(file.parent.glob(f"{file.name.rpartition('_')[0]}_*.pt")) - {file}:
            older.unlink(missing_ok=True)
