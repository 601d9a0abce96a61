"""One process that trains on the joint batches: what several processes are compared with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.training import train_one_epoch

OPTIMIZERS = {"SGD": partial(torch.optim.SGD, momentum=0.9), "AdamW": torch.optim.AdamW}
State = Mapping[str, Tensor]
MakeOptimizer = Callable[[Iterator[nn.Parameter]], Optimizer]


@dataclass(frozen=True)
class Way:
    """One way to train, the same for one process and for several.

    Attributes:
        optimizer: One of ``OPTIMIZERS``; SGD has a momentum of 0.9.
        rate: Learning rate.
        bits: Of each number, 32 or 64.
        holds_norms: Whether batch norm takes the statistics that it has learned before, as in eval
            mode; else those of the pictures that it is given at a time.
    """

    optimizer: str = "SGD"
    rate: float = 0.01
    bits: int = 32
    holds_norms: bool = True

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS or self.bits not in (32, 64):
            raise ValueError(
                f"optimizer must be one of {', '.join(OPTIMIZERS)} and bits 32 or 64, got "
                f"{self.optimizer!r} and {self.bits}"
            )

    @property
    def make_optimizer(self) -> MakeOptimizer:
        """From parameters to an optimizer of them."""
        return partial(OPTIMIZERS[self.optimizer], lr=self.rate)

    def images(self, images: Tensor) -> Tensor:
        """``images`` in as many bits."""
        return images.to(self._dtype)

    def begin(self, data: Mapping[str, Any]) -> Classifier:
        """A network with the weights of ``data`` (see ``as_data``), ready to be trained."""
        model = from_data(data).to(self._dtype)
        return hold_norms(model) if self.holds_norms else model.train()

    @property
    def _dtype(self) -> torch.dtype:
        return getattr(torch, f"float{self.bits}")


# The ways of the lesson. AdamW divides by the size of past gradients, so it makes more of rounding.
WAYS = {
    "held, SGD, 32 bits": Way(),
    "held, SGD, 64 bits": Way(bits=64),
    "held, AdamW, 32 bits": Way("AdamW", 1e-3),
    "held, AdamW, 64 bits": Way("AdamW", 1e-3, bits=64),
    "live, SGD, 32 bits": Way(holds_norms=False),
    "live, SGD, 64 bits": Way(bits=64, holds_norms=False),
}


def as_data(model: Classifier) -> dict[str, Any]:
    """Sizes and weights of a classifier, to be written to a file.

    Raises:
        ValueError: If its backbone is not one of the workbook's own, which are made from sizes.
    """
    backbone = model.backbone
    if not isinstance(backbone, Backbone):
        raise ValueError(
            "several processes are shown with a Backbone of this workbook, such as "
            f'load_backbone("letters"), got {type(backbone).__name__}'
        )
    sizes = {name: getattr(backbone, name) for name in ("in_channels", "width", "input_size")}
    state = {name: value.detach().cpu() for name, value in model.state_dict().items()}
    return {"backbone": sizes, "num_classes": model.head.out_features, "state": state}


def from_data(data: Mapping[str, Any]) -> Classifier:
    """The classifier that ``as_data`` was given, where its weights lie."""
    model = Classifier(Backbone(**data["backbone"]), data["num_classes"])
    model.load_state_dict(data["state"])
    return model.to(data["state"]["head.weight"].device)


def hold_norms(model: nn.Module) -> nn.Module:
    """Put ``model`` in train mode, but its batch norms in eval mode; their weights still learn."""
    model.train()
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()
    return model


def train_on_joint_batches(
    data: Mapping[str, Any], way: Way, images: Tensor, labels: Tensor, batch_size: int
) -> dict[str, Tensor]:
    """The weights and buffers after one pass over the pictures, in batches as they stand.

    Args:
        data: The network, as ``as_data`` gives it.
        way: How to train.
        images: (N, C, H, W), N a multiple of ``batch_size``.
        labels: (N,).
        batch_size: Pictures of a step.
    """
    model = way.begin(data)
    batches = zip(way.images(images).split(batch_size), labels.split(batch_size), strict=True)
    train_one_epoch(model, batches, way.make_optimizer(model.parameters()))
    return model.state_dict()


def weights_apart(one: State, other: State, start: State) -> float:
    """How far two trained networks are apart, as a share of the way that the second one went.

    Args:
        one: What the first one came to, by name; only what learns counts.
        other: The same of the training to compare with.
        start: With what both began.

    Raises:
        ValueError: If the second one has not moved: there is nothing to compare with.
    """
    reached = weights_of(other)
    if (moved := (reached - weights_of(start)).norm()) == 0:
        raise ValueError("the weights are those of the start: was nothing trained?")
    return ((weights_of(one) - reached).norm() / moved).item()


def weights_of(state: State) -> Tensor:
    """All that learns, in one row, in 64 bits."""
    return _row(state, "weight", "bias")


def statistics_of(state: State) -> Tensor:
    """The running means and variances of all batch norms, in one row, in 64 bits."""
    return _row(state, "running_mean", "running_var")


def _row(state: State, *endings: str) -> Tensor:
    chosen = (value for name, value in state.items() if name.endswith(endings))
    return torch.cat([value.detach().flatten().double() for value in chosen])
