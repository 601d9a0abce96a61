"""Answer of ``shrink``: each pixel of the smaller map is a pixel of the old one."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.semantic_segmentation.exercise_cases import maps_to_shrink
from course_utils.lessons.semantic_segmentation.exercises import observe_shrink

Places = Callable[[int, int], list[int]]  # of an old and a new length: which old one each new takes
Answer = Callable[[Tensor, int, int], Tensor]


def by_middle(old: int, new: int) -> list[int]:
    """Those in which the middles of the new ones lie, in whole numbers, so that none is rounded."""
    return [(2 * place + 1) * old // (2 * new) for place in range(new)]


def by_start(old: int, new: int) -> list[int]:
    """Those in which the upper or left edges of the new ones lie."""
    return [place * old // new for place in range(new)]


def end_to_end(old: int, new: int) -> list[float]:
    """From the first to the last in equal steps."""
    return torch.linspace(0, old - 1, new, dtype=torch.float64).tolist()


def first_ones(old: int, new: int) -> list[int]:
    """As many as are wanted, from the first."""
    return list(range(new))


def in_whole_steps(old: int, new: int) -> list[int]:
    """Every so many, where the step is cut to a whole number."""
    return [old // new * place for place in range(new)]


def taking(places: Places) -> Answer:
    """Takes whole rows and columns of the map."""

    def answer(classes: Tensor, height: int, width: int) -> Tensor:
        rows, columns = places(classes.shape[0], height), places(classes.shape[1], width)
        return classes[torch.tensor(rows)][:, torch.tensor(columns)]

    return answer


def mixed(mode: str, then: Callable[[Tensor], Tensor] = Tensor.round, **how: bool) -> Answer:
    """Computes with the numbers of classes, and makes the results whole."""
    return lambda classes, height, width: then(
        F.interpolate(classes[None, None].float(), (height, width), mode=mode, **how)[0, 0]
    )


def mixed_in_bytes(antialias: bool) -> Answer:
    """The same in bytes, as torchvision scales pictures."""
    return lambda classes, height, width: F.interpolate(
        classes[None, None], (height, width), mode="bilinear", antialias=antialias
    )[0, 0]


def mixed_anyhow() -> list[Answer]:
    """All ways in which this is done: rounded, cut off, or left as they come."""
    ways = [("bilinear", {}), ("bilinear", {"antialias": True}), ("bicubic", {}), ("area", {})]
    ways += [("bilinear", {"align_corners": True})]
    thens = (Tensor.round, Tensor.floor, Tensor.clone)
    in_floats = [mixed(mode, then, **how) for mode, how in ways for then in thens]
    return [*in_floats, mixed_in_bytes(True), mixed_in_bytes(False)]


def largest_number(classes: Tensor, height: int, width: int) -> Tensor:
    """The highest number in each part of the map."""
    return F.adaptive_max_pool2d(classes[None].double(), (height, width))[0]


def by_vote(how: dict[str, bool]) -> Answer:
    """Scales a map for each class, and takes the class that is strongest in each pixel."""

    def answer(classes: Tensor, height: int, width: int) -> Tensor:
        each = F.one_hot(classes.long(), IGNORED + 1).permute(2, 0, 1)[None].float()
        scaled = F.interpolate(each, (height, width), mode="bilinear", **how)
        return scaled[0].argmax(dim=0)

    return answer


def sides_swapped(classes: Tensor, height: int, width: int) -> Tensor:
    """Width and height in the wrong order."""
    return shrink(classes, width, height)


def ignored_as_background(classes: Tensor, height: int, width: int) -> Tensor:
    """Makes 255 to class 0."""
    return shrink(classes.where(classes != IGNORED, 0), height, width)


def where_it_differs(difference: Difference) -> str:
    """The shapes, or the first pixel that is wrong."""
    classes, height, width = maps_to_shrink(difference.seed)[difference.place]
    start = f"A map of {tuple(classes.shape)} (height, width) becomes one of {(height, width)}"
    found, truth = torch.tensor(difference.found), torch.tensor(difference.truth)
    if found.shape != truth.shape:
        return f"{start}; yours is one of {tuple(found.shape)}."
    row, column = (found != truth).nonzero()[0].tolist()
    return (
        f"{start}. In row {row}, column {column} of it stands {truth[row, column]:g}; in yours "
        f"{found[row, column]:g}."
    )


shrink = taking(by_middle)
ANSWER = Table(
    observe_shrink,
    right=shrink,
    praise="Every number of the small map stands in the large one, 255 among them.",
    wrong={
        "between-classes": mixed_anyhow(),
        "sides-swapped": [sides_swapped, lambda *case: shrink(*case).T,
                          lambda *case: sides_swapped(*case).T],
        "by-start": taking(by_start),
        "end-to-end": [
            taking(lambda old, new: [round(place) for place in end_to_end(old, new)]),
            taking(lambda old, new: [int(place + 1e-9) for place in end_to_end(old, new)]),
        ],
        "cut-out": taking(first_ones),
        "whole-steps": [
            taking(in_whole_steps),
            lambda classes, height, width: classes[
                :: classes.shape[0] // height, :: classes.shape[1] // width
            ],
        ],
        "largest-number": largest_number,
        "vote": [by_vote({}), by_vote({"antialias": True})],
        "ignored-lost": ignored_as_background,
        "floats": lambda *case: shrink(*case).float(),
    },
    messages={
        "between-classes": "The numbers are averaged. Halfway between class 1 and class 3 is not "
        "class 2, and 255 turns into some class or other.",
        "sides-swapped": "Height and width have changed places. The first is the number of rows.",
        "by-start": "Each new pixel takes the old one at its own upper left corner, so the map is "
        "moved by half a step. Take the one under its middle.",
        "end-to-end": "First and last rows lie on first and last rows here. A pixel is a small "
        "square: it is the outer edges that lie on each other.",
        "cut-out": "This is the upper left corner of the map. All of it is wanted, only smaller.",
        "whole-steps": "The step is cut to a whole number, so that the right and the lower end of "
        "the map are lost, or the size is another one.",
        "largest-number": "Of each part the highest number is taken. That a class has a high "
        "number means nothing, and 255 would win everywhere.",
        "vote": "Only true classes come out of a vote of the neighbours, so it would do. Asked for "
        "is the one pixel under the middle.",
        "ignored-lost": "255 has become background. What was not labelled would be learned as "
        "paper.",
        "floats": "The pixels are right. But these are floats, and classes are whole numbers: keep "
        "the type of the map.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
