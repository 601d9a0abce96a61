"""What a learner's layer with LoRA does, taken down as plain data."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, call, wrong
from course_utils.exercises.reading import as_lists, of_another_type


def take_down(
    answer: Callable[..., Any],
    layer: nn.Linear,
    rank: int,
    alpha: float,
    features: Tensor,
    a: Tensor,
    b: Tensor,
) -> dict[str, Any] | Feedback:
    """Of ``answer(layer, rank, alpha)``: what it answers, what learns, how it starts, merged.

    Args:
        answer: The learner's class.
        layer: A copy of it is adapted.
        rank: Of the change.
        alpha: The change is multiplied by alpha / rank.
        features: What the layers are given, (..., in).
        a: Values for the parameter ``a``, (rank, in).
        b: Values for the parameter ``b``, (out, rank).
    """
    own = copy.deepcopy(layer)
    adapted = answer(own, rank, alpha)
    if not isinstance(adapted, nn.Module):
        return of_another_type(adapted, "a class that inherits from nn.Module is wanted")
    first = call(adapted, features)
    if isinstance(first, Feedback):
        return first
    for name, wanted in (("a", a), ("b", b)):
        found = getattr(adapted, name, None)
        if not isinstance(found, Tensor) or found.shape != wanted.shape:
            return wrong(f"Give it a parameter `{name}` of shape {tuple(wanted.shape)}.", "no-a-b")
    start = [
        torch.equal(first, layer(features)),
        _can_learn(adapted, first),
        _is_of_full_rank(adapted),
    ]
    adapted.a.data.copy_(a)
    adapted.b.data.copy_(b)
    answers = adapted(features)
    merged = call(adapted.merged)
    if isinstance(merged, Feedback):
        return merged
    if not isinstance(merged, nn.Linear):
        return of_another_type(merged, "merged() is to return an nn.Linear")
    return {
        "answers": as_lists(answers),
        "learns": sum(each.numel() for each in adapted.parameters() if each.requires_grad),
        "start": start,
        "merged": as_lists(merged(features)),
        "kept": [
            torch.equal(own.weight, layer.weight),
            torch.allclose(adapted(features), answers, atol=1e-5),
        ],
    }


def _can_learn(adapted: nn.Module, answers: Tensor) -> bool:
    """Whether a gradient that is not 0 reaches ``a`` or ``b``."""
    if not answers.requires_grad:
        return False
    answers.square().sum().backward()
    return any(each.grad is not None and bool(each.grad.any()) for each in (adapted.a, adapted.b))


def _is_of_full_rank(adapted: nn.Module) -> bool:
    """Whether ``a`` or ``b`` begins with rows, or columns, that are not sums of one another."""
    ranks = [int(torch.linalg.matrix_rank(each.data)) for each in (adapted.a, adapted.b)]
    return max(ranks) == len(adapted.a)
