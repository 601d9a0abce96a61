"""Answer of ``shuffled_features``: which picture each row is of, and which label is beside it."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers.states import OTHER, moved
from course_utils.lessons.feature_extraction.exercises import ORDER_SEEDS
from course_utils.lessons.feature_extraction.trials import picture_numbers, pictures, worn_backbone

MESSAGES = {
    "gradients": "The features drag the backbone's graph along: no gradients are wanted.",
    "train-mode": "Each label is beside its picture, but a picture's features depend on the "
    "other pictures.",
    "separate-orders": "The features are right, but they stand beside the labels of other "
    "pictures.",
    "labels-stay": "The features are in a new order. What of the labels?",
    "repeats": "Each label is beside its picture, but some pictures come twice and others not "
    "at all.",
    "drift": "What you return is right, but the backbone is no longer what it was: why?",
    "inference-tensors": "Every pair is right, but these are tensors of inference mode: torch "
    "stops with an error when a head is to be trained on them.",
    "not-shuffled": "Every pair is right, but the order is not new.",
    "seed-unused": "Every pair is right, but the same seed gives another order each time.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with features computed one picture at a time."""
    for run, order_seed in zip(observed["runs"], ORDER_SEEDS, strict=True):
        fault = pairing_fault(run, order_seed, seed)
        if fault == "as-given":
            return unanswered("Both bugs are still there.")
        if fault == "both-bugs":
            return wrong("Both bugs are still there, in another form.")
        if fault == OTHER:
            return wrong("These are not the backbone's features of these pictures.")
        if fault is not None:
            return known_error(MESSAGES, fault)
    first, again, another = (run["labels"] for run in observed["runs"])
    if first != again:
        return known_error(MESSAGES, "seed-unused")
    if first == another:
        return wrong("Every pair is right, but the order is the same whatever the seed.")
    return right("One order for both, and features that depend on nothing but their picture.")


def pairing_fault(run: Mapping[str, Any], order_seed: int, seed: int) -> str | None:
    """Name of the wrong idea behind features and labels; None if nothing is wrong."""
    if run["with_graph"]:
        return "gradients"
    labels, numbers = torch.tensor(run["labels"]), picture_numbers(seed).float()
    rows, in_train_mode = _find_pictures(torch.tensor(run["features"]), seed)
    if rows is None:
        return OTHER
    pairs_fit = labels.equal(numbers[rows])
    if in_train_mode and pairs_fit:
        return "train-mode"
    if in_train_mode:
        generator = torch.Generator().manual_seed(order_seed)
        _, second = (torch.randperm(len(numbers), generator=generator) for _ in range(2))
        return "as-given" if labels.equal(numbers[second]) else "both-bugs"
    if not pairs_fit:
        return "labels-stay" if labels.equal(numbers) else "separate-orders"
    if len(rows.unique()) < len(rows):
        return "repeats"
    if moved(run["backbone"], worn_backbone(seed)):
        return "drift"
    if run["inference"]:
        return "inference-tensors"
    return "not-shuffled" if labels.equal(numbers) else None


def _find_pictures(features: Tensor, seed: int) -> tuple[Tensor | None, bool]:
    """Which picture (N,) each row of features is of, and whether they are those of train mode."""
    images = pictures(seed)
    with torch.no_grad():
        in_train_mode = worn_backbone(seed).train()(images)
        backbone = worn_backbone(seed).eval()
        alone = torch.cat([backbone(image[None]) for image in images])
    for truth in (alone, in_train_mode):
        if features.shape == truth.shape:
            distances, rows = torch.cdist(features, truth).min(dim=1)
            if distances.max() < 1e-4:
                return rows, truth is in_train_mode
    return None, False


ANSWER = OwnJudge(MESSAGES, judge)
