"""Answer of ``training_operations``: the forward pass, and the gradients that are needed."""

from collections.abc import Callable, Sequence

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.how_long_how_much.exercise_cases import networks
from course_utils.lessons.how_long_how_much.exercises import observe_training_operations

Answer = Callable[[list[int], list[bool], int, bool], float]
Picks = Callable[[Sequence[bool]], list[bool]]  # which layers take part, of those that learn


def every(learns: Sequence[bool]) -> list[bool]:
    """All layers."""
    return [True] * len(learns)


def none(learns: Sequence[bool]) -> list[bool]:
    """No layer."""
    return [False] * len(learns)


def learning(learns: Sequence[bool]) -> list[bool]:
    """As it should be of gradients of weights: the layers that learn."""
    return list(learns)


def behind(learns: Sequence[bool]) -> list[bool]:
    """As it should be of gradients of inputs: all layers behind the first that learns."""
    return [True in learns[:place] for place in range(len(learns))]


def front(learns: Sequence[bool]) -> list[bool]:
    """As it should be of what may be kept: all layers before the first that learns."""
    return [True not in learns[: place + 1] for place in range(len(learns))]


def but_first(learns: Sequence[bool]) -> list[bool]:
    """All layers but the first."""
    return [place > 0 for place in range(len(learns))]


def from_first_learning(learns: Sequence[bool]) -> list[bool]:
    """The first layer that learns, and all behind it."""
    return [not ahead for ahead in front(learns)]


def learning_behind(learns: Sequence[bool]) -> list[bool]:
    """The layers that learn, but for the first of them."""
    return [one and other for one, other in zip(learns, behind(learns), strict=True)]


def answering(
    forwards: Picks = every, weights: Picks = learning, inputs: Picks = behind,
    keeps: Picks = front, times: float = 1, epochs_count: bool = True, always: bool = False,
    once: int = 1,
) -> Answer:  # fmt: skip
    """The answer, right but for what is said.

    Args:
        forwards: Layers whose forward pass counts.
        weights: Layers whose gradient of the weights is computed.
        inputs: Layers whose gradient of the inputs is computed.
        keeps: Layers that answer once for all epochs where features are cached.
        times: By what all is multiplied.
        epochs_count: Whether there is more than one epoch.
        always: Whether features are always cached.
        once: How often what is kept is computed.
    """

    def answer(forward: list[int], learns: list[bool], epochs: int, cached: bool) -> float:
        epochs = epochs if epochs_count else 1
        ahead = keeps(learns) if cached or always else none(learns)
        found = 0
        for work, goes, learns_too, hands_on, is_kept in zip(
            forward, forwards(learns), weights(learns), inputs(learns), ahead, strict=True
        ):
            found += work * (
                goes * (once if is_kept else epochs) + (learns_too + hands_on) * epochs
            )
        return times * found

    return answer


def where_it_differs(difference: Difference) -> str:
    """The first network that is wrong."""
    _, learns, epochs, cached = networks(difference.seed)[difference.place]
    layers = ", ".join("learns" if each else "frozen" for each in learns)
    return (
        f"With the layers {layers}, epochs={epochs} and cached={cached} it takes "
        f"{difference.truth:,.0f} operations; yours are {difference.found:,.6g}."
    )


ANSWER = Table(
    observe_training_operations,
    right=answering(),
    praise="Each gradient is counted where somebody needs it, and nowhere else.",
    wrong={
        "forward-only": [
            answering(weights=none, inputs=none, keeps=keeps) for keeps in (front, none)
        ],
        "one-gradient": [
            answering(inputs=none),
            answering(weights=none),
            *(answering(weights=none, inputs=none, keeps=keeps, times=2)
              for keeps in (front, none)),
        ],
        "always-three": [
            answer
            for keeps in (front, none)
            for answer in (
                answering(weights=none, inputs=none, keeps=keeps, times=3),
                answering(weights=from_first_learning, inputs=from_first_learning, keeps=keeps),
                answering(weights=from_first_learning, keeps=keeps),
            )
        ],
        "four": [
            *(answering(weights=none, inputs=none, keeps=keeps, times=4)
              for keeps in (front, none)),
            answering(weights=lambda learns: [2 * each for each in learns]),
        ],
        "frozen-are-free": [
            answering(forwards=learning, inputs=inputs, keeps=none)
            for inputs in (learning, learning_behind, behind)
        ],
        "stops-at-frozen": [
            answering(inputs=learning_behind), answering(inputs=learning)
        ],
        "back-to-the-start": [answering(inputs=but_first), answering(inputs=every)],
        "inputs-of-the-first": answering(inputs=from_first_learning),
        "never-kept": answering(keeps=none),
        "always-kept": answering(always=True),
        "all-frozen-kept": answering(keeps=lambda learns: [not each for each in learns]),
        "kept-are-free": answering(once=0),
        "one-epoch": answering(epochs_count=False),
    },
    messages={
        "forward-only": "This is the forward pass alone. The gradients are work, too.",
        "one-gradient": "There is one gradient too few. A layer that learns computes that of its "
        "weights, and the layers behind it hand one back, that of their inputs.",
        "always-three": "Three times the forward pass is a rule of thumb for networks of which all "
        "learns. A frozen layer computes no gradient of its weights.",
        "four": "Something is computed once too often. The forward pass would run twice with "
        "activation checkpointing, which is not used here.",
        "frozen-are-free": "A frozen layer does not learn, but it answers: its forward pass is "
        "computed, and in every epoch if nothing is kept.",
        "stops-at-frozen": "A gradient must come through a frozen layer, too, if a layer before it "
        "learns. Only that of its weights is saved.",
        "back-to-the-start": "Gradients of inputs are computed down to the start here. Nobody "
        "needs them where no layer before learns.",
        "inputs-of-the-first": "The first layer that learns needs no gradient of its inputs: there "
        "is nobody before it who would use that.",
        "never-kept": "Where cached is True, the layers before the first that learns answer once, "
        "and not in every epoch.",
        "always-kept": "Their answers are kept only where cached is True.",
        "all-frozen-kept": "A frozen layer behind one that learns is given other inputs in every "
        "epoch. Its answers cannot be kept.",
        "kept-are-free": "What is kept was computed once, and that once counts.",
        "one-epoch": "The work is done again in every epoch, but for what is kept.",
    },
    otherwise=where_it_differs,
    rtol=1e-9,
)  # fmt: skip
