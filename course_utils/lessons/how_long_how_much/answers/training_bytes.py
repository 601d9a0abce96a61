"""Answer of ``training_bytes``: weights, gradients, AdamW's two numbers, kept activations."""

from collections.abc import Callable

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.how_long_how_much.exercise_cases import trainings
from course_utils.lessons.how_long_how_much.exercises import observe_training_bytes

WIDTH = 4  # bytes of a float of 32 bits
Answer = Callable[[int, int, int, int, int], float]
Stored = Callable[[int, int], float]  # numbers, of all weights and of those that learn


def stored_of(weights: int, learning: int) -> float:
    """As it should be: a gradient and two numbers of AdamW for each weight that learns."""
    return weights + 3 * learning


def kept_of(kept: int, batch_size: int, bits: int) -> float:
    """As it should be, in bytes."""
    return kept * batch_size * bits / 8


def nothing(kept: int, batch_size: int, bits: int) -> float:
    """No activations."""
    return 0.0


def answering(
    stored: Stored = stored_of,
    activations: Callable[[int, int, int], float] = kept_of,
    width: float | None = WIDTH,
    times: float = 1,
) -> Answer:
    """The answer, right but for what is said.

    Args:
        stored: Numbers that go with the weights.
        activations: Bytes of what is kept.
        width: Bytes of a number that goes with the weights; None for those of ``bits``.
        times: By what all is multiplied.
    """

    def answer(weights: int, learning: int, kept: int, batch_size: int, bits: int) -> float:
        each = bits / 8 if width is None else width
        return times * (stored(weights, learning) * each + activations(kept, batch_size, bits))

    return answer


def with_and_without(stored: Stored) -> list[Answer]:
    """Right but for what goes with the weights, and without activations, too."""
    return [answering(stored), answering(stored, nothing)]


def of_all(weights: int, learning: int, kept: int, batch_size: int, bits: int) -> float:
    """All of it for each example of a batch."""
    return stored_of(weights, learning) * WIDTH * batch_size + kept_of(kept, batch_size, bits)


def where_it_differs(difference: Difference) -> str:
    """The first training that is wrong."""
    weights, learning, kept, batch_size, bits = trainings(difference.seed)[difference.place]
    return (
        f"With {weights:,} weights, {learning:,} of them learning, and {kept:,} kept numbers of "
        f"{bits} bits for each of {batch_size} examples it takes {difference.truth:,.0f} bytes; "
        f"yours are {difference.found:,.6g}."
    )


ANSWER = Table(
    observe_training_bytes,
    right=answering(),
    praise="Four numbers for each weight that learns, one for a frozen one, and what is kept.",
    wrong={
        "weights-only": with_and_without(lambda weights, learning: weights),
        "frozen-too": with_and_without(lambda weights, learning: 4 * weights),
        "no-optimizer": [
            *with_and_without(lambda weights, learning: weights + learning),
            *with_and_without(lambda weights, learning: 2 * weights),
        ],
        "one-missing": with_and_without(lambda weights, learning: weights + 2 * learning),
        "frozen-left-out": with_and_without(lambda weights, learning: 4 * learning),
        "kept-forgotten": answering(activations=nothing),
        "one-example": answering(activations=lambda kept, batch, bits: kept * bits / 8),
        "all-times-batch": of_all,
        "bits-for-bytes": [
            answering(times=8),
            answering(activations=lambda kept, batch, bits: kept * batch * bits),
            answering(width=32),
        ],
        "all-in-these-bits": answering(width=None),
        "kept-in-32-bits": answering(activations=lambda kept, batch, bits: kept * batch * WIDTH),
        "gradients-of-kept": [
            answering(activations=lambda kept, batch, bits, share=share:
                      share * kept * batch * bits / 8)
            for share in (1.5, 2)
        ],
        "other-unit": [
            answering(times=1 / unit)
            for unit in (1000, 1024, 10**6, 2**20, 10**9, 2**30)
        ],
    },
    messages={
        "weights-only": "Of the numbers that go with the weights only the weights themselves are "
        "here. What do the backward pass and AdamW store of each weight that learns?",
        "frozen-too": "Frozen weights are given gradients and numbers of AdamW, too. They have "
        "neither.",
        "no-optimizer": "Weights and gradients are here. AdamW stores two numbers more for each "
        "weight that learns.",
        "one-missing": "Of each weight that learns one number is missing. There are the weight, "
        "its gradient, and two numbers of AdamW.",
        "frozen-left-out": "Frozen weights do not learn, but they lie in memory: the forward pass "
        "needs them.",
        "kept-forgotten": "What goes with the weights is right. The activations that are kept for "
        "the way back are missing.",
        "one-example": "Activations are kept for each example of the batch. You counted them for "
        "one.",
        "all-times-batch": "Only the activations grow with the batch. There is one set of weights, "
        "with one gradient each, for all examples together.",
        "bits-for-bytes": "Bits were taken for bytes somewhere, so that numbers are eight times "
        "too large.",
        "all-in-these-bits": "Only the kept activations have `bits` bits each. All that goes with "
        "the weights has 32.",
        "kept-in-32-bits": "The kept activations are counted with 4 bytes each. They have `bits` "
        "bits.",
        "gradients-of-kept": "More is counted for the activations than is kept. The way back does "
        "make gradients of them, but layer by layer, and a lower bound needs none of these.",
        "other-unit": "Bytes are asked for, not thousands, millions or billions of them.",
    },
    otherwise=where_it_differs,
    rtol=1e-9,
)  # fmt: skip
