"""Where the gradients of batches lie beside the true one, in float32 and in bfloat16."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.lessons.scaling_up.parts import gradient
from course_utils.models.classifier import Classifier

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
FEWEST = 8  # pictures in the smallest batch
DRAWS = 8  # batches of each size; those of all pictures are one


@dataclass(frozen=True)
class BatchGradients:
    """Gradients of batches of some of N pictures, measured by the true one: that of all of them.

    Args:
        places: By precision and batch size, (draws, 2): how far a gradient goes along the true one
            and across it, as shares of the true one's length. The true one is at (1, 0).
        moved: By batch size, (draws,): the difference between bfloat16 and float32 on one batch, as
            a share of the true one's length.
    """

    places: Mapping[str, Mapping[int, Tensor]]
    moved: Mapping[int, Tensor]

    @property
    def sizes(self) -> list[int]:
        """Batch sizes, ascending; the last one is N."""
        return list(self.moved)

    def lengths(self, precision: str, size: int) -> Tensor:
        """Lengths (draws,) as shares of the true one's."""
        return self.places[precision][size].norm(dim=1)

    def angles(self, precision: str, size: int) -> Tensor:
        """Angles (draws,) to the true one, in degrees."""
        along, across = self.places[precision][size].T
        return torch.rad2deg(torch.atan2(across, along))

    def errors(self, precision: str, size: int) -> Tensor:
        """Differences (draws,) from the true one, as shares of its length."""
        return (self.places[precision][size] - torch.tensor([1.0, 0.0]).double()).norm(dim=1)


def measure(model: Classifier, images: Tensor, labels: Tensor) -> BatchGradients:
    """Gradients of ``DRAWS`` batches of each size, on a CPU.

    It takes about two seconds for the workbook's own network and 359 digits of 8 by 8. Give fewer
    pictures to a larger one: a ResNet-18 takes ten times as long for 64 of 32 by 32.

    Batch norm is held: it answers by its running statistics. The true gradient is computed in 64
    bits. The batches of one draw are the beginnings of one random order of the pictures.

    Args:
        model: All its weights count, frozen ones too; it is left as it is.
        images: (N, C, H, W), at least 9.
        labels: (N,).

    Raises:
        ValueError: If there are too few pictures, or not as many labels, or the true gradient is 0.
    """
    if images.ndim != 4 or len(images) != len(labels) or len(images) <= FEWEST:
        raise ValueError(
            f"images must be (N, C, H, W), at least {FEWEST + 1}, with a label for each; got "
            f"{tuple(images.shape)} and {len(labels)} labels"
        )
    model, images, labels = deepcopy(model).cpu().eval(), images.cpu(), labels.cpu()
    model.requires_grad_(True)
    true = _whole(deepcopy(model).double(), images.double(), labels)
    if not 0 < true.norm() < torch.inf:
        raise ValueError(f"the gradient of all pictures has length {true.norm()}: nothing to learn")
    orders = [
        torch.randperm(len(images), generator=torch.Generator().manual_seed(draw))
        for draw in range(DRAWS)
    ]
    places: dict[str, dict[int, Tensor]] = {precision: {} for precision in PRECISIONS}
    moved = {}
    for size in _sizes(len(images)):
        batches = [order[:size] for order in (orders if size < len(images) else orders[:1])]
        rows = [_in_each_precision(model, images[batch], labels[batch]) for batch in batches]
        for precision in PRECISIONS:
            places[precision][size] = torch.stack([_place(row[precision], true) for row in rows])
        apart = [(row["bfloat16"] - row["float32"]).norm() / true.norm() for row in rows]
        moved[size] = torch.stack(apart)
    return BatchGradients(places, moved)


def _sizes(num_images: int) -> list[int]:
    """8, 16, 32 and so on, and all."""
    doubled = [FEWEST << k for k in range(num_images.bit_length())]
    return [size for size in doubled if size < num_images] + [num_images]


def _in_each_precision(model: Classifier, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
    found = {}
    for name, precision in PRECISIONS.items():
        model.backbone.precision = precision
        found[name] = _whole(model, images, labels)
    return found


def _whole(model: Classifier, images: Tensor, labels: Tensor) -> Tensor:
    """The gradient of the mean loss of all pictures at once, in 64 bits."""
    return gradient(model, images, labels, [len(images)], [1.0]).double()


def _place(one: Tensor, true: Tensor) -> Tensor:
    """How far ``one`` goes along ``true`` and across it, (2,), in lengths of ``true``."""
    along = one @ true / true.norm()
    across = (one - along * true / true.norm()).norm()
    return torch.stack([along, across]) / true.norm()
