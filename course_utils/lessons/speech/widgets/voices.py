"""A classifier that answers at once for any choice of training voices: ridge, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.sounds.examples import LabelledSounds

RIDGE = 0.01  # added to the squares on the diagonal, as a share of their mean


@dataclass(frozen=True)
class VoiceTable:
    """What a linear classifier needs of each voice, so that it learns from any of them at once.

    It is fitted by least squares to 1 for the true class and 0 for the others, with a small penalty
    on large weights. Sums over examples are sums over voices, so they are kept for each voice.

    Args:
        squares: (V, D + 1, D + 1), float64, sums over training takes of input times input; the
            last input is 1.
        products: (V, D + 1, K), the same of input times target.
        tests: (V, N, D + 1), the test takes.
        labels: (V, N), their classes.
    """

    squares: Tensor
    products: Tensor
    tests: Tensor
    labels: Tensor

    def accuracies(self, training: Tensor) -> Tensor:
        """The share of each voice's test takes (V,) that is right.

        Args:
            training: (V,), bool: the voices whose training takes it learns from, at least one.
        """
        squares, products = self.squares[training].sum(0), self.products[training].sum(0)
        size = len(squares) - 1
        penalty = torch.full_like(squares.diagonal(), RIDGE * squares.diagonal()[:size].mean())
        penalty[size] = 0  # not on the constant: that would pull all answers to 0
        weights = torch.linalg.solve(squares + penalty.diag(), products)  # (D + 1, K)
        found = (self.tests @ weights).argmax(dim=2)
        return (found == self.labels).double().mean(dim=1)


def tabulate(sounds: LabelledSounds, inputs: Tensor, num_test_takes: int) -> VoiceTable:
    """The sums of each voice.

    Args:
        sounds: N, with speakers and takes, each speaker with as many.
        inputs: (N, ...), what the classifier sees of each.
        num_test_takes: Of each word by each voice, the last ones, on which nothing learns.
    """
    rows = inputs.detach().cpu().flatten(1).double()
    rows = torch.cat([rows, torch.ones(len(rows), 1, dtype=torch.float64)], dim=1)
    targets = torch.eye(sounds.num_classes, dtype=torch.float64)[sounds.labels]
    is_test = sounds.takes > sounds.takes.max() - num_test_takes
    squares, products, tests, labels = [], [], [], []
    for speaker in range(len(sounds.speaker_names)):
        own = sounds.speakers == speaker
        seen, unseen = rows[own & ~is_test], own & is_test
        squares.append(seen.T @ seen)
        products.append(seen.T @ targets[own & ~is_test])
        tests.append(rows[unseen])
        labels.append(sounds.labels[unseen])
    return VoiceTable(*(torch.stack(each) for each in (squares, products, tests, labels)))
