"""Sounds to hear: a player in the page, and for those who cannot hear, what sounds there."""

from __future__ import annotations

from html import escape

import numpy as np
from IPython.display import Audio, display
from numpy.typing import ArrayLike

from course_utils.data.sounds.log_mel import RATE

MOST_SECONDS = 10  # of a sound in a page, which then takes 213 kB of it
RATES = (3_000, 192_000)  # samples a second that browsers play
QUARTERS = (0.25, 0.75)  # of the power, between which half of it lies
LOOK = "display:flex; flex-wrap:wrap; align-items:center; gap:8px; margin:4px 0"


def hear(sound: ArrayLike, rate: int = RATE, title: str = "sound") -> None:
    """Display a player, and beside it in words what sounds there.

    The sound is as loud as a file can hold without cutting anything off, so that loudness cannot
    be compared; it is part of the page and needs no file beside it.

    Args:
        sound: (T,), floats; at most 10 seconds.
        rate: Samples a second.
        title: What sounds, such as ``seven, by the voice Mario``.

    Raises:
        ValueError: If there is nothing to hear, no browser plays that rate, or it is too long.
    """
    words = f"{title}: {heard(sound, rate)}"
    display({"text/html": player(sound, rate, title), "text/plain": words}, raw=True)


def player(sound: ArrayLike, rate: int, title: str) -> str:
    """A player with its words as HTML; as of ``hear``."""
    said = heard(sound, rate)
    address = Audio(checked_samples(sound), rate=rate).src_attr()
    name = escape(f"{title}: {said}", quote=True)
    # JupyterLab would take the keys that move a player, and walk through the cells by them.
    return (
        f'<div class="course-player" style="{LOOK}"><audio controls preload="auto" '
        f'data-lm-suppress-shortcuts="true" aria-label="{name}" src="{address}"></audio>'
        f"<span>{escape(title)}: {escape(said)}</span></div>"
    )


def heard(sound: ArrayLike, rate: int) -> str:
    """What sounds there in words: how long, when it is loudest, which frequencies.

    Raises:
        ValueError: As of ``hear``.
    """
    samples = checked_samples(sound)
    if not RATES[0] <= rate <= RATES[1]:
        raise ValueError(f"browsers play {RATES[0]:,} to {RATES[1]:,} samples a second, got {rate}")
    if not samples.any():
        raise ValueError(f"all {len(samples):,} samples are 0: there is nothing to hear")
    seconds = len(samples) / rate
    if seconds > MOST_SECONDS:
        raise ValueError(
            f"a page holds at most {MOST_SECONDS} seconds of a sound, got {seconds:.0f}; give a "
            f"part of it, such as sound[: {MOST_SECONDS} * rate]"
        )
    loudest = np.abs(samples).argmax() / rate
    power = np.abs(np.fft.rfft(samples)) ** 2
    share = power.cumsum() / power.sum()
    low, high = (np.searchsorted(share, quarter) / seconds for quarter in QUARTERS)
    return (
        f"{seconds:.2f} s, loudest at {loudest:.2f} s; half of its power lies between {low:,.0f} "
        f"and {high:,.0f} Hz."
    )


def checked_samples(sound: ArrayLike) -> np.ndarray:
    """Samples (T,) of a sound, float64.

    Raises:
        ValueError: If there are none, one is not finite, or they are whole numbers.
    """
    samples = np.asarray(sound)
    if samples.ndim != 1 or len(samples) == 0:
        raise ValueError(f"a sound must be samples (T,), at least one, got {samples.shape}")
    if samples.dtype.kind != "f":
        raise ValueError(
            f"samples must be floats from -1 to 1, got {samples.dtype}; divide those of a file of "
            "16 bits by 32768"
        )
    if not np.isfinite(samples).all():
        raise ValueError("samples must be finite numbers")
    return samples.astype(np.float64)
