"""Answer of ``iou``: what two boxes share, as a share of what they cover together."""

from collections.abc import Callable

from course_utils.exercises.tables import Table
from course_utils.lessons.object_detection.exercise_cases import Box, box_pairs
from course_utils.lessons.object_detection.exercises import observe_iou

Answer = Callable[[Box, Box], float]


def area(box: Box, more: float = 0) -> float:
    """Of a box whose sides are ``more`` pixels longer than they are."""
    left, top, right, bottom = box
    return (right - left + more) * (bottom - top + more)


def sides_shared(box: Box, other: Box, more: float = 0) -> tuple[float, float]:
    """Width and height of what is shared; below 0 where the boxes lie apart."""
    across = min(box[2], other[2]) - max(box[0], other[0]) + more
    down = min(box[3], other[3]) - max(box[1], other[1]) + more
    return across, down


def shared(box: Box, other: Box, more: float = 0) -> float:
    """The area that both cover."""
    across, down = sides_shared(box, other, more)
    return max(0.0, across) * max(0.0, down)


def iou(box: Box, other: Box) -> float:
    """As it should be."""
    both = shared(box, other)
    return both / (area(box) + area(other) - both)


def over(whole: Callable[[float, float], float]) -> Answer:
    """The shared area over something else, made of both areas."""
    return lambda box, other: shared(box, other) / whole(area(box), area(other))


def with_shared(way: Callable[[float, float], float]) -> Answer:
    """The shared area computed from the two sides, whatever their signs, by ``way``."""

    def answer(box: Box, other: Box) -> float:
        both = way(*sides_shared(box, other))
        return both / (area(box) + area(other) - both)

    return answer


def one_more(in_shared: float, in_areas: float) -> Answer:
    """Sides counted as if the last pixel were named, in some of the places."""

    def answer(box: Box, other: Box) -> float:
        both = shared(box, other, in_shared)
        return both / (area(box, in_areas) + area(other, in_areas) - both)

    return answer


def over_frame(box: Box, other: Box) -> float:
    """Over the smallest box around both."""
    around = [min(box[0], other[0]), min(box[1], other[1])]
    around += [max(box[2], other[2]), max(box[3], other[3])]
    return shared(box, other) / area(around)


def ends_as_sizes(box: Box, other: Box) -> float:
    """Takes right and bottom for width and height."""
    return iou(*([x, y, x + across, y + down] for x, y, across, down in (box, other)))


ANSWER = Table(
    observe_iou,
    right=iou,
    praise="0 where nothing is shared, 1 where the boxes are the same, whatever their size.",
    wrong={
        "not-clipped": [
            with_shared(lambda across, down: across * down),
            with_shared(lambda across, down: abs(across) * abs(down)),
            with_shared(lambda across, down: abs(across * down)),
        ],
        "product-clipped": with_shared(lambda across, down: max(0.0, across * down)),
        "one-more": [one_more(1, 1), one_more(1, 0), one_more(0, 1)],
        "over-smaller": over(min),
        "over-larger": over(max),
        "over-first": [over(lambda first, _: first), over(lambda _, second: second)],
        "over-sum": over(lambda first, second: first + second),
        "over-mean": over(lambda first, second: (first + second) / 2),
        "over-frame": over_frame,
        "pixels": shared,
        "ends-as-sizes": ends_as_sizes,
        "per-cent": lambda box, other: 100 * iou(box, other),
        "what-is-missing": lambda box, other: 1 - iou(box, other),
    },
    messages={
        "not-clipped": "Where two boxes lie apart, right minus left of what they share is below 0. "
        "Then it has no area at all.",
        "product-clipped": "[0, 0, 2, 2] and [5, 6, 10, 9] lie apart both ways: two numbers below "
        "0, and their product is above 0.",
        "one-more": "The 1 that is added belongs to boxes that name their last pixel. Here right "
        "and bottom are one past it, so right - left is the width.",
        "over-smaller": "Over the smaller area, a tiny box inside a large one gets 1. Divide by "
        "what both cover together.",
        "over-larger": "Divide by what both cover together, not by the larger area alone.",
        "over-first": "Only one of the boxes stands below the line. Swap them: the IoU must not "
        "change.",
        "over-sum": "The sum of both areas counts what is shared twice, so that a box with itself "
        "gets 0.5.",
        "over-mean": "Over the mean of both areas it is the Dice score, another measure of the "
        "same thing. Divide by what both cover together.",
        "over-frame": "The box around both holds corners that neither covers.",
        "pixels": "This is what they share, in square pixels. As a share of what?",
        "ends-as-sizes": "The third and fourth number are right and bottom here, not width and "
        "height.",
        "per-cent": "These are per cents. Return a share, from 0 to 1.",
        "what-is-missing": "This is 1 minus the IoU, as losses use it. Return the IoU.",
    },
    otherwise="For {case[0]} and {case[1]} it should be {truth:.4f}; yours is {found:.4f}.",
    cases=box_pairs,
)
