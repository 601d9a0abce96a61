"""Answer of ``frozen_trainer``: a head on features that never change, and a backbone that holds."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers.states import OTHER, close, moved
from course_utils.lessons.feature_extraction.trials import model_to_train, training_task

Tensors = Mapping[str, Tensor]
MESSAGES = {
    "head-frozen-too": "The backbone holds, but so does all the rest: the loss depends on "
    "nothing that may learn.",
    "error-silenced": "The error is gone, but the model comes back as it was: nothing in it "
    "is asked for a gradient.",
    "wrong-optimizer": "The head gets gradients but never takes a step.",
    "bias-only": "Of the head only the bias learns.",
    "weight-only": "Of the head only the weight learns.",
    "gradients-pile-up": "The backbone holds, but each step is taken with the gradients of all "
    "steps before it as well.",
    "steps-miscounted": "The backbone holds, and the head learns as it should, but not for as "
    "many steps as were asked for.",
    "never-frozen": "Everything in the backbone moves, weights and buffers, as if nothing had "
    "frozen it.",
    "weights-learn": "The running statistics hold, but the weights of the backbone learn.",
    "frozen-too-late": "The backbone is frozen now, but it was not while the steps were taken.",
    "statistics-move": "No weight of the backbone moves, but its buffers do, at every forward "
    "pass.",
    "eval-undone": "The backbone was in eval mode, but not during all forward passes: its "
    "buffers moved. What woke it?",
    "dropout-on": "The backbone comes back bit for bit, but a picture's features differ from "
    "step to step. What in it is random?",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with the same backbone and a head trained on features that never change."""
    fault = training_fault(observed, seed)
    if fault == "as-given":
        return unanswered(
            "It stops as the given cell does: the loss depends on nothing that may learn."
        )
    if fault == OTHER and observed["error"]:
        return wrong(observed["error"], "error")
    if fault == OTHER:
        return wrong(
            "The backbone holds, but the head is not where plain SGD on all pictures brings it "
            "from its first weights in the number of steps that was asked for."
        )
    if fault is not None:
        return known_error(MESSAGES, fault)
    return right("The backbone came back bit for bit, and only the head has learned.")


def training_fault(observed: Mapping[str, Any], seed: int) -> str | None:
    """Name of the wrong idea behind a ``training_run``; None if nothing is wrong."""
    start = model_to_train(seed)
    state = observed["state"]
    if observed["error"]:
        return _error_fault(observed["error"], start, state)
    weights = {f"backbone.{name}" for name, _ in start.backbone.named_parameters()}
    buffers = {f"backbone.{name}" for name, _ in start.backbone.named_buffers()}
    moves = moved(state, start, buffers)
    if moved(state, start, weights):
        if not observed["backbone_may_learn"]:
            return "frozen-too-late"
        return "never-frozen" if moves else "weights-learn"
    if moves:
        return "statistics-move" if all(observed["modes"]) else "eval-undone"
    return _head_fault(observed, start, seed)


def _error_fault(error: str, start: nn.Module, state: Mapping[str, list]) -> str:
    if "does not require grad" not in error and "empty parameter list" not in error:
        return OTHER
    return "as-given" if moved(state, start) else "head-frozen-too"


def _head_fault(observed: Mapping[str, Any], start: nn.Module, seed: int) -> str | None:
    state, features = observed["state"], start.eval().backbone(training_task(seed)[0]).detach()

    def is_trained(**otherwise: Any) -> bool:
        head = _trained_head(start, features, seed, **otherwise)
        return all(close(state[f"head.{name}"], value) for name, value in head.items())

    if is_trained():
        return None
    if not moved(state, start):
        return "wrong-optimizer" if observed["head_may_learn"] else "error-silenced"
    for part, name in (("head.weight", "bias-only"), ("head.bias", "weight-only")):
        if not moved(state, start, [part]):
            return name
    if is_trained(pile_up=True):
        return "gradients-pile-up"
    if any(is_trained(more_steps=more) for more in range(-training_task(seed)[3] + 1, 2)):
        return "steps-miscounted"
    if observed["features"] and not close(observed["features"], features):
        return "dropout-on"
    return OTHER


@torch.enable_grad()
def _trained_head(
    start: nn.Module, features: Tensor, seed: int, *, pile_up: bool = False, more_steps: int = 0
) -> Tensors:
    """The head after steps of torch's own SGD on features that never change."""
    _, labels, rate, num_steps = training_task(seed)
    head = nn.Linear(features.shape[1], start.head.out_features)
    head.load_state_dict(start.head.state_dict())
    optimizer = torch.optim.SGD(head.parameters(), rate)
    for _ in range(num_steps + more_steps):
        if not pile_up:
            optimizer.zero_grad()
        F.cross_entropy(head(features), labels).backward()
        optimizer.step()
    return head.state_dict()


ANSWER = OwnJudge(MESSAGES, judge)
