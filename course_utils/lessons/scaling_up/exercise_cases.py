"""Inputs of the exercises of lesson 13: examples that their texts tell, and what the seed draws."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DistributedSampler

Ranks = tuple[list[np.ndarray], list[np.ndarray]]  # indices (n,) and correct (n,) of each rank
Measured = dict[str, dict[str, np.ndarray]]  # by layout and way: seconds (R, S), runs and steps
Batch = tuple[nn.Linear, Tensor, Tensor, int]  # model, images (B, D), labels (B,), part size
Training = tuple[nn.Linear, Tensor, Tensor, int, int, int]  # ..., processes, epochs, seed
Plan = tuple[list[int], dict[str, float]]  # numbers of processes, and what is known of the run

WAYS = ("plain", "compiled")
# Examples, processes, whether the sampler shuffles, and whether it pads.
SAMPLED = ((21, 8, True, True), (29, 8, False, False), (5, 8, True, True), (50, 3, True, False))
# Seconds of the first step and of a later one, of the four ways. The last one never pays.
SPEEDS = (
    ((0.03, 0.020), (46.0, 0.0145), (0.03, 0.0150), (38.0, 0.0140)),
    ((0.09, 0.061), (118.0, 0.047), (0.08, 0.052), (97.0, 0.044)),
    ((0.05, 0.012), (22.0, 0.0094), (0.02, 0.0090), (31.0, 0.0096)),
)
PARTED = ((10, 4), (7, 3), (8, 4), (9, 2), (5, 8), (23, 9))  # examples, size of the parts
# Examples, processes and epochs. A batch has 12 examples.
TRAININGS = ((36, 2, 3), (48, 4, 2), (36, 3, 2))
# Numbers of processes; batch, operations an example, weights, activations an example, operations
# a second, seconds a message, gigabits a second.
PLANS = (
    ((2, 4), (64, 1e9, 25_000_000, 2_000_000, 1e11, 1e-4, 8)),
    ((1, 2, 4, 8, 16, 32), (100, 3.1e8, 280_000, 150_000, 8.8e10, 2e-3, 10)),
    ((8, 2, 16, 3), (250, 2.4e10, 25_600_000, 11_000_000, 4.2e13, 3e-5, 100)),
    ((2, 5, 64, 256), (1000, 6e9, 1_700_000, 900_000, 9e11, 1.5e-4, 25)),
)  # fmt: skip
KEYS = (
    "batch_size", "operations", "weights", "activations", "operations_per_second",
    "seconds_per_message", "gigabits_per_second",
)  # fmt: skip


def answers_of_ranks(seed: int) -> list[Ranks]:
    """The places in the validation set that each rank answers, and whether it was right.

    An example that several ranks answer is answered alike. What is padded with is wrong in one
    case and right in the next, so that counting it twice shows.
    """
    generator = np.random.default_rng([seed, 31])
    told = np.ones(10, dtype=bool)
    told[7] = False  # not one of the first six, which the sampler pads with
    cases = [_split_over_ranks(told, sampled_places(10, 8, shuffle=False, pads=True, seed=0))]
    for number, (size, ranks, shuffle, pads) in enumerate(SAMPLED):
        places = sampled_places(size, ranks, shuffle=shuffle, pads=pads, seed=seed)
        times = np.bincount(np.concatenate(places), minlength=size)
        correct = generator.random(size) < 0.7
        correct[places[0]] = number % 2 == 0  # no rank does as well as all
        correct[times > times.min()] = number % 2 == 1
        cases.append(_split_over_ranks(correct, places))
    return cases


def sampled_places(
    size: int, ranks: int, *, shuffle: bool, pads: bool, seed: int
) -> list[np.ndarray]:
    """The places that torch's sampler gives each rank, or the same ones without padding."""
    places = []
    for rank in range(ranks):
        sampler = DistributedSampler(range(size), ranks, rank, shuffle=shuffle, seed=seed)
        own = np.array(list(sampler))
        places.append(own if pads else own[: len(range(rank, size, ranks))])
    return places


