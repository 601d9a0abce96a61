"""Sounds to see: axes in ms and Hz, low bands at the bottom, and words made of the same numbers."""

import math

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import RATE, log_mel, mel_filters, sound_picture
from course_utils.figures.axes import as_png, new_axes, summary_of
from course_utils.figures.filters import plot_filters
from course_utils.figures.names import as_text
from course_utils.figures.sounds import (
    plot_bands,
    plot_pictures_of_sound,
    plot_wave,
    titles_of,
)


def tone(frequency: float, seconds: float = 0.4, rate: int = RATE) -> Tensor:
    """A pure tone that is half as strong as a file can hold (T,)."""
    return 0.5 * torch.sin(2 * math.pi * frequency * torch.arange(int(seconds * rate)) / rate)


def middle_by_hand(band: int, num_bands: int) -> float:
    """Middle of a band in Hz: equal steps of mel from 60 to 3,900 Hz, in natural logarithms."""
    low, high = (1127.01048 * math.log(1 + hz / 700) for hz in (60, 3900))
    mel = low + (band + 1) * (high - low) / (num_bands + 1)
    return 700 * (math.exp(mel / 1127.01048) - 1)


def labels_of(ax: Axes) -> dict[float, str]:
    """What is written beside the vertical axis, by its place."""
    texts = [label.get_text() for label in ax.get_yticklabels()]
    return dict(zip(ax.get_yticks().tolist(), texts, strict=True))


def test_a_wave_is_drawn_over_milliseconds_and_its_peak_is_said() -> None:
    sound = torch.zeros(4800)
    sound[1600] = -0.75
    for rate, time in ((8000, 200), (16000, 100)):
        ax = plot_wave(sound, rate)
        (line,) = ax.lines
        times, values = line.get_data()
        assert times[1600] == time and values[1600] == -0.75 and len(times) == 4800
        assert f"A wave of {3 * time} ms, 4,800 samples" in summary_of(ax.figure)
        assert f"furthest from 0 at {time} ms, with -0.75." in summary_of(ax.figure)
        assert ax.get_ylim() == pytest.approx((-1.05, 1.05))


def test_what_is_louder_than_a_file_can_hold_is_drawn_whole() -> None:
    ax = plot_wave(np.array([0.1, 1.5, -2.0]))
    assert ax.get_ylim() == pytest.approx((-2.1, 2.1))


def test_bands_have_their_frames_in_milliseconds_and_their_middles_in_hertz() -> None:
    bands = log_mel(tone(1000), 20)
    ax = plot_bands(bands)
    (image,) = ax.images
    assert image.origin == "lower"
    assert np.array_equal(image.get_array(), bands.numpy())
    assert image.get_extent() == [-5, 405, 0, 20]  # 41 frames, each 10 ms, the first around 0
    for place, text in labels_of(ax).items():
        middle = middle_by_hand(round(place - 0.5), 20)
        assert float(text.replace(",", "")) == pytest.approx(middle, abs=0.6)
    nearest = min((middle_by_hand(band, 20) for band in range(20)), key=lambda f: abs(f - 1000))
    said = summary_of(ax.figure)
    lowest, highest = middle_by_hand(0, 20), middle_by_hand(19, 20)
    start = f"20 bands with middles from {lowest:,.0f} to {highest:,.0f} Hz over 41 steps of time;"
    assert said.startswith(start)
    assert f"is at {nearest:,.0f} Hz and " in said and said.endswith(" ms.")
    assert ax.get_xlabel() == "time in ms"


def test_the_place_of_the_strongest_band_is_said() -> None:
    bands = torch.zeros(16, 30)
    bands[3, 12] = 2.5
    said = summary_of(plot_bands(bands).figure)
    middle = middle_by_hand(3, 16)
    assert said.endswith(f"the highest log power, 2.5, is at {middle:,.0f} Hz and 120 ms.")


def test_only_new_axes_get_a_bar_of_shades() -> None:
    assert len(plot_bands(torch.rand(4, 5)).figure.axes) == 2
    given = new_axes()
    assert plot_bands(torch.rand(4, 5), given) is given and len(given.figure.axes) == 1


def test_a_picture_is_drawn_over_steps_and_in_the_same_shades_however_it_is_stored() -> None:
    picture = sound_picture(tone(700))
    whole, shares = plot_bands(picture), plot_bands(picture.float() / 255)
    for ax in (whole, shares):
        assert ax.images[0].get_extent() == [0.5, 16.5, 0, 16]
        assert ax.get_xlabel() == "step" and " and step " in summary_of(ax.figure)
    assert whole.images[0].get_clim() == (32, 224)  # 128 is the mean, 32 a standard deviation
    assert shares.images[0].get_clim() == pytest.approx((32 / 255, 224 / 255))
    colours = [ax.images[0].to_rgba(ax.images[0].get_array()) for ax in (whole, shares)]
    assert np.allclose(*colours, atol=0.01) and np.ptp(colours[0][..., 0]) > 0.3


def test_strong_is_dark_and_limits_are_those_given() -> None:
    ax = plot_bands(torch.tensor([[0.0, 1.0]]), limits=(-1, 3))
    (image,) = ax.images
    assert image.get_clim() == (-1, 3)
    weak, strong = image.to_rgba(image.get_array())[0, :, 0]
    assert weak > strong


