"""Inputs of the exercises of lesson 05: nasty ones that stay, and others that the seed draws."""

import numpy as np
import torch
from torch import Tensor

LossCurves = tuple[list[float], list[float], int]  # training losses, validation losses, patience
Votes = tuple[np.ndarray, np.ndarray]  # (K, v) and (K, n) bool: whether right, and on which set

LOSSES: tuple[LossCurves, ...] = (
    ([9.0, 8, 7, 6, 5, 4], [5.0, 4, 3, 4, 5, 6], 2),
    ([9.0, 8, 7, 6, 5, 4], [5.0, 3, 4, 2, 4, 5], 2),  # a rise that patience outlives
    ([9.0, 8, 7, 6, 5, 4, 3], [5.0, 3, 4, 4, 4, 4, 1], 2),  # the lowest loss comes after the stop
    ([9.0, 8, 7, 6, 5], [5.0, 3, 3, 4, 5], 3),  # a tie
    ([9.0, 8, 7, 6, 5], [5.0, 3, 4, 2, 6], 1),
    ([9.0, 8, 7, 6], [5.0, 4, 3, 2], 3),  # never stopped
    ([9.0, 8, 7, 6], [5.0, 3, 4, 4], 3),  # never stopped, and the last epoch is not the lowest
    ([9.0], [5.0], 2),
    ([9.0, 8, 7, 6, 5, 4], [5.0, 4, 4, 4, 3, 9], 2),  # ties do not start the count again
    ([9.0, 8, 7, 6, 5, 4], [5.0, 3, 6, 5, 4, 2], 2),  # falls that are no new lowest
    ([9.0, 8, 7, 6, 5, 4, 3], [5.0, 6, 4, 5, 3, 6, 7], 2),  # each new lowest starts a new count
)
# Confusion matrices: a row for each true class. Every class has examples and is named.
MATRICES = (
    ((50, 2, 1), (3, 20, 2), (9, 1, 30)),
    ((90, 5, 5), (1, 3, 0), (8, 6, 46)),  # the smallest class has neither the lowest recall
    ((24, 8, 0), (2, 36, 10), (0, 12, 36)),  # a tie, also of shares of all 128
    ((40, 0, 0, 0), (6, 4, 2, 0), (0, 0, 25, 5), (3, 0, 1, 60)),  # lowest recall, precision 1
    ((12, 3), (6, 70)),
    ((0, 4, 1), (2, 30, 1), (0, 3, 40)),  # a class that is never recognised
)
# Counts of examples: both right, only A, only B, neither.
TABLES = (
    *((250, 30, 10, 10), (280, 9, 3, 8), (100, 6, 0, 4), (100, 5, 0, 5), (880, 12, 28, 80)),
    *((100, 15, 7, 20), (500, 0, 0, 20), (50, 1, 8, 3), (400, 60, 45, 300), (20, 15, 15, 20)),
    # p near 0.05, and few coins: where other tests decide otherwise.
    *((100, 16, 6, 10), (100, 13, 4, 10), (100, 13, 5, 10), (100, 4, 0, 6)),
    # Differences so large that intervals of the two accuracies lie apart, and half as large.
    *((300, 60, 20, 20), (200, 10, 60, 30), (100, 30, 10, 60)),
)
# Shares of right answers of each candidate, on validation and on test examples.
SHARES = (
    ((0.9, 0.6, 0.85), (0.75, 0.9, 0.88)),  # another is best on test, and a third on both
    ((0.6, 0.8, 0.7, 0.8), (0.7, 0.8, 0.9, 0.6)),  # a tie
    ((0.5, 0.9), (0.9, 1.0)),  # no wrong answer on test
    ((0.8,), (0.7,)),  # nothing to choose
)


def two_sets(seed: int) -> tuple[Tensor, Tensor]:
    """Training pictures (40, 1, 8, 8), and brighter validation pictures (10, 1, 8, 8)."""
    generator = torch.Generator().manual_seed(seed)
    train = torch.rand(40, 1, 8, 8, generator=generator)
    return train, 0.5 + 2 * torch.rand(10, 1, 8, 8, generator=generator)


def loss_curves(seed: int) -> list[LossCurves]:
    """Training losses that fall, validation losses that need not, and patience."""
    generator = np.random.default_rng([seed, 1])
    drawn = []
    for length in generator.integers(6, 11, size=6).tolist():
        train = [float(20 - epoch) for epoch in range(length)]
        val = generator.integers(2, 10, size=length).astype(float).tolist()
        drawn.append((train, val, int(generator.integers(1, 5))))
    return [*LOSSES, *drawn]


def matrices(seed: int) -> list[tuple[np.ndarray]]:
    """Confusion matrices (K, K), each with classes of other sizes."""
    generator = np.random.default_rng([seed, 2])
    drawn = []
    for num_classes in generator.integers(3, 6, size=4).tolist():
        matrix = generator.integers(1, 12, size=(num_classes, num_classes))
        sizes = generator.integers(10, 120, size=num_classes)
        drawn.append(matrix + np.diag(sizes))
    return [(np.array(matrix),) for matrix in [*MATRICES, *drawn]]


def tables(seed: int) -> list[tuple[int, int, int, int]]:
    """Counts of examples: both right, only A, only B, neither."""
    generator = np.random.default_rng([seed, 3])
    drawn = []
    for disagreements in generator.integers(6, 60, size=8).tolist():
        lead = generator.uniform(0, 3.5) * disagreements**0.5
        fewer = max(int((disagreements - lead) / 2), 0)
        only = generator.permutation([fewer, disagreements - fewer]).tolist()
        drawn.append((int(generator.integers(50, 600)), *only, int(generator.integers(60))))
    return [*TABLES, *drawn]


def votes(seed: int) -> list[Votes]:
    """Whether each candidate answers each validation and each test example rightly."""
    generator = np.random.default_rng([seed, 4])
    cases = []
    for val_shares, test_shares in SHARES:
        order = generator.permutation(len(val_shares))
        for shift in range(min(2, len(order))):  # so that no place is the best throughout
            places = np.roll(order, shift)
            v, n = int(generator.integers(4, 9)) * 10, int(generator.integers(5, 13)) * 20
            val_counts = np.rint(np.array(val_shares) * v)[places]
            test_counts = np.rint(np.array(test_shares) * n)[places]
            test_counts += int(generator.integers(-2, 3)) * (test_counts < n)
            cases.append((_rows(val_counts, v, generator), _rows(test_counts, n, generator)))
    return cases


def _rows(counts: np.ndarray, size: int, generator: np.random.Generator) -> np.ndarray:
    """One row of ``size`` for each count, True at that many places."""
    return generator.permuted(np.arange(size) < counts[:, None], axis=1)
