"""Pictures with boxes in three parts, the last one sealed."""

from dataclasses import dataclass

import torch

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.examples import LabelledImages
from course_utils.data.places import places_of_parts
from course_utils.data.splits import SealedTestSet


@dataclass(frozen=True)
class BoxSplit:
    """Training, validation and sealed test pictures; none is in two of them."""

    train: BoxedPictures
    val: BoxedPictures
    test: SealedTestSet


def split_boxed(
    pictures: BoxedPictures, *, val_fraction: float, test_fraction: float, seed: int
) -> BoxSplit:
    """Split ``pictures`` at random, whole pictures with all their boxes.

    A part that the data set itself brings is kept, what it lacks is drawn from its training
    pictures, and pictures of one group are drawn into the same part. Arguments and errors as of
    ``places_of_parts``.
    """
    numbers = torch.zeros(len(pictures), dtype=torch.int64)
    stand_ins = LabelledImages(numbers, numbers, ("picture",), pictures.parts, pictures.groups)
    train, val, test = (
        pictures[places]
        for places in places_of_parts(
            stand_ins, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
        )
    )
    return BoxSplit(train, val, SealedTestSet(test))
