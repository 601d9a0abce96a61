"""Answer of ``cached_head``: a head that is trained on features, and the way to it."""

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, known_error, right, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.answers.fair_features import state_fault
from course_utils.lessons.resnet50_on_cifar10.trials import (
    NUM_CLASSES,
    NUM_STRIPED,
    striped_pictures,
    worn_backbone,
)
from course_utils.models.freezing import extract_features

MESSAGES = {
    "inference-tensors": "What inference mode makes cannot be learned from: copy it with .clone() "
    "outside, or use no_grad.",
    "loop-in-no-grad": "The head learns inside no_grad, where no step is noted for its gradients. "
    "Leave that block before the loop.",
    "train-mode": "The backbone ran in train mode: its statistics move, and features depend on the "
    "batch.",
    "backbone-learns": "The backbone's weights have moved. Whose may learn?",
    "gradients-through-backbone": "Gradients go back through the backbone. Features of a frozen "
    "one are numbers without a graph.",
    "pictures-left-out": "The head is to learn from all pictures.",
    "features-recomputed": "What never changes need not be computed again.",
    "softmax-before-loss": "Cross-entropy wants logits, since it does the softmax itself; yours "
    "met a softmax before.",
    "gradients-add-up": "Gradients are not cleared: each step of the head also follows those of "
    "all steps before it. Where it ends well all the same, that is luck.",
    "tensor-returned": "Return the head that turns features into logits, not what it was given or "
    "gave.",
    "whole-model": "The head alone is wanted: it will be given features, not pictures.",
    "no-head": "This is no head: return what can be called with features.",
    "wrong-shape": "From features (N, D) the head must make logits (N, K), with K = num_classes.",
    "loss-nan": "The loss is nan. Did something divide by 0?",
    "not-converged": "The loss on its own features is far above what a head can reach. Does it "
    "still fall? Does a strong penalty hold it up? Did the head learn from other features than it "
    "is given here, as the backbone makes them?",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Judge the passes, the backbone afterwards, and the loss of the logits."""
    if "error" in observed:
        return _error(observed["error"])
    images, labels = striped_pictures(seed)
    backbone = worn_backbone(seed, images[:NUM_STRIPED])
    fault = (
        _learning_fault(observed, backbone)
        or _passes_fault(observed["passes"])
        or state_fault(observed["state"], backbone)
        or _head_fault(observed, labels)
        or _loss_fault(torch.tensor(observed["logits"]), extract_features(backbone, images), labels)
    )
    return fault or right("Each picture passed the backbone once, and the head has converged.")


def _error(message: str) -> Feedback:
    known = {
        "through the graph a second time": "gradients-through-backbone",
        "Inference tensors": "inference-tensors",
        "does not require grad": "loop-in-no-grad",
    }
    for part, name in known.items():
        if part in message:
            return known_error(MESSAGES, name)
    return wrong(message, "error")


def _learning_fault(observed: Mapping[str, Any], backbone: nn.Module) -> Feedback | None:
    """Whether parameters of the backbone learned, or had gradients."""
    state = observed["state"]
    for name, weights in backbone.named_parameters():
        if name in state and state[name] != weights.tolist():
            return known_error(MESSAGES, "backbone-learns")
    gradients = observed["gradients"]
    return known_error(MESSAGES, "gradients-through-backbone") if gradients else None


def _passes_fault(passes: list[Mapping[str, Any]]) -> Feedback | None:
    if any(each["in_train_mode"] for each in passes):
        return known_error(MESSAGES, "train-mode")
    passed = [number for each in passes for number in each["pictures"]]
    count = f"{len(passed)} pictures went through the backbone, of {NUM_STRIPED} that there are."
    if len(set(passed)) < NUM_STRIPED:
        message = f"{count} {MESSAGES['pictures-left-out']}"
        return wrong(message, "pictures-left-out")
    if len(passed) >= 2 * NUM_STRIPED:  # a picture more, to see how many features it has, is no sin
        message = f"{count} {MESSAGES['features-recomputed']}"
        return wrong(message, "features-recomputed")
    return None


def _head_fault(observed: Mapping[str, Any], labels: Tensor) -> Feedback | None:
    """What is wrong with the head, from its logits of its own features and then of new ones."""
    if observed["logits"] is None:
        if observed["returned"] == "Tensor":
            return known_error(MESSAGES, "tensor-returned")
        if observed["takes_pictures"]:
            return known_error(MESSAGES, "whole-model")
        message = f"{MESSAGES['no-head']} Called with them, it stops: {observed['refusal']}"
        return wrong(message, "no-head")
    logits = torch.tensor(observed["logits"], dtype=torch.float32)
    if logits.shape != (len(labels), NUM_CLASSES):
        return known_error(MESSAGES, "wrong-shape")
    if _met_softmax(observed["losses_fed"], logits):
        return known_error(MESSAGES, "softmax-before-loss")
    return known_error(MESSAGES, "gradients-add-up") if observed["gradients_left"] else None


def _loss_fault(logits: Tensor, features: Tensor, labels: Tensor) -> Feedback | None:
    """What is wrong with the loss of logits (N, K) on its own features (N, D) or on new ones."""
    own, new = (
        F.cross_entropy(logits[part], labels[part]).item()
        for part in (slice(NUM_STRIPED), slice(NUM_STRIPED, None))
    )
    if math.isnan(own):
        return known_error(MESSAGES, "loss-nan")
    # A penalty of 0.01, more than the lesson's digits choose, leaves more than hundreds of steps
    # without one do, and less than half of what a few dozen steps leave.
    if not own < 1.75 * _least_loss(features[:NUM_STRIPED], labels[:NUM_STRIPED], penalty=0.01):
        losses = f"{own:.2f} nats, and knowing nothing costs {math.log(NUM_CLASSES):.2f}."
        return wrong(f"{losses} {MESSAGES['not-converged']}", "not-converged")
    if not new < 0.8:
        return wrong(f"Right on its own pictures, but {new:.2f} nats on others of their kind.")
    return None


@torch.enable_grad()
def _least_loss(features: Tensor, labels: Tensor, penalty: float) -> float:
    """Cross-entropy of the head that is best for features (N, D) with a penalty on its weights."""
    features = features.double()
    weights = torch.zeros(features.shape[1], NUM_CLASSES, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(NUM_CLASSES, dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        return F.cross_entropy(features @ weights + bias, labels)

    def closure() -> Tensor:
        optimizer.zero_grad()
        penalised = loss() + penalty * weights.square().sum()
        penalised.backward()
        return penalised

    optimizer.step(closure)
    return loss().item()


def _met_softmax(losses_fed: list[tuple[float, float, float]], logits: Tensor) -> bool:
    """Whether a loss was fed probabilities, or the head gives them."""
    fed = [least >= 0 and _is_one(low) and _is_one(high) for least, low, high in losses_fed]
    given = logits.min() >= 0 and all(map(_is_one, logits.sum(dim=1).tolist()))
    return any(fed) or bool(given)


def _is_one(value: float) -> bool:
    return abs(value - 1) < 1e-4


ANSWER = OwnJudge(MESSAGES, judge)
