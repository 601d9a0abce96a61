"""Answer of ``carried_filter``: the axes of a convolution's weights in Keras' order."""

from collections.abc import Callable

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.keras_and_tensorflow.exercise_cases import torch_filters
from course_utils.lessons.keras_and_tensorflow.exercises import observe_carried_filter

Answer = Callable[[np.ndarray], np.ndarray]
ORDER = (2, 3, 1, 0)  # of (O, I, H, W), to (H, W, I, O)


def turned(*axes: int) -> Answer:
    """The axes in another order."""
    return lambda weight: weight.transpose(axes)


def reshaped(weight: np.ndarray) -> np.ndarray:
    """The right shape, filled row by row."""
    return weight.reshape([weight.shape[axis] for axis in ORDER])


def flipped(weight: np.ndarray) -> np.ndarray:
    """The right order, and each filter upside down and the wrong way round."""
    return turned(*ORDER)(weight)[::-1, ::-1]


def where_it_differs(difference: Difference) -> str:
    """The first filter that is wrong."""
    (weight,) = torch_filters(difference.seed)[difference.place]
    truth, found = np.shape(difference.truth), np.shape(difference.found)
    if truth != found:
        return f"Of shape {weight.shape} the result has the shape {truth}; yours has {found}."
    return f"Of shape {weight.shape} the shape is right, but numbers stand in other places."


ANSWER = Table(
    observe_carried_filter,
    right=turned(*ORDER),
    praise="Each number has kept its meaning, and so the filter finds the same in a picture.",
    wrong={
        "as-it-was": turned(0, 1, 2, 3),
        "the-way-back": turned(3, 2, 0, 1),
        "reshaped": reshaped,
        "turned-pictures": turned(3, 2, 1, 0),
        "turned-channels": turned(2, 3, 0, 1),
        "as-pictures": turned(0, 2, 3, 1),
        "flipped": flipped,
    },
    messages={
        "as-it-was": "These are torch's axes still. Keras wants the two of the picture first.",
        "the-way-back": "This order brings Keras' weights back to torch. transpose is given, for "
        "each axis of the result, where it was before.",
        "reshaped": "The shape is right, but reshape only cuts the same row of numbers anew. So "
        "numbers of several filters are mixed: move the axes.",
        "turned-pictures": "This turns all axes round, and with them each filter: H and W have "
        "changed places, so that an upright stroke lies down.",
        "turned-channels": "H and W are where they belong. The channels that go in come before "
        "those that come out.",
        "as-pictures": "This is what is done with pictures: their channels go to the end. A "
        "filter has two axes of channels, and both go to the end.",
        "flipped": "The order is right, but the filters are flipped. A convolution in mathematics "
        "does that; those of both libraries do not.",
    },
    otherwise=where_it_differs,
)
