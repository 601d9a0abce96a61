"""Checks of lesson 03: freezing a part, mending cached features, labels saved, reading a result."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, call, right, unanswered, wrong
from course_utils.freezing import fingerprint
from course_utils.models import Backbone

NUM_IMAGES = 12
CURVES = (  # sizes, letters, pixels, few, answer worked out by hand
    ([1, 10, 100], [0.7, 0.85, 0.95], [0.6, 0.8, 0.9], 1, math.sqrt(10) - 1),
    ([1, 4, 16, 64], [0.5, 0.7, 0.8, 0.9], [0.4, 0.6, 0.8, 0.85], 4, 8 - 4),
    ([2, 8, 32], [0.6, 0.8, 0.9], [0.5, 0.6, 0.7], 2, 8 - 2),
    ([1, 10, 100], [0.7, 0.95, 0.97], [0.6, 0.8, 0.9], 10, math.inf),
)


def check_freeze_first(freeze_first: Callable[..., Any]) -> Feedback:
    """Check a function that holds the first children of a backbone and leaves the rest free."""
    with_gradients = torch.is_grad_enabled()
    try:
        for num_parts in (3, 1, 8):
            backbone = _worn_backbone()
            answer = call(freeze_first, backbone, num_parts)
            if isinstance(answer, Feedback):
                return answer
            fault = _freezing_fault(answer, num_parts)
            if fault is not None:
                return fault
    finally:
        torch.set_grad_enabled(with_gradients)  # an answer may have switched them off for all
    return right("The first parts hold every parameter and buffer through train(); the rest learn.")


def check_shuffled_features(shuffled_features: Callable[..., Any]) -> Feedback:
    """Check a mended pipeline against features computed one picture at a time."""
    backbone, images, labels = _worn_backbone(), _images(), torch.arange(NUM_IMAGES)
    before = fingerprint(backbone)
    answer = call(shuffled_features, backbone, images, labels, 3)
    if isinstance(answer, Feedback):
        return answer
    is_pair = (
        isinstance(answer, tuple | list) and [len(part) for part in answer] == [NUM_IMAGES] * 2
    )
    if not is_pair or not all(isinstance(part, Tensor) for part in answer):
        return wrong("Return two tensors: features (N, D) and labels (N,), a row for each picture.")
    if answer[0].requires_grad:
        return wrong("The features drag the backbone's graph along: no gradients.", "gradients")
    fault = _pairing_fault(*answer)
    if fault is not None:
        return fault
    if fingerprint(backbone) != before:
        message = "The features are right, but the backbone is no longer what it was: why?"
        return wrong(message, "drift")
    if answer[1].equal(labels):
        return wrong("Every pair is right, but the order is not new.", "not-shuffled")
    return right("One order for both, and features that depend on nothing but their picture.")


def check_labels_saved(labels_saved: Callable[..., Any]) -> Feedback:
    """Check a function that reads labels saved off two learning curves."""
    for curve in CURVES:
        answer = call(labels_saved, *curve[:-1])
        if isinstance(answer, Feedback):
            return answer
        try:
            found = float(answer)
        except (TypeError, ValueError):
            return wrong(f"Return one number, not {answer!r}.")
        if not _is_close(found, curve[-1]):
            return _labels_fault(found, *curve)
    return right("Read sideways, on a log scale, and infinite where the curve never gets there.")


def check_reading(verdict: str | None, remedy: str | None) -> Feedback:
    """Check the reading of an interval that holds zero, and what would narrow it."""
    if verdict is None or remedy is None:
        return unanswered("Set verdict and remedy to one of their words, then run the cell again.")
    if verdict == "different":
        message = "0.004 is above zero, but what other differences does the interval allow?"
        return wrong(message, "point-estimate")
    if verdict == "equal":
        message = "The interval holds zero, but also 0.015. Nothing found is not nothing there."
        return wrong(message, "no-proof-is-equal")
    if verdict != "cannot tell":
        return wrong('verdict is "different", "equal" or "cannot tell".')
    if remedy == "more test pictures":
        message = "All draws shared the test pictures: what made the five differences differ?"
        return wrong(message, "wrong-source")
    if remedy == "99 % interval":
        return wrong("To be surer with the same data, must you claim more or less?", "confidence")
    if remedy != "more draws":
        return wrong('remedy is "more test pictures", "more draws" or "99 % interval".')
    return right("Zero and 0.015 both fit. The draws differed, so more draws narrow the interval.")


def _worn_backbone() -> Backbone:
    """A small backbone in train mode that has seen pictures, so that its statistics are its own."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        backbone = Backbone(width=4)
        for _ in range(3):
            backbone(torch.rand(16, 1, 8, 8) * 0.5)
    return backbone


