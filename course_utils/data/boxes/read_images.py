"""What reading pictures with boxes and pictures with maps have in common: the pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor

from course_utils.data.boxes.findings import Findings
from course_utils.data.boxes.lazily import FromFiles, read_all, read_one
from course_utils.data.boxes.outcomes import Finding, Outcome, sum_up
from course_utils.data.boxes.sizes import fitted
from course_utils.data.boxes.twins import describe_groups, find_groups
from course_utils.data.examples import PARTS
from course_utils.data.pictures import MEMORY_SHARE
from course_utils.data.unreadable import Unreadable
from course_utils.files import size_text
from course_utils.session.memory import free_memory

Used = TypeVar("Used")
FEW = 2000  # pictures among which near copies are looked for without being asked


@dataclass(frozen=True)
class ReadImages:
    """N pictures as they were read, or will be.

    Args:
        used: What the survey says of each.
        images: N of (C, H, W), uint8, scaled.
        in_memory: Whether they are held; else each is read again when it is asked for.
        groups: (N,), int64, near copies share a number; None where nobody looked.
    """

    used: Sequence[Any]
    images: Sequence[Tensor]
    in_memory: bool
    groups: Tensor | None

    def parts(self, survey: Findings) -> Tensor | None:
        """Places in ``PARTS`` (N,), int64; None where the data set's own parts are not kept."""
        if not survey.has_parts:
            return None
        return torch.tensor([PARTS.index(picture.raw.part) for picture in self.used])


def read_images(
    survey: Findings,
    image_size: int | None,
    channels: int,
    mask_bytes: int,
    *,
    skip_faulty: bool,
    memory_limit: float | None,
    near_copies: bool | None,
    report: Callable[[str], object] | None,
) -> ReadImages:
    """Read the pictures of a survey into memory, if they fit with their masks.

    These will take ``mask_bytes``; all other arguments are those of ``read_boxes``.

    Raises:
        ValueError: If a picture cannot be decoded and must not be left out.
    """
    used = list(survey.used)
    sources = [(p.raw.file, fitted(p.size, image_size), p.upright) for p in used]
    images = FromFiles(partial(read_one, channels=channels), tuple(sources))
    needed = mask_bytes + channels * sum(width * height for _, (width, height), _ in sources)
    in_memory = _fits_memory(needed, len(used), memory_limit)
    if in_memory:
        used, images = _keep_those(used, read_all(sources, channels), survey.name, skip_faulty)
    look = len(used) <= FEW if near_copies is None else near_copies
    groups = find_groups(used) if look else None
    if report is not None:
        report(describe_groups(groups, used))
    return ReadImages(used, images, in_memory, groups)


def check_form(image_size: int | None, channels: int) -> None:
    """Raise ValueError unless pictures can have that longer side and so many channels."""
    if image_size is not None and image_size < 1:
        raise ValueError(f"image_size must be at least 1 pixel, or None, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 for grey or 3 for colour, got {channels}")


def refuse_faulty(survey: Findings, of_what: str, skip_faulty: bool) -> str:
    """What was left out, in brackets for the next message; empty if that is nothing.

    Args:
        survey: What was found.
        of_what: What cannot be used if it is refused, such as ``"boxes"``.
        skip_faulty: Whether to go on without pictures that cannot be used, saying which.

    Raises:
        ValueError: If something is refused, or must be mended first.
    """
    if survey.refusal:
        raise ValueError(f"the {of_what} of {survey.name} cannot be used: {survey.refusal}")
    wrong = "; ".join(survey.lines_to_stop())
    if wrong and not skip_faulty:
        raise ValueError(
            f"{survey.name} must be mended: {wrong}; then run again, or go on without these "
            "pictures by skip_faulty = True"
        )
    if wrong:
        print(f"Went on without {wrong}")
    return f" ({wrong})" if wrong else ""


def _keep_those(
    used: Sequence[Used], read: Sequence[Tensor | Unreadable], name: str, skip_faulty: bool
) -> tuple[list[Used], tuple[Tensor, ...]]:
    """The pictures that could be decoded, if all could or the others may be left out."""
    bad = [
        Finding(Outcome.UNREADABLE, picture.raw.name, pixels.value[0])
        for picture, pixels in zip(used, read, strict=True)
        if isinstance(pixels, Unreadable)
    ]
    if bad:
        said = sum_up(Outcome.UNREADABLE, bad)
        if not skip_faulty:
            raise ValueError(
                f"{name} must be mended: {said}; repair or remove them and run again, or go on "
                "without them by skip_faulty = True"
            )
        print(f"Went on without {said}")
    both = zip(used, read, strict=True)
    kept = [(picture, pixels) for picture, pixels in both if isinstance(pixels, Tensor)]
    if not kept:
        raise ValueError(f"{name} has no picture that can be read: {sum_up(bad[0].outcome, bad)}")
    return [picture for picture, _ in kept], tuple(pixels for _, pixels in kept)


def _fits_memory(needed: int, num_pictures: int, memory_limit: float | None) -> bool:
    """Whether pictures and masks of ``needed`` bytes may be held; says so where not."""
    limit = MEMORY_SHARE * free_memory() if memory_limit is None else memory_limit
    if needed <= limit:
        return True
    print(
        f"{num_pictures:,} pictures would need {size_text(needed)} of memory, masks included, more "
        f"than the {size_text(limit)} they may take: each is read again when it is asked for"
    )
    return False
