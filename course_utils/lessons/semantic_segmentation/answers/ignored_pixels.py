"""Answer of ``ignored_pixels``: the mean loss over the pixels that count."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.semantic_segmentation.exercise_cases import batches_to_learn
from course_utils.lessons.semantic_segmentation.exercises import observe_ignored_pixels

Answer = Callable[[Tensor, Tensor], Tensor]


def counts(maps: Tensor) -> Tensor:
    """Which pixels count, bool."""
    return maps != IGNORED


def as_paper(maps: Tensor) -> Tensor:
    """255 made to paper."""
    return maps.where(counts(maps), 0)


def losses_of(logits: Tensor, maps: Tensor, ignored: int = IGNORED) -> Tensor:
    """The loss of each pixel (B, H, W), 0 where it is ignored."""
    return F.cross_entropy(logits, maps, ignore_index=ignored, reduction="none")


def pixel_loss(logits: Tensor, maps: Tensor) -> Tensor:
    """As it should be."""
    return losses_of(logits, maps).sum() / counts(maps).sum().clamp(min=1)


def as_given(logits: Tensor, maps: Tensor) -> Tensor:
    """255 made to paper, and paper ignored; divided by all pixels."""
    return losses_of(logits, as_paper(maps), 0).mean()


def without_paper(below: Callable[[Tensor], Tensor]) -> Answer:
    """Paper is never learned; the sum is divided by some number of pixels."""
    return lambda logits, maps: (
        losses_of(logits, as_paper(maps), 0).sum() / below(maps).sum().clamp(min=1)
    )


def learned_as(made: Callable[[Tensor, int], Tensor], by_counts: bool) -> Answer:
    """Pixels of 255 are learned as something, ``made`` of the maps and the last class."""

    def answer(logits: Tensor, maps: Tensor) -> Tensor:
        losses = losses_of(logits, made(maps, logits.shape[1] - 1))
        return losses.sum() / counts(maps).sum().clamp(min=1) if by_counts else losses.mean()

    return answer


def learned_anyway(made: Callable[[Tensor, int], Tensor]) -> list[Answer]:
    """The same, divided by all pixels or by those that count."""
    return [learned_as(made, by_counts) for by_counts in (False, True)]


def mean_of_pictures(logits: Tensor, maps: Tensor) -> Tensor:
    """The mean of each picture, then their mean."""
    of_pictures = losses_of(logits, maps).sum(dim=(1, 2)) / counts(maps).sum(dim=(1, 2)).clamp(1)
    return of_pictures.mean()


def mean_of_classes(logits: Tensor, maps: Tensor) -> Tensor:
    """The mean of each class that is there, then their mean."""
    losses = losses_of(logits, maps)
    classes = maps[counts(maps)].unique()
    if not len(classes):
        return losses.sum()
    return torch.stack([losses[maps == each].mean() for each in classes]).mean()


def where_it_differs(difference: Difference) -> str:
    """The batch that is wrong."""
    maps = batches_to_learn(difference.seed)[difference.place][1]
    return (
        f"For a batch of {tuple(maps.shape)} pixels, of which {int(counts(maps).sum())} count, the "
        f"loss is {difference.truth:.4f}; yours is {difference.found:.4f}."
    )


def what_is_wrong(difference: Difference) -> str:
    """Of the batch in which no pixel counts, or of another."""
    if difference.part == "losses":
        return where_it_differs(difference)
    if difference.part == "nothing":
        return f"Where no pixel counts the loss is 0; yours is {difference.found:.4f}."
    return "The losses are right. But some of them cannot be learned from: no gradient reaches f."


ANSWER = Table(
    observe_ignored_pixels,
    right=pixel_loss,
    praise="What does not count is neither in the sum nor in its number, and paper is learned.",
    as_given=as_given,
    say_as_given="The loss is that of the function as it was given: both faults are left.",
    wrong={
        "paper-left-out": [
            without_paper(counts),
            without_paper(lambda maps: as_paper(maps) > 0),
        ],
        "over-all-pixels": lambda logits, maps: losses_of(logits, maps).mean(),
        "learned-as-paper": learned_anyway(lambda maps, last: as_paper(maps)),
        "learned-as-a-class": learned_anyway(lambda maps, last: maps.clamp(max=last)),
        "mean-of-pictures": mean_of_pictures,
        "mean-of-classes": mean_of_classes,
        "sum": lambda logits, maps: losses_of(logits, maps).sum(),
        "nan-for-nothing": lambda logits, maps: F.cross_entropy(logits, maps, ignore_index=IGNORED),
        "no-gradient": lambda logits, maps: pixel_loss(logits, maps).item(),
    },
    messages={
        "paper-left-out": "One fault is mended, or half of it. Still left: pixels of paper have no "
        "loss, so f never learns where digits end.",
        "over-all-pixels": "One fault is mended. Still left: the sum is divided by all pixels, "
        "also by those that do not count.",
        "learned-as-paper": "Paper is learned now. But pixels of 255 are learned as paper, too, "
        "and nobody knows what they are.",
        "learned-as-a-class": "Pixels of 255 are learned as the last class. Nobody knows what they "
        "are: they must not count.",
        "mean-of-pictures": "Each picture counts the same here. A pixel of a picture with few that "
        "count then counts more than others: divide once, for the whole batch.",
        "mean-of-classes": "Each class counts the same here. That is a loss, too, but not the one "
        "asked for: each pixel counts the same.",
        "sum": "This is the sum. A batch with more pixels that count would be learned in larger "
        "steps: divide it.",
        "nan-for-nothing": "Both faults are mended. But where no pixel of a batch counts, this is "
        "0 / 0, and one step along nan makes all weights nan.",
        "no-gradient": "The numbers are right. But no gradient can come back from them, or not "
        "from that of a batch without a pixel that counts. Return a tensor made of logits.",
    },
    otherwise=what_is_wrong,
)
