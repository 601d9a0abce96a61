"""Small models and trainings by which the checks of lesson 03 see what moves and what is held."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, call, wrong
from course_utils.exercises.plain_data import state_of
from course_utils.models.classifier import Classifier
from course_utils.models.residual import ResidualBlock, convolution

NUM_IMAGES = 12
NUM_CLASSES = 3
NUM_FEATURES = 6


def worn_backbone(seed: int) -> nn.Sequential:
    """A backbone of six parts, in train mode, with running statistics as after a pretraining."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _wear(
            nn.Sequential(
                convolution(1, 4),
                ResidualBlock(4),
                convolution(4, NUM_FEATURES, stride=2),
                ResidualBlock(NUM_FEATURES),
                nn.AdaptiveAvgPool2d(1),
                nn.Flatten(),
            )
        )


def pictures(seed: int) -> Tensor:
    """Pictures (N, 1, 8, 8), each brighter than the one before, so that features lie apart."""
    generator = torch.Generator().manual_seed(seed + 1)
    brightness = torch.linspace(0.2, 2, NUM_IMAGES)[:, None, None, None]
    return brightness * torch.rand(NUM_IMAGES, 1, 8, 8, generator=generator)


def picture_numbers(seed: int) -> Tensor:
    """Labels (N,), another one for each picture."""
    return torch.randperm(NUM_IMAGES, generator=torch.Generator().manual_seed(seed + 2))


def first_head(seed: int) -> nn.Linear:
    """The head that ``freezing_run`` trains on the backbone, as it is before."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + 3)
        return nn.Linear(NUM_FEATURES, NUM_CLASSES)


def freezing_run(
    freeze_first: Callable[..., Any], num_parts: int, seed: int
) -> dict[str, Any] | Feedback:
    """What becomes of a backbone that ``freeze_first`` was given.

    Returns:
        ``untouched``, its state after a forward pass before anybody called ``train()``; then
        ``eval_features`` of all pictures after ``eval()`` and ``features`` after ``train()``;
        after steps of SGD over all its weights and a head, the states ``trained`` and ``head``;
        and its states after a forward pass once ``train()`` was called on each of its parts alone
        (``parts_woken``), then also on each part within these (``all_woken``).
    """
    backbone = worn_backbone(seed)
    answer = call(freeze_first, backbone, num_parts)
    return answer if isinstance(answer, Feedback) else call(_follow, answer, seed)


def _follow(backbone: Any, seed: int) -> dict[str, Any] | Feedback:
    start, images = worn_backbone(seed).state_dict(), pictures(seed)
    if not isinstance(backbone, nn.Module) or backbone.state_dict().keys() != start.keys():
        return wrong("Return the backbone itself, with its parts where they are.", "no-backbone")
    backbone(images)
    untouched = state_of(backbone)
    backbone.load_state_dict(start)
    eval_features = backbone.eval()(images).tolist()
    backbone.load_state_dict(start)
    run = {"untouched": untouched, "eval_features": eval_features}
    run |= _learn_on_top(backbone, images, seed)
    for name, parts in (("parts_woken", backbone.children()), ("all_woken", backbone.modules())):
        backbone.load_state_dict(start)
        run[name] = _state_when_woken(backbone, parts, images)
    return run


def _state_when_woken(
    backbone: nn.Module, parts: Iterable[nn.Module], images: Tensor
) -> dict[str, Any]:
    """The state after a forward pass once ``train()`` was called on each of these parts."""
    for part in parts:
        if part is not backbone:
            part.train()
    backbone(images)
    return state_of(backbone)


def _learn_on_top(backbone: nn.Module, images: Tensor, seed: int) -> dict[str, Any]:
    head, labels = first_head(seed), torch.arange(len(images)) % NUM_CLASSES
    optimizer = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.1)
    first_features = None
    for _ in range(3):
        backbone.train()  # as loops do at every epoch
        features = backbone(images)
        if first_features is None:
            first_features = features.tolist()
        loss = F.cross_entropy(head(features), labels)
        if loss.requires_grad:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return {"features": first_features, "trained": state_of(backbone), "head": state_of(head)}


class NotedParts(nn.Sequential):
    """Parts in a row that note each mode they are put in, True for train mode."""

    def __init__(self, *parts: nn.Module) -> None:
        super().__init__(*parts)
        self.modes: list[bool] = []

    def train(self, mode: bool = True) -> "NotedParts":
        """Put all parts in train mode, or in eval mode."""
        self.modes.append(bool(mode))
        return super().train(mode)


def model_to_train(seed: int) -> Classifier:
    """A pretrained backbone with batch norm and dropout, and a new head on its 12 features."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        backbone = NotedParts(
            nn.Flatten(), nn.Linear(16, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.3)
        )
        backbone.num_features = 12
        return _wear(Classifier(backbone, NUM_CLASSES))


def training_task(seed: int) -> tuple[Tensor, Tensor, float, int]:
    """Pictures (24, 1, 4, 4), their labels, a learning rate and a number of steps."""
    generator = torch.Generator().manual_seed(seed + 1)
    labels = torch.randint(NUM_CLASSES, (24,), generator=generator)
    centres = 2 * torch.randn(NUM_CLASSES, 1, 4, 4, generator=generator)
    images = centres[labels] + torch.randn(24, 1, 4, 4, generator=generator)
    return images, labels, 0.5, 4 + seed % 3


def training_run(train: Callable[..., Any], seed: int) -> dict[str, Any] | Feedback:
    """What becomes of a model whose head ``train`` is to train.

    Returns:
        The model's ``state`` and the ``error`` that stopped the training, empty if none did. Only
        to choose a hint by: the ``features`` of the last pass, the ``modes`` that the backbone was
        put in, and whether ``head_may_learn`` and ``backbone_may_learn`` afterwards.
    """
    model, passes = model_to_train(seed), []
    names = model.state_dict().keys()
    model.backbone.register_forward_hook(lambda _, given, result: passes.append(result.tolist()))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        answer = call(train, model, *training_task(seed))
    if not isinstance(answer, Feedback):
        return call(_take_down, answer, names, passes)
    if answer.misconception != "error":
        return answer
    stopped = call(_take_down, model, names, passes)
    return stopped if isinstance(stopped, Feedback) else {**stopped, "error": answer.message}


def _take_down(model: Any, names: Collection[str], passes: list) -> dict[str, Any] | Feedback:
    if not isinstance(model, nn.Module) or model.state_dict().keys() != names:
        return wrong("Return the model itself, with its backbone and its head.", "no-model")
    return {
        "error": "",
        "state": state_of(model),
        "features": passes[-1] if passes else [],
        "modes": [bool(mode) for mode in model.backbone.modes],
        "head_may_learn": model.head.weight.requires_grad,
        "backbone_may_learn": any(w.requires_grad for w in model.backbone.parameters()),
    }


def _wear(model: nn.Module) -> nn.Module:
    # Drawn, not gathered from pictures: that gives the same bits on every machine, so that whoever
    # judges can make the same model again and compare bit by bit.
    for part in model.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.running_mean.uniform_(-0.3, 0.3)
            part.running_var.uniform_(0.5, 2)
            nn.init.uniform_(part.bias, 0.2, 0.8)  # so that no layer is dead
    return model
