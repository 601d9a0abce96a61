"""A sound as a picture: how strong each band of pitch is, time step by time step."""

import torch
import torch.nn.functional as F
from torch import Tensor

RATE = 8000  # samples a second; what a telephone carries
FRAME = 256  # samples looked at together: 32 ms
HOP = 80  # samples from one frame to the next: 10 ms
LOWEST, HIGHEST = 60.0, 3900.0  # Hz, ends of the bands; half the rate is the most that samples hold
FLOOR = 1e-4  # added before the logarithm, so that silence is no minus infinity
QUIET = 0.02  # of the loudest sample; what stays below at the ends is silence
SIZE = 16  # bands, and steps of time, of a picture
MIDDLE, STEPS = 128, 32  # of the integers in a picture: its mean, and one standard deviation


def sound_picture(sound: Tensor, size: int = SIZE) -> Tensor:
    """What a network sees of one word: (1, size, size), uint8, low bands and early steps first.

    The silence at its ends is cut off, the rest is stretched to the full width, and the picture is
    brought to one mean and one spread, so that neither tempo nor loudness is left.

    Args:
        sound: Samples (T,) at ``RATE``, in any unit.
        size: Bands and steps of time.

    Raises:
        ValueError: If there are no samples, all are 0, or one is not finite.
    """
    bands = fit_width(log_mel(trim(sound), size), size)
    bands = (bands - bands.mean()) / (bands.std() + 1e-6)
    return (MIDDLE + STEPS * bands).round().clamp(0, 255).to(torch.uint8)[None]


def trim(sound: Tensor) -> Tensor:
    """``sound`` (T,) without the silence at its ends, float32, its loudest sample 1 or -1.

    Raises:
        ValueError: As of ``sound_picture``.
    """
    sound = torch.as_tensor(sound).to(torch.float32)
    if len(sound) == 0 or not torch.isfinite(sound).all():
        raise ValueError("a sound needs samples, all of them finite numbers")
    loudest = sound.abs().max()
    if loudest == 0:
        raise ValueError(f"all {len(sound):,} samples are 0: that is silence")
    sound = sound / loudest
    level = F.max_pool1d(sound.abs()[None], HOP, HOP, ceil_mode=True)[0]  # of each 10 ms
    loud = (level > QUIET).nonzero().flatten()
    return sound[loud[0] * HOP : (loud[-1] + 1) * HOP]


def log_mel(sound: Tensor, num_bands: int = SIZE) -> Tensor:
    """The logarithm of the power in each band and frame (num_bands, frames), float32.

    Args:
        sound: Samples (T,) at ``RATE``; zeros are thought before and behind, so that frames have
            their middles at samples 0, 80, 160 and so on.
        num_bands: Bands from 60 to 3,900 Hz.
    """
    window = torch.hann_window(FRAME)
    waves = torch.stft(sound, FRAME, HOP, window=window, pad_mode="constant", return_complex=True)
    power = waves.abs() ** 2  # (frequencies, frames)
    return torch.log(mel_filters(num_bands) @ power + FLOOR)


def mel_filters(num_bands: int) -> Tensor:
    """What each frequency of a frame counts in each band (num_bands, FRAME // 2 + 1), float32.

    Triangles, as wide as the ear needs to tell pitches apart: equally wide on the mel scale.
    """
    edges = band_edges(num_bands)
    frequencies = torch.linspace(0, RATE / 2, FRAME // 2 + 1, dtype=torch.float64)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    up, down = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    return torch.minimum(up, down).clamp(min=0).float()


def band_edges(num_bands: int) -> Tensor:
    """Where bands begin, are fully counted and end, in Hz (num_bands + 2,), float64.

    Band k begins at edge k, has its middle at edge k + 1 and ends at edge k + 2.

    Source: the mel scale of HTK, m = 2595 log10(1 + f / 700); Young and others, "The HTK Book"
        (2006), section 5.4.
    """
    ends = torch.tensor([LOWEST, HIGHEST], dtype=torch.float64)
    mels = 2595 * torch.log10(1 + ends / 700)
    edges = torch.linspace(*mels.tolist(), num_bands + 2, dtype=torch.float64)
    return 700 * (10 ** (edges / 2595) - 1)


def fit_width(bands: Tensor, width: int) -> Tensor:
    """``bands`` (M, frames) with ``width`` steps of time, averaged or drawn out evenly."""
    if bands.shape[1] < width:
        return F.interpolate(bands[None], size=width, mode="linear", align_corners=False)[0]
    return F.adaptive_avg_pool1d(bands, width)
