"""Sounds to see: their wave, their bands, and pictures of sound as a network sees them.

Dark is strong, as ink on paper: pictures of sound are grey pictures like those of digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import HOP, MIDDLE, RATE, STEPS, band_edges
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.players import checked_samples
from course_utils.figures.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

MILLISECONDS = 1000  # of a second
STEP = MILLISECONDS * HOP / RATE  # milliseconds from one frame to the next
WHITE, BLACK = MIDDLE - 3 * STEPS, MIDDLE + 3 * STEPS  # of 255; hardly anything lies beyond
NUM_TICKS = 5  # bands whose middle is written
WIDTH, ROOM = 9.8, 0.75  # inches: of a page, and of what stands around a picture of sound
TITLE_LETTERS = 22  # of a title, in a sixth of a page
MOST_COLUMNS = 8


def plot_wave(sound: ArrayLike, rate: int = RATE, ax: Axes | None = None) -> Axes:
    """The pressure of a sound over time.

    Args:
        sound: (T,), floats, shares of the most that a file holds: from -1 to 1.
        rate: Samples a second.
        ax: Axes to draw on.

    Raises:
        ValueError: If there are no samples, one is not finite, or they are whole numbers.
    """
    samples = checked_samples(sound)
    ax = new_axes(height=2.2) if ax is None else ax
    times = np.arange(len(samples)) * MILLISECONDS / rate
    ax.plot(times, samples, color=COLOURS[0], lw=0.8)
    loudest = int(np.abs(samples).argmax())
    end = 1.05 * max(1.0, abs(samples[loudest]))
    ax.set(xlabel="time in ms", ylabel="pressure as a share", ylim=(-end, end))
    length = len(samples) * MILLISECONDS / rate
    say(
        ax,
        f"A wave of {length:,.0f} ms, {counted(len(samples), 'sample')}; its pressure is furthest "
        f"from 0 at {times[loudest]:,.0f} ms, with {samples[loudest]:.2f}.",
    )
    return ax


def plot_bands(
    bands: Tensor,
    ax: Axes | None = None,
    *,
    middles: ArrayLike | None = None,
    limits: tuple[float, float] | None = None,
    shade: str | None = None,
) -> Axes:
    """How strong each band is, time step by time step; low bands are at the bottom.

    Args:
        bands: (M, frames) of ``log_mel``, floats, drawn over milliseconds; or a picture of sound
            (1, M, steps), uint8 or floats from 0 to 1, drawn over its steps.
        ax: Axes to draw on. New ones get a bar of shades beside them.
        middles: (M,), middle frequency of each band in Hz; by default that of ``mel_filters``.
        limits: Values drawn white and black, the same for what is to be compared; by default the
            least and the most there is, or of a picture three standard deviations either way.
        shade: What the values are, in words; by default the log power, or the shade of a picture.

    Raises:
        ValueError: If ``bands`` has another shape, holds nothing or a value that is not finite, or
            ``middles`` are not as many as bands.
    """
    is_picture = bands.ndim == 3 and len(bands) == 1
    values = _checked_bands(bands)
    middles = _middles(len(values), middles)
    alone = ax is None
    ax = new_axes(height=3.0) if ax is None else ax
    image = _draw_bands(ax, values, middles, is_picture, limits)
    name = shade or ("shade" if is_picture else "log power")
    if alone:
        ax.figure.colorbar(image, ax=ax, label=name, pad=0.02)
    say(
        ax,
        f"{counted(len(values), 'band')} with middles from {middles[0]:,.0f} to "
        f"{middles[-1]:,.0f} Hz over {counted(values.shape[1], 'step')} of time; the highest "
        f"{name}, {values.max():.3g}, is {_strongest(values, middles, is_picture)}.",
    )
    return ax


def plot_pictures_of_sound(
    pictures: Tensor, titles: Sequence[str], *, columns: int = 6, what: str
) -> np.ndarray:
    """Pictures of sound in rows of ``columns``, their bands in Hz beside the first of each row.

    Args:
        pictures: (N, 1, size, size), uint8 or floats from 0 to 1.
        titles: N, such as those of ``titles_of``.
        columns: Pictures side by side.
        what: Names the pictures in words.

    Raises:
        ValueError: If there are no pictures, titles are not as many, ``columns`` is out of range,
            or pictures are none of sound.
    """
    if len(pictures) == 0 or len(titles) != len(pictures) or not 1 <= columns <= MOST_COLUMNS:
        raise ValueError(
            f"give at least one picture, a title for each and 1 to {MOST_COLUMNS} columns, got "
            f"{len(pictures)}, {len(titles)} and {columns}"
        )
    rows, side = -(-len(pictures) // columns), WIDTH / max(columns, 4)
    axes = np.atleast_1d(new_axes(columns, rows=rows, width=side, height=side + ROOM))
    for ax in axes.flat[len(pictures) :]:
        ax.set_axis_off()
    said = []
    for place, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        ax, values = axes.flat[place], _checked_bands(picture)
        middles = _middles(len(values), None)
        _draw_bands(ax, values, middles, True, None)
        ax.set_title(as_text(title, TITLE_LETTERS), fontsize=9)
        if place % columns:
            ax.set(ylabel="", yticklabels=[])
        if place + columns < len(pictures):
            ax.set_xlabel("")
        said.append(f"{title} {_strongest(values, middles, True)}")
    start = f"{counted(len(pictures), 'picture')} of sound: {what}. Where each is strongest:"
    say(axes.flat[0], f"{start} {'; '.join(said)}.")
    return axes


def titles_of(sounds: LabelledSounds) -> list[str]:
    """The word and, where it is known, the voice of each of N sounds, such as ``three, Mario``."""
    words = [sounds.class_names[label] for label in sounds.labels.tolist()]
    if sounds.speakers is None:
        return words
    voices = [sounds.speaker_names[speaker] for speaker in sounds.speakers.tolist()]
    return [f"{word}, {voice}" for word, voice in zip(words, voices, strict=True)]


def _draw_bands(
    ax: Axes,
    values: np.ndarray,
    middles: np.ndarray,
    is_picture: bool,
    limits: tuple[float, float] | None,
) -> AxesImage:
    steps, most = values.shape[1], 255 if values.dtype.kind == "f" else 1
    ends = (WHITE / most, BLACK / most) if is_picture else (values.min(), values.max())
    low, high = ends if limits is None else limits
    # A frame has its middle at its time; steps of a picture are counted from 1.
    sides = (0.5, steps + 0.5) if is_picture else (-STEP / 2, (steps - 0.5) * STEP)
    place = {"origin": "lower", "extent": (*sides, 0, len(values)), "aspect": "auto"}
    look = {"cmap": "gray_r", "interpolation": "nearest"}
    image = ax.imshow(values, vmin=low, vmax=high, **look, **place)
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color="lightgrey")
    rows = np.unique(np.linspace(0, len(values) - 1, NUM_TICKS).round().astype(int))
    ax.set_yticks(rows + 0.5, [f"{middles[row]:,.0f}" for row in rows])
    ax.set(xlabel="step" if is_picture else "time in ms", ylabel="band, middle in Hz")
    return image


def _strongest(values: np.ndarray, middles: np.ndarray, is_picture: bool) -> str:
    band, step = np.unravel_index(values.argmax(), values.shape)
    when = f"step {step + 1}" if is_picture else f"{step * STEP:,.0f} ms"
    return f"at {middles[band]:,.0f} Hz and {when}"


def _checked_bands(bands: Tensor) -> np.ndarray:
    """``bands`` as (M, steps), also of a picture (1, M, steps)."""
    table = bands[0] if bands.ndim == 3 and len(bands) == 1 else bands
    if table.ndim != 2 or table.numel() == 0 or not torch.isfinite(table.float()).all():
        raise ValueError(
            "bands must be finite numbers, (bands, frames) of log_mel or a picture (1, bands, "
            f"steps), got {tuple(bands.shape)}"
        )
    return table.detach().cpu().numpy()


def _middles(num_bands: int, given: ArrayLike | None) -> np.ndarray:
    """Middle frequency of each band (num_bands,), Hz."""
    if given is None:
        return band_edges(num_bands)[1:-1].numpy()
    middles = np.asarray(given, dtype=float)
    if middles.shape != (num_bands,):
        raise ValueError(f"middles must be {num_bands}, one a band, got {middles.shape}")
    return middles
