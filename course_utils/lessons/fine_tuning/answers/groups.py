"""Answer of ``groups``: the rates at which head and backbone went down their gradients.

No table can tell: a rate may be any number.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, known_error, right, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.trials import Snapshot, group_cases, small_model, small_task

MESSAGES = {
    "one-rate": "Head and backbone take steps at the same rate.",
    "in-both-groups": "Some weights are in two groups; torch refuses that.",
    "twice-in-one-group": "Some weights are twice in one group, and would take two steps at once.",
    "swapped": "The backbone is the faster one. Which of the two is already good, and has "
    "something to lose?",
    "no-head": "After a step the head has not moved: no group holds its weights.",
    "head-in-part": "A part of the head moved, another did not. What does a linear layer have "
    "besides its weight?",
    "frozen-backbone": "After a step the backbone has not moved. It is to learn slowly, not "
    "to stay frozen.",
    "not-a-tenth": "The head is right and the backbone slower, but not ten times slower.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare the rates at which head and backbone went down their gradients."""
    for (num_classes, rate), end in zip(group_cases(seed), observed["ends"], strict=True):
        if "refused" in end:
            if "more than one parameter group" in end["refused"]:
                return known_error(MESSAGES, "in-both-groups")
            if "duplicate parameters" in end["refused"]:
                return known_error(MESSAGES, "twice-in-one-group")
            return wrong(f"torch refuses these groups: {end['refused']}")
        rates = rates_taken(seed, num_classes, end)
        if rates is None or None in rates["head"] + rates["backbone"]:
            return wrong("Some weights did not take a step down their gradient.")
        fault = _groups_fault(rates["head"], rates["backbone"], rate)
        if fault is not None:
            return fault
    return right("Every weight is in one group, and the backbone takes steps a tenth as large.")


def _groups_fault(head: list[float], backbone: list[float], rate: float) -> Feedback | None:
    """What is wrong with the rates of the tensors of head and backbone; None if nothing is."""
    heads_right = _all_near(head, rate)
    if _all_near(head, 0):
        return known_error(MESSAGES, "no-head")
    if any(_all_near([one], 0) for one in head):
        return known_error(MESSAGES, "head-in-part")
    if _all_near(backbone, 0):
        return known_error(MESSAGES, "frozen-backbone")
    if _all_near(head + backbone, head[0]):
        return known_error(MESSAGES, "one-rate")
    if min(backbone) > max(head):
        return known_error(MESSAGES, "swapped")
    if heads_right and _all_near(backbone, rate / 10):
        return None
    if heads_right and _all_near(backbone, backbone[0]) and 0 < backbone[0] < rate:
        return known_error(MESSAGES, "not-a-tenth")
    return wrong("Not all rates are head_lr in the head and a tenth of it in the backbone.")


def _all_near(rates: list[float], target: float) -> bool:
    return all(abs(rate - target) < 1e-4 * target + 1e-7 for rate in rates)


def rates_taken(seed: int, num_classes: int, end: Snapshot) -> dict[str, list[float | None]] | None:
    """At which rate each tensor of head and backbone went down its gradient, to end as in ``end``.

    A rate is None where the tensor went elsewhere. None for all where ``end`` is no such model.
    """
    model = small_model(seed, num_classes).double()
    images, labels = small_task(seed, num_classes)
    nn.functional.cross_entropy(model(images.double()), labels).backward()
    rates: dict[str, list[float | None]] = {}
    for name, part in (("head", model.head), ("backbone", model.backbone)):
        weights = list(part.parameters())
        sizes = [weight.numel() for weight in weights]
        if len(end[name]) != sum(sizes):
            return None
        ends = torch.tensor(end[name], dtype=torch.double).split(sizes)
        rates[name] = [_rate(*pair) for pair in zip(weights, ends, strict=True)]
    return rates


def _rate(weight: Tensor, end: Tensor) -> float | None:
    moved, gradient = (weight.detach().flatten() - end), weight.grad.flatten()
    rate = (moved @ gradient / (gradient @ gradient)).item()
    return rate if torch.allclose(moved, rate * gradient, rtol=1e-4, atol=1e-9) else None


ANSWER = OwnJudge(MESSAGES, judge)