def _split_over_ranks(correct: np.ndarray, places: list[np.ndarray]) -> Ranks:
    return places, [correct[own] for own in places]


def measured_steps(seed: int) -> list[tuple[Measured, str]]:
    """Seconds of steps in both layouts, plain and compiled, and the layout that is asked for.

    In each case but the first, other programs ran during one run of each way.
    """
    generator = np.random.default_rng([seed, 32])
    told = [_steps([first] + [later] * 4) for first, later in ((0.03, 0.02), (60.03, 0.015))]
    slow = [_steps([first] + [later] * 4) for first, later in ((0.04, 0.03), (60.04, 0.022))]
    layouts = ("channels last", "channels first")
    cases = [({layouts[0]: dict(zip(WAYS, told, strict=True)),
               layouts[1]: dict(zip(WAYS, slow, strict=True))}, layouts[0])]  # fmt: skip
    for speeds in SPEEDS:
        drawn = [_drawn_steps(generator, run, *pair) for run, pair in enumerate(speeds)]
        seconds = {
            "channels first": dict(zip(WAYS, drawn[:2], strict=True)),
            "channels last": dict(zip(WAYS, drawn[2:], strict=True)),
        }
        cases += [(seconds, layout) for layout in layouts]
    return cases


def _steps(seconds: list[float]) -> np.ndarray:
    return np.array([seconds])


def _drawn_steps(
    generator: np.random.Generator, loaded: int, first: float, later: float
) -> np.ndarray:
    """Runs of steps (5, 9): the first run, or the last, is slower, by as much as a half."""
    seconds = later * generator.normal(1, 5e-4, (5, 9))
    seconds[:, 0] = first * generator.normal(1, 2e-3, 5)
    seconds[-(loaded % 2)] *= 1.5 if loaded % 2 else 1.2
    return seconds


def batches_in_parts(seed: int) -> list[Batch]:
    """Models with weights and gradients from before, and a batch that is larger than a part."""
    generator = torch.Generator().manual_seed(33_000 + seed)
    told = nn.Linear(1, 2, bias=False)
    nn.init.zeros_(told.weight)
    cases: list[Batch] = [(told, torch.tensor([[1.0], [2], [6]]), torch.tensor([0, 0, 1]), 2)]
    for size, part_size in PARTED:
        model = _drawn_linear(generator, 3, 4)
        for weight in model.parameters():
            weight.grad = torch.randn(weight.shape, generator=generator)
        images = 2 * torch.randn(size, 3, generator=generator)
        labels = torch.randint(0, 4, (size,), generator=generator)
        cases.append((model, images, labels, part_size))
    return cases


def _drawn_linear(generator: torch.Generator, size: int, num_out: int) -> nn.Linear:
    model = nn.Linear(size, num_out)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator))
    return model


def trainings(seed: int) -> list[Training]:
    """Model, images (N, 4), labels (N,), numbers of processes and of epochs, and a seed."""
    generator = torch.Generator().manual_seed(34_000 + seed)
    cases = []
    for size, num_processes, num_epochs in TRAININGS:
        images = 2 * torch.randn(size, 4, generator=generator)
        labels = torch.randint(0, 3, (size,), generator=generator)
        lot = int(torch.randint(1000, (1,), generator=generator))
        model = _drawn_linear(generator, 4, 3)
        cases.append((model, images, labels, num_processes, num_epochs, lot))
    return cases


def plans(seed: int) -> list[Plan]:
    """Numbers of processes, and what is known of a run; the first is that of the text."""
    generator = np.random.default_rng([seed, 35])
    cases: list[Plan] = []
    for processes, numbers in PLANS:
        run = dict(zip(KEYS, numbers, strict=True))
        if cases:
            for key in ("operations", "operations_per_second", "seconds_per_message"):
                run[key] *= float(generator.uniform(0.8, 1.25))
        cases.append((list(processes), run))
    return cases
