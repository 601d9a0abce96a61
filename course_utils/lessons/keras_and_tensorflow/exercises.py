"""Exercises of lesson 12: filters, batch norm, reports, padding, a split, and a loss."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, first_feedback, wrong
from course_utils.exercises.plain_data import places_in
from course_utils.exercises.reading import answers_to, as_lists, choices, of_another_type
from course_utils.lessons.keras_and_tensorflow.exercise_cases import (
    class_by_class,
    scored_outputs,
    strided_pictures,
    torch_filters,
    torch_norms,
)

REPORT_VERDICTS = (
    "holds", "inference only", "changing weights", "no effect", "not in torch", "not rounding",
    "unseen classes",
)  # fmt: skip


def observe_carried_filter(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What ``function(weight)`` makes of the weights of each convolution."""
    return answers_to(function, torch_filters(seed), as_lists)


check_carried_filter = Check(
    observe_carried_filter,
    "Write down what each of torch's four axes is, numbered from 0. Then write Keras' four under "
    "them, each with its number in torch.",
    "transpose takes one number for each axis of the result: that of the axis in what it is given.",
)


def observe_carried_norm(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Momentum, epsilon and the list of weights from ``function(state, momentum, eps, n)``."""
    found = answers_to(function, torch_norms(seed), _settings_and_weights)
    if isinstance(found, Feedback):
        return found
    momenta, epsilons, weights = zip(*found["answers"], strict=True)
    return {"momentum": list(momenta), "epsilon": list(epsilons), "weights": list(weights)}


def _settings_and_weights(result: Any) -> list | Feedback:
    if len(parts := _parts_of(result)) != 3:
        return of_another_type(result, "three things are wanted: momentum, epsilon, weights")
    numbers = [as_one_number(part, "Momentum or epsilon is") for part in parts[:2]]
    found = [*numbers, as_lists(parts[2])]
    return first_feedback(found) or found


def _parts_of(result: Any) -> list:
    """What was returned side by side; nothing if it was one thing."""
    try:
        return [] if isinstance(result, str | dict) else list(result)
    except TypeError:
        return []


check_carried_norm = Check(
    observe_carried_norm,
    "Write down how each library makes the new running mean from the old one and from the mean of "
    "a batch. Which of the two shares does each call momentum?",
    "gamma is what the standardised values are multiplied by, and beta is added last. What does "
    "torch call these two?",
    "Which of n, momentum and eps change what was stored, and which only how it is used?",
)


def observe_moved_reports(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report."""
    return choices(answers, "PQRSTUVWX", REPORT_VERDICTS)


check_moved_reports = Check(
    observe_moved_reports,
    "Ask of each report: was it seen in training or in inference, with which library, and is it "
    "claimed of the same?",
    "Which settings of a batch norm can be seen when the running statistics are only used, and "
    "which when they change?",
    "Rounding becomes smaller by as much as the floats become finer. Another algorithm stays.",
)


def observe_padded_stride(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What a convolution without padding makes of ``function(images, size, stride)``, by case.

    Where it can make nothing of that, the shape of what was returned.
    """
    outputs = []
    for images, filters, stride in strided_pictures(seed):
        read = partial(_convolved, filters=filters, stride=stride)
        found = answers_to(function, [(images, len(filters), stride)], read)
        if isinstance(found, Feedback):
            return found
        outputs += found["answers"]
    return {"outputs": outputs}


def _convolved(result: Any, filters: np.ndarray, stride: int) -> list | Feedback:
    if isinstance(numbers := as_lists(result), Feedback):
        return numbers
    padded = torch.tensor(numbers, dtype=torch.float64)
    if padded.ndim != 4:
        return wrong(f"Pictures have four axes, (B, H, W, C). Yours have {padded.ndim}.")
    if padded.shape[3] != filters.shape[2] or min(padded.shape[1:3]) < len(filters):
        return list(padded.shape)
    kernel = torch.from_numpy(filters).double().permute(3, 2, 0, 1)
    return F.conv2d(padded.permute(0, 3, 1, 2), kernel, stride=stride).tolist()


check_padded_stride = Check(
    observe_padded_stride,
    "Print how many rows and columns the function adds on each of the four sides: for sides of 8 "
    "and of 9 pixels, with filters of size 3 and a stride of 2. How many does torch add?",
    "torch adds the same number on each side of a picture, whatever the stride and the picture.",
    "np.pad takes a pair for each axis: how many before and how many after. Which two of the four "
    "axes are H and W here?",
)


def observe_mended_split(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Which examples ``function(images, labels, share, seed)`` puts where, for each case.

    Each is asked twice, and then with three other seeds, whose validation parts are taken down.
    """
    runs = []
    for images, labels, share, lot in class_by_class(seed):
        lots = (lot, lot, lot + 1, lot + 2, lot + 3)
        cases = [(images, labels, share, chance) for chance in lots]
        found = answers_to(function, cases, partial(_two_parts, images=images))
        if isinstance(found, Feedback):
            return found
        parts, again, *others = found["answers"]
        run = dict(zip(("train", "train_labels", "val", "val_labels"), parts, strict=True))
        same = [sorted(again[k]) == sorted(parts[k]) for k in (0, 2)]
        runs.append({**run, "again": all(same), "others": [sorted(each[2]) for each in others]})
    return {"runs": runs}


def _two_parts(result: Any, images: np.ndarray) -> list | Feedback:
    """Places of the pictures and the labels that came with them, of both parts."""
    if len(parts := _parts_of(result)) != 4:
        return of_another_type(result, "pictures and labels are wanted, for each of both parts")
    found = [part for k in (0, 2) for part in _places(parts[k], parts[k + 1], images)]
    return first_feedback(found) or found


def _places(pictures: Any, labels: Any, images: np.ndarray) -> Sequence[Any]:
    found = [as_lists(pictures), as_lists(labels)]
    if (feedback := first_feedback(found)) is not None:
        return [feedback]
    batch, numbers = (torch.tensor(part, dtype=torch.float64) for part in found)
    if batch.ndim != images.ndim or numbers.shape != batch.shape[:1]:
        shapes = f"{tuple(batch.shape)}, and labels of {tuple(numbers.shape)}"
        return [wrong(f"A part has pictures of shape {shapes}.")]
    places = places_in(torch.from_numpy(images).double(), batch)
    if -1 in places:
        return [wrong("Some of the pictures that you return are none of those that were given.")]
    return places, numbers.tolist()


check_mended_split = Check(
    observe_mended_split,
    "Print the labels of the validation part. From which end of the data do they come, and in "
    "which order do the data lie?",
    "Go through the classes one by one. np.flatnonzero(labels == k) holds the places of class k: "
    "draw some of these for validation.",
    "One array of places is to choose from both, from pictures and from labels. So they stay "
    "together.",
)


def observe_keras_loss(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The loss that ``function(outputs, labels, from_logits)`` gives for each case, by kind."""
    found: dict[str, list[float]] = {}
    for kind, cases in scored_outputs(seed).items():
        losses = answers_to(function, cases, as_one_number)
        if isinstance(losses, Feedback):
            return losses
        found[kind] = losses["answers"]
    return found


check_keras_loss = Check(
    observe_keras_loss,
    "Both ways end alike: with the logarithms of K probabilities for each example. Write a line "
    "for each way that makes these, and then one line that all go through.",
    "The logarithm of a softmax is the logit, minus the logarithm of the sum of exp over the row. "
    "Nothing changes if the row's largest logit is taken from all of its logits first.",
    "np.eye(K)[labels] makes shares of numbers of classes: a 1 at the class, and 0 elsewhere.",
)
