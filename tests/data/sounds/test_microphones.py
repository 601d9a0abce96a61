"""Throats, microphones and takes: each number does what it says."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from course_utils.data.sounds.log_mel import RATE
from course_utils.data.sounds.microphones import (
    Microphone,
    Take,
    draw_microphone,
    draw_take,
    record,
    through,
)

CLEAR = Microphone(1.0, 0.0, 1000, 2000, 0.0, 100, 0.0, 0.0)  # changes nothing
PLAIN = Take(175, 50, 50, 0.0, 0.0)
LENGTH = 4000


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tone(frequency: float) -> Tensor:
    return torch.sin(2 * math.pi * frequency * torch.arange(LENGTH) / RATE)


def strength(sound: Tensor, frequency: float) -> float:
    """How strong ``frequency`` is in ``sound``, as a share of all."""
    power = torch.fft.rfft(sound[:LENGTH], RATE).abs() ** 2
    return (power[round(frequency) - 20 : round(frequency) + 20].sum() / power.sum()).item()


def with_(**changed: float) -> Microphone:
    return dataclasses.replace(CLEAR, **changed)


def test_a_clear_microphone_changes_nothing_but_the_loudness() -> None:
    sound = 0.3 * tone(440) + 0.1 * tone(1300)
    heard = through(sound, CLEAR, seeded())
    assert heard.dtype == torch.float32
    assert heard.abs().max().item() == pytest.approx(1)
    assert torch.allclose(heard[: LENGTH - 1], (sound / sound.abs().max())[:-1], atol=1e-4)


def test_a_shorter_throat_raises_all_frequencies_and_shortens_the_sound() -> None:
    heard = through(tone(1000), with_(tract=1.2), seeded())
    assert strength(heard[:3300], 1200) > 0.9
    assert len(heard) - CLEAR.delay == pytest.approx(LENGTH / 1.2, abs=3)


def test_a_slope_weakens_high_or_low_frequencies() -> None:
    sound = tone(200) + tone(3500)
    deep, bright = (through(sound, with_(slope=slope), seeded()) for slope in (0.8, -0.8))
    assert strength(deep, 200) > 0.9 and strength(bright, 3500) > 0.9


def test_a_room_rings_at_its_peak_and_swallows_its_dip() -> None:
    sound = tone(700) + tone(1500) + tone(3000)
    heard = through(sound, with_(peak=700, dip=3000, ring=1.0), seeded())
    assert strength(heard, 700) > 0.8
    assert strength(heard, 3000) < 0.05


def test_an_echo_comes_after_its_delay() -> None:
    click = torch.zeros(500)
    click[0] = 1
    heard = through(click, with_(delay=120, echo=0.25), seeded())
    assert heard[[0, 120]].tolist() == pytest.approx([1, 0.25])
    assert heard.abs().sum().item() == pytest.approx(1.25)


def test_noise_is_as_loud_as_it_says() -> None:
    sound = torch.cat([torch.ones(1), torch.zeros(20_000)])
    heard = through(sound, with_(noise=0.005), seeded())
    assert (heard / heard[0])[1:].std().item() == pytest.approx(0.005, rel=0.05)


def test_a_take_has_its_slope_and_noise() -> None:
    sound = torch.tensor([0.0, 1.0, 0.0, 0.0])
    take = dataclasses.replace(PLAIN, slope=-0.5)
    assert record(sound, take, seeded()).tolist() == pytest.approx([0, 1, -0.5, 0, 0])
    noisy = record(
        torch.cat([torch.ones(1), torch.zeros(20_000)]),
        dataclasses.replace(PLAIN, noise=0.002),
        seeded(),
    )
    assert (noisy / noisy[0])[1:].std().item() == pytest.approx(0.002, rel=0.05)


def test_what_is_drawn_is_repeatable_and_within_its_bounds() -> None:
    generator = seeded(4)
    microphones = [draw_microphone(generator) for _ in range(300)]
    takes = [draw_take(generator) for _ in range(300)]
    assert draw_microphone(seeded(4)) == microphones[0] != microphones[1]
    bounds = {"tract": (0.8, 1.2), "slope": (-0.8, 0.8), "ring": (0, 1), "echo": (0.1, 0.4)}
    bounds |= {"noise": (10**-2.6, 10**-1.2), "delay": (80, 400), "peak": (300, 3500)}
    for name, (low, high) in bounds.items():
        values = np.array([getattr(microphone, name) for microphone in microphones])
        assert low <= values.min() and values.max() <= high
        middle = (low + high) / 2 if name != "noise" else 10**-1.9
        assert 0.4 < (values < middle).mean() < 0.6
    assert all(131 < take.rate < 237 and 30 <= take.pitch <= 70 for take in takes)
    assert all(25 <= take.pitch_range <= 75 and abs(take.slope) <= 0.5 for take in takes)
