"""Answer of ``soft_dice``: Dice of each class over all pixels of a batch, from probabilities."""

from collections.abc import Callable
from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.semantic_segmentation.exercise_cases import batches_with_probs
from course_utils.lessons.semantic_segmentation.exercises import observe_soft_dice

OVER_BATCH, OVER_PICTURE = (0, 2, 3), (2, 3)


class Sums(NamedTuple):
    """Of probabilities p and true maps t, over some pixels: of p times t, of p, and of t."""

    both: Tensor
    probs: Tensor
    truth: Tensor


Ratio = Callable[[Sums], Tensor]
Answer = Callable[[Tensor, Tensor], Tensor]


def sums_of(probs: Tensor, maps: Tensor, over: tuple[int, ...] = OVER_BATCH) -> Sums:
    """The three sums, for each class."""
    truth = F.one_hot(maps, probs.shape[1]).movedim(-1, 1).to(probs.dtype)
    return Sums(*((each.sum(dim=over)) for each in (probs * truth, probs, truth)))


def dice(sums: Sums) -> Tensor:
    """Twice the first by the other two; nan for 0 / 0."""
    return 2 * sums.both / (sums.probs + sums.truth)


def or_one(ratio: Ratio) -> Ratio:
    """The same, and 1 for 0 / 0."""
    return lambda sums: ratio(sums).nan_to_num(nan=1.0)


def or_zero(ratio: Ratio) -> Ratio:
    """The same, and 0 for 0 / 0."""
    return lambda sums: ratio(sums).nan_to_num(nan=0.0)


def plus(number: float) -> Ratio:
    """A number is added above and below the line."""
    return lambda sums: (2 * sums.both + number) / (sums.probs + sums.truth + number)


def by(ratio: Ratio) -> Answer:
    """The ratio of the sums over the batch."""
    return lambda probs, maps: ratio(sums_of(probs, maps))


def anyhow(ratio: Ratio) -> list[Answer]:
    """The same with each thing that is done where it is 0 / 0."""
    return [by(each) for each in (or_one(ratio), or_zero(ratio), ratio)]


def by_picture(ratio: Ratio) -> Answer:
    """The ratio of each picture, then the mean over those that have one."""
    return lambda probs, maps: ratio(sums_of(probs, maps, OVER_PICTURE)).nanmean(dim=0)


def hard(ratio: Ratio) -> Answer:
    """Takes the surest class in place of the probabilities."""

    def answer(probs: Tensor, maps: Tensor) -> Tensor:
        surest = F.one_hot(probs.argmax(dim=1), probs.shape[1]).movedim(-1, 1)
        return ratio(sums_of(surest.to(probs.dtype), maps))

    return answer


def with_squares(ratio: Ratio) -> Answer:
    """Squares of the probabilities below the line."""

    def answer(probs: Tensor, maps: Tensor) -> Tensor:
        sums = sums_of(probs, maps)
        return ratio(sums._replace(probs=(probs**2).sum(dim=OVER_BATCH)))

    return answer


def where_it_differs(difference: Difference) -> str:
    """The batch that is wrong, or the class of the last batch, and what should come of it."""
    if difference.part == "absent":
        return (
            "Where class 2 is neither there nor has any probability, Dice of class "
            f"{difference.place} should be {difference.truth:.4f}; yours is {difference.found:.4f}."
        )
    probs, _ = batches_with_probs(difference.seed)[difference.place]
    truth, found = (
        ", ".join(f"{number:.4f}" for number in numbers)
        for numbers in (difference.truth, difference.found)
    )
    return (
        f"For probabilities of shape {tuple(probs.shape)} it should be [{truth}]; yours is "
        f"[{found}]."
    )


ANSWER = Table(
    observe_soft_dice,
    right=by(or_one(dice)),
    praise="Each class of the batch has its score, and none is 0 / 0.",
    wrong={
        "nan": by(dice),
        "absent-as-0": by(or_zero(dice)),
        "one-added": by(plus(1.0)),
        "hard": [hard(or_one(dice)), hard(or_zero(dice)), hard(dice), hard(plus(1.0))],
        "picture-by-picture": [
            by_picture(ratio) for ratio in (dice, or_one(dice), or_zero(dice), plus(1.0))
        ],
        "without-2": anyhow(lambda sums: sums.both / (sums.probs + sums.truth)),
        "iou": anyhow(lambda sums: sums.both / (sums.probs + sums.truth - sums.both)),
        "squared": [with_squares(or_one(dice)), with_squares(or_zero(dice)), with_squares(dice)],
        "truth-alone": anyhow(lambda sums: sums.both / sums.truth),
        "probs-alone": anyhow(lambda sums: sums.both / sums.probs),
        "loss": anyhow(lambda sums: 1 - dice(sums)),
    },
    messages={
        "nan": "One class of the last batch is neither there nor has any probability: 0 / 0 is "
        "nan. There it is 1.",
        "absent-as-0": "A class that is neither there nor has any probability gets 0 here, as if "
        "all was wrong. Nothing is wrong: it is 1.",
        "one-added": "With 1 added above and below, 0 / 0 becomes 1, and all other scores change, "
        "too: those of small classes most. Treat 0 / 0 by itself.",
        "hard": "The surest class of each pixel is taken first. A gradient cannot follow that "
        "choice: take the probabilities as they are.",
        "picture-by-picture": "Each picture gets a score of its own, then the mean is taken. A "
        "class that a picture does not show decides much there: sum over the batch first.",
        "without-2": "Perfect maps get 0.5 here, as what is in both maps is counted twice below "
        "the line. Count it twice above it, too.",
        "iou": "This is the soft IoU, with the union below the line. Dice has the sum of both "
        "there, and twice the overlap above.",
        "squared": "Below the line stand squares of the probabilities, as in V-Net. Asked for are "
        "the probabilities themselves.",
        "truth-alone": "Below the line stand the true pixels alone. Whoever gives each class all "
        "probability would get 1.",
        "probs-alone": "Below the line stand the probabilities alone. Whoever misses most of a "
        "class loses nothing.",
        "loss": "This is 1 minus Dice, as losses use it. Return Dice itself.",
        "one": "This is one number. Return one for each class, paper first.",
    },
    otherwise=where_it_differs,
)
