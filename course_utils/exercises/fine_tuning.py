"""Checks of lesson 04: parameter groups, a head that never learns, order of work, fair contests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.exercises.feedback import Feedback, call, right, unanswered, wrong
from course_utils.models import Backbone, Classifier

HEAD_RATES = (0.03, 0.5, 2e-4)
# B load, D new head, A fit the head, E groups, C train all and choose, F open the test set.
ORDER_FAULTS = (  # (what must come first, what later, misconception, message); the first counts
    ("C", "F", "test-before-choice", "The test set was opened while the rate was still open."),
    ("D", "A", "old-head-fitted", "A head was fitted, and then thrown away for a new one."),
    ("D", "E", "optimizer-before-head", "The optimizer was made before the head it must move."),
    ("A", "C", "all-first", "The backbone learnt from a head that meant nothing yet."),
    ("B", "D", "head-before-backbone", "A head was put on a backbone that was not there yet."),
    ("E", "C", "no-optimizer", "Something was trained before it had an optimizer."),
)
VERDICTS = {"P": "fair: A is better", "Q": "unfair", "R": "cannot tell", "S": "fair: A is better"}
CHOICES = ("fair: A is better", "cannot tell", "unfair")
VERDICT_FAULTS = {
    ("Q", "fair: A is better"): (
        "unequal-tries",
        "Report Q: how many rates could A choose from, and how many B? The best of many tries "
        "is partly the luckiest.",
    ),
    ("R", "fair: A is better"): (
        "mean-alone",
        "Report R: the mean is higher, but look whether 0 lies within the interval.",
    ),
    ("S", "unfair"): (
        "seconds-for-steps",
        "Report S: the seconds differ because a frozen step is cheaper. Which budget was agreed?",
    ),
    ("P", "cannot tell"): (
        "few-seeds",
        "Report P: five repeats are few, but the interval already accounts for that.",
    ),
}


def check_groups(slow_backbone: Callable[[Classifier, float], Any]) -> Feedback:
    """Check a function that gives the head its rate and the backbone a tenth of it."""
    for number, head_rate in enumerate(HEAD_RATES):
        model = _small_model(num_classes=3 + number)
        answer = call(slow_backbone, model, head_rate)
        if isinstance(answer, Feedback):
            return unanswered("Return the groups.") if answer.status == "unanswered" else answer
        rates = _rates_by_weight(answer)
        if isinstance(rates, Feedback):
            return rates
        fault = _groups_fault(model, rates, head_rate)
        if fault is not None:
            return fault
    return right("Every weight is in one group, and the backbone takes steps a tenth as large.")


def check_mended(prepare: Callable[[Classifier, int, float], Any]) -> Feedback:
    """Check a function that makes a new head and an optimizer that moves all weights."""
    model = _small_model(num_classes=3)
    old_head, before = model.head, [weights.clone() for weights in model.backbone.parameters()]
    optimizer = call(prepare, model, 5, 0.1)
    if isinstance(optimizer, Feedback):
        return optimizer
    if not isinstance(optimizer, Optimizer):
        return wrong("Return the optimizer: training needs it.", "not-an-optimizer")
    if model.head is old_head or model.head.out_features != 5:
        return wrong("The model still lacks a new head with a logit per class.", "no-new-head")
    after = list(model.backbone.parameters())
    if not all(torch.equal(a, b) for a, b in zip(after, before, strict=True)):
        return wrong("The pretrained weights are gone: keep the backbone.", "new-backbone")
    head_moves, backbone_moves = _moves(model, optimizer)
    if not head_moves and backbone_moves:
        return unanswered("The new head still stays where it is.")
    if not head_moves:
        return wrong("After a step, the new head has not moved.", "nothing-learns")
    if not backbone_moves:
        return wrong("Now the head learns, but the backbone no longer does.", "head-only")
    return right("The optimizer knows the parameters it was given, so the head must come first.")


def check_order(order: str | Sequence[str] | None) -> Feedback:
    """Check the order of the six steps of a fine-tuning project, as letters."""
    if order is None or order is ...:
        return unanswered("Put the six letters in order.")
    letters = [str(letter).strip().upper() for letter in order]
    letters = [letter for letter in letters if letter not in ("", ",", "-", ">")]
    if sorted(letters) != list("ABCDEF"):
        return wrong("Use each of the letters A to F once.", "not-all-steps")
    for first, later, misconception, message in ORDER_FAULTS:
        if letters.index(first) > letters.index(later):
            return wrong(message, misconception)
    return right("Head first, then all; and the test set last, when nothing is left to choose.")


def check_budgets(verdicts: Mapping[str, str | None]) -> Feedback:
    """Check what the learner concludes from four reports of A against B."""
    if not isinstance(verdicts, Mapping) or set(verdicts) != set(VERDICTS):
        return wrong(f"Keep one entry for each report: {', '.join(VERDICTS)}.", "missing-report")
    if any(verdict is None or verdict is ... for verdict in verdicts.values()):
        return unanswered("Give each report one of the three verdicts.")
    said = {report: str(verdict).strip().lower() for report, verdict in verdicts.items()}
    allowed = {choice.lower(): choice for choice in CHOICES}
    for report, verdict in said.items():
        if verdict not in allowed:
            return wrong(f"Report {report}: write one of {'; '.join(CHOICES)}.", "unknown-verdict")
        choice = allowed[verdict]
        if choice != VERDICTS[report]:
            fault = VERDICT_FAULTS.get((report, choice))
            hint = (
                f"Report {report}: compare labels, steps, batch size and tries, then the interval."
            )
            return wrong(fault[1], fault[0]) if fault else wrong(hint, "other-verdict")
    return right("First the budgets, then the interval, and only then the mean.")


def _small_model(num_classes: int) -> Classifier:
    return Classifier(Backbone(width=2), num_classes)


def _rates_by_weight(answer: Any) -> dict[int, list[float]] | Feedback:
    """Rates by the id of each parameter, from groups or from an optimizer with groups."""
    groups = answer.param_groups if isinstance(answer, Optimizer) else answer
    rates: dict[int, list[float]] = {}
    try:
        for group in list(groups):
            for weights in _as_list(group["params"]):
                rates.setdefault(id(weights), []).append(float(group["lr"]))
    except (TypeError, KeyError, ValueError):
        return wrong("Return a list of dictionaries with the keys params and lr.", "not-groups")
    return rates


def _as_list(params: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [params] if isinstance(params, Tensor) else list(params)


def _groups_fault(
    model: Classifier, rates: dict[int, list[float]], head_rate: float
) -> Feedback | None:
    """What is wrong with ``rates``, the rates of each parameter by its id; None if nothing is."""
    head = [rates.get(id(weights), []) for weights in model.head.parameters()]
    backbone = [rates.get(id(weights), []) for weights in model.backbone.parameters()]
    if not all(head):
        return wrong("Weights of the head are in no group; they would never move.", "no-head")
    if not all(backbone) or not all(p.requires_grad for p in model.backbone.parameters()):
        return wrong(
            "Weights of the backbone are in no group: they stay frozen.", "frozen-backbone"
        )
    if any(len(found) > 1 for found in head + backbone):
        return wrong("Some weights are in two groups; torch refuses that.", "in-both-groups")
    head_rates, backbone_rates = {found[0] for found in head}, {found[0] for found in backbone}
    if head_rates == backbone_rates:
        return wrong("Head and backbone have the same rate.", "one-rate")
    if min(backbone_rates) > max(head_rates):
        return wrong("Which of the two is already good, and has something to lose?", "swapped")
    if not _all_close(head_rates, head_rate) or not _all_close(backbone_rates, head_rate / 10):
        return wrong("The rates are not head_lr and a tenth of it.", "other-rates")
    return None


def _all_close(rates: Iterable[float], target: float) -> bool:
    return all(abs(rate - target) < 1e-6 * target for rate in rates)


def _moves(model: Classifier, optimizer: Optimizer) -> tuple[bool, bool]:
    """Whether one step moves the head, and whether it moves the backbone."""
    images, labels = torch.rand(10, 1, 8, 8), torch.arange(10) % 5
    parts = (model.head, model.backbone)
    before = [_flat(part) for part in parts]
    model.train()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    return tuple(not torch.equal(_flat(p), b) for p, b in zip(parts, before, strict=True))


def _flat(part: nn.Module) -> Tensor:
    return torch.cat([weights.detach().flatten() for weights in part.parameters()])