def _images() -> Tensor:
    generator = torch.Generator().manual_seed(6)
    return torch.rand(NUM_IMAGES, 1, 8, 8, generator=generator)


def _pairing_fault(features: Tensor, labels: Tensor) -> Feedback | None:
    """What is wrong with features (N, D) beside labels (N,), which number the pictures."""
    with torch.no_grad():
        in_train_mode = _worn_backbone()(_images())
        backbone = _worn_backbone().eval()
        alone = torch.cat([backbone(image[None]) for image in _images()])
    for truth in (alone, in_train_mode):
        distance, rows = torch.cdist(features, truth).min(dim=1)
        if distance.max() < 1e-4:
            break
    else:
        return wrong("These are not the backbone's features of these pictures.")
    pairs_fit = bool((rows == labels).all())
    if truth is alone and not pairs_fit:
        message = "The features are right, but they stand beside the labels of other pictures."
        return wrong(message, "separate-orders")
    if truth is in_train_mode and pairs_fit:
        message = "Each label is beside its picture, but a picture's features depend on the others."
        return wrong(message, "train-mode")
    return None if pairs_fit else unanswered("Both bugs are still there.")


def _freezing_fault(backbone: Any, num_parts: int) -> Feedback | None:
    if not isinstance(backbone, nn.Module):
        return wrong("Return the backbone.")
    held, free = (
        nn.ModuleList(p) for p in (list(backbone)[:num_parts], list(backbone)[num_parts:])
    )
    if any(weight.requires_grad for weight in held.parameters()):
        return wrong("Weights of the first parts can still learn.", "weights-learn")
    if not all(weight.requires_grad for weight in free.parameters()):
        return wrong("Weights behind the first parts cannot learn.", "too-much-frozen")
    before, in_eval = fingerprint(held), not any(norm.training for norm in _norms(held))
    features = backbone.train()(_images())
    if list(free.parameters()) and not features.requires_grad:
        message = "Nothing can learn: the whole forward pass runs without gradients."
        return wrong(message, "no-gradients")
    if fingerprint(held) != before and in_eval:
        return wrong("It is frozen until somebody calls train() again.", "eval-once")
    if fingerprint(held) != before:
        return wrong("No parameter moves, but something else in the parts does.", "buffers-move")
    if any(norm.training for norm in _norms(held)):
        message = "Nothing stored moves, but a picture's features still depend on its batch."
        return wrong(message, "batch-statistics")
    if not all(norm.training for norm in _norms(free)):
        return wrong("The other parts are stuck in eval mode.", "too-much-frozen")
    return None


def _norms(parts: nn.Module) -> list[nn.Module]:
    return [part for part in parts.modules() if isinstance(part, nn.BatchNorm2d)]


_is_close = partial(math.isclose, rel_tol=1e-3)


def _labels_fault(
    found: float,
    sizes: list[int],
    letters: list[float],
    pixels: list[float],
    few: int,
    truth: float,
) -> Feedback:
    """Which wrong idea, if a known one, gives ``found`` in place of ``truth``."""
    target = letters[sizes.index(few)]
    if math.isinf(truth):
        message = "Here the pixels' curve ends below the target; an end point is no answer."
        return wrong(message, "clamped")
    above = next(size for size, accuracy in zip(sizes, pixels, strict=True) if accuracy >= target)
    gain, linear = target - pixels[sizes.index(few)], float(np.interp(target, pixels, sizes))
    known = [
        (gain, "That is a gain in accuracy, not in labels.", "accuracy-difference"),
        (truth + few, "That is what pixels need; how many more is it?", "not-subtracted"),
        (above - few, "The curve gets there before that measured size.", "nearest-size"),
        (linear - few, "You went straight in labels, not on their log scale.", "linear-scale"),
    ]
    for value, message, name in known:
        if _is_close(found, value):
            return wrong(message, name)
    return wrong(f"With {sizes}, {letters}, {pixels} and few = {few} it is not {found:.3g}.")
