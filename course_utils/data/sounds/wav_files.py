"""WAV files of all sorts to one form: samples of one channel, at one rate."""

import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from course_utils.data.sounds.log_mel import RATE
from course_utils.data.sounds.outcomes import SoundError, SoundOutcome
from course_utils.data.sounds.wav_chunks import FLOAT, Form, find_samples, plain_wav

SHORTEST, LONGEST = 0.05, 10.0  # seconds of a file that may hold one word
SILENCE, FAINT = 1e-4, 1e-2  # of the largest number: no more is silence (-80 dB), or very quiet
CANCELLED = 0.25  # of the louder channel's power, below which the mean of channels is no sound
FULL, CLIPPED = 0.99, 0.002  # of the largest number; share of samples that stay there, three in row
SHIFTED = 0.1  # of the loudest sample, above which a mean is worth telling
NO_SUCH_FILE = "is not there: moved, deleted, or a link to nowhere"


@dataclass(frozen=True)
class Recording:
    """What a WAV file holds.

    Args:
        sound: Samples (T,) of one channel, float32, their mean 0; whole numbers as shares of the
            largest one.
        rate: Samples a second.
        form: How they were written.
        notes: What is not plain about it.
    """

    sound: np.ndarray
    rate: int
    form: Form
    notes: tuple[SoundOutcome, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.sound) / self.rate

    @property
    def digest(self) -> str:
        """The same for the same sound, in however many bits and channels, and however loud."""
        scaled = self.sound / np.abs(self.sound).max()
        return hashlib.sha256(f"{self.rate}:".encode() + scaled.tobytes()).hexdigest()


def read_wav(file: Path | bytes, rate: int = RATE, longest: float = LONGEST) -> Tensor:
    """The sound in a WAV file: samples (T,), float32 from -1 to 1, of one channel, their mean 0.

    Args:
        file: Where it is, or what it holds: 8 to 32 bits, whole numbers or float, any channels,
            plain or extensible.
        rate: Samples a second of the result.
        longest: Seconds that it may take at most.

    Raises:
        SoundError: If it cannot be read, holds no sound, or one too long; it says why.
    """
    recording = open_wav(file, longest)
    sound, common = recording.sound, math.gcd(rate, recording.rate)
    if recording.rate != rate:
        from scipy.signal import resample_poly  # here: takes a second to import

        sound = resample_poly(sound, rate // common, recording.rate // common)
    loudest = np.abs(sound).max()  # above 1 where floats were not shares, or between clipped ones
    return torch.from_numpy((sound / max(loudest, 1)).astype(np.float32))


def open_wav(file: Path | bytes, longest: float = LONGEST) -> Recording:
    """What a WAV file holds, at the rate that it has. Arguments and errors as of ``read_wav``."""
    form, samples = _read_samples(file, longest)
    if not np.isfinite(samples).all():
        number = int((~np.isfinite(samples)).sum())
        said = f"has {number:,} samples that are no numbers, of {samples.size:,}"
        raise SoundError(SoundOutcome.NO_NUMBERS, said)
    is_clipped = _is_clipped(samples)
    means = samples.mean(axis=0, dtype=np.float64)
    peak = float(np.abs(samples).max())
    samples = (samples - means).astype(np.float32)  # (T, C)
    loudest = float(np.abs(samples).max())
    if loudest <= SILENCE:
        raise SoundError(SoundOutcome.SILENT, f"is silence: no sample above {SILENCE} of the most")
    sound, is_cancelled = _one_channel(samples)
    notes = {
        SoundOutcome.CLIPPED: is_clipped,
        SoundOutcome.QUIET: loudest < FAINT,
        SoundOutcome.CANCEL: is_cancelled,
        SoundOutcome.OFFSET: bool((np.abs(means) > SHIFTED * peak).any()),
        SoundOutcome.LOW_RATE: form.rate < RATE,
    }
    return Recording(sound, form.rate, form, tuple(note for note, holds in notes.items() if holds))


def _read_samples(file: Path | bytes, longest: float) -> tuple[Form, np.ndarray]:
    """How samples are written, and all of them (T, C), float32 as shares of the largest number."""
    from scipy.io import wavfile  # here: takes a tenth of a second to import

    form, content = _read_content(file, longest)
    _, samples = wavfile.read(io.BytesIO(plain_wav(form, content)))
    if form.kind == FLOAT:
        with np.errstate(over="ignore"):  # what 32 bits cannot hold becomes infinite, and is told
            shares = samples.astype(np.float32)
    elif samples.dtype == np.uint8:  # of up to 8 bits, with silence in the middle
        shares = (samples.astype(np.float32) - 128) / 128
    else:
        shares = (samples / -float(np.iinfo(samples.dtype).min)).astype(np.float32)
    return form, shares.reshape(len(shares), -1)


def _read_content(file: Path | bytes, longest: float) -> tuple[Form, bytes]:
    """How samples are written, and the bytes that hold them; nothing more of a file is read."""
    is_content = isinstance(file, bytes)
    try:
        with io.BytesIO(file) if is_content else Path(file).open("rb") as opened:
            form, start, size = find_samples(opened)
            seconds = size / form.block / form.rate
            if seconds > longest:
                said = f"takes {seconds:,.1f} s, more than {longest:g} s"
                raise SoundError(SoundOutcome.LONG, said)
            if seconds < SHORTEST:
                raise SoundError(SoundOutcome.EMPTY, f"takes {seconds:.3f} s: that is no word")
            opened.seek(start)
            return form, opened.read(size)
    except FileNotFoundError as error:
        raise SoundError(SoundOutcome.CLOSED, NO_SUCH_FILE) from error
    except OSError as error:
        said = f"cannot be opened: {error.strerror or error}"
        raise SoundError(SoundOutcome.CLOSED, said) from error


def _one_channel(samples: np.ndarray) -> tuple[np.ndarray, bool]:
    """The mean of channels (T,), or the loudest one where they cancel each other; and whether so.

    Microphones plugged in as two channels, one upside down, give silence as their mean.
    """
    mean = samples.mean(axis=1)
    if samples.shape[1] == 1:
        return mean, False
    powers = np.square(samples, dtype=np.float64).mean(axis=0)
    if np.square(mean, dtype=np.float64).mean() >= CANCELLED**2 * powers.max():
        return mean, False
    return samples[:, int(powers.argmax())], True


def _is_clipped(samples: np.ndarray) -> bool:
    """Whether the samples (T, C) stay at the largest number for three in a row, time and again."""
    at_end = np.abs(samples) >= FULL * max(1.0, float(np.abs(samples).max()))
    return bool((at_end[:-2] & at_end[1:-1] & at_end[2:]).mean() > CLIPPED)
