"""Your own pictures with boxes, in any of four forms, to one form."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.lazily import FromFiles, read_masks_of
from course_utils.data.boxes.read_images import (
    ReadImages,
    check_form,
    read_images,
    refuse_faulty,
)
from course_utils.data.boxes.sizes import fitted
from course_utils.data.boxes.survey import BoxSurvey, UsedPicture
from course_utils.data.boxes.surveying import survey_boxes


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
        near_copies: Whether to look for near copies; None for yes up to 2,000 pictures.
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
    read = read_images(
        survey,
        image_size,
        channels,
        _mask_pixels(survey, image_size),
        skip_faulty=skip_faulty,
        memory_limit=memory_limit,
        near_copies=near_copies,
        report=report,
    )
    return _as_one_form(survey, read, image_size)


def _as_one_form(survey: BoxSurvey, read: ReadImages, image_size: int | None) -> BoxedPictures:
    used = read.used
    drawn = tuple((p.checked.regions, p.size, fitted(p.size, image_size)) for p in used)
    masks = FromFiles(read_masks_of, drawn) if survey.has_masks else None
    return BoxedPictures(
        read.images,
        tuple(_scaled(picture, image_size) for picture in used),
        tuple(torch.tensor(p.checked.labels, dtype=torch.int64) for p in used),
        survey.raw.class_names,
        tuple(torch.tensor(p.checked.counts, dtype=torch.bool) for p in used),
        tuple(picture.raw.name for picture in used),
        tuple(masks) if masks is not None and read.in_memory else masks,
        read.parts(survey),
        read.groups,
    )


def _refuse(survey: BoxSurvey, skip_faulty: bool) -> None:
    why = refuse_faulty(survey, "boxes", skip_faulty)
    if not any(len(picture.checked.boxes) for picture in survey.used):
        raise ValueError(
            f"{survey.name} has no box in any picture that can be used{why}; check the path"
        )


def _scaled(picture: UsedPicture, image_size: int | None) -> Tensor:
    """The boxes (n, 4), float32, in the pixels of the scaled picture."""
    new = fitted(picture.size, image_size)
    factors = [after / before for after, before in zip(new, picture.size, strict=True)]
    boxes = torch.from_numpy(picture.checked.boxes) * torch.tensor(factors * 2, dtype=torch.float64)
    return boxes.float()


def _mask_pixels(survey: BoxSurvey, image_size: int | None) -> int:
    """Pixels of all masks, at a byte each."""
    if not survey.has_masks:
        return 0
    each = ((math.prod(fitted(p.size, image_size)), len(p.checked.boxes)) for p in survey.used)
    return sum(pixels * boxes for pixels, boxes in each)
