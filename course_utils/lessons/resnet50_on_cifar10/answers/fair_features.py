"""Answer of ``fair_features``: features in batches, and what becomes of the backbone."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.trials import (
    BATCH_SIZE,
    mixed_pictures,
    worn_backbone,
)
from course_utils.models.freezing import extract_features

MESSAGES = {
    "last-batch-dropped": "The pictures of the last, short batch are missing.",
    "train-mode": "The backbone still runs in train mode: its statistics move, and the features of "
    "a picture depend on its batch.",
    "no-grad-for-eval": "No graph is kept now. But that does not stop batch norm from following "
    "each batch; which call does?",
    "frozen-weights-only": "requires_grad_(False) holds the weights. Batch norm's running "
    "statistics are no weights, and follow each batch all the same.",
    "separate-orders": "Every row is right, but it stands beside the label of another picture.",
    "labels-of-the-data-set": "The labels stand in the order of the data set. In which order do "
    "the features come?",
    "graph-kept": "The features still hang on the backbone's graph, and a head's gradients would "
    "go through it.",
    "detached-too-late": "The result is free of the graph, but until then the list held the graphs "
    "of all batches in memory.",
    "inference-tensors": "Right numbers, but no head can learn from what is made in inference "
    "mode. Join the batches outside of it.",
    "one-large-batch": "Too many pictures at once: they would not fit in memory. Keep to the "
    "batches.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare each row with what the untouched backbone makes of its picture."""
    images, labels = mixed_pictures(seed)
    backbone = worn_backbone(seed, images)
    truth = extract_features(backbone, images)
    given = torch.tensor(observed["features"]), torch.tensor(observed["labels"])
    in_train_mode = any(each["in_train_mode"] for each in observed["passes"])
    is_short = len(given[0]) < len(images)
    passed = [number for each in observed["passes"] for number in each["pictures"]]
    is_mixed_up = given[1].tolist() != labels[passed].tolist()
    if is_short and in_train_mode and observed["with_graph"] and is_mixed_up:
        return unanswered("This is the function as it was given; four things in it are wrong.")
    fault = (
        _rows_fault(given, len(images))
        or (_train_mode_fault(observed) if in_train_mode else None)
        or _pairs_fault(given, truth, labels)
        or _memory_fault(observed, len(images))
        or state_fault(observed["state"], backbone)
    )
    return fault or right("A row for each picture, beside its own label, and no graph is kept.")


def _rows_fault(given: tuple[Tensor, Tensor], num_images: int) -> Feedback | None:
    num_rows, num_labels = map(len, given)
    count = f"{num_rows} features for {num_images} pictures."
    if num_rows != num_labels:
        return wrong(f"{num_rows} features and {num_labels} labels come back; they must pair up.")
    if num_rows == num_images - num_images % BATCH_SIZE:
        message = f"{count} {MESSAGES['last-batch-dropped']}"
        return wrong(message, "last-batch-dropped")
    return None if num_rows == num_images else wrong(f"{count} Each picture needs one row.")


def _train_mode_fault(observed: Mapping[str, Any]) -> Feedback:
    if not observed["can_learn"]:
        return known_error(MESSAGES, "frozen-weights-only")
    keeps = observed["with_graph"] or any(each["kept"] for each in observed["passes"])
    return known_error(MESSAGES, "train-mode" if keeps else "no-grad-for-eval")


def _pairs_fault(given: tuple[Tensor, Tensor], truth: Tensor, labels: Tensor) -> Feedback | None:
    """What is wrong with features (N, D) and labels (N,), given the true ones, in any order."""
    features, its_labels = given
    if features.shape != truth.shape:
        return wrong("These are not the backbone's features.")
    distances, rows = torch.cdist(features, truth).min(dim=1)
    if not (distances < 1e-3).all() or len(set(rows.tolist())) < len(rows):
        return wrong("These are not the backbone's features of these pictures, one for each.")
    if its_labels.tolist() == labels[rows].tolist():
        return None
    as_stored = its_labels.tolist() == labels.tolist()
    return known_error(MESSAGES, "labels-of-the-data-set" if as_stored else "separate-orders")


def _memory_fault(observed: Mapping[str, Any], num_images: int) -> Feedback | None:
    """What the way to the right rows costs, or costs whoever learns from them."""
    if observed["with_graph"]:
        return known_error(MESSAGES, "graph-kept")
    if observed["is_inference"]:
        return known_error(MESSAGES, "inference-tensors")
    passes = observed["passes"]
    if any(each["kept"] > 1 for each in passes):  # that of the last batch may linger
        return known_error(MESSAGES, "detached-too-late")
    if any(len(each["pictures"]) > BATCH_SIZE for each in passes):
        return known_error(MESSAGES, "one-large-batch")
    num_passed = sum(len(each["pictures"]) for each in passes)
    if not num_images <= num_passed < 2 * num_images:
        return wrong(f"{num_passed} pictures went through the backbone, of {num_images}.")
    return None


def state_fault(state: Mapping[str, Any], backbone: nn.Module) -> Feedback | None:
    """Whether anything in the backbone is not as it was; other machines sum in another order."""
    for name, before in backbone.state_dict().items():
        after = torch.tensor(state.get(name, math.nan), dtype=torch.float64)
        if after.shape != before.shape or not torch.allclose(after, before.double(), rtol=1e-4):
            return wrong("Afterwards, the backbone is no longer what it was: something has moved.")
    return None


ANSWER = OwnJudge(MESSAGES, judge)
