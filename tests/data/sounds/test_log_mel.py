"""Pictures of sound: counted by hand, and held against scipy and transformers."""

import math

import numpy as np
import pytest
import torch
from scipy.signal import stft
from torch import Tensor

from course_utils.data.sounds.log_mel import (
    FLOOR,
    FRAME,
    HIGHEST,
    HOP,
    LOWEST,
    RATE,
    SIZE,
    fit_width,
    log_mel,
    mel_filters,
    sound_picture,
    trim,
)


def tone(frequency: float, seconds: float = 0.5) -> Tensor:
    return torch.sin(2 * math.pi * frequency * torch.arange(int(RATE * seconds)) / RATE)


def noise(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, generator=torch.Generator().manual_seed(seed)) / 5


def chirp() -> Tensor:
    """Half a second, from 200 up to 3,000 Hz."""
    time = torch.arange(RATE // 2) / RATE
    return torch.sin(2 * math.pi * (200 * time + 2800 * time**2))


def middles(num_bands: int) -> list[float]:
    """Of the bands, in Hz, by the formula and its inverse."""
    low, high = (1127.010480 * math.log(1 + end / 700) for end in (LOWEST, HIGHEST))
    mels = [low + (high - low) * place / (num_bands + 1) for place in range(1, num_bands + 1)]
    return [700 * (math.exp(mel / 1127.010480) - 1) for mel in mels]


def test_a_filter_is_a_triangle_that_is_1_in_its_middle_and_0_at_its_neighbours() -> None:
    num_bands = 8
    filters, step = mel_filters(num_bands), RATE / FRAME
    places = [LOWEST, *middles(num_bands), HIGHEST]
    for band in range(num_bands):
        low, middle, high = places[band : band + 3]
        for number in range(FRAME // 2 + 1):
            hertz = number * step
            rise = (
                (hertz - low) / (middle - low)
                if hertz < middle
                else (high - hertz) / (high - middle)
            )
            assert filters[band, number].item() == pytest.approx(max(0.0, rise), abs=1e-5)


@pytest.mark.parametrize("num_bands", [SIZE, 24])
def test_the_filters_are_those_of_transformers(num_bands: int) -> None:
    audio = pytest.importorskip("transformers.audio_utils")
    theirs = audio.mel_filter_bank(
        FRAME // 2 + 1, num_bands, LOWEST, HIGHEST, RATE, norm=None, mel_scale="htk"
    )
    assert np.abs(mel_filters(num_bands).numpy() - theirs.T).max() < 1e-6


def test_the_whole_log_mel_is_that_of_transformers() -> None:
    audio = pytest.importorskip("transformers.audio_utils")
    filters = audio.mel_filter_bank(
        FRAME // 2 + 1, SIZE, LOWEST, HIGHEST, RATE, norm=None, mel_scale="htk"
    )
    sound = chirp() + noise(RATE // 2)
    power = audio.spectrogram(
        sound.double().numpy(),
        audio.window_function(FRAME, "hann"),
        FRAME,
        HOP,
        power=2.0,
        pad_mode="constant",
        mel_filters=filters,
        mel_floor=0.0,
    )
    ours = log_mel(sound)
    assert ours.shape == (SIZE, 1 + len(sound) // HOP)
    assert np.abs(ours.numpy() - np.log(power + FLOOR)).max() < 1e-3


def test_the_power_in_the_frames_is_that_of_scipy() -> None:
    sound = chirp() + noise(RATE // 2)
    options = {"boundary": "zeros", "padded": False, "scaling": "spectrum"}
    _, times, waves = stft(sound.double().numpy(), RATE, "hann", FRAME, FRAME - HOP, **options)
    power = mel_filters(SIZE).double().numpy() @ np.abs(waves * FRAME / 2) ** 2  # the window's sum
    assert times[:3] == pytest.approx([0, HOP / RATE, 2 * HOP / RATE])
    ours = log_mel(sound)[:, : power.shape[1]]
    assert np.abs(ours.numpy() - np.log(power + FLOOR)).max() < 1e-3


@pytest.mark.parametrize("frequency", [150, 440, 1000, 2200, 3400])
def test_a_tone_is_loudest_in_the_band_whose_middle_is_nearest(frequency: float) -> None:
    distances = [abs(math.log((700 + middle) / (700 + frequency))) for middle in middles(SIZE)]
    bands = log_mel(tone(frequency)).mean(1)
    assert bands.argmax() == distances.index(min(distances))


def test_a_rising_tone_rises_from_the_first_band_and_step_to_the_last() -> None:
    picture = sound_picture(chirp())[0].float()
    loudest = picture.argmax(0)
    assert (loudest.diff() >= 0).all()
    assert loudest[0] < 4 and loudest[-1] >= 13


def test_silence_at_the_ends_is_cut_in_steps_of_10_ms_and_no_other() -> None:
    loud = torch.full((2 * HOP,), 0.5)
    pause, whisper = torch.zeros(3 * HOP), torch.full((HOP,), 0.02 * 0.49)
    sound = torch.cat([pause, whisper, loud, pause, loud, whisper, pause])
    assert trim(sound).equal(torch.cat([2 * loud, pause, 2 * loud]))
    louder = torch.cat([pause, torch.full((HOP,), 0.02 * 0.51), loud])
    assert len(trim(louder)) == 3 * HOP
    late = torch.cat([torch.zeros(HOP + 10), loud])
    assert len(trim(late)) == 2 * HOP + 10  # from where a step begins


def test_neither_loudness_nor_silence_nor_the_unit_is_left_in_a_picture() -> None:
    sound = chirp()
    picture = sound_picture(sound)
    padded = torch.cat([torch.zeros(5 * HOP), sound, torch.zeros(7 * HOP)])
    assert sound_picture(0.01 * sound).equal(picture)
    assert (
        sound_picture((30_000 * sound).round().to(torch.int16)).int().sub(picture.int()).abs().max()
        <= 1
    )
    assert sound_picture(padded).int().sub(picture.int()).abs().max() <= 1


def test_a_picture_has_one_mean_and_one_spread() -> None:
    for sound in (chirp(), noise(4000), tone(700)):
        picture = sound_picture(sound, 20)
        assert picture.shape == (1, 20, 20) and picture.dtype == torch.uint8
        assert picture.float().mean().item() == pytest.approx(128, abs=2)
        assert picture.float().std().item() == pytest.approx(32, abs=3)


def test_steps_of_time_are_averaged_or_drawn_out() -> None:
    bands = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 8.0, 0.0]])
    assert fit_width(bands, 2).tolist() == [[1.5, 3.5], [0.0, 4.0]]
    assert fit_width(bands, 4).equal(bands)
    assert fit_width(bands[:, :2], 4).tolist() == [[1.0, 1.25, 1.75, 2.0], [0.0] * 4]


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (torch.zeros(0), "needs samples"),
        (torch.tensor([0.0, float("nan")]), "finite"),
        (torch.tensor([0.0, float("inf")]), "finite"),
        (torch.zeros(1200), "all 1,200 samples are 0"),
    ],
)
def test_what_is_no_sound_is_refused(sound: Tensor, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sound_picture(sound)
