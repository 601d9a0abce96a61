"""Whether a segmenter does on pictures with maps what it did at its test."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from tqdm.auto import tqdm

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.damaged_pictures import listed
from course_utils.data.maps.examples import BACKGROUND, MappedPictures
from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.readings import OBJECT
from course_utils.data.maps.survey import MapSurvey
from course_utils.data.plain_text import counted
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.over_pictures import (
    interval_over_pictures,
)
from course_utils.models.segmentation.answering import segment_on
from course_utils.shipping.fingerprint import are_new
from course_utils.shipping.masks.loading import ShippedSegmenter
from course_utils.shipping.masks.verdict import verdict

UNNAMED = re.compile(r"value (\d+)")  # what numbers in masks are called that nothing names


def report_on(model: ShippedSegmenter, dataset: str, batch_size: int) -> Iterator[str]:
    """Lines with the scores on a data set and a verdict against the test, with a progress bar.

    Maps are compared in the size that the segmenter takes pictures in, as at its test. Pictures
    that it learned from do not count.

    Raises:
        ValueError: If the data set cannot be read, or holds classes that the segmenter does not
            know; it says what to do.
    """
    how = {"near_copies": False, "report": _tell_reading}
    pictures = read_maps(dataset, model.image_size, model.channels, **how)
    numbers = numbers_of(pictures.class_names, model.class_names)
    both = zip(pictures.class_names, [model.class_names[k] for k in numbers], strict=True)
    if taken := [f"{theirs} counts as {ours}" for theirs, ours in both if theirs != ours]:
        yield f"Nothing names the classes of these masks: {listed(taken)}."
    is_new = are_new(pictures.images, model.learned_digests())
    if not is_new.all():
        said = counted(int((~is_new).sum()), "picture")
        yield f"{said} that the segmenter learned from: they do not count"
    pictures = pictures[is_new]
    if len(pictures) < 2:
        yield f"{counted(len(pictures), 'picture')} left: a report needs at least 2."
        return
    matrices = _count(model, pictures, numbers, batch_size)
    here = interval_over_pictures(matrices, model.class_names)
    yield str(here)
    yield from (f"  {line}" for line in here.of_classes())
    yield from verdict(here, model.test)


def _tell_reading(found: MapSurvey | str) -> None:
    """Print how the masks were read: it may be why the score is low."""
    if isinstance(found, MapSurvey) and found.notes:
        print(*found.notes, sep="\n")


def numbers_of(names: Sequence[str], known: Sequence[str]) -> list[int]:
    """The segmenter's number of each class of a data set.

    Args:
        names: Of the data set, the first for the number 0.
        known: Of the segmenter.

    Raises:
        ValueError: If a name is not known; it says how to name the classes.
    """
    places = [known.index(name) if name in known else None for name in names]
    if None in places and _is_unnamed(names):
        places = _by_value(names, known)
    strange = [name for name, place in zip(names, places, strict=True) if place is None]
    if strange:
        raise ValueError(
            f"the segmenter knows {listed(list(known))}, and the data set has {listed(strange)}: "
            "name the classes alike, masks by a file classes.txt beside them with a name a line, "
            "that of the value 0 first"
        )
    return places


def _is_unnamed(names: Sequence[str]) -> bool:
    """Whether these are the names of classes in masks whose numbers nothing names."""
    others = (UNNAMED.fullmatch(name) or name == OBJECT for name in names[1:])
    return names[0] == BACKGROUND and all(others)


def _by_value(names: Sequence[str], known: Sequence[str]) -> list[int | None]:
    """The segmenter's numbers of unnamed classes, each its value; of the only class, the only."""
    if len(names) == len(known) == 2:
        return [0, 1]
    values = (UNNAMED.fullmatch(name) for name in names[1:])
    numbers = [None if value is None else int(value[1]) for value in values]
    return [0, *(None if k is None or k >= len(known) else k for k in numbers)]


def _count(
    model: ShippedSegmenter, pictures: MappedPictures, numbers: Sequence[int], batch_size: int
) -> np.ndarray:
    """The confusion matrix of each picture: (N, 1 + K, 1 + K), int64, in the model's numbers."""
    table = torch.full((IGNORED + 1,), IGNORED, dtype=torch.uint8)
    table[: len(numbers)] = torch.tensor(numbers, dtype=torch.uint8)
    matrices = []
    with tqdm(total=len(pictures), unit="picture") as bar:
        for start in range(0, len(pictures), batch_size):
            places = range(start, min(start + batch_size, len(pictures)))
            found = segment_on(model.network, [pictures.images[place] for place in places])
            truth = [table[pictures.maps[place].long()] for place in places]
            matrices.append(confusion_matrices(found, truth, model.num_classes))
            bar.update(len(places))
    return np.concatenate(matrices)
