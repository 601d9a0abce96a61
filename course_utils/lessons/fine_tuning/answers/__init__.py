"""Answers of lesson 04."""

from collections.abc import Mapping
from typing import Any

import torch

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.lessons.fine_tuning.answers.references import rates_taken, same, with_new_head
from course_utils.lessons.fine_tuning.answers.stages import STAGE_ERRORS
from course_utils.lessons.fine_tuning.answers.stages import judge_head_first as judge_head_first
from course_utils.lessons.fine_tuning.trials import (
    Snapshot,
    group_cases,
    new_head_cases,
    small_model,
    snapshot,
)

ERRORS = {
    "order": {
        "test-before-choice": "The test set was opened while the rate was still open.",
        "old-head-fitted": "A head was fitted, and then thrown away for a new one.",
        "optimizer-before-head": "The optimizer was made before the head it must move.",
        "all-first": "The backbone learnt from a head that meant nothing yet.",
        "head-before-backbone": "A head was put on a backbone that was not there yet.",
        "no-optimizer": "All weights were trained before their optimizer was made.",
    },
    "groups": {
        "one-rate": "Head and backbone take steps at the same rate.",
        "in-both-groups": "Some weights are in two groups; torch refuses that.",
        "twice-in-one-group": "Some weights are twice in one group, and would take two steps at "
        "once.",
        "swapped": "The backbone is the faster one. Which of the two is already good, and has "
        "something to lose?",
        "no-head": "After a step the head has not moved: no group holds its weights.",
        "head-in-part": "A part of the head moved, another did not. What does a linear layer have "
        "besides its weight?",
        "frozen-backbone": "After a step the backbone has not moved. It is to learn slowly, not to "
        "stay frozen.",
        "not-a-tenth": "The head is right and the backbone slower, but not ten times slower.",
    },
    "budgets": {
        "unequal-tries": "How many rates could A choose from, and how many B? The best of many "
        "tries is partly the luckiest.",
        "mean-alone": "The mean is higher, but look whether 0 lies within the interval.",
        "seconds-for-steps": "The seconds differ, the steps do not. Which budget was agreed?",
        "few-seeds": "Five repeats are few, but the interval already accounts for that.",
        "steps-across-reports": "A and B took equally many steps. That other reports took fewer "
        "does not matter in this one.",
    },
    "mended": {
        "no-new-head": "The model still lacks a new head that turns its features into one logit "
        "per class.",
        "head-without-bias": "The new head has a weight of the right shape, but no bias. Which "
        "argument took it away?",
        "new-backbone": "The pretrained weights are gone: keep the backbone as it comes.",
        "nothing-learns": "After a step neither head nor backbone has moved: the optimizer holds "
        "weights of something else.",
        "head-only": "Now the head learns, but the backbone no longer does.",
        "other-rate": "Head and backbone learn, but not at the rate that was asked for.",
    },
    "head_first": STAGE_ERRORS,
}
# B load, D new head, A fit the head, E groups, C train all and choose, F open the test set.
MUST_PRECEDE = {  # in the order in which a fault counts
    "test-before-choice": "CF",
    "old-head-fitted": "DA",
    "optimizer-before-head": "DE",
    "all-first": "AC",
    "head-before-backbone": "BD",
    "no-optimizer": "EC",
}
VERDICTS = {"P": "fair: A is better", "Q": "unfair", "R": "cannot tell", "S": "fair: A is better"}
WRONG_VERDICTS = {
    ("Q", "fair: a is better"): "unequal-tries",
    ("R", "fair: a is better"): "mean-alone",
    ("R", "unfair"): "steps-across-reports",
    ("P", "unfair"): "seconds-for-steps",
    ("S", "unfair"): "seconds-for-steps",
    ("P", "cannot tell"): "few-seeds",
    ("S", "cannot tell"): "few-seeds",
}


