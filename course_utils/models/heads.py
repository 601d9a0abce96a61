"""A linear head on features that are kept: trained in a moment, on all examples at once."""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.data.examples import LabelledImages
from course_utils.models.side_by_side import seeded


def fit_linear(
    features: LabelledImages, rate: float = 0.01, seed: int = 0, num_steps: int = 100
) -> nn.Linear:
    """A linear head after some steps of Adam, each on all examples.

    Args:
        features: Their ``images`` are features (N, D).
        rate: Step size of Adam.
        seed: Of the first weights; other random numbers stay as they were.
        num_steps: Optimizer updates.
    """
    with seeded(seed):
        head = nn.Linear(features.images.shape[1], features.num_classes)
    optimizer = torch.optim.Adam(head.parameters(), lr=rate)
    for _ in range(num_steps):
        loss = F.cross_entropy(head(features.images), features.labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head


def fit_converged(
    features: LabelledImages, penalty: float, seed: int = 0, max_iter: int = 1000
) -> nn.Linear:
    """A linear head with the least penalised loss (lesson 06, section 5), by L-BFGS.

    Args:
        features: Their ``images`` are features (N, D).
        penalty: Times the sum of the squared weights, it is added to the mean loss.
        seed: Of the first weights; other random numbers stay as they were.
        max_iter: Iterations at most.
    """
    with seeded(seed):
        head = nn.Linear(features.images.shape[1], features.num_classes)
    optimizer = torch.optim.LBFGS(
        head.parameters(), max_iter=max_iter, tolerance_grad=1e-3, line_search_fn="strong_wolfe"
    )

    def penalised_loss() -> torch.Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(head(features.images), features.labels)
        loss = loss + penalty * head.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(penalised_loss)
    return head
