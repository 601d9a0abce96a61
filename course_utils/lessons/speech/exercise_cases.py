"""Inputs of the exercises of lesson 11: examples that their texts tell, and what the seed draws."""

import numpy as np
import torch
from torch import Tensor

Takes = tuple[np.ndarray, np.ndarray, float, int]  # labels (N,), speakers (N,), share, seed

SPLITS = ((16, 0.25, 4), (10, 0.2, 3), (6, 1 / 6, 5))  # speakers, share, classes
# Right and all takes of each speaker, as the text of the exercise has them.
TOLD = ((6, 10), (14, 20), (4, 5), (7, 10))
NUM_HEARD = (6, 9, 5)  # speakers
# Frequencies, steps of time, bands, samples a second.
BANDS = ((129, 6, 16, 8000), (201, 5, 23, 16000), (65, 7, 9, 11025))


def spoken_takes(seed: int) -> list[Takes]:
    """Takes of speakers of whom each said each word 4 to 8 times.

    Speakers have numbers above 1,000, so that none of them is a place. In the second case the takes
    lie speaker by speaker, as files in a folder do.
    """
    generator = np.random.default_rng([seed, 11])
    cases = []
    for place, (num_speakers, share, num_classes) in enumerate(SPLITS):
        numbers = 1000 + generator.permutation(9000)[:num_speakers]
        times = generator.integers(4, 9, num_speakers * num_classes)
        speakers = np.repeat(np.repeat(numbers, num_classes), times)
        labels = np.repeat(np.tile(np.arange(num_classes), num_speakers), times)
        if place != 1:
            order = generator.permutation(len(labels))
            labels, speakers = labels[order], speakers[order]
        cases.append((labels, speakers, share, int(generator.integers(1000))))
    return cases


def heard_answers(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Whether each take was answered rightly (N,), bool, and who spoke it (N,), int64.

    Speakers have unlike numbers of takes. Some are easier to hear than others.
    """
    generator = np.random.default_rng([seed, 12])
    cases = [_answered(generator, TOLD)]
    for num_speakers in NUM_HEARD:
        numbers = generator.integers(20, 200, num_speakers)
        easy = generator.uniform(0.55, 0.8, num_speakers)
        counts = zip(generator.binomial(numbers, easy), numbers, strict=True)
        cases.append(_answered(generator, list(counts)))
    return cases


def _answered(
    generator: np.random.Generator, counts: tuple | list
) -> tuple[np.ndarray, np.ndarray]:
    """Takes in a mixed order, of right answers and all takes of each speaker."""
    names = 100 + generator.permutation(900)[: len(counts)]
    right = np.concatenate([np.arange(number) < good for good, number in counts])
    speakers = np.repeat(names, [number for _, number in counts])
    order = generator.permutation(len(right))
    return right[order], speakers[order]


def power_frames(seed: int) -> list[tuple[Tensor, int, int]]:
    """Power (frequencies, steps of time), float32; the number of bands; samples a second.

    The first is that of the text. In each other one a step of time is silent, power 0 throughout,
    and one is quiet.
    """
    generator = torch.Generator().manual_seed(4000 + seed)
    cases = [(torch.ones(5, 1), 1, 8000)]
    for num_frequencies, num_steps, num_bands, rate in BANDS:
        power = (2 * torch.randn(num_frequencies, num_steps, generator=generator)).exp()
        silent, quiet = torch.randperm(num_steps, generator=generator)[:2]
        power[:, silent] = 0
        power[:, quiet] *= 1e-4
        cases.append((power, num_bands, rate))
    return cases
