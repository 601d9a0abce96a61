"""Your own pictures with boxes, in any of four forms, to one form."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.lazily import FromFiles, read_all, read_masks_of, read_one
from course_utils.data.boxes.outcomes import Finding, Outcome, sum_up
from course_utils.data.boxes.sizes import fitted
from course_utils.data.boxes.survey import BoxSurvey, UsedPicture
from course_utils.data.boxes.surveying import survey_boxes
from course_utils.data.boxes.twins import describe_groups, find_groups
from course_utils.data.examples import PARTS
from course_utils.data.pictures import MEMORY_SHARE
from course_utils.data.unreadable import Unreadable
from course_utils.files import size_text
from course_utils.session.memory import free_memory

Used = TypeVar("Used")
FEW = 2000  # pictures among which near copies are looked for without being asked


def read_boxes(
    dataset: str,
    image_size: int | None,
    channels: int = 3,
    *,
    skip_faulty: bool = False,
    memory_limit: float | None = None,
    near_copies: bool | None = None,
    report: Callable[[BoxSurvey | str], object] | None = None,
    **how: object,
) -> BoxedPictures:
    """Read pictures with their boxes, whole, each scaled so that its longer side fits.

    What is found is reported before any picture is decoded. Boxes that are partly out of their
    picture are clipped, as detectors' own loaders do; those without area or wholly outside are left
    out; where something is there that cannot be read, work does not start. Nothing is written.

    Args:
        dataset: ``"coco:PATH"``, a JSON file or a folder with one, or with one for each part;
            ``"voc:PATH"``, a folder with XML files; ``"yolo:PATH"``, a folder with text files, or
            its data.yaml; ``"masks:PATH"``, a folder of pictures and one of masks that number
            objects. A relative path starts at the working folder.
        image_size: Pixels of the longer side; None for pictures as they are.
        channels: 3 for colour, 1 for grey.
        skip_faulty: Whether to go on without pictures that cannot be used, saying which.
        memory_limit: Bytes that pictures and masks may take; None for a share of what is free.
            What does not fit is read from its file each time it is asked for.
        near_copies: Whether to look for near copies; None for yes up to ``FEW`` pictures.
        report: Called with what was found, before any picture is decoded, and with what was found
            about near copies after that; such as ``print``.
        how: What ``survey_boxes`` takes.

    Returns:
        Images as uint8, each (C, H, W), with boxes in their pixels.

    Raises:
        ValueError: If an argument does not fit, the files are not of that form, the boxes cannot
            be what they are taken for, or something must be mended; it says what to do.
    """
    check_form(image_size, channels)
    survey = survey_boxes(dataset, **how)
    if report is not None:
        report(survey)
    _refuse(survey, skip_faulty)
    used = list(survey.used)
    sources = [(p.raw.file, fitted(p.size, image_size), p.upright) for p in used]
    images = FromFiles(partial(read_one, channels=channels), tuple(sources))
    in_memory = _fits(used, image_size, channels, survey.has_masks, memory_limit)
    if in_memory:
        used, images = keep_those(used, read_all(sources, channels), survey.name, skip_faulty)
    look = len(used) <= FEW if near_copies is None else near_copies
    groups = find_groups(used) if look else None
    if report is not None:
        report(describe_groups(groups, used))
    return replace(_as_one_form(survey, used, images, image_size, in_memory), groups=groups)


def check_form(image_size: int | None, channels: int) -> None:
    """Raise ValueError unless pictures can have that longer side and so many channels."""
    if image_size is not None and image_size < 1:
        raise ValueError(f"image_size must be at least 1 pixel, or None, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 for grey or 3 for colour, got {channels}")


def _as_one_form(
    survey: BoxSurvey,
    used: Sequence[UsedPicture],
    images: Sequence[Tensor],
    image_size: int | None,
    in_memory: bool,
) -> BoxedPictures:
    drawn = tuple((p.checked.regions, p.size, fitted(p.size, image_size)) for p in used)
    masks = FromFiles(read_masks_of, drawn) if survey.has_masks else None
    return BoxedPictures(
        images,
        tuple(_scaled(picture, image_size) for picture in used),
        tuple(torch.tensor(p.checked.labels, dtype=torch.int64) for p in used),
        survey.raw.class_names,
        tuple(torch.tensor(p.checked.counts, dtype=torch.bool) for p in used),
        tuple(picture.raw.name for picture in used),
        tuple(masks) if masks is not None and in_memory else masks,
        torch.tensor([PARTS.index(p.raw.part) for p in used]) if survey.has_parts else None,
    )


def keep_those(
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


def _refuse(survey: BoxSurvey, skip_faulty: bool) -> None:
    if survey.refusal:
        raise ValueError(f"the boxes of {survey.name} cannot be used: {survey.refusal}")
    wrong = survey.lines_to_stop()
    if wrong and not skip_faulty:
        raise ValueError(
            f"{survey.name} must be mended: {'; '.join(wrong)}; then run again, or go on without "
            "these pictures by skip_faulty = True"
        )
    if wrong:
        print(f"Went on without {'; '.join(wrong)}")
    if not any(len(picture.checked.boxes) for picture in survey.used):
        why = f" ({'; '.join(wrong)})" if wrong else ""
        raise ValueError(
            f"{survey.name} has no box in any picture that can be used{why}; check the path"
        )


def _scaled(picture: UsedPicture, image_size: int | None) -> Tensor:
    """The boxes (n, 4), float32, in the pixels of the scaled picture."""
    new = fitted(picture.size, image_size)
    factors = [after / before for after, before in zip(new, picture.size, strict=True)]
    boxes = torch.from_numpy(picture.checked.boxes) * torch.tensor(factors * 2, dtype=torch.float64)
    return boxes.float()


def _fits(
    used: Sequence[UsedPicture],
    image_size: int | None,
    channels: int,
    has_masks: bool,
    memory_limit: float | None,
) -> bool:
    """Whether pictures and masks are to be read into memory."""
    needed = 0
    for picture in used:
        width, height = fitted(picture.size, image_size)
        needed += width * height * (channels + has_masks * len(picture.checked.boxes))
    return fits_memory(needed, len(used), memory_limit)


def fits_memory(needed: int, num_pictures: int, memory_limit: float | None) -> bool:
    """Whether pictures and masks of ``needed`` bytes may be held; says so where not."""
    limit = MEMORY_SHARE * free_memory() if memory_limit is None else memory_limit
    if needed <= limit:
        return True
    print(
        f"{num_pictures:,} pictures would need {size_text(needed)} of memory, masks included, more "
        f"than the {size_text(limit)} they may take: each is read again when it is asked for"
    )
    return False
