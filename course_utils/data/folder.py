"""Your own pictures: one sub-folder per class, or train, val and test folders of such."""

import os
from pathlib import Path

import torch

from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS, LabelledImages, PictureFiles
from course_utils.data.pictures import load_pictures

PART_NAMES = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}


def load_folder(
    path: str | Path,
    image_size: int,
    channels: int = 3,
    skip_unreadable: bool = False,
    max_per_class: int | None = None,
    cache_dir: Path | None = None,
    memory_limit: float | None = None,
) -> LabelledImages:
    """Load a class-per-folder tree of pictures, each cut to its middle square and resized.

    The classes are the sub-folders in alphabetical order; their pictures may lie deeper. Hidden
    files and files that are no pictures are passed over. All pictures come out alike: upright,
    8 bits deep, transparent parts white, in grey or colour. Nothing is written to the folder.

    Args:
        path: Folder with one sub-folder per class, or with the sub-folders train, val and test
            (or two of them, train among them) that each hold the same class folders; a relative
            path starts at the working folder.
        image_size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without damaged pictures, saying which.
        max_per_class: Pictures to take of each class at most (of each part, where there are parts),
            spread evenly over its sorted list.
        cache_dir: Folder that keeps the decoded pictures; None keeps nothing.
        memory_limit: Bytes that the pictures may take; None for a share of what is free now.

    Returns:
        Images (N, channels, image_size, image_size), uint8, class by class; shuffle before
        training. Pictures that do not fit into memory are streamed.

    Raises:
        ValueError: If an argument does not fit, the folder is not laid out as classes, a class has
            no pictures, or a picture is damaged; it says what was found and what to do.
    """
    _check_sizes(image_size, channels, max_per_class)
    return load_pictures(
        find_pictures(path, max_per_class),
        image_size,
        channels,
        skip_unreadable=skip_unreadable,
        cache_dir=cache_dir,
        memory_limit=memory_limit,
    )


def find_pictures(path: str | Path, max_per_class: int | None = None) -> PictureFiles:
    """The files of a class-per-folder tree, with or without parts, as ``load_folder`` takes it.

    Raises:
        ValueError: If the folder is not laid out as classes, the parts have other classes, or a
            class has no pictures.
    """
    root = Path(path).expanduser()
    part_folders = _find_parts(root)
    class_names = _find_classes(root / part_folders.get("train", ""))
    files, labels, parts = [], [], []
    for part, folder in part_folders.items() or [("train", "")]:
        _refuse_other_classes(root / folder, class_names, root / part_folders.get("train", ""))
        by_class = {name: _find_files(root / folder / name) for name in class_names}
        _refuse_empty(by_class, root / folder)
        for label, class_files in enumerate(by_class.values()):
            chosen = _spread(class_files, max_per_class)
            files += chosen
            labels += [label] * len(chosen)
            parts += [PARTS.index(part)] * len(chosen)
    known_parts = torch.tensor(parts) if part_folders else None
    return PictureFiles(tuple(files), torch.tensor(labels), tuple(class_names), known_parts)


def _check_sizes(image_size: int, channels: int, max_per_class: int | None) -> None:
    if image_size < 1:
        raise ValueError(f"image_size must be at least 1 pixel, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 for grey or 3 for colour, got {channels}")
    if max_per_class is not None and max_per_class < 1:
        raise ValueError(f"max_per_class must be at least 1, or None for all, got {max_per_class}")


def _find_parts(root: Path) -> dict[str, str]:
    """Folder name of each part; empty where ``root`` holds classes, not parts."""
    names = _folder_names(root)
    known = [name for name in names if name.lower() in PART_NAMES]
    others = [name for name in names if name not in known]
    if len(known) > 1 and others:
        raise ValueError(
            f"{root} holds the parts {', '.join(known)} and besides {listed(others)}; move what is "
            "no part to another place"
        )
    if not known or others:
        return {}
    parts = {PART_NAMES[name.lower()]: name for name in known}
    if len(parts) < len(names):
        raise ValueError(f"{root} holds one part twice: {', '.join(names)}; keep one of each")
    if "train" not in parts:
        raise ValueError(
            f"{root} holds the parts {', '.join(names)}, but none to learn from; add a folder train"
        )
    return parts


def _find_classes(root: Path) -> list[str]:
    """Sorted names of the class folders in ``root``; a ValueError says why there are none."""
    layout = f"arrange the pictures as {root / 'CLASS' / 'picture.jpg'}, one folder per class"
    names = _folder_names(root)
    if not names:
        loose = sum(_is_picture(entry) for entry in root.iterdir())
        raise ValueError(f"{root} has no class folders and {loose:,} loose pictures; {layout}")
    if len(names) == 1:
        raise ValueError(
            f"{root} has only one class folder, {names[0]}, but telling apart takes two; {layout}. "
            f"If the classes are inside it, give {root / names[0]}"
        )
    return names


def _folder_names(root: Path) -> list[str]:
    if not root.is_dir():
        found = "it is a file" if root.exists() else f"looked for {root.absolute()}"
        raise ValueError(f"there is no folder {root} ({found}); check the path")
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir() and _is_shown(entry))


def _refuse_other_classes(folder: Path, class_names: list[str], train: Path) -> None:
    names = set(_folder_names(folder))
    missing, extra = sorted(set(class_names) - names), sorted(names - set(class_names))
    if missing or extra:
        found = [f"lacks {listed(missing)}"] * bool(missing) + [f"has {listed(extra)}"] * bool(
            extra
        )
        raise ValueError(
            f"the classes of {folder} are not those of {train}: it {' and '.join(found)}; every "
            "part needs the same class folders, spelt alike"
        )


def _find_files(folder: Path) -> list[Path]:
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


def _refuse_empty(by_class: dict[str, list[Path]], root: Path) -> None:
    empty = [name for name, files in by_class.items() if not files]
    if empty:
        raise ValueError(
            f"no pictures ({', '.join(_picture_suffixes())}) in the class folder {listed(empty)} "
            f"of {root}; add some or remove the folder"
        )


def _spread(files: list[Path], most: int | None) -> list[Path]:
    """At most ``most`` files, evenly from first to last: neighbours are often near-duplicates."""
    if most is None or len(files) <= most:
        return files
    return [files[index * len(files) // most] for index in range(most)]
