"""What moved and what held in the backbones of lesson 03, and which wrong idea does that."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.lessons.feature_extraction.trials import (
    first_head,
    freezing_run,
    model_to_train,
    picture_numbers,
    pictures,
    training_task,
    worn_backbone,
)
from course_utils.models.freezing import freeze

OTHER = "other"  # a fault that no known wrong idea makes
Tensors = Mapping[str, Tensor]


def freezing_fault(run: Mapping[str, Any], num_parts: int, seed: int) -> str | None:
    """Name of the wrong idea behind one ``freezing_run``; None if nothing is wrong."""
    start = worn_backbone(seed)
    held = {name for name in start.state_dict() if int(name.split(".")[0]) < num_parts}
    weights = {name for name, _ in start.named_parameters()}
    if _moved(run["untouched"], start, weights):
        return OTHER
    still = not _moved(run["untouched"], start, held - weights)
    truth = _true_run(num_parts, seed)
    if _same_run(run, truth) and not _moved(run["trained"], start, held):
        if not _close(run["eval_features"], truth["eval_features"]):
            return "eval-blocked"
        return None if still else "only-after-train"
    if not _moved(run["head"], first_head(seed)):
        return "no-gradients"
    for offset, name in ((-1, "one-part-less"), (1, "one-part-more")):
        if _same_run(run, _true_run(num_parts + offset, seed)):
            return name
    if _moved(run["trained"], start, held & weights):
        return "weights-learn"
    if _moved(run["trained"], start, held):
        return "eval-once" if still else "buffers-move"
    return _fault_behind(run, start, set(start.state_dict()) - held, seed)


def _fault_behind(run: Mapping[str, Any], start: nn.Module, free: set[str], seed: int) -> str:
    """Where the first parts hold what is stored in them."""
    weights = {name for name, _ in start.named_parameters()}
    if free and not _moved(run["trained"], start, free & weights):
        return "too-much-frozen"
    if free and not _moved(run["trained"], start, free - weights):
        return "rest-in-eval"
    in_batches = start.train()(pictures(seed))
    return "batch-statistics" if _close(run["features"], in_batches) else OTHER


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
        all(_close(run["trained"][name], value) for name, value in truth["trained"].items())
        and all(_close(run["head"][name], value) for name, value in truth["head"].items())
        and _close(run["features"], truth["features"])
    )


def pairing_fault(run: Mapping[str, Any], order_seed: int, seed: int) -> str | None:
    """Name of the wrong idea behind features and labels; None if nothing is wrong."""
    if run["with_graph"]:
        return "gradients"
    labels, numbers = torch.tensor(run["labels"]), picture_numbers(seed).float()
    rows, in_train_mode = _find_pictures(torch.tensor(run["features"]), seed)
    if rows is None:
        return OTHER
    pairs_fit = labels.equal(numbers[rows])
    if in_train_mode and pairs_fit:
        return "train-mode"
    if in_train_mode:
        generator = torch.Generator().manual_seed(order_seed)
        _, second = (torch.randperm(len(numbers), generator=generator) for _ in range(2))
        return "as-given" if labels.equal(numbers[second]) else "both-bugs"
    if not pairs_fit:
        return "labels-stay" if labels.equal(numbers) else "separate-orders"
    if len(rows.unique()) < len(rows):
        return "repeats"
    if _moved(run["backbone"], worn_backbone(seed)):
        return "drift"
    if run["inference"]:
        return "inference-tensors"
    return "not-shuffled" if labels.equal(numbers) else None


def _find_pictures(features: Tensor, seed: int) -> tuple[Tensor | None, bool]:
    """Which picture (N,) each row of features is of, and whether they are those of train mode."""
    images = pictures(seed)
    with torch.no_grad():
        in_train_mode = worn_backbone(seed).train()(images)
        backbone = worn_backbone(seed).eval()
        alone = torch.cat([backbone(image[None]) for image in images])
    for truth in (alone, in_train_mode):
        if features.shape == truth.shape:
            distances, rows = torch.cdist(features, truth).min(dim=1)
            if distances.max() < 1e-4:
                return rows, truth is in_train_mode
    return None, False


def training_fault(observed: Mapping[str, Any], seed: int) -> str | None:
    """Name of the wrong idea behind a ``training_run``; None if nothing is wrong."""
    start = model_to_train(seed)
    state = observed["state"]
    if observed["error"]:
        return _error_fault(observed["error"], start, state)
    weights = {f"backbone.{name}" for name, _ in start.backbone.named_parameters()}
    buffers = {f"backbone.{name}" for name, _ in start.backbone.named_buffers()}
    moves = _moved(state, start, buffers)
    if _moved(state, start, weights):
        if not observed["backbone_may_learn"]:
            return "frozen-too-late"
        return "never-frozen" if moves else "weights-learn"
    if moves:
        return "statistics-move" if all(observed["modes"]) else "eval-undone"
    return _head_fault(observed, start, seed)


def _error_fault(error: str, start: nn.Module, state: Mapping[str, list]) -> str:
    if "does not require grad" not in error and "empty parameter list" not in error:
        return OTHER
    return "as-given" if _moved(state, start) else "head-frozen-too"


def _head_fault(observed: Mapping[str, Any], start: nn.Module, seed: int) -> str | None:
    state, features = observed["state"], start.eval().backbone(training_task(seed)[0]).detach()
    truth = _trained_head(start, features, seed)
    if all(_close(state[f"head.{name}"], value) for name, value in truth.items()):
        return None
    if not _moved(state, start):
        return "wrong-optimizer" if observed["head_has_gradient"] else "error-silenced"
    if not _moved(state, start, ["head.weight"]):
        return "bias-only"
    if observed["features"] and not _close(observed["features"], features):
        return "dropout-on"
    return OTHER


@torch.enable_grad()
def _trained_head(start: nn.Module, features: Tensor, seed: int) -> Tensors:
    """The head after steps of torch's own SGD on features that never change."""
    _, labels, rate, num_steps = training_task(seed)
    head = nn.Linear(features.shape[1], start.head.out_features)
    head.load_state_dict(start.head.state_dict())
    optimizer = torch.optim.SGD(head.parameters(), rate)
    for _ in range(num_steps):
        optimizer.zero_grad()
        F.cross_entropy(head(features), labels).backward()
        optimizer.step()
    return head.state_dict()


def _moved(state: Mapping[str, list], start: nn.Module, names: Iterable[str] | None = None) -> bool:
    """Whether one bit differs; of everything unless ``names`` says of what."""
    before = start.state_dict()
    names = before if names is None else names
    return any(not torch.equal(_like(state[name], before[name]), before[name]) for name in names)


def _like(values: Any, other: Tensor) -> Tensor:
    return torch.tensor(values, dtype=other.dtype)


def _close(values: Any, truth: Any) -> bool:
    """Whether all numbers are the same, but for rounding."""
    values, truth = (torch.as_tensor(part, dtype=torch.float64) for part in (values, truth))
    return values.shape == truth.shape and torch.allclose(values, truth, rtol=1e-4, atol=1e-5)
