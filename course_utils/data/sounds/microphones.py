"""What lies between a voice and its picture: a throat, a room with a microphone, and one take.

Real speakers differ in all three. Voices of eSpeak NG share one throat and no room, and a network
that knows one of them knows nearly all.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.signal import lfilter
from torch import Tensor

from course_utils.data.sounds.log_mel import RATE

SHARPNESS = 0.85  # radius of a resonance, from 0 to 1: how long it rings


@dataclass(frozen=True)
class Microphone:
    """One speaker's throat, room and microphone.

    Args:
        tract: What the sound is played faster by. All resonances move, as in a shorter throat, and
            the pitch with them.
        slope: -1 to 1; how much of the sample before is added to each: above 0, deep bands gain.
        peak: Hz where the room rings.
        dip: Hz that it swallows.
        ring: 0 to 1, the share of the sound that goes through peak and dip.
        delay: Samples until the echo.
        echo: Its strength, as a share.
        noise: Its standard deviation before the slope, as a share of the loudest sample.
    """

    tract: float
    slope: float
    peak: float
    dip: float
    ring: float
    delay: int
    echo: float
    noise: float


@dataclass(frozen=True)
class Take:
    """How a word is said this time, and recorded.

    Args:
        rate: Words a minute.
        pitch: 0 to 99, as eSpeak NG counts.
        pitch_range: The same.
        slope: As of a microphone.
        noise: The same.
    """

    rate: float
    pitch: float
    pitch_range: float
    slope: float
    noise: float


def draw_microphone(generator: torch.Generator) -> Microphone:
    """A throat up to a fifth shorter or longer, and any room."""
    return Microphone(
        tract=uniform(0.8, 1.2, generator),
        slope=uniform(-0.8, 0.8, generator),
        peak=uniform(300, 3500, generator),
        dip=uniform(300, 3500, generator),
        ring=uniform(0, 1, generator),
        delay=int(uniform(80, 400, generator)),
        echo=uniform(0.1, 0.4, generator),
        noise=10 ** uniform(-2.6, -1.2, generator),
    )


def draw_take(generator: torch.Generator) -> Take:
    """Slower or faster, higher or lower, nearer or farther, as a person who is asked once more."""
    return Take(
        rate=175 * uniform(0.75, 1.35, generator),
        pitch=50 + uniform(-20, 20, generator),
        pitch_range=50 + uniform(-25, 25, generator),
        slope=uniform(-0.5, 0.5, generator),
        noise=10 ** uniform(-3, -1.3, generator),
    )


def through(sound: Tensor, microphone: Microphone, generator: torch.Generator) -> Tensor:
    """``sound`` (T,) as ``microphone`` gives it: (T',) float32, its loudest sample 1 or -1."""
    samples = np.interp(
        np.arange(0, len(sound) - 1, microphone.tract), np.arange(len(sound)), sound.numpy()
    )
    direct = np.convolve(samples, [1, microphone.slope])
    rung = lfilter(_notch(microphone.dip), [1], lfilter([1], _notch(microphone.peak), direct))
    rung *= direct.std() / (rung.std() + 1e-9)
    mixed = (1 - microphone.ring) * direct + microphone.ring * rung
    mixed = np.append(mixed, np.zeros(microphone.delay))
    mixed[microphone.delay :] += microphone.echo * mixed[: len(mixed) - microphone.delay]
    return _with_noise(mixed, microphone.slope, microphone.noise, generator)


def record(sound: Tensor, take: Take, generator: torch.Generator) -> Tensor:
    """``sound`` (T,) with the slope and noise of one take; as ``through`` gives it."""
    sloped = np.convolve(sound.numpy().astype(np.float64), [1, take.slope])
    return _with_noise(sloped, 0.0, take.noise, generator)


def uniform(low: float, high: float, generator: torch.Generator) -> float:
    """A number drawn from ``low`` to ``high``."""
    return low + (high - low) * torch.rand((), generator=generator, dtype=torch.float64).item()


def _with_noise(
    samples: np.ndarray, slope: float, noise: float, generator: torch.Generator
) -> Tensor:
    hiss = torch.randn(len(samples), generator=generator, dtype=torch.float64).numpy()
    hiss = np.convolve(hiss, [1, slope])[: len(samples)]
    heard = samples + hiss * np.abs(samples).max() * noise
    return torch.from_numpy(heard / np.abs(heard).max()).float()


def _notch(frequency: float) -> list[float]:
    """The polynomial whose roots lie at ``frequency``, in Hz: a dip, or, divided by, a peak."""
    return [1, -2 * SHARPNESS * np.cos(2 * np.pi * frequency / RATE), SHARPNESS**2]
