"""Exercises of lesson 03: reading an interval, freezing a part, features, labels saved, a head."""

import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, call, call_for_number, unanswered, wrong
from course_utils.exercises.plain_data import state_of
from course_utils.lessons.feature_extraction.cases import learning_curves
from course_utils.lessons.feature_extraction.trials import (
    NUM_IMAGES,
    freezing_run,
    picture_numbers,
    pictures,
    training_run,
    worn_backbone,
)

FREEZE_PARTS = (3, 1, 6)  # of six
ORDER_SEEDS = (3, 3, 4)


def observe_reading(random_verdict: Any, random_remedy: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The two answers: their letters and digits alone, in lower case."""
    if any(answer is None or answer is ... for answer in (random_verdict, random_remedy)):
        return unanswered("Set both variables to one of their words, then run the cell again.")
    return {"verdict": _as_text(random_verdict), "remedy": _as_text(random_remedy)}


def _as_text(answer: Any) -> str:
    if not isinstance(answer, str):
        return "not a text"
    return re.sub(r"per ?cent|[\W_]", "", answer.lower())


check_reading = Check(
    observe_reading,
    "Which true differences does the interval allow? Look at both of its ends, and at 0.",
    "The interval is made of five differences and of nothing else. Which remedy would bring "
    "in something that is not known yet?",
    "A mean of many independent measurements is surer than a mean of few. Is one made twice "
    "in the same way, with the same result, independent?",
)


def observe_freeze_first(
    function: Callable[[nn.Module, int], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """What becomes of a backbone of which 3, 1 or all 6 parts are to be frozen.

    Of ``function(backbone, num_parts)``: the first children hold, the rest learns.
    """
    runs = []
    with torch.enable_grad():  # an answer may switch gradients off for all
        for num_parts in FREEZE_PARTS:
            run = freezing_run(function, num_parts, seed)
            if isinstance(run, Feedback):
                return run
            runs.append(run)
    return {"runs": runs}


check_freeze_first = Check(
    observe_freeze_first,
    "Two kinds of numbers must hold: those that gradients move, and those that a forward pass "
    "in train mode moves.",
    "Eval mode is not enough: the next `train()`, of the backbone or of a part, wakes every part "
    "in it.",
    "Section 3 has a function that does all this for a whole module: `from "
    "course_utils.models.freezing import freeze`. A child of the backbone is a module too.",
)


@torch.enable_grad()
def observe_shuffled_features(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Features, labels and the backbone's state afterwards, in orders of three seeds, two equal.

    Of ``function(backbone, images, labels, seed)``: features and labels in one new order.
    """
    runs = []
    for order_seed in ORDER_SEEDS:
        backbone = worn_backbone(seed)
        answer = call(function, backbone, pictures(seed), picture_numbers(seed), order_seed)
        if isinstance(answer, Feedback):
            return answer
        run = call(_take_down, answer, backbone)
        if isinstance(run, Feedback):
            return run
        runs.append(run)
    return {"runs": runs}


check_shuffled_features = Check(
    observe_shuffled_features,
    "Take any row of what is returned. Whose features are they, and whose label?",
    "How many orders are drawn? The second draw from a generator differs from the first.",
    "For features that are computed once, a picture must give the same whatever the others "
    "are. Which mode is that?",
)


def _take_down(answer: Any, backbone: nn.Module) -> dict[str, Any] | Feedback:
    if not _is_pair(answer):
        return wrong(
            "Return two tensors: features (N, D) and labels (N,), a row for each picture.",
            "not-two-tensors",
        )
    features, labels = answer
    return {
        "features": features.double().tolist(),
        "labels": labels.double().tolist(),
        "with_graph": bool(features.requires_grad),
        "inference": bool(features.is_inference() or labels.is_inference()),
        "backbone": state_of(backbone),
    }


def _is_pair(answer: Any) -> bool:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return False
    features, labels = answer
    return (
        isinstance(features, Tensor)
        and isinstance(labels, Tensor)
        and tuple(labels.shape) == (NUM_IMAGES,)
        and features.ndim == 2
        and len(features) == NUM_IMAGES
    )


def observe_labels_saved(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The labels saved for each pair of curves, None where nothing came back.

    Of ``function(sizes, letters, pixels, few)``: how many more labels pixels need.
    """
    answers = []
    for sizes, letters, pixels, few in learning_curves(seed):
        number = call_for_number(function, list(sizes), list(letters), list(pixels), few)
        if isinstance(number, Feedback) and number.status != "unanswered":
            return number
        answers.append(number)
    saved = [None if isinstance(answer, Feedback) else answer for answer in answers]
    if set(saved) == {None}:
        return answers[0]
    return {"between": saved[:3], "beyond": saved[3], "at_end": saved[4], "lost": saved[5:]}


check_labels_saved = Check(
    observe_labels_saved,
    "Read sideways: first the accuracy to be reached, then where the other curve reaches it.",
    "`np.interp(height, accuracies, values)` reads a rising curve sideways. Which values make "
    "the scale logarithmic, and how do you get back from it?",
    "`np.interp` answers with the last value beyond the end of a curve: ask before you use it.",
    "Pixels may be the better ones at `few`. What is saved then?",
)


def observe_frozen_trainer(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The state of a whole model after its head was to be trained.

    Of ``function(model, images, labels, learning_rate, num_steps)``: a frozen backbone.
    """
    with torch.enable_grad():
        return training_run(function, seed)


check_frozen_trainer = Check(
    observe_frozen_trainer,
    "The error says that the loss depends on no number that may learn. Which part of the "
    "model should depend on training, and what did the first loop do to it?",
    "An optimizer moves only the weights that it was given. Which were these?",
    "Two kinds of layers in the backbone behave differently in train mode. In which mode is it "
    "at the moment of each forward pass?",
    "`model.train()` wakes every part. What could follow it, or be done once before, so that "
    "the backbone does not wake?",
)
