"""Your own pictures with a class for every pixel, in either of two forms, to one form."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from course_utils.data.boxes.lazily import FromFiles, read_all, read_one
from course_utils.data.boxes.reading import FEW, check_form, fits_memory, keep_those
from course_utils.data.boxes.sizes import fitted
from course_utils.data.boxes.twins import describe_groups, find_groups
from course_utils.data.examples import PARTS
from course_utils.data.maps.drawing import read_map
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.maps.survey import MapSurvey, UsedMap
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
        near_copies: Whether to look for near copies; None for yes up to ``FEW`` pictures.
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
    used = list(survey.used)
    sources = [(p.raw.file, fitted(p.size, image_size), p.upright) for p in used]
    images = FromFiles(partial(read_one, channels=channels), tuple(sources))
    needed = sum(width * height for _, (width, height), _ in sources) * (channels + 1)
    in_memory = fits_memory(needed, len(used), memory_limit)
    if in_memory:
        used, images = keep_those(used, read_all(sources, channels), survey.name, skip_faulty)
    look = len(used) <= FEW if near_copies is None else near_copies
    groups = find_groups(used) if look else None
    if report is not None:
        report(describe_groups(groups, used))
    survey = replace(survey, used=tuple(used))
    return replace(_as_one_form(survey, images, image_size, in_memory), groups=groups)


def _as_one_form(
    survey: MapSurvey, images: Sequence[Tensor], image_size: int | None, in_memory: bool
) -> MappedPictures:
    used: Sequence[UsedMap] = survey.used
    maps = FromFiles(read_map, tuple((p.source, p.size, fitted(p.size, image_size)) for p in used))
    return MappedPictures(
        images,
        tuple(maps) if in_memory else maps,
        survey.class_names,
        tuple(picture.raw.name for picture in used),
        survey.present,
        torch.tensor([PARTS.index(p.raw.part) for p in used]) if survey.has_parts else None,
    )


def _refuse(survey: MapSurvey, skip_faulty: bool) -> None:
    if survey.refusal:
        raise ValueError(f"the masks of {survey.name} cannot be used: {survey.refusal}")
    wrong = survey.lines_to_stop()
    if wrong and not skip_faulty:
        raise ValueError(
            f"{survey.name} must be mended: {'; '.join(wrong)}; then run again, or go on without "
            "these pictures by skip_faulty = True"
        )
    if wrong:
        print(f"Went on without {'; '.join(wrong)}")
    if survey.present.any(dim=0).sum() < 2:
        why = f" ({'; '.join(wrong)})" if wrong else ""
        raise ValueError(
            f"{survey.name} has fewer than two classes in all pictures that can be used{why}; "
            "check the path"
        )
