"""Answer of ``freeze_first``: what moves in a backbone of which the first parts are to hold."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from course_utils.exercises.feedback import Feedback, known_error, right, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers.states import OTHER, close, moved
from course_utils.lessons.feature_extraction.exercises import FREEZE_PARTS
from course_utils.lessons.feature_extraction.trials import (
    first_head,
    freezing_run,
    pictures,
    worn_backbone,
)
from course_utils.models.freezing import freeze

MESSAGES = {
    "weights-learn": "Weights of the first parts still learn.",
    "one-part-less": "This freezes one part too few: the last of the first parts still learns.",
    "one-part-more": "This freezes too much: at least one of the other parts no longer learns.",
    "buffers-move": "No weight of the first parts moves, but something else in them does.",
    "eval-once": "It is frozen until somebody calls train() again.",
    "only-after-train": "It is frozen once somebody has called train(). A forward pass before "
    "that still moves something.",
    "no-gradients": "Nothing can learn any more, not even a head that others put on top: "
    "gradients are off for the whole program.",
    "too-much-frozen": "The first parts hold, but no weight behind them can learn either.",
    "rest-in-eval": "Weights behind the first parts learn, but those parts are stuck in eval mode.",
    "batch-statistics": "Nothing stored moves, but a picture's features still depend on its batch.",
    "eval-blocked": "The first parts hold and the rest learns, but `backbone.eval()` no "
    "longer reaches the other parts.",
    "part-wakes": "`backbone.train()` leaves the first parts alone, but `train()` called on one "
    "of them wakes it.",
    "part-of-part-wakes": "The first parts hold, whoever calls `train()` on the backbone or on "
    "one of them. But `train()` called on a layer inside one wakes that layer.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with what becomes of backbones whose first parts are really frozen."""
    for num_parts, run in zip(FREEZE_PARTS, observed["runs"], strict=True):
        fault = freezing_fault(run, num_parts, seed)
        if fault == OTHER:
            return wrong(
                f"With num_parts = {num_parts}, training does not end where it would with the "
                "first parts held and the others free."
            )
        if fault is not None:
            return known_error(MESSAGES, fault)
    return right("The first parts hold every parameter and buffer through train(); the rest learn.")


def freezing_fault(run: Mapping[str, Any], num_parts: int, seed: int) -> str | None:
    """Name of the wrong idea behind one ``freezing_run``; None if nothing is wrong."""
    start = worn_backbone(seed)
    held = {name for name in start.state_dict() if int(name.split(".")[0]) < num_parts}
    weights = {name for name, _ in start.named_parameters()}
    if moved(run["untouched"], start, weights):
        return OTHER
    still = not moved(run["untouched"], start, held - weights)
    truth = _true_run(num_parts, seed)
    if _same_run(run, truth) and not moved(run["trained"], start, held):
        if not close(run["eval_features"], truth["eval_features"]):
            return "eval-blocked"
        return _who_wakes(run, start, held) if still else "only-after-train"
    if not moved(run["head"], first_head(seed)):
        return "no-gradients"
    for offset, name in ((-1, "one-part-less"), (1, "one-part-more")):
        if _same_run(run, _true_run(num_parts + offset, seed)):
            return name
    if moved(run["trained"], start, held & weights):
        return "weights-learn"
    if moved(run["trained"], start, held):
        return "eval-once" if still else "buffers-move"
    return _fault_behind(run, start, set(start.state_dict()) - held, seed)


def _who_wakes(run: Mapping[str, Any], start: nn.Module, held: set[str]) -> str | None:
    """Where ``train()`` of the backbone leaves the first parts alone: whose does not, if any."""
    if moved(run["parts_woken"], start, held):
        return "part-wakes"
    return "part-of-part-wakes" if moved(run["all_woken"], start, held) else None


def _fault_behind(run: Mapping[str, Any], start: nn.Module, free: set[str], seed: int) -> str:
    """Where the first parts hold what is stored in them."""
    weights = {name for name, _ in start.named_parameters()}
    if free and not moved(run["trained"], start, free & weights):
        return "too-much-frozen"
    if free and not moved(run["trained"], start, free - weights):
        return "rest-in-eval"
    in_batches = start.train()(pictures(seed))
    return "batch-statistics" if close(run["features"], in_batches) else OTHER


@torch.enable_grad()  # whatever the learner's notebook switched off
def _true_run(num_parts: int, seed: int) -> Mapping[str, Any]:
    def freeze_first(backbone: nn.Sequential, number: int) -> nn.Sequential:
        for child in list(backbone)[:number]:
            freeze(child)
        return backbone

    return freezing_run(freeze_first, num_parts, seed)


def _same_run(run: Mapping[str, Any], truth: Mapping[str, Any]) -> bool:
    """Whether two runs end with the same numbers, but for rounding."""
    return (
        all(close(run["trained"][name], value) for name, value in truth["trained"].items())
        and all(close(run["head"][name], value) for name, value in truth["head"].items())
        and close(run["features"], truth["features"])
    )


ANSWER = OwnJudge(MESSAGES, judge)
