"""Pictures by the name of their data set: first what their files say, then the pictures."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.catalogue import load_examples
from course_utils.data.copies_found import Copies
from course_utils.data.digit_files import GROUP_BY, write_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.folder import read_folder
from course_utils.data.headers import Headers, read_headers
from course_utils.data.streamed import StreamedImages
from course_utils.data.survey import Survey
from course_utils.data.survey_folder import survey_folder
from course_utils.files import PROJECT_FOLDER

MOST_LEAKS = 50  # told one by one
MIRROR = ("auto", "yes", "no")
SMALL_SIDE = 16  # pixels, up to which grey pictures are like the letters of the pretraining
PUBLISHED_SIDES = {"cifar10": 32, "imagenet": 224}  # pixels, where there are no files to ask


@dataclass(frozen=True)
class Source:
    """Where pictures come from, before one is decoded.

    Args:
        dataset: Its name, a folder's path after ``folder:``.
        group_by: What its names group by; None for nothing.
        side: Pixels of a typical shorter side.
        headers: What the files say; None where there are none to ask.
    """

    dataset: str
    group_by: str | None
    side: int
    headers: Headers | None

    @property
    def is_like_letters(self) -> bool:
        """Whether the pictures are grey and tiny, so that the letters backbone suits them."""
        return self.headers is not None and self.headers.all_grey and self.side <= SMALL_SIDE


@dataclass(frozen=True)
class Opened:
    """Pictures as they were read.

    Args:
        examples: N that are used, with parts and groups where there are any.
        names: A name for each, of a file where there is one.
        files: The files; None where there are none.
        survey: What was found in the folder; None where it is none.
        images: All pictures, copies among them (as ``survey.copies`` counts).
    """

    examples: LabelledImages
    names: tuple[str, ...]
    files: tuple[Path, ...] | None
    survey: Survey | None
    images: Tensor | StreamedImages


def mirrors(mirror: str, source: Source) -> bool:
    """Whether a mirrored picture counts as one of its class, by the learner's parameter.

    Raises:
        ValueError: If it is none of the three words.
    """
    if mirror not in MIRROR:
        raise ValueError(f"mirror must be one of {', '.join(MIRROR)}, got {mirror!r}")
    has_colours = source.headers is None or not source.headers.all_grey
    return mirror == "yes" or (mirror == "auto" and has_colours)


def find_pictures(
    dataset: str, data_dir: Path, *, group_by: str | None, split_anew: bool
) -> Source:
    """Find the pictures called ``dataset``; the built-in digits are written as files first.

    Raises:
        ValueError: If the folder cannot be understood, or there is nothing to group by.
    """
    if dataset == "digits":
        dataset, group_by = f"folder:{write_digits(data_dir)}", group_by or GROUP_BY
    kind, _, path = dataset.partition(":")
    if kind != "folder":
        if group_by is not None:
            raise ValueError(
                f"group_by = {group_by!r} looks at the names of files, and {dataset!r} has none "
                "to look at; set it to None"
            )
        return Source(dataset, None, PUBLISHED_SIDES.get(kind, 224), None)
    found = survey_folder(PROJECT_FOLDER / Path(path).expanduser(), split_anew=split_anew).found
    headers = read_headers(found.files)
    return Source(dataset, group_by, headers.typical_side, headers)


def open_pictures(
    source: Source,
    image_size: int,
    data_dir: Path,
    *,
    skip_unreadable: bool,
    split_anew: bool,
    near_copies: bool,
) -> Opened:
    """Read the pictures of ``source``; of a folder is printed what was found and what is done."""
    kind, _, path = source.dataset.partition(":")
    options = {"skip_unreadable": skip_unreadable, "split_anew": split_anew}
    if kind != "folder":
        examples = load_examples(source.dataset, image_size, data_dir, **options)
        names = tuple(f"picture {place}" for place in range(len(examples)))
        return Opened(examples, names, None, None, examples.images)
    read = read_folder(
        PROJECT_FOLDER / Path(path).expanduser(),
        image_size,
        cache_dir=data_dir / "pictures",
        near_copies=near_copies or None,
        group_by=source.group_by,
        report=_report,
        **options,
    )
    names = tuple(file.relative_to(read.survey.root).as_posix() for file in read.files)
    return Opened(read.examples, names, read.files, read.survey, read.images)


def _report(found: Survey | str) -> None:
    """Print what was found; a folder inside the project by its place there."""
    text = str(found)
    if isinstance(found, Survey) and found.root.is_relative_to(PROJECT_FOLDER):
        place = found.root.relative_to(PROJECT_FOLDER).as_posix()
        text = f"Folder {place}\n{text.partition(chr(10))[2]}"
    print(text)


def describe_leaks(copies: Copies) -> str:
    """A line for each set of copies that lies in several of the folder's own parts, with files."""
    if copies.parts is None:
        return "The folder brings no parts, so no picture lies in two of them."
    kinds = {
        "equal: only the first is used": (copies.equal, " = "),
        "near copies: all are used, and scores come with and without them": (copies.near, " ~ "),
    }
    lines = [
        f"{sign.join(copies.names[place] for place in family)} ({what})"
        for what, (families, sign) in kinds.items()
        for family in families
        if len(copies.parts[list(family)].unique()) > 1
    ]
    if not lines:
        return "No picture, or near copy of one, lies in two of the folder's parts."
    more = [f"and {len(lines) - MOST_LEAKS:,} more"] * (len(lines) > MOST_LEAKS)
    return "\n".join(["In two of the folder's parts:", *lines[:MOST_LEAKS], *more])


def some_of_each(examples: LabelledImages, most: int) -> Tensor:
    """Places of at most ``most`` examples, class by class, as many of each class."""
    num_classes = min(examples.num_classes, most)
    each = max(1, most // num_classes)
    places: list[Tensor] = []
    for label in range(num_classes):
        of_class = (examples.labels == label).nonzero().flatten()
        spread = torch.linspace(0, len(of_class) - 1, min(each, len(of_class))).round().long()
        places.append(of_class[spread])
    return torch.cat(places)
