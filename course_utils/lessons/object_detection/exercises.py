"""Exercises of lesson 08: IoU, corners, reports, a split that leaks, NMS, average precision."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, call, wrong
from course_utils.exercises.plain_data import as_numbers
from course_utils.exercises.reading import answers_to, choices, of_another_type
from course_utils.lessons.object_detection.exercise_cases import (
    FORMS,
    Row,
    box_pairs,
    clip_rows,
    corner_cases,
    found_boxes,
    ranked_hits,
)

REPORT_VERDICTS = (
    "stands",
    "wrong truth",
    "curve cut short",
    "mean of pictures",
    "known digits",
    "two measures",
)


def observe_iou(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The number that ``function(box, other)`` gives for each pair."""
    return answers_to(function, box_pairs(seed), as_one_number)


check_iou = Check(
    observe_iou,
    "What two boxes share is a box too. Draw two of them, and look which of the four lefts and "
    "rights, tops and bottoms become its sides.",
    "It begins at the larger left and ends at the smaller right. Where that is no width, or where "
    "there is no height, nothing is shared.",
    "Both areas together count what is shared twice. Take it away once.",
)


def observe_corners(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What ``function(box, form, width, height)`` gives, in a list for each form."""
    cases = corner_cases(seed)
    found = answers_to(function, cases, _four_numbers)
    if isinstance(found, Feedback):
        return found
    pairs = list(zip(cases, found["answers"], strict=True))
    return {form: [answer for case, answer in pairs if case[1] == form] for form in FORMS}


def _four_numbers(result: Any) -> list[float] | Feedback:
    try:
        numbers = as_numbers(result).flatten().tolist()
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, "four numbers are wanted: left, top, right, bottom")
    if len(numbers) != 4:
        return wrong(f"Return left, top, right and bottom; yours are {len(numbers)} numbers.")
    return numbers


check_corners = Check(
    observe_corners,
    "Take one object of 2 by 3 pixels in the upper left corner of a picture, and write it down in "
    "each form. What must come out is always [0, 0, 2, 3].",
    "VOC's first column is 1, where ours is 0. Its last column belongs to the object, where our "
    "right edge lies behind it: one takes 1 away, the other adds 1.",
    "YOLO's x and width are shares of the picture's width, y and height shares of its height. "
    "From the middle it is half a width to either side.",
)


def observe_believable(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report."""
    return choices(answers, "PQRSTUVW", REPORT_VERDICTS)


check_believable = Check(
    observe_believable,
    "Ask of each report: which boxes are the truth, which boxes were scored, on which scenes, and "
    "by which rule?",
    "Average precision needs the whole list, from the surest box to the least sure, of all scenes "
    "together.",
    "A scene may be new although its digits are not. And an empty scene is a scene.",
)


def observe_split_rows(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Of ``function(rows, test_share, seed)``: places of the rows of both parts, for each case.

    Each case is asked twice, and then with three other seeds, whose test parts are taken down.
    """
    runs = []
    for rows, share, lot in clip_rows(seed):
        cases = [(rows, share, chance) for chance in (lot, lot, lot + 1, lot + 2, lot + 3)]
        found = answers_to(function, cases, lambda result, rows=rows: _two_parts(result, rows))
        if isinstance(found, Feedback):
            return found
        (train, test), again, *others = found["answers"]
        runs.append(
            {
                "train": train,
                "test": test,
                "again": again == [train, test],
                "others": [other for _, other in others],
            }
        )
    return {"runs": runs}


def _two_parts(result: Any, rows: Sequence[Row]) -> list[list[int]] | Feedback:
    """The places in ``rows`` of the rows of both parts, sorted."""
    parts = list(result) if hasattr(result, "__iter__") else []
    if isinstance(result, str | dict) or len(parts) != 2:
        return wrong("Return two lists of rows: those to learn from, and those to test on.")
    places = {_key(row): place for place, row in enumerate(rows)}
    found = []
    for part in parts:
        keys = call(lambda part=part: [_key(row) for row in part])
        if isinstance(keys, Feedback) or any(key not in places for key in keys):
            return wrong("Return the rows as they were given, such as rows[0].", "not-rows")
        found.append(sorted(places[key] for key in keys))
    return found


def _key(row: Row) -> tuple:
    return row["clip"], row["picture"], tuple(row["box"])


check_split_rows = Check(
    observe_split_rows,
    "Look for a clip that has rows in both parts. Then ask what was drawn by lot: rows, pictures "
    "or clips?",
    "Draw clips by lot, and let each clip take all its rows with it.",
    "Sort the names of the clips before you draw, for example with np.unique: the order of a set "
    "of texts is another one in each run of Python.",
)


def observe_suppress(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The places that ``function(boxes, labels, scores, most_iou)`` keeps, sorted."""
    return answers_to(function, found_boxes(seed), _places)


def _places(result: Any) -> list[int] | Feedback:
    if isinstance(result, str | dict | int | float):
        return of_another_type(result, "a list of places is wanted, such as [4, 0]")
    items = result.tolist() if hasattr(result, "tolist") else list(result)
    items = [each.tolist() if hasattr(each, "tolist") else each for each in items]
    if items and all(isinstance(each, bool) for each in items):
        return wrong("Return the places that are kept, such as [4, 0], not True and False.", "mask")
    if any(isinstance(each, Iterable) for each in items):
        return wrong("Return the places of the boxes, such as [4, 0], not the boxes.", "boxes")
    return sorted(items)


check_suppress = Check(
    observe_suppress,
    "Go through the boxes from the surest to the least sure, and keep a list of those that stay.",
    "A box stays unless one that was kept, of the same class, overlaps it by more than most_iou. "
    "What was not kept has no say.",
    "`scores.argsort(descending=True)` gives the places in that order. Work with these places, and "
    "you need not translate anything back.",
)


def observe_average_precision(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The number that ``function(hits, num_objects)`` gives for each list."""
    return answers_to(function, ranked_hits(seed), as_one_number)


check_average_precision = Check(
    observe_average_precision,
    "Walk down the list and mark each box as right or wrong. An object can be found once; who "
    "finds it again makes a mistake.",
    "After each box write down the precision: right boxes so far, divided by boxes so far. Then "
    "replace it by the best that stands there or further down the list.",
    "Recall grows by 1 / num_objects at each right box and nowhere else. The area is the sum of "
    "the precisions there, times that step.",
)
