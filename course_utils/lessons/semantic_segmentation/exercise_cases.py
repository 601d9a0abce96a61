"""Inputs of the exercises of lesson 09: nasty ones that stay, and others that the seed draws."""

import numpy as np
import torch
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED

Batch = tuple[Tensor, Tensor]  # logits or probabilities (B, 1 + K, H, W), and true maps (B, H, W)
Rights = tuple[np.ndarray, np.ndarray, float]  # (N, H, W) of A and of B, bool; half a width

MATRICES = (
    [[6, 1, 0], [1, 2, 0], [0, 0, 0]],  # the last class is neither there nor predicted
    [[90, 0, 2, 0], [4, 0, 0, 0], [3, 0, 5, 0], [0, 0, 0, 0]],  # the second one is never predicted
    [[80, 0, 7], [5, 8, 0], [0, 0, 0]],  # the last one is predicted and not there
    [[0, 0, 0], [0, 30, 6], [0, 9, 12]],  # no background anywhere
    [[50, 0], [0, 10]],
)
SIZES = (  # of a map, then of what it becomes: all smaller, in ways that tell the rules apart
    ((6, 6), (2, 3)),
    ((11, 20), (5, 8)),
    ((15, 9), (7, 9)),  # only the height changes
    ((13, 23), (3, 10)),
    ((9, 14), (1, 6)),  # one row is left
)
# How many, and half the width to plan for: so wide that whoever counts pixels is done soon, too.
SCENES = ((4, 0.05), (9, 0.03), (16, 0.02), (6, 0.04))


def matrices(seed: int) -> list[tuple[np.ndarray]]:
    """Confusion matrices (1 + K, 1 + K), int64; of some, a class is neither there nor predicted."""
    generator = np.random.default_rng([seed, 1])
    drawn = []
    for size in (4, 6, 8):
        matrix = generator.integers(0, 9, (size, size))
        matrix[range(size), range(size)] += generator.integers(5, 60, size)
        matrix[0] *= 7
        absent = generator.integers(1, size)
        matrix[absent] = matrix[:, absent] = 0
        drawn.append(matrix)
    return [(np.array(matrix, dtype=np.int64),) for matrix in [*MATRICES, *drawn]]


def maps_to_shrink(seed: int) -> list[tuple[Tensor, int, int]]:
    """Maps (H, W), uint8, mostly background, and the new height and width.

    Other classes and 255 stand in single pixels, which a vote of neighbours would lose.
    """
    generator = np.random.default_rng([seed, 2])
    cases = []
    for (high, wide), (height, width) in SIZES:
        classes = generator.choice([0, 0, 0, 0, 1, 3, 4, 7, IGNORED], size=(high, wide))
        classes[-1, -1], classes[0, 0] = IGNORED, 5
        cases.append((torch.from_numpy(classes).byte(), height, width))
    return cases


def batches_to_learn(seed: int) -> list[Batch]:
    """Logits and maps with pixels that do not count; in the last batch none counts.

    Every other picture has pixels that count, more in some than in others.
    """
    generator = torch.Generator().manual_seed(1000 + seed)
    cases = []
    for size, num_classes, shares in ((3, 3, (0.1, 0.7, 0.4)), (2, 5, (0, 0.5)), (4, 11, (0.3,))):
        logits = torch.randn(size, num_classes, 5, 6, generator=generator) * 2
        maps = torch.randint(num_classes, (size, 5, 6), generator=generator)
        maps[torch.rand(maps.shape, generator=generator) < 0.5] = 0
        dice = torch.rand(maps.shape, generator=generator)
        maps[dice < torch.tensor(shares).expand(size)[:, None, None]] = IGNORED
        maps[:, 0, 0], maps[:, 0, 1] = 0, 1
        cases.append((logits, maps))
    nothing = torch.randn(2, 3, 4, 4, generator=generator), torch.full((2, 4, 4), IGNORED)
    return [(logits.requires_grad_(), maps) for logits, maps in [*cases, nothing]]


def batches_with_probs(seed: int) -> list[Batch]:
    """Probabilities that add up to 1 over the classes, and true maps.

    In the last batch one class is neither there nor given any probability, in the one before the
    last class is not there, and has some. In all others each class is in the batch, but not in
    every picture.
    """
    generator = torch.Generator().manual_seed(2000 + seed)
    cases = []
    for size, num_classes in ((2, 3), (5, 4), (3, 6)):
        logits = torch.randn(size, num_classes, 6, 7, generator=generator)
        maps = torch.randint(num_classes, (size, 6, 7), generator=generator)
        maps[torch.rand(maps.shape, generator=generator) < 0.4] = 0
        maps[0][maps[0] == num_classes - 1] = 0
        maps[1, 0, :num_classes] = torch.arange(num_classes)
        logits.scatter_add_(1, maps[:, None], torch.full(maps[:, None].shape, 1.5))
        cases.append((logits.softmax(dim=1), maps))
    logits, maps = torch.randn(2, 4, 5, 5, generator=generator), torch.zeros(2, 5, 5).long()
    logits[:, 2], maps[0, 1], maps[1, 3:] = -torch.inf, 1, 3
    probs, maps_without = cases[0][0], cases[0][1].where(cases[0][1] < 2, 0)
    return [*cases, (probs, maps_without), (logits.softmax(dim=1), maps)]


def segmented_scenes(seed: int) -> list[Rights]:
    """Which pixels of N scenes A and B get right, and how wide half an interval may be.

    Pixels of a scene are right or wrong together: some scenes are hard for both.
    """
    generator = np.random.default_rng([seed, 5])
    cases = []
    for number, half_width in SCENES:
        hard = generator.uniform(0.05, 0.4, (number, 1, 1))
        gain = generator.normal(0.05, 0.06, (number, 1, 1))
        lots = generator.uniform(size=(2, number, 12, 15))
        cases.append((lots[0] > hard - gain, lots[1] > hard, half_width))
    return cases
