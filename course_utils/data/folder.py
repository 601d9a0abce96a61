"""Your own pictures: a folder that holds one sub-folder of pictures per class."""

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from tqdm.auto import tqdm

from course_utils.data.examples import LabelledImages

SPLIT_NAMES = {"train", "training", "val", "valid", "validation", "dev", "test", "testing"}
SECONDS_BEFORE_PROGRESS = 10  # no bar for quick loads, so lessons and batch runs stay clean


def load_folder(
    path: str | Path,
    image_size: int,
    channels: int = 3,
    skip_unreadable: bool = False,
    max_per_class: int | None = None,
) -> LabelledImages:
    """Load a class-per-folder tree of pictures, each cut to its middle square and resized.

    The classes are the sub-folders in alphabetical order; their pictures may lie deeper. Hidden
    files and files that are no pictures are passed over. All pictures come out alike: upright,
    8 bits deep, transparent parts white, in grey or colour. Nothing is written to the folder.

    Args:
        path: Folder with one sub-folder per class; a relative path starts at the working folder.
        image_size: Height and width of the result in pixels. All pictures stay in memory:
            10,000 of 3 x 64 x 64 take half a gigabyte, and a second half while they are read.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without damaged pictures, saying which.
        max_per_class: Pictures to take of each class at most, spread evenly over its sorted list.

    Returns:
        Images (N, channels, image_size, image_size), class by class; shuffle before training.

    Raises:
        ValueError: If an argument does not fit, the folder is not laid out as classes, a class has
            no pictures, or a picture is damaged; it says what was found and what to do.
    """
    _check_sizes(image_size, channels, max_per_class)
    root = Path(path).expanduser()
    by_class = {name: _find_pictures(root / name) for name in _find_classes(root)}
    _refuse_empty(by_class, root, f"no pictures ({', '.join(_picture_suffixes())})")
    chosen = {name: _spread(files, max_per_class) for name, files in by_class.items()}
    files = [file for files in chosen.values() for file in files]
    read = partial(_read_or_none, image_size=image_size, channels=channels)
    pictures = dict(zip(files, _read_all(files, read), strict=True))
    _report_unreadable([file for file in files if pictures[file] is None], root, skip_unreadable)
    kept = {name: [f for f in files if pictures[f] is not None] for name, files in chosen.items()}
    _refuse_empty(kept, root, "no picture that can be read")
    stacked = np.stack([pictures[file] for files in kept.values() for file in files])
    images = torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous()  # (N, C, H, W), uint8
    counts = torch.tensor([len(files) for files in kept.values()])
    labels = torch.arange(len(kept)).repeat_interleave(counts)  # (N,)
    return LabelledImages(images.float().div_(255), labels, tuple(kept))


def _check_sizes(image_size: int, channels: int, max_per_class: int | None) -> None:
    if image_size < 1:
        raise ValueError(f"image_size must be at least 1 pixel, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 for grey or 3 for colour, got {channels}")
    if max_per_class is not None and max_per_class < 1:
        raise ValueError(f"max_per_class must be at least 1, or None for all, got {max_per_class}")


def _find_classes(root: Path) -> list[str]:
    """Sorted names of the class folders in ``root``; a ValueError says why there are none."""
    layout = f"arrange the pictures as {root / 'CLASS' / 'picture.jpg'}, one folder per class"
    if not root.is_dir():
        found = "it is a file" if root.exists() else f"looked for {root.absolute()}"
        raise ValueError(f"there is no folder {root} ({found}); check the path")
    names = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and _is_shown(entry))
    if not names:
        loose = sum(_is_picture(entry) for entry in root.iterdir())
        raise ValueError(f"{root} has no class folders and {loose:,} loose pictures; {layout}")
    if {name.lower() for name in names} <= SPLIT_NAMES:
        training = min(names, key=lambda name: not name.lower().startswith("train"))
        raise ValueError(
            f"{root} holds the splits {', '.join(names)}, not classes; "
            f"give the one to learn from, such as {root / training}"
        )
    if len(names) == 1:
        raise ValueError(
            f"{root} has only one class folder, {names[0]}, but telling apart takes two; {layout}. "
            f"If the classes are inside it, give {root / names[0]}"
        )
    return names


def _find_pictures(folder: Path) -> list[Path]:
    """All pictures in ``folder`` and below it, sorted; hidden files and folders are passed over."""
    found = []
    for parent, subfolders, names in os.walk(folder):
        subfolders[:] = [name for name in subfolders if _is_shown(Path(name))]
        found += [Path(parent, name) for name in names if _is_picture(Path(name))]
    return sorted(found)


def _is_shown(path: Path) -> bool:
    return not path.name.startswith((".", "__MACOSX"))  # what a Mac leaves in zip archives


def _is_picture(path: Path) -> bool:
    return _is_shown(path) and path.suffix.lower() in _picture_suffixes()


def _picture_suffixes() -> tuple[str, ...]:
    from torchvision.datasets.folder import IMG_EXTENSIONS  # here: a second to import

    return IMG_EXTENSIONS


def _refuse_empty(by_class: dict[str, list[Path]], root: Path, lack: str) -> None:
    empty = [name for name, files in by_class.items() if not files]
    if empty:
        raise ValueError(
            f"{lack} in the class folder {_listed(empty)} of {root}; add some or remove the folder"
        )


def _spread(files: list[Path], most: int | None) -> list[Path]:
    """At most ``most`` files, evenly from first to last: neighbours are often near-duplicates."""
    if most is None or len(files) <= most:
        return files
    return [files[index * len(files) // most] for index in range(most)]


def _read_all(files: list[Path], read: partial) -> list[np.ndarray | None]:
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        # Pillow warns of damaged remarks inside a file (EXIF), which say nothing of the picture.
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
        pictures = pool.map(read, files)
        delay = SECONDS_BEFORE_PROGRESS
        return list(tqdm(pictures, total=len(files), delay=delay, unit="picture", leave=False))


def _read_or_none(file: Path, image_size: int, channels: int) -> np.ndarray | None:
    """The picture as (H, W, C), uint8; None if it is damaged."""
    mode = "L" if channels == 1 else "RGB"
    try:
        with Image.open(file) as opened:
            opened.draft(mode, (2 * image_size, 2 * image_size))  # spares big JPEGs full decoding
            picture = _flatten(ImageOps.exif_transpose(opened), mode)
    except Exception:  # Pillow raises OSError, SyntaxError, struct.error and more
        return None
    square = ImageOps.fit(picture, (image_size, image_size), Image.Resampling.BILINEAR)
    return np.asarray(square).reshape(image_size, image_size, channels)


def _flatten(picture: Image.Image, mode: str) -> Image.Image:
    """``picture`` in ``mode``, 8 bits deep and with white where it is transparent."""
    if picture.mode.startswith("I"):  # 16 bits, which convert() clips
        values = np.asarray(picture).clip(0, 65535) / 257
        return Image.fromarray(values.round().astype(np.uint8)).convert(mode)
    if picture.getbands()[-1] in ("A", "a") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert(mode)


def _report_unreadable(files: list[Path], root: Path, skip: bool) -> None:
    if not files:
        return
    names = _listed([file.relative_to(root).as_posix() for file in files])
    if not skip:
        raise ValueError(
            f"{len(files):,} pictures in {root} cannot be read: {names}; repair or remove them, or "
            "go on without them by skip_unreadable=True"
        )
    print(f"Went on without {len(files):,} pictures that cannot be read: {names}")


def _listed(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + rest
