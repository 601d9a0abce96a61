"""What the exercises of lesson 04 are tried on, and what there is to see of it afterwards."""

import warnings
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from course_utils.exercises.feedback import Feedback, wrong
from course_utils.models.classifier import Classifier
from course_utils.models.residual import convolution

OLD_CLASSES = 3  # of the model whose head is to be replaced
DUPLICATES = ".*duplicate parameters"  # what torch warns of if a group holds weights twice
# Flat weights of "head" and "backbone", flat "statistics" of batch norm; and, only to put a name to
# a mistake, whether the backbone "learns": whether autograd sees all of it.
Snapshot = dict[str, list[float] | bool]


def small_model(seed: int, num_classes: int = OLD_CLASSES) -> Classifier:
    """A classifier in train mode whose backbone has weights and statistics as if pretrained."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1000 + seed)
        backbone = nn.Sequential(
            convolution(1, 4), convolution(4, 6, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        backbone.num_features = 6
        for part in backbone.modules():
            if isinstance(part, nn.BatchNorm2d):
                nn.init.uniform_(part.weight, 0.8, 1.5)
                nn.init.normal_(part.bias, std=0.2)
                nn.init.normal_(part.running_mean, std=0.2)
                nn.init.uniform_(part.running_var, 0.2, 0.6)
        return Classifier(backbone, num_classes).train()


def small_task(seed: int, num_classes: int) -> tuple[Tensor, Tensor]:
    """Pictures (24, 1, 6, 6) around one centre per class, and labels (24,)."""
    generator = torch.Generator().manual_seed(2000 + seed)
    labels = torch.arange(24) % num_classes
    centres = torch.randn(num_classes, 1, 6, 6, generator=generator)
    return centres[labels] + torch.randn(24, 1, 6, 6, generator=generator), labels


def group_cases(seed: int) -> list[tuple[int, float]]:
    """Number of classes and rate of the head, for each call of ``slow_backbone``."""
    return [(3, 0.5 + 0.1 * (seed % 4)), (5, 0.03)]


def new_head_cases(seed: int) -> list[tuple[int, float]]:
    """Number of classes and rate, for each call of ``prepare``."""
    return [(5, 0.2 + 0.05 * (seed % 4)), (4, 0.04)]


def stage_cases(seed: int) -> list[tuple[int, int, float]]:
    """Steps of the head, steps of all, and rate of the head: stage one alone, both, both anew."""
    rate = 0.4 + 0.1 * (seed % 3)
    return [(4, 0, rate), (4, 3, rate), (2, 5, 0.15)]


def take_step(model: nn.Module, optimizer: Optimizer, images: Tensor, labels: Tensor) -> None:
    """One update in train mode, of the mean cross-entropy."""
    model.train()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()


def holds_twice(optimizer: Optimizer) -> bool:
    """Whether some weights are in its groups more than once."""
    held = [id(weights) for group in optimizer.param_groups for weights in group["params"]]
    return len(set(held)) < len(held)


def snapshot(model: Any) -> Snapshot | Feedback:
    """The numbers that ``model`` consists of, or feedback where it is no classifier any more."""
    try:
        return {
            "head": _flat(model.head.parameters()),
            "backbone": _flat(model.backbone.parameters()),
            "statistics": _flat(model.backbone.buffers()),
            "learns": all(bool(part.requires_grad) for part in model.backbone.parameters()),
        }
    except Exception as error:
        return wrong(f"This is no model with a head and a backbone ({error}).", "not-a-model")


def _flat(tensors: Any) -> list[float]:
    return [float(number) for tensor in tensors for number in tensor.detach().flatten().tolist()]


def after_one_step(
    model: Classifier, answer: Any, images: Tensor, labels: Tensor
) -> dict[str, Any] | Feedback:
    """A snapshot after one step of SGD with the groups in ``answer``, or why torch refuses them."""
    try:
        groups = answer.param_groups if isinstance(answer, Optimizer) else answer
        plain = [{"params": group["params"], "lr": float(group["lr"])} for group in groups]
    except Exception:  # whatever was returned
        return wrong("Return a list of dictionaries with the keys params and lr.", "not-groups")
    try:
        with warnings.catch_warnings():  # a warning would be shown, and tell nobody else
            warnings.filterwarnings("error", DUPLICATES)
            optimizer = SGD(plain)
    except Exception as error:
        return {"refused": str(error)}
    try:
        take_step(model, optimizer, images, labels)
    except Exception as error:
        return wrong(f"A step with your groups stops with {error}", "error")
    return snapshot(model)


def watch_steps(
    model: Classifier, optimizer: Optimizer, images: Tensor, labels: Tensor
) -> dict[str, Any] | Feedback:
    """Snapshots before, and after one and two steps; and the error that stopped them, if any."""
    found, stopped = [snapshot(model)], None
    try:
        for _ in range(2):
            take_step(model, optimizer, images, labels)
            found.append(snapshot(model))
    except Exception as error:  # a head that does not fit, say
        stopped = f"{type(error).__name__}: {error}"
    faults = [one for one in found if isinstance(one, Feedback)]
    return faults[0] if faults else {"snapshots": found, "stopped": stopped}
