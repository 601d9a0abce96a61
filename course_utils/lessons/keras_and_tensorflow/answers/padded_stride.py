"""Answer of ``padded_stride``: as much padding on each side as torch adds."""

from collections.abc import Callable

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.keras_and_tensorflow.exercise_cases import strided_pictures
from course_utils.lessons.keras_and_tensorflow.exercises import observe_padded_stride

Answer = Callable[[np.ndarray, int, int], np.ndarray]
# How much is added before and after a side, of its length, the filters' size and the stride.
Pair = Callable[[int, int, int], tuple[int, int]]


def as_torch(side: int, size: int, stride: int) -> tuple[int, int]:
    """As it should be: ``padding=size // 2``."""
    return size // 2, size // 2


def as_same(side: int, size: int, stride: int) -> tuple[int, int]:
    """As Keras' "same" has it: what is missing, the larger half of it behind."""
    steps = -(-side // stride)
    missing = max((steps - 1) * stride + size - side, 0)
    return missing // 2, missing - missing // 2


def padding(pair: Pair, axes: tuple[int, ...] = (1, 2), mode: str = "constant") -> Answer:
    """The pictures with a border, along these axes."""

    def answer(images: np.ndarray, size: int, stride: int) -> np.ndarray:
        pairs = [
            pair(side, size, stride) if axis in axes else (0, 0)
            for axis, side in enumerate(images.shape)
        ]
        return np.pad(images, pairs, mode)

    return answer


def always(before: int, after: int) -> Answer:
    """So much, times half the size of the filters, whatever the picture."""
    return padding(lambda side, size, stride: (before * (size // 2), after * (size // 2)))


def on_top(images: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Padded as torch does, and once more by "same"."""
    return padding(as_same)(padding(as_torch)(images, size, stride), size, stride)


def where_it_differs(difference: Difference) -> str:
    """The first pictures that are wrong."""
    images, filters, stride = strided_pictures(difference.seed)[difference.place]
    size, (number, height, width, channels) = len(filters), images.shape
    truth, found = np.shape(difference.truth), np.shape(difference.found)
    case = f"Of {height} x {width} pixels, with filters of size {size} and a stride of {stride}, "
    if len(found) == 1:  # a shape in place of what comes out
        if difference.found[3] == channels:
            return f"{case}your pictures are too small for one filter."
        return f"A picture has {channels} channels here; yours have {difference.found[3]}."
    if found[0] != number:
        return f"There are {number} pictures here, and you return {found[0]}."
    if truth != found:
        return f"{case}{truth[2]} x {truth[3]} numbers come out; of yours {found[2]} x {found[3]}."
    return f"{case}as many numbers come out as in torch, but others."


ANSWER = Table(
    observe_padded_stride,
    right=padding(as_torch),
    praise="The filters now stand on the same pixels in both libraries.",
    as_given=padding(as_same),
    say_as_given='This is "same" still, as it was given: it agrees with torch where sides are odd, '
    "and not where they are even.",
    wrong={
        "channels-first": padding(as_torch, (2, 3)),
        "all-axes": padding(as_torch, (0, 1, 2, 3)),
        "all-but-pictures": padding(as_torch, (1, 2, 3)),
        "no-padding": [always(0, 0), lambda images, size, stride: images],
        "right-and-below": [always(0, 1), always(0, 2)],
        "left-and-above": [always(1, 0), always(2, 0)],
        "larger-half-first": padding(lambda *case: as_same(*case)[::-1]),
        "too-wide": [always(2, 2), on_top,
                     padding(lambda side, size, stride: (size, size))],
        "always-one": padding(lambda side, size, stride: (1, 1)),
        "by-the-stride": [
            padding(lambda side, size, stride: (stride, stride)),
            padding(lambda side, size, stride: (stride - 1, stride - 1)),
            padding(lambda side, size, stride: (stride // 2, stride // 2)),
        ],
        "one-side-alone": [padding(as_torch, (1,)), padding(as_torch, (2,))],
        "not-zeros": [padding(as_torch, mode=mode) for mode in ("edge", "reflect", "symmetric")],
    },
    messages={
        "channels-first": "The last two axes are padded, as they would be in torch. In Keras' "
        "order the last one holds the channels.",
        "all-axes": "All four axes are padded: there are pictures and channels more now. np.pad "
        "takes a pair for each axis.",
        "all-but-pictures": "The channels are padded, too. Only H and W get a border.",
        "no-padding": "Without a border the filters begin one pixel, or more, further inside than "
        "in torch, and fewer numbers come out.",
        "right-and-below": "Padded on the right and below alone. torch pads on the left and above "
        "as well, so its first filter begins outside of the picture.",
        "left-and-above": "Padded on the left and above alone. This is enough for some even sides. "
        "On others a row or a column is lost.",
        "larger-half-first": 'This is "same" with its halves exchanged. With a stride of 2 it '
        "comes out right, with a larger one not: torch adds as much whatever the sides are.",
        "too-wide": "Too much: torch adds half the size of a filter, rounded down, on each side, "
        "and adds it once.",
        "always-one": "One pixel is right for filters of size 3. Larger ones reach further out.",
        "by-the-stride": "The border follows the stride here. How far a filter reaches beyond its "
        "middle does not depend on it.",
        "one-side-alone": "One of H and W is padded as in torch, and the other is not.",
        "not-zeros": "The border is wide enough. But it is filled with pixels of the picture, and "
        "in torch it holds zeros.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