def test_bands_of_other_filters_have_the_middles_that_are_given() -> None:
    middles = [100.0, 2000.0, 3900.0]
    ax = plot_bands(torch.rand(3, 8), middles=middles)
    assert labels_of(ax) == {0.5: "100", 1.5: "2,000", 2.5: "3,900"}


def test_filters_are_drawn_over_hertz_and_how_many_frequencies_count_is_said() -> None:
    ax = plot_filters()
    filters = mel_filters(16)
    assert len(ax.lines) == 16
    for line, row in zip(ax.lines, filters, strict=True):
        frequencies, weights = line.get_data()
        assert frequencies[0] == 0 and frequencies[-1] == 4000 and len(frequencies) == 129
        assert np.array_equal(weights, row.numpy())
    low, high = (int((row > 0).sum()) for row in (filters[0], filters[-1]))
    assert f"{low} count in the lowest band and {high} in the highest" in summary_of(ax.figure)
    own = torch.zeros(2, 129)
    own[0, 32], own[1, 64] = 1, 1
    said = summary_of(plot_filters(own).figure)
    assert "2 filters, one a band, their peaks from 1,000 to 2,000 Hz" in said


def test_pictures_of_sound_have_their_titles_and_bands_beside_the_first_of_a_row() -> None:
    pictures = torch.stack([sound_picture(tone(hz)) for hz in (300, 600, 1200, 2400, 3000)])
    titles = ["one, Ann", "two, Ann", "one, Bo", "two, Bo", "three, Bo"]
    axes = plot_pictures_of_sound(pictures, titles, columns=3, what="tones")
    assert axes.shape == (2, 3)
    assert [ax.get_title() for ax in axes.flat] == [*titles, ""]
    assert [bool(ax.get_ylabel()) for ax in axes.flat] == [True, False, False] * 2
    # The horizontal axis has its name below each column, where no picture follows.
    assert [bool(ax.get_xlabel()) for ax in axes.flat] == [False, False, True, True, True, False]
    said = summary_of(axes.flat[0].figure)
    assert said.startswith("5 pictures of sound: tones. ") and said.count("bands") == 0
    heights = [ax.images[0].get_array().argmax() // 16 for ax in axes.flat[:5]]
    assert heights == sorted(heights) and heights[0] < heights[-1]
    for title, height in zip(titles, heights, strict=True):
        assert f"{title} at {middle_by_hand(height, 16):,.0f} Hz and step " in said


def test_titles_are_drawn_as_text_and_said_whole() -> None:
    titles = ["$5_$10", "_voice", "a word that is far longer than a picture is wide"]
    pictures = sound_picture(tone(500))[None].expand(3, 1, 16, 16)
    axes = plot_pictures_of_sound(pictures, titles, columns=3, what="tones")
    drawn = [ax.get_title() for ax in axes.flat]
    assert drawn == [as_text(title, 22) for title in titles] and "…" in drawn[2]
    as_png(axes.flat[0].figure)  # a warning, as of a formula, would be an error
    assert all(title in summary_of(axes.flat[0].figure) for title in titles)


def test_titles_are_word_and_voice_where_the_voice_is_known() -> None:
    sounds = LabelledSounds(
        torch.zeros(3, 1, 2, 2, dtype=torch.uint8),
        torch.tensor([1, 0, 1]),
        ("no", "yes"),
        speakers=torch.tensor([0, 1, 1]),
        speaker_names=("Ann", "Bo"),
    )
    assert titles_of(sounds) == ["yes, Ann", "no, Bo", "yes, Bo"]
    unknown = LabelledSounds(sounds.images, sounds.labels, sounds.class_names)
    assert titles_of(unknown) == ["yes", "no", "yes"]


def test_bad_input_is_refused() -> None:
    for sound, said in (
        (torch.zeros(0), r"at least one, got \(0,\)"),
        (torch.zeros(1, 5), r"got \(1, 5\)"),
        (torch.zeros(5, dtype=torch.int16), "floats from -1 to 1, got int16; divide"),
        (torch.tensor([0.0, math.nan]), "finite"),
    ):
        with pytest.raises(ValueError, match=said):
            plot_wave(sound)
    for bands in (torch.rand(2, 4, 4), torch.rand(4), torch.rand(0, 4), torch.tensor([[math.inf]])):
        with pytest.raises(ValueError, match="bands must be finite numbers"):
            plot_bands(bands)
    with pytest.raises(ValueError, match=r"middles must be 4, one a band, got \(3,\)"):
        plot_bands(torch.rand(4, 4), middles=[1, 2, 3])
    for filters in (torch.rand(3, 128), torch.zeros(2, 129), mel_filters(128)):
        with pytest.raises(ValueError, match=r"filters must be \(bands, 129\)"):
            plot_filters(filters)
    picture = torch.zeros(2, 1, 4, 4)
    for titles, columns in ((["a"], 6), (["a", "b"], 0), (["a", "b"], 9)):
        with pytest.raises(ValueError, match="a title for each and 1 to 8 columns"):
            plot_pictures_of_sound(picture, titles, columns=columns, what="x")
    with pytest.raises(ValueError, match="bands must be finite numbers"):
        plot_pictures_of_sound(torch.zeros(1, 3, 4, 4), ["a"], what="colours")
