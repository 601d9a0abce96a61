"""Your own pictures: one sub-folder per class, or train, val and test folders of such."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from course_utils.data.copies import find_copies, keep_distinct
from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import LabelledImages
from course_utils.data.kept_pictures import cache_name
from course_utils.data.name_groups import BY_FOLDER, describe_groups, groups_by_name, join_groups
from course_utils.data.picture_tree import LOST
from course_utils.data.pictures import read_pictures
from course_utils.data.plain_text import wrap
from course_utils.data.streamed import StreamedImages
from course_utils.data.survey import Survey
from course_utils.data.survey_folder import survey_folder
from course_utils.data.survey_text import COLUMNS


@dataclass(frozen=True)
class ReadFolder:
    """A folder as it was read.

    Args:
        survey: What was found, with its copies; its files are those of ``images``.
        images: All N pictures that could be read (N, C, H, W), copies among them.
        examples: Those that are used, with their groups.
        files: The file of each example.
    """

    survey: Survey
    images: Tensor | StreamedImages
    examples: LabelledImages
    files: tuple[Path, ...]


def load_folder(path: str | Path, image_size: int, **options: Any) -> LabelledImages:
    """The examples alone, as ``read_folder`` reads them with these arguments."""
    return read_folder(path, image_size, **options).examples


def read_folder(
    path: str | Path,
    image_size: int,
    channels: int = 3,
    skip_unreadable: bool = False,
    max_per_class: int | None = None,
    cache_dir: Path | None = None,
    memory_limit: float | None = None,
    split_anew: bool = False,
    near_copies: bool | None = None,
    report: Callable[[Survey | str], object] | None = None,
    memory_copies: float | None = None,
    group_by: str | None = None,
) -> ReadFolder:
    """Read a class-per-folder tree of pictures, each cut to its middle square and resized.

    The classes are the sub-folders in alphabetical order; their pictures may lie deeper. Hidden
    files and files that are no pictures are passed over. All pictures come out alike: upright,
    8 bits deep, transparent parts white, in grey or colour. Equal ones come once, and ``groups``
    say which are near copies of one another. Nothing is written to the folder.

    Args:
        path: Folder with one sub-folder per class, or with the sub-folders train, val and test
            (or two of them, train among them) that each hold the same class folders; a relative
            path starts at the working folder. With ``/*`` at its end every sub-folder is a class,
            whatever its name and content.
        image_size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        skip_unreadable: Whether to go on without damaged pictures, saying which.
        max_per_class: Pictures to take of each class at most (of each part, where there are parts),
            spread evenly over its sorted list.
        cache_dir: Folder that keeps the decoded pictures; None keeps nothing.
        memory_limit: Bytes that the pictures may take; None for a share of what is free now.
        split_anew: Whether to join the folder's own parts, so that they can be split anew.
        near_copies: Whether to look for near copies; None for yes unless the pictures are streamed.
        report: Called with what was found, before any picture is opened, and with what was found
            about copies after that; such as ``print``.
        memory_copies: How often they must fit into memory; None streams them where they do not.
        group_by: What else belongs into one part, by its name (see ``groups_by_name``); None for
            near copies alone.

    Returns:
        Images (N, channels, image_size, image_size), uint8, class by class; shuffle before
        training. Pictures that do not fit into memory are streamed.

    Raises:
        ValueError: If an argument does not fit, the folder is not laid out as classes, a class has
            no pictures, or a picture is damaged; it says what was found and what to do.
    """
    _check_sizes(image_size, channels, max_per_class)
    survey = survey_folder(path, max_per_class, split_anew, group_by == BY_FOLDER)
    if report is not None:
        report(survey)
    _refuse_lost(survey, skip_unreadable)
    examples, files = read_pictures(
        survey.found,
        image_size,
        channels,
        skip_unreadable=skip_unreadable,
        cache_dir=cache_dir,
        memory_limit=memory_limit,
        memory_copies=memory_copies,
    )
    found = find_copies(
        examples.images,
        examples.labels,
        examples.parts,
        files.files,
        class_names=examples.class_names,
        look_near=near_copies,
        cache=cache_dir and cache_dir / cache_name("copies", files, examples.images.shape),
    )
    survey = replace(survey, found=files, copies=found)
    if report is not None:
        report(survey.copies_text())
    used = [file for file, is_used in zip(files.files, found.used.tolist(), strict=True) if is_used]
    distinct = keep_distinct(examples, found)
    if group_by is not None:
        near, named = distinct.groups, groups_by_name(files, survey.root, group_by)[found.used]
        distinct = replace(distinct, groups=join_groups(near, named, distinct.labels))
        if report is not None:
            said = describe_groups(distinct.groups, near, distinct.parts, group_by)
            report("\n".join(wrap(said, COLUMNS)))
    return ReadFolder(survey, examples.images, distinct, tuple(used))


def _check_sizes(image_size: int, channels: int, max_per_class: int | None) -> None:
    if image_size < 1:
        raise ValueError(f"image_size must be at least 1 pixel, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 for grey or 3 for colour, got {channels}")
    if max_per_class is not None and max_per_class < 1:
        raise ValueError(f"max_per_class must be at least 1, or None for all, got {max_per_class}")


def _refuse_lost(survey: Survey, skip: bool) -> None:
    """Refuse what may be pictures but cannot be reached, unless they are to be left out."""
    if not survey.lost or skip:
        return
    said = [
        f"{reason.value} ({listed([p.relative_to(survey.root).as_posix() for p in paths])})"
        for reason, paths in survey.passed_over.items()
        if reason in LOST
    ]
    raise ValueError(
        f"not all pictures in {survey.root} can be reached: {'; '.join(said)}; or go on without "
        "them by skip_unreadable = True"
    )
