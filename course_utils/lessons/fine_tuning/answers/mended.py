"""Answer of ``mended``: steps of SGD on the backbone as it came, and on the head as it was made.

No table can tell: the new head is made by chance, or as zeros, or as it pleases the learner.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.optim import SGD

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers.states import same
from course_utils.lessons.fine_tuning.trials import (
    Snapshot,
    new_head_cases,
    small_model,
    small_task,
    snapshot,
    take_step,
)
from course_utils.models.classifier import replace_head

MESSAGES = {
    "no-new-head": "The model still lacks a new head that turns its features into one logit "
    "per class.",
    "head-without-bias": "The new head has a weight of the right shape, but no bias. Which "
    "argument took it away?",
    "new-backbone": "The pretrained weights are gone: keep the backbone as it comes.",
    "nothing-learns": "After a step neither head nor backbone has moved: the optimizer holds "
    "weights of something else.",
    "head-only": "Now the head learns, but the backbone no longer does.",
    "added-twice": "Some weights are given to the optimizer twice. Which does model.parameters() "
    "hold, once the new head is in its place?",
    "other-rate": "Head and backbone learn, but not at the rate that was asked for.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with steps of SGD on the pretrained backbone and the head as it was made."""
    if observed["added_twice"]:
        return known_error(MESSAGES, "added-twice")
    start = snapshot(small_model(seed))
    for (num_classes, rate), run in zip(new_head_cases(seed), observed["runs"], strict=True):
        before, *after = run["snapshots"]
        num_weights = num_classes * small_model(seed).head.in_features
        if len(before["head"]) == num_weights:
            return known_error(MESSAGES, "head-without-bias")
        if len(before["head"]) != num_weights + num_classes or same(before, start, "head"):
            return known_error(MESSAGES, "no-new-head")
        if not same(before, start, "backbone", "statistics"):
            return known_error(MESSAGES, "new-backbone")
        if run["stopped"] is not None:
            return wrong(f"Training the model stops with {run['stopped']}", "error")
        first, second = (
            with_new_head(seed, before["head"], num_classes, rate, steps) for steps in (1, 2)
        )
        if not (same(after[0], first) and same(after[1], second)):
            return _mended_fault(before, after[0], first)
    return right("The optimizer knows the parameters it was given, so the head must come first.")


def _mended_fault(before: Snapshot, after: Snapshot, first: Snapshot) -> Feedback:
    """What is wrong with the step from ``before`` to ``after``, if it should end in ``first``."""
    head_stays, backbone_stays = (same(after, before, part) for part in ("head", "backbone"))
    if head_stays and backbone_stays:
        return known_error(MESSAGES, "nothing-learns")
    if head_stays:
        return unanswered("The new head still stays where it is.")
    if backbone_stays:
        return known_error(MESSAGES, "head-only")
    steps, wanted = (
        torch.tensor(end["head"] + end["backbone"])
        - torch.tensor(before["head"] + before["backbone"])
        for end in (after, first)
    )
    times = steps @ wanted / (wanted @ wanted)
    if abs(times.item() - 1) > 0.01 and torch.allclose(steps, times * wanted, rtol=1e-2, atol=1e-5):
        return known_error(MESSAGES, "other-rate")
    return wrong("Both parts move, but not by steps of plain SGD at learning_rate.")


def with_new_head(
    seed: int, head: list[float], num_classes: int, rate: float, num_steps: int
) -> Snapshot:
    """A small model with the numbers ``head`` as its new head, after steps of SGD on all of it."""
    model = small_model(seed)
    replace_head(model, num_classes)
    nn.utils.vector_to_parameters(torch.tensor(head), model.head.parameters())
    optimizer = SGD(model.parameters(), rate)
    for _ in range(num_steps):
        take_step(model, optimizer, *small_task(seed, num_classes))
    return snapshot(model)


ANSWER = OwnJudge(MESSAGES, judge)
