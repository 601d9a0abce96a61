"""Answer of ``carried_norm``: what Keras' batch norm is given so that it works like torch's."""

from collections.abc import Callable, Sequence

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.keras_and_tensorflow.exercise_cases import torch_norms
from course_utils.lessons.keras_and_tensorflow.exercises import observe_carried_norm

State = dict[str, np.ndarray]
Answer = Callable[[State, float, float, int], tuple[float, float, list[np.ndarray]]]
GAMMA, BETA, MEAN, VARIANCE = ORDER = ("weight", "bias", "running_mean", "running_var")
# Of a variance (C,), eps, and how many values of each channel a batch had.
Variance = Callable[[np.ndarray, float, int], np.ndarray]


def answering(
    momentum_of: Callable[[float], float] = lambda momentum: 1 - momentum,
    epsilon_of: Callable[[float], float] = lambda eps: eps,
    order: Sequence[str] = ORDER,
    variance_of: Variance = lambda variance, eps, n: variance,
) -> Answer:
    """The answer, right but for what is said."""

    def answer(
        state: State, momentum: float, eps: float, n: int
    ) -> tuple[float, float, list[np.ndarray]]:
        changed = state | {VARIANCE: variance_of(state[VARIANCE], eps, n)}
        weights = [changed[name] for name in order]
        return momentum_of(momentum), epsilon_of(eps), weights

    return answer


def where_it_differs(difference: Difference) -> str:
    """The first layer, and the setting or the numbers that are wrong."""
    _, momentum, eps, _ = torch_norms(difference.seed)[difference.place]
    layer = f"Of a layer with momentum {momentum} and eps {eps}, Keras' "
    if difference.part != "weights":
        return f"{layer}{difference.part} is another number than {difference.found:.6g}."
    truth, found = np.shape(difference.truth), np.shape(difference.found)
    if truth != found:
        return f"{layer}four arrays together have the shape {truth}; yours have {found}."
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    pairs = zip(names, difference.truth, difference.found, strict=True)
    wrong = next(name for name, one, other in pairs if not ANSWER.same(other, one))
    return f"{layer}{wrong} holds other numbers than yours."


ANSWER = Table(
    observe_carried_norm,
    right=answering(),
    praise="Equal in inference, and in training the running mean follows as fast.",
    wrong={
        "momentum-kept": answering(momentum_of=lambda momentum: momentum),
        "momentum-of-keras": answering(momentum_of=lambda momentum: 0.99),
        "one-momentum": answering(momentum_of=lambda momentum: 0.9),
        "epsilon-of-keras": answering(epsilon_of=lambda eps: 1e-3),
        "one-epsilon": answering(epsilon_of=lambda eps: 1e-5),
        "deviation": answering(variance_of=lambda variance, eps, n: np.sqrt(variance)),
        "epsilon-added": [
            answering(variance_of=lambda variance, eps, n: variance + eps),
            answering(variance_of=lambda variance, eps, n: np.sqrt(variance + eps)),
        ],
        "inverted": [
            answering(variance_of=lambda variance, eps, n: 1 / variance),
            answering(variance_of=lambda variance, eps, n: 1 / np.sqrt(variance)),
            answering(variance_of=lambda variance, eps, n: 1 / np.sqrt(variance + eps)),
        ],
        "corrected": [
            answering(variance_of=lambda variance, eps, n: variance * (n - 1) / n),
            answering(variance_of=lambda variance, eps, n: variance * n / (n - 1)),
        ],
        "beta-first": answering(order=(BETA, GAMMA, MEAN, VARIANCE)),
        "statistics-first": [
            answering(order=order)
            for order in ((MEAN, VARIANCE, GAMMA, BETA), (MEAN, VARIANCE, BETA, GAMMA))
        ],
        "by-name": answering(order=sorted(ORDER)),
        "variance-first": answering(order=(GAMMA, BETA, VARIANCE, MEAN)),
    },
    messages={
        "momentum-kept": "The momentum is torch's: its share of the new. Keras means the share of "
        "the old by that word.",
        "momentum-of-keras": "0.99 is what Keras takes when it is told nothing. It is to follow "
        "the layer that is given.",
        "one-momentum": "0.9 is right for torch's default alone. Work it out from the momentum "
        "that is given.",
        "epsilon-of-keras": "The momentum is right. 1e-3 is what Keras takes when it is told "
        "nothing; torch's eps is given.",
        "one-epsilon": "The momentum is right. 1e-5 is torch's default, and another eps may be "
        "given.",
        "deviation": "moving_variance is given a standard deviation. Both libraries store the "
        "variance, and take the root later.",
        "epsilon-added": "eps is added to what is stored, and the layer adds it once more whenever "
        "it works.",
        "inverted": "moving_variance is given what the layer divides by, turned over. Both "
        "libraries store the variance itself.",
        "corrected": "The stored variance is corrected by n. In training the two libraries do "
        "compute it by n - 1 and by n, but inference takes it as it is stored.",
        "beta-first": "gamma and beta have changed places. torch calls gamma weight, since values "
        "are multiplied by it.",
        "statistics-first": "The running statistics come first here. Keras' list begins with what "
        "is learned.",
        "by-name": "These are sorted by torch's names. Which of Keras' names belongs to each?",
        "variance-first": "gamma and beta are right. The mean comes before the variance.",
    },
    otherwise=where_it_differs,
    atol=1e-9,
    rtol=1e-6,
)
