"""Maps of pictures that nobody labelled, by a segmenter that was loaded from its folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from torch import Tensor

from course_utils.models.segmentation.answering import logits_on, surest_class
from course_utils.models.segmentation.segmenter import ClassMap
from course_utils.shipping.answering import Picture
from course_utils.shipping.masks.loading import ShippedSegmenter
from course_utils.shipping.whole_pictures import MOST_AT_ONCE, ask_in_batches


@dataclass(frozen=True)
class Segmented:
    """What a segmenter says of one picture.

    Args:
        classes: (H, W), uint8, in the size of the whole picture, upright; None if it could not be
            read.
        problem: Why it could not be read, and the way out.
    """

    classes: ClassMap | None
    problem: str | None = None


def segment_pictures(model: ShippedSegmenter, pictures: Sequence[Picture]) -> list[Segmented]:
    """What ``model`` says of ``pictures``, however many; what cannot be read is told apart.

    Args:
        model: From ``load_segmenter``.
        pictures: Paths, or contents of files.
    """
    return [found for some in segment_in_batches(model, pictures) for found in some]


def segment_in_batches(
    model: ShippedSegmenter, pictures: Sequence[Picture], most: int = MOST_AT_ONCE
) -> Iterator[list[Segmented]]:
    """The same, batch by batch: no more pictures are in memory at a time.

    Args:
        model: From ``load_segmenter``.
        pictures: As above.
        most: Pictures of a batch.
    """
    for some in ask_in_batches(model, pictures, partial(logits_on, model.network), most):
        yield [
            Segmented(None, each)
            if isinstance(each, str)
            else Segmented(_map_of(each[1], each[0].size))
            for each in some
        ]


def _map_of(logits: Tensor, size: tuple[int, int]) -> ClassMap:
    """The map of a picture of that width and height."""
    return surest_class(logits[None], size[::-1])[0].cpu()
