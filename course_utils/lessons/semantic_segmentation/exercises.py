"""Exercises of lesson 09: mean IoU, a smaller map, reports, ignored pixels, Dice, an interval."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, wrong
from course_utils.exercises.plain_data import as_numbers
from course_utils.exercises.reading import answers_to, as_lists, choices, of_another_type
from course_utils.lessons.semantic_segmentation.exercise_cases import (
    batches_to_learn,
    batches_with_probs,
    maps_to_shrink,
    matrices,
    segmented_scenes,
)

MAP_VERDICTS = (
    "stands",
    "mostly paper",
    "mean of scenes",
    "wrong truth",
    "known digits",
    "pixels as n",
    "paper left out",
)


def observe_mean_iou(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The number that ``function(matrix)`` gives for each matrix."""
    return answers_to(function, matrices(seed), as_one_number)


check_mean_iou = Check(
    observe_mean_iou,
    "For class k, look at row k and at column k. They cross on the diagonal: there are the pixels "
    "in both maps.",
    "The sum of row k and the sum of column k both hold the pixel count on the diagonal. Those in "
    "at least one of the maps are to be counted once.",
    "Where row and column of a class hold nothing but 0, leave the class out before you take the "
    "mean.",
)


def observe_shrink(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The map that ``function(classes, height, width)`` gives for each, and whether of floats."""
    found = answers_to(function, maps_to_shrink(seed), _map_and_type)
    if isinstance(found, Feedback):
        return found
    maps, of_floats = zip(*found["answers"], strict=True)
    return {"maps": list(maps), "floats": list(of_floats)}


def _map_and_type(result: Any) -> list[Any] | Feedback:
    try:
        numbers = as_numbers(result)
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, "a map (height, width) is wanted")
    if numbers.ndim != 2:
        shape = tuple(numbers.shape)
        return wrong(f"Return a map of shape (height, width); yours has the shape {shape}.")
    return [numbers.tolist(), "float" in str(getattr(result, "dtype", ""))]


check_shrink = Check(
    observe_shrink,
    "First work out which old row each new row takes, as a list of numbers. Then do the same for "
    "the columns.",
    "torch.arange(height) counts the new rows, and arithmetic with it gives all their middles at "
    "once. .long() cuts off what stands behind the point.",
    "With two tensors of numbers, classes[rows][:, columns] takes these rows, and of them these "
    "columns.",
)


def observe_map_reports(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report."""
    return choices(answers, "PQRSTUVWX", MAP_VERDICTS)


check_map_reports = Check(
    observe_map_reports,
    "Hold each report against what was agreed: which score, over which scenes, which pixels count, "
    "what is the truth, and what is n?",
    "Ask what a segmenter that paints digits onto paper would lose, and what one that never says "
    "anything but paper would get.",
    "Scaling logits and scaling classes are two things. And a scene may be new although its digits "
    "are not.",
)


def observe_ignored_pixels(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The loss by ``function(logits, maps)`` of each batch, the one without a pixel apart."""
    found = answers_to(function, batches_to_learn(seed), _loss)
    if isinstance(found, Feedback):
        return found
    losses, learns = zip(*found["answers"], strict=True)
    return {"losses": list(losses[:-1]), "nothing": losses[-1], "learns": all(learns)}


def _loss(result: Any) -> list[Any] | Feedback:
    number = as_one_number(result)
    if isinstance(number, Feedback):
        return number
    return [number, isinstance(result, Tensor) and result.requires_grad]


check_ignored_pixels = Check(
    observe_ignored_pixels,
    "Write down for a pixel of paper, of a digit, and of 255: is its loss in the sum, and is it in "
    "the number by which the sum is divided?",
    "F.cross_entropy can ignore any one number, 255 too. Then nobody has to change the maps.",
    "reduction='sum' gives the sum alone. Divide it by the number of pixels that count, or by 1 "
    "where there are none: .clamp(min=1).",
)


def observe_soft_dice(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Dice of each class by ``function(probs, maps)``, the batch that lacks a class apart."""
    batches = batches_with_probs(seed)
    found = answers_to(function, batches, as_lists)
    if isinstance(found, Feedback):
        return found
    answers = found["answers"]
    for (probs, _), answer in zip(batches, answers, strict=True):
        if not isinstance(answer, list):
            return wrong("This is one number. Return one for each class, paper first.", "one")
        if len(answer) != probs.shape[1] or any(isinstance(each, list) for each in answer):
            return wrong(
                f"Return {probs.shape[1]} numbers, one for each class, for probabilities of shape "
                f"{tuple(probs.shape)}. Over which axes do you sum?",
                "other-axes",
            )
    return {"dice": answers[:-1], "absent": answers[-1]}


check_soft_dice = Check(
    observe_soft_dice,
    "Make the true maps as large as the probabilities: 1 where a pixel is of the class, and 0 "
    "elsewhere. F.one_hot does it, and puts the classes last.",
    "Three sums are needed for each class, over pictures, rows and columns: of p times t, of p, "
    "and of t. `.sum(dim=(0, 2, 3))` leaves the classes.",
    "0 / 0 is nan. torch.where takes one number where a condition holds, and another elsewhere.",
)


def observe_scene_interval(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Of ``function(right_a, right_b, half_width)``: difference, interval, scenes needed."""
    found = answers_to(function, segmented_scenes(seed), _four_numbers)
    if isinstance(found, Feedback):
        return found
    table = found["answers"]
    return {
        "difference": [row[0] for row in table],
        "interval": [row[1:3] for row in table],
        "needed": [row[3] for row in table],
    }


def _four_numbers(result: Any) -> list[float] | Feedback:
    try:
        numbers = [float(part) for part in result]
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, "four numbers are wanted: difference, low, high, needed")
    if len(numbers) != 4:
        return wrong(f"Return difference, low, high and needed; yours are {len(numbers)} numbers.")
    return numbers


check_scene_interval = Check(
    observe_scene_interval,
    "Both segmenters answered the same scenes. Take one number of each scene: by how much A is "
    "better there. From then on there are N numbers, and no pixels.",
    "The standard error of a mean is the standard deviation of the N numbers, with N - 1 below the "
    "line, divided by the root of N. Its factor is student_t.ppf(0.975, N - 1).",
    "For `needed`, keep the standard deviation and try n = 2, 3, 4 and so on. Both the factor and "
    "the root change with n.",
)
