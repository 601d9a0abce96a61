"""Answer of ``corners``: boxes in four forms as left, top, right, bottom in pixels."""

from collections.abc import Callable

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.object_detection.exercise_cases import Box, corner_cases
from course_utils.lessons.object_detection.exercises import observe_corners

Reader = Callable[[float, float, float, float, int, int], Box]  # four numbers, and the picture's
Answer = Callable[[Box, str, int, int], Box]


def around(x: float, y: float, across: float, down: float) -> Box:
    """A box around its middle."""
    return [x - across / 2, y - down / 2, x + across / 2, y + down / 2]


RIGHT: dict[str, Reader] = {
    "coco": lambda left, top, across, down, w, h: [left, top, left + across, top + down],
    "voc": lambda left, top, right, bottom, w, h: [left - 1, top - 1, right, bottom],
    "yolo": lambda x, y, across, down, w, h: around(x * w, y * h, across * w, down * h),
    "yxyx": lambda top, left, bottom, right, w, h: [left, top, right, bottom],
}


def by(readers: dict[str, Reader]) -> Answer:
    """The answer that reads each form so."""
    return lambda box, form, width, height: readers[form](*box, width, height)


def but(form: str, *readers: Reader) -> list[Answer]:
    """Right but for one form, which is read in each of these ways."""
    return [by(RIGHT | {form: reader}) for reader in readers]


def unchanged(*numbers: float) -> Box:
    """The four numbers as they are."""
    return list(numbers[:4])


def where_it_differs(difference: Difference) -> str:
    """The first box that is wrong."""
    cases = [case for case in corner_cases(difference.seed) if case[1] == difference.part]
    box, _, width, height = cases[difference.place]
    numbers = ", ".join(f"{number:.4g}" for number in box)
    yours = ", ".join(f"{number:.4g}" for number in difference.found)
    truth = ", ".join(f"{number:.4g}" for number in difference.truth)
    return f"[{numbers}] on a picture of {width} x {height} is [{truth}]; yours is [{yours}]."


ANSWER = Table(
    observe_corners,
    right=by(RIGHT),
    praise="One form for all boxes, and whatever comes later need not ask where they came from.",
    opening="{part}: ",
    wrong={
        "sizes-as-ends": but("coco", unchanged),
        "coco-one-short": but(
            "coco", lambda x, y, across, down, w, h: [x, y, x + across - 1, y + down - 1]
        ),
        "sides-swapped": but("coco", lambda x, y, across, down, w, h: [x, y, x + down, y + across]),
        "centre-in-coco": but("coco", lambda x, y, across, down, w, h: around(x, y, across, down)),
        "not-counted-from-1": but("voc", unchanged),
        "last-pixel": but("voc", lambda a, b, c, d, w, h: [a - 1, b - 1, c - 1, d - 1]),
        "moved-by-one": but("voc", lambda a, b, c, d, w, h: [a, b, c + 1, d + 1]),
        "past-it-already": but("voc", lambda a, b, c, d, w, h: [a - 1, b - 1, c + 1, d + 1]),
        "shares-for-pixels": but(
            "yolo", unchanged, lambda x, y, across, down, w, h: around(x, y, across, down)
        ),
        "only-scaled": but(
            "yolo", lambda x, y, across, down, w, h: [x * w, y * h, across * w, down * h]
        ),
        "centre-for-corner": but(
            "yolo",
            lambda x, y, across, down, w, h: [x * w, y * h, (x + across) * w, (y + down) * h],
        ),
        "whole-size-each-way": but(
            "yolo",
            lambda x, y, across, down, w, h: around(x * w, y * h, 2 * across * w, 2 * down * h),
        ),
        "one-side-for-both": but(
            "yolo",
            lambda x, y, across, down, w, h: around(x * w, y * w, across * w, down * w),
            lambda x, y, across, down, w, h: around(x * h, y * h, across * h, down * h),
            lambda x, y, across, down, w, h: around(x * h, y * w, across * h, down * w),
        ),
        "y-first": but("yxyx", unchanged),
        "only-starts-swapped": but(
            "yxyx",
            lambda top, left, bottom, right, w, h: [left, top, bottom, right],
            lambda top, left, bottom, right, w, h: [top, left, right, bottom],
        ),
    },
    messages={
        "sizes-as-ends": "the last two numbers are width and height, and stand here as if they "
        "were right and bottom.",
        "coco-one-short": "left + width is one past the last pixel already; with 1 taken away the "
        "box is a pixel short.",
        "sides-swapped": "the width was added to top, and the height to left.",
        "centre-in-coco": "the first two numbers are left and top, not the middle of the box.",
        "not-counted-from-1": "its first column is called 1. Ours is called 0.",
        "last-pixel": "the last column that it names belongs to the object. Right is one past it, "
        "so this box is a pixel short.",
        "moved-by-one": "width and height are right now, but the box lies one pixel too far to the "
        "right and down.",
        "past-it-already": "the last column, counted from 1, is one past the last, counted from 0. "
        "The two ones cancel at right and bottom.",
        "shares-for-pixels": "these numbers are shares of the picture's width and height. Pixels "
        "are wanted.",
        "only-scaled": "they are in pixels now, and still say middle and size. Corners are wanted.",
        "centre-for-corner": "the first two numbers are the middle of the box, not its upper left "
        "corner.",
        "whole-size-each-way": "from the middle to a side it is half the width, not all of it.",
        "one-side-for-both": "x and width are shares of the picture's width, y and height shares "
        "of its height. Here one side serves for both, or they are swapped.",
        "y-first": "here top stands before left, and bottom before right.",
        "only-starts-swapped": "one of the two corners is turned round now, and the other is not.",
    },
    otherwise=where_it_differs,
)
