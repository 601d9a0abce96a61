"""The loss of a model with a few weights as a landscape, and many descents on it at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.lessons.pretraining_loss.optimizers import Memory

PLACES_AT_ONCE = 32  # whose logits are in memory together

Optimizer = Callable[[Tensor, Memory], Tensor]  # as in ``optimizers``


@dataclass(frozen=True)
class Landscape:
    """The mean cross-entropy of the logits ``scores @ theta``, over theta.

    Args:
        scores: What each weight is multiplied with, (N, K, J).
        labels: Right classes, (N,).
    """

    scores: Tensor
    labels: Tensor

    def losses_at(self, places: Tensor) -> Tensor:
        """Loss in nats at each of ``places`` (..., J), as (...)."""
        of_label = self.scores[torch.arange(len(self.labels)), self.labels].mean(dim=0)  # (J,)
        found = []
        for some in places.reshape(-1, places.shape[-1]).split(PLACES_AT_ONCE):
            normalizers = (self.scores @ some.T).logsumexp(dim=1).mean(dim=0)  # (places,)
            found.append(normalizers - some @ of_label)
        return torch.cat(found).reshape(places.shape[:-1])

    def losses_along(
        self, paths: Mapping[float, Mapping[str, Tensor]]
    ) -> dict[float, dict[str, Tensor]]:
        """Loss in nats at each place of ``paths``, by learning rate and by name."""
        return {
            rate: {name: self.losses_at(path) for name, path in of.items()}
            for rate, of in paths.items()
        }

    def surface(
        self, far: Tensor, size: tuple[int, int] = (28, 24)
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Loss over a grid of two weights.

        Args:
            far: The largest value of each weight, (2,); the smallest is 0.
            size: How many values of each weight, X and Y.

        Returns:
            Values of the first weight (X,), of the second (Y,), and the loss in nats (Y, X).
        """
        a, b = (torch.linspace(0, end, n) for end, n in zip(far.tolist(), size, strict=True))
        grid = torch.stack(torch.meshgrid(a, b, indexing="xy"), dim=-1)  # (Y, X, 2)
        return a, b, self.losses_at(grid)

    def descend_many(self, rows: Tensor, rates: Sequence[float], optimizer: Optimizer) -> Tensor:
        """Descents from zero, all at once, each with examples of its own.

        Args:
            rows: Examples of each descent and step, (R, steps, B).
            rates: The learning rate of each step.
            optimizer: Says which way each step goes; treats every number by itself.

        Returns:
            Weights from the start on, (R, steps + 1, J).

        Raises:
            ValueError: If there is not one rate per step.
        """
        if len(rates) != rows.shape[1]:
            raise ValueError(f"got {len(rates)} rates for {rows.shape[1]} steps")
        theta = torch.zeros(len(rows), self.scores.shape[-1])
        one_hot = F.one_hot(self.labels, self.scores.shape[1])
        memory, path = {}, [theta]
        for step, rate in enumerate(rates):
            seen = self.scores[rows[:, step]]  # (R, B, K, J)
            logits = (seen @ theta[:, None, :, None]).squeeze(-1)  # (R, B, K)
            residual = logits.softmax(dim=2) - one_hot[rows[:, step]]
            gradient = (residual[..., None] * seen).sum(dim=2).mean(dim=1)  # (R, J)
            theta = theta - rate * optimizer(gradient, memory)
            path.append(theta)
        return torch.stack(path, dim=1)

    def paths(
        self, rows: Tensor, rates: Sequence[float], optimizers: Mapping[str, Optimizer]
    ) -> dict[float, dict[str, Tensor]]:
        """One descent with each constant rate and optimizer, (steps + 1, J).

        Args:
            rows: Examples of each step, the same for all, (steps, B).
            rates: Learning rates.
            optimizers: By name.
        """
        return {
            rate: {
                name: self.descend_many(rows[None], [rate] * len(rows), optimizer)[0]
                for name, optimizer in optimizers.items()
            }
            for rate in rates
        }

    def end_losses(
        self, rows: Tensor, rates: Sequence[float], optimizers: Mapping[str, Optimizer]
    ) -> dict[str, Tensor]:
        """Losses in nats where ``descend_many`` ends, by name of the optimizer, (R, rates)."""
        losses = {}
        for name, optimizer in optimizers.items():
            ends = [
                self.descend_many(rows, [rate] * rows.shape[1], optimizer)[:, -1] for rate in rates
            ]
            losses[name] = self.losses_at(torch.stack(ends, dim=1))
        return losses
