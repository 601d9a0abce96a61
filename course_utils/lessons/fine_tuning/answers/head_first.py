"""Answer of ``head_first``: both stages done right, and what moved where they were not."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from course_utils.exercises.feedback import Feedback, known_error, right, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers.states import same
from course_utils.lessons.fine_tuning.trials import (
    OLD_CLASSES,
    Snapshot,
    small_model,
    small_task,
    snapshot,
    stage_cases,
)
from course_utils.models.classifier import Classifier, parameter_groups

MESSAGES = {
    "head-held-too": "No gradient reaches any weight, not even one of the head. Only the "
    "backbone is to be held still.",
    "no-first-stage": "With all_steps = 0 nothing has moved: the head is not trained before "
    "the rest.",
    "backbone-moves-first": "With all_steps = 0 weights of the backbone have moved: in stage "
    "one only the head may.",
    "statistics-move": "The weights of the backbone stood still in stage one, its batch-norm "
    "statistics did not.",
    "steps-swapped": "The two numbers of steps have changed places.",
    "gradients-add-up": "Each step also follows the gradients of the steps before it.",
    "held-in-stage-two": "Stage one runs. In stage two no gradient reaches any weight, not "
    "even one of the head.",
    "still-frozen": "Stage one is right. In stage two the backbone is still frozen: autograd "
    "does not see its weights.",
    "optimizer-reused": "Stage one is right. In stage two the backbone could learn, but has "
    "not moved. Does the optimizer hold its weights, and does the loss reach them through the "
    "backbone?",
    "head-stops": "Stage one is right. In stage two the backbone moves, and the head no "
    "longer does.",
    "eval-in-stage-two": "Stage one is right. In stage two the statistics stand still: in "
    "which mode is the model to be there? Where freeze of lesson 03 was used, train() cannot "
    "wake the backbone; eval() is enough for stage one.",
    "head-last": "The two stages are right, but in the wrong order: the backbone followed a "
    "head that meant nothing yet.",
    "slow-head": "Stage one is right. In stage two the head has become as slow as the backbone.",
    "fast-backbone": "Stage one is right. In stage two the backbone is as fast as the head.",
    "leftover-gradients": "Stage one is right. The first step of stage two also follows "
    "gradients that stage one left behind.",
}
# Ways of ``two_stages`` that go wrong in stage two alone.
WRONG_SECOND_STAGES: list[tuple[str, dict[str, Any]]] = [
    ("slow-head", {"head": 0.1}),
    ("fast-backbone", {"backbone": 1.0}),
    ("head-last", {"head_last": True}),
    ("leftover-gradients", {"clear": ("after", "after")}),
    ("leftover-gradients", {"clear": ("before", "after")}),
    ("leftover-gradients", {"clear": ("before", "after"), "collects": False}),
    ("gradients-add-up", {"clear": ("before", "never")}),
    ("gradients-add-up", {"clear": ("before", "never"), "collects": False}),
    ("gradients-add-up", {"clear": ("after", "never")}),
    ("gradients-add-up", {"clear": ("after", "never"), "collects": False}),
]


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with both stages done right, first after stage one alone."""
    cases, ends = stage_cases(seed), observed["ends"]
    if "stopped" in observed:
        in_stage_two = len(ends) > 0  # stage one alone came to its end
        if "does not require grad" in observed["stopped"]:
            return known_error(MESSAGES, "held-in-stage-two" if in_stage_two else "head-held-too")
        where = f"With all_steps = {cases[len(ends)][1]}: " if in_stage_two else ""
        return wrong(f"{where}{observed['stopped']}", "error")
    truths = [two_stages(seed, case) for case in cases]
    same_ends = [same(*pair) for pair in zip(ends, truths, strict=True)]
    if all(same_ends):
        return right("Head first, then all of it, and the backbone gently: section 3 by your hand.")
    swapped = [two_stages(seed, (n_all, n_head, rate)) for n_head, n_all, rate in cases]
    if all(same(*pair) for pair in zip(ends, swapped, strict=True)):
        return known_error(MESSAGES, "steps-swapped")
    if not same_ends[0]:
        return _stage_one_fault(seed, cases[0], ends[0])
    if not same_ends[1]:
        return _stage_two_fault(seed, cases[1], ends[1], truths[0])
    return wrong("Right for some numbers of steps, but not for head_steps = {}, all_steps = {} and "
                 "head_lr = {}.".format(*cases[2]))  # fmt: skip


def _stage_one_fault(seed: int, case: tuple[int, int, float], end: Snapshot) -> Feedback:
    start = snapshot(small_model(seed))
    if same(end, start):
        return known_error(MESSAGES, "no-first-stage")
    if not same(end, start, "backbone"):
        return known_error(MESSAGES, "backbone-moves-first")
    if not same(end, start, "statistics"):
        return known_error(MESSAGES, "statistics-move")
    if same(end, two_stages(seed, case, clear=("never", "before"))):
        return known_error(MESSAGES, "gradients-add-up")
    return wrong("With all_steps = 0 the head is not where stage one takes it: check rate, steps, "
                 "loss, and the optimizer.")  # fmt: skip


def _stage_two_fault(
    seed: int, case: tuple[int, int, float], end: Snapshot, after_one: Snapshot
) -> Feedback:
    if same(end, after_one, "backbone"):
        return known_error(MESSAGES, "optimizer-reused" if end["learns"] else "still-frozen")
    if same(end, after_one, "statistics"):
        return known_error(MESSAGES, "eval-in-stage-two")
    if same(end, after_one, "head"):
        return known_error(MESSAGES, "head-stops")
    for name, mistake in WRONG_SECOND_STAGES:
        if same(end, two_stages(seed, case, **mistake)):
            return known_error(MESSAGES, name)
    return wrong("Stage one is right, stage two is not yet: check mode, rates, steps, and loss.")


def two_stages(
    seed: int,
    case: tuple[int, int, float],
    *,
    head: float = 1.0,
    backbone: float = 0.1,
    head_last: bool = False,
    clear: tuple[str, str] = ("before", "before"),
    collects: bool = True,
) -> Snapshot:
    """A small model after both stages, done right unless a wrong way is asked for.

    Args:
        seed: Of model and pictures.
        case: Steps of stage one, steps of stage two, rate of the head.
        head: Times the head's rate, the rate of the head in stage two.
        backbone: The same of the backbone.
        head_last: Whether stage two comes first.
        clear: When gradients are cleared in each stage: ``"before"`` the next is computed,
            ``"after"`` the step, or ``"never"``.
        collects: Whether the backbone is given gradients in stage one, which nothing uses there.
    """
    head_steps, all_steps, rate = case
    model, task = small_model(seed), small_task(seed, OLD_CLASSES)

    def stage_one() -> None:
        model.eval().backbone.requires_grad_(collects)
        _steps(model, SGD(model.head.parameters(), rate), *task, head_steps, clear[0])

    def stage_two() -> None:
        model.train().requires_grad_(True)
        groups = parameter_groups(model, head_lr=head * rate, backbone_lr=backbone * rate)
        _steps(model, SGD(groups), *task, all_steps, clear[1])

    for stage in (stage_two, stage_one) if head_last else (stage_one, stage_two):
        stage()
    return snapshot(model)


def _steps(
    model: Classifier,
    optimizer: Optimizer,
    images: Tensor,
    labels: Tensor,
    num_steps: int,
    clear: str,
) -> None:
    for _ in range(num_steps):
        if clear == "before":
            optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
        if clear == "after":
            optimizer.zero_grad()


ANSWER = OwnJudge(MESSAGES, judge)
