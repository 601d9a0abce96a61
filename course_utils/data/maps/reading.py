"""Your own pictures with a class for every pixel, in either of two forms, to one form."""

import math
from collections.abc import Callable
from dataclasses import replace

from course_utils.data.boxes.lazily import FromFiles
from course_utils.data.boxes.read_images import (
    ReadImages,
    check_form,
    read_images,
    refuse_faulty,
)
from course_utils.data.boxes.sizes import fitted
from course_utils.data.maps.drawing import read_map
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.maps.survey import MapSurvey
from course_utils.data.maps.surveying import survey_maps


def read_maps(
    dataset: str,
    image_size: int | None,
    channels: int = 3,
    *,
    skip_faulty: bool = False,
    memory_limit: float | None = None,
    near_copies: bool | None = None,
    report: Callable[[MapSurvey | str], object] | None = None,
    **how: object,
) -> MappedPictures:
    """Read pictures with their maps, whole, each scaled so that its longer side fits.

    Pictures are scaled with means of neighbours, maps without: a mean of two classes is a third.
    What is found is reported before any picture is decoded; where something is there that cannot
    be read, work does not start. Nothing is written.

    Args:
        dataset: ``"masks:PATH"``, a folder of pictures and one of masks, each called like its
            picture; or ``"coco:PATH"``, a JSON file or a folder with one, or with one for each
            part, whose polygons and run lengths are drawn. A relative path starts at the working
            folder.
        image_size: Pixels of the longer side; None for pictures as they are.
        channels: 3 for colour, 1 for grey.
        skip_faulty: Whether to go on without pictures that cannot be used, saying which.
        memory_limit: Bytes that pictures and maps may take; None for a share of what is free.
            What does not fit is read from its file each time it is asked for.
        near_copies: Whether to look for near copies; None for yes up to 2,000 pictures.
        report: Called with what was found, before any picture is decoded, and with what was found
            about near copies after that; such as ``print``.
        how: What ``survey_maps`` takes.

    Returns:
        Images as uint8, each (C, H, W), and maps as uint8, each (H, W).

    Raises:
        ValueError: If an argument does not fit, the files are not of that form, or something must
            be mended; it says what to do.
    """
    check_form(image_size, channels)
    survey = survey_maps(dataset, **how)
    if report is not None:
        report(survey)
    _refuse(survey, skip_faulty)
    read = read_images(
        survey,
        image_size,
        channels,
        sum(math.prod(fitted(picture.size, image_size)) for picture in survey.used),
        skip_faulty=skip_faulty,
        memory_limit=memory_limit,
        near_copies=near_copies,
        report=report,
    )
    return _as_one_form(replace(survey, used=tuple(read.used)), read, image_size)


def _as_one_form(survey: MapSurvey, read: ReadImages, image_size: int | None) -> MappedPictures:
    used = survey.used
    maps = FromFiles(read_map, tuple((p.source, p.size, fitted(p.size, image_size)) for p in used))
    return MappedPictures(
        read.images,
        tuple(maps) if read.in_memory else maps,
        survey.class_names,
        tuple(picture.raw.name for picture in used),
        survey.present,
        read.parts(survey),
        read.groups,
    )


def _refuse(survey: MapSurvey, skip_faulty: bool) -> None:
    why = refuse_faulty(survey, "masks", skip_faulty)
    if survey.present.any(dim=0).sum() < 2:
        raise ValueError(
            f"{survey.name} has fewer than two classes in all pictures that can be used{why}; "
            "check the path"
        )