def judge_order(observed: Mapping[str, str], seed: int) -> Feedback:
    """Look for a step that comes before another that it needs."""
    order = observed["order"]
    if order == "":
        return unanswered("Put the six letters in order.")
    if sorted(order) != list("ABCDEF"):
        return wrong("Use each of the letters A to F once.", "not-all-steps")
    for name, (first, later) in MUST_PRECEDE.items():
        if order.index(first) > order.index(later):
            return known_error(ERRORS["order"], name)
    return right("Head first, then all; and the test set last, when nothing is left to choose.")


def judge_groups(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare the rates at which head and backbone went down their gradients."""
    for (num_classes, rate), end in zip(group_cases(seed), observed["ends"], strict=True):
        if "refused" in end:
            if "more than one parameter group" in end["refused"]:
                return known_error(ERRORS["groups"], "in-both-groups")
            if "duplicate parameters" in end["refused"]:
                return known_error(ERRORS["groups"], "twice-in-one-group")
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
        return known_error(ERRORS["groups"], "no-head")
    if any(_all_near([one], 0) for one in head):
        return known_error(ERRORS["groups"], "head-in-part")
    if _all_near(backbone, 0):
        return known_error(ERRORS["groups"], "frozen-backbone")
    if _all_near(head + backbone, head[0]):
        return known_error(ERRORS["groups"], "one-rate")
    if min(backbone) > max(head):
        return known_error(ERRORS["groups"], "swapped")
    if heads_right and _all_near(backbone, rate / 10):
        return None
    if heads_right and _all_near(backbone, backbone[0]) and 0 < backbone[0] < rate:
        return known_error(ERRORS["groups"], "not-a-tenth")
    return wrong("Not all rates are head_lr in the head and a tenth of it in the backbone.")


def _all_near(rates: list[float], target: float) -> bool:
    return all(abs(rate - target) < 1e-4 * target + 1e-7 for rate in rates)


def judge_budgets(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the verdicts."""
    if set(observed) != set(VERDICTS):
        return wrong(f"Keep one entry for each report: {', '.join(VERDICTS)}.", "missing-report")
    choices = sorted(set(VERDICTS.values()))
    for report, verdict in VERDICTS.items():
        squeezed = "".join(observed[report].split()).removeprefix("fair:")
        said = "fair: a is better" if squeezed == "aisbetter" else observed[report]
        if said not in [choice.lower() for choice in choices]:
            return wrong(f"Report {report}: write one of {'; '.join(choices)}.", "unknown-verdict")
        if said == verdict.lower():
            continue
        if (report, said) in WRONG_VERDICTS:
            message = ERRORS["budgets"][(name := WRONG_VERDICTS[report, said])]
            return wrong(f"Report {report}: {message}", name)
        return wrong(f"Report {report}: compare first steps and tries, then read the interval.")
    return right("First the budgets, then the interval, and only then the mean.")


def judge_mended(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with steps of SGD on the pretrained backbone and the head as it was made."""
    start = snapshot(small_model(seed))
    for (num_classes, rate), run in zip(new_head_cases(seed), observed["runs"], strict=True):
        before, *after = run["snapshots"]
        num_weights = num_classes * small_model(seed).head.in_features
        if len(before["head"]) == num_weights:
            return known_error(ERRORS["mended"], "head-without-bias")
        if len(before["head"]) != num_weights + num_classes or same(before, start, "head"):
            return known_error(ERRORS["mended"], "no-new-head")
        if not same(before, start, "backbone", "statistics"):
            return known_error(ERRORS["mended"], "new-backbone")
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
        return known_error(ERRORS["mended"], "nothing-learns")
    if head_stays:
        return unanswered("The new head still stays where it is.")
    if backbone_stays:
        return known_error(ERRORS["mended"], "head-only")
    steps, wanted = (
        torch.tensor(end["head"] + end["backbone"])
        - torch.tensor(before["head"] + before["backbone"])
        for end in (after, first)
    )
    times = steps @ wanted / (wanted @ wanted)
    if abs(times.item() - 1) > 0.01 and torch.allclose(steps, times * wanted, rtol=1e-2, atol=1e-5):
        return known_error(ERRORS["mended"], "other-rate")
    return wrong("Both parts move, but not by steps of plain SGD at learning_rate.")
