"""The change that LoRA learns for one linear layer, and the layer that carries such changes.

Source: Hu and others, "LoRA: Low-Rank Adaptation of Large Language Models" (2021), section 4.1.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LowRank(nn.Module):
    """What is added to the answer of a linear layer: alpha / rank times B A x.

    ``b`` is zero at first, so nothing changes before the first step.

    Args:
        layer: It stays as it is; only its sizes count, its device and its dtype.
        rank: Rows of A and columns of B.
        alpha: With it the learning rate need not follow the rank.
    """

    def __init__(self, layer: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        like = {"device": layer.weight.device, "dtype": layer.weight.dtype}
        self.a = nn.Parameter(torch.empty(rank, layer.in_features, **like))
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank, **like))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))  # as torch draws those of nn.Linear
        self.rank, self.alpha = rank, alpha

    def forward(self, features: Tensor) -> Tensor:
        """(..., in_features) to (..., out_features)."""
        return self.alpha / self.rank * F.linear(F.linear(features, self.a), self.b)

    def extra_repr(self) -> str:
        """What the weights do not tell; the key of kept features depends on it."""
        return f"rank={self.rank}, alpha={self.alpha}"

    def change(self) -> Tensor:
        """The same as one matrix, (out_features, in_features), of rank ``rank`` at most."""
        return self.alpha / self.rank * self.b @ self.a


class AdaptedLinear(nn.Module):
    """A linear layer that stays as it is, and changes by name, of which one at most is in use.

    Args:
        base: The layer.
    """

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.changes = nn.ModuleList()
        self.names: list[str] = []  # of the changes; torch's own lists by name refuse some words
        self.in_use: str | None = None
        self.strength = 1.0

    def forward(self, features: Tensor) -> Tensor:
        """What the layer answers, and the change in use added to it."""
        answers = self.base(features)
        if self.in_use is None:
            return answers
        return answers + self.strength * self[self.in_use](features)

    def __getitem__(self, name: str) -> LowRank:
        """The change of that name."""
        return self.changes[self.names.index(name)]

    def add(self, name: str, change: LowRank) -> None:
        """Keep ``change`` under a new name."""
        self.changes.append(change)
        self.names.append(name)

    def use(self, name: str | None, strength: float) -> None:
        """Have one change answer and learn, so many times as strong, and the others rest.

        None, or a name that is not here, leaves the base alone.
        """
        self.in_use, self.strength = (name if name in self.names else None), strength
        for other, change in zip(self.names, self.changes, strict=True):
            change.requires_grad_(other == name)

    def extra_repr(self) -> str:
        """As above."""
        return f"in_use={self.in_use!r}, strength={self.strength}"

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        """The base with the change in use added to its own weights; it is changed by that."""
        if self.in_use is not None:
            self.base.weight += self.strength * self[self.in_use].change()
        return self.base
