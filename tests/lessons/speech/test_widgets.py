"""What moves in lesson 11, moved as a learner moves it: a word, and the voices held out."""

import io
import re
import wave
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from sklearn.linear_model import Ridge
from torch import Tensor

from course_utils.data.sounds import espeak
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import log_mel, sound_picture, trim
from course_utils.data.sounds.shipped_words import ShippedWord, shipped_words
from course_utils.data.sounds.synthetic_digits import load_synthetic_digits
from course_utils.data.sounds.voices import TARGET_VOICES
from course_utils.figures import axes as figures
from course_utils.learning.guesses import Guess
from course_utils.lessons.speech.widgets.held_out import KNOWN, NEW, explore_held_out
from course_utils.lessons.speech.widgets.word import explore_word, with_noise
from course_utils.session import learner
from course_utils.widgets import explorer
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting, every_setting_in_time

VOICES = ("Ann", "$Bo_1$", "Cleo", "Dan", "Eve")
HELD = ("Cleo", "Eve")
NUM_WORDS, NUM_TAKES, SIDE = 3, 8, 4


@pytest.fixture
def no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and read, but not rendered: that is most of the time of a move."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "pixels")
    monkeypatch.setattr(figures, "as_png", lambda figure: "pixels")


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "is_installed", lambda: False)


@cache
def some_sounds() -> LabelledSounds:
    """Words that each voice moves by as much as they differ, so that new voices are hard."""
    generator = torch.Generator().manual_seed(1)
    words = torch.randn(1, NUM_WORDS, 1, 1, SIDE, SIDE, generator=generator)
    voices = torch.randn(len(VOICES), NUM_WORDS, 1, 1, SIDE, SIDE, generator=generator)
    shape = (len(VOICES), NUM_WORDS, NUM_TAKES, 1, SIDE, SIDE)
    pictures = 128 + 20 * (words + voices + torch.randn(shape, generator=generator))
    numbers = torch.cartesian_prod(*map(torch.arange, shape[:3]))
    order = torch.randperm(len(numbers), generator=generator)
    return LabelledSounds(
        pictures.clamp(0, 255).to(torch.uint8).flatten(0, 2),
        numbers[:, 1],
        ("no", "yes", "so"),
        groups=numbers[:, 0],
        speakers=numbers[:, 0],
        speaker_names=VOICES,
        takes=numbers[:, 2],
    )[order]


def held_out(own: float | None = None) -> Explorer:
    sounds = some_sounds()
    inputs = {"pixels": sounds.images, "sums of rows": sounds.images.float().sum(dim=3)}
    guess = Guess("11 held out", 0, 1, 0.9, "accuracy", own=own)
    return explore_held_out(sounds, HELD, inputs=inputs, guessed=guess)


def digits_held_out() -> Explorer:
    digits = load_synthetic_digits()
    return explore_held_out(digits, digits.speaker_names[-3:])


def held_in(setting: dict[str, Any]) -> list[str]:
    return [name for place, name in enumerate(VOICES) if setting[f"voice_{place}"]]


@cache
def accuracies_by_hand(inputs: str, held: tuple[str, ...]) -> dict[str, float]:
    """Of each voice, by scikit-learn's ridge regression of inputs divided to one mean square."""
    sounds = some_sounds()
    x = sounds.images.double()
    x = (x.sum(dim=3) if inputs == "sums of rows" else x).flatten(1).numpy()
    is_test = (sounds.takes >= NUM_TAKES - 5).numpy()
    names = np.array(VOICES)[sounds.speakers.numpy()]
    learns = ~is_test & ~np.isin(names, held)
    penalty = 0.01 * (x[learns] ** 2).sum(axis=0).mean()
    model = Ridge(penalty).fit(x[learns], np.eye(NUM_WORDS)[sounds.labels.numpy()[learns]])
    right = model.predict(x).argmax(axis=1) == sounds.labels.numpy()
    return {name: right[is_test & (names == name)].mean() for name in VOICES}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Ends of the 95 % t interval, by SciPy's own method, cut off at 0 and 1."""
    if len(values) == 1:
        return (values[0],) * 2
    if np.ptp(values) == 0:
        return (values[0],) * 2  # SciPy divides by the spread
    ends = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return max(0.0, float(ends.low)), min(1.0, float(ends.high))


def check_drawn(moving: Explorer, of_voices: dict[str, float], held: list[str]) -> None:
    """A point for each voice in its row, and means with their intervals in the first two."""
    ax = moving.axes[0]
    kinds = {KNOWN: [name for name in VOICES if name not in held], NEW: held}
    lines = {line.get_label(): line for line in ax.lines}
    for (kind, names), bar in zip(kinds.items(), ax.containers, strict=True):
        places = [2 + VOICES.index(name) for name in names]
        assert list(lines[kind].get_ydata()) == places
        scores = [of_voices[name] for name in names]
        assert list(lines[kind].get_xdata()) == pytest.approx(scores)
        mean, _, (lengths,) = bar.lines
        ((left, _), (right, _)) = lengths.get_segments()[0]
        assert mean.get_xdata()[0] == pytest.approx(np.mean(scores))
        assert (left, right) == pytest.approx(interval(scores))
        n = f"], n = {len(names)} voices" if len(names) > 1 else " of one voice"
        said = rf"{kind.capitalize()}: {np.mean(scores):.3f}.*?{re.escape(n)}\."
        assert re.search(said, moving.summary)


@pytest.mark.slow
@pytest.mark.usefixtures("no_pixels")
def test_every_choice_of_voices_has_the_accuracies_of_another_implementation() -> None:
    moving, seen = held_out(), set()
    for setting in every_setting(moving):
        held = held_in(setting)
        of_voices = accuracies_by_hand(setting["inputs"], tuple(held))
        check_drawn(moving, of_voices, held)
        count = len(VOICES) - len(held)
        start = f"Ridge regression on {setting['inputs']} learned from {count} voice"
        assert moving.summary.startswith(start)
        hardest = min(held, key=of_voices.__getitem__)
        assert f"Hardest of those held out: {hardest} {of_voices[hardest]:.2f}" in moving.summary
        means = [np.mean([of_voices[n] for n in VOICES if (n in held) == h]) for h in (0, 1)]
        assert f"Difference: {means[1] - means[0]:+.3f}." in moving.summary
        seen.add((setting["inputs"], tuple(held)))
    assert len(seen) > 5 and len({inputs for inputs, _ in seen}) > 1


@pytest.mark.usefixtures("no_pixels")
def test_held_out_voices_are_harder_and_no_test_take_is_learned() -> None:
    moving = held_out()
    moving.update()
    assert re.search(r"Difference: -0\.[1-9]", moving.summary)
    sounds = some_sounds()
    shuffled = sounds.labels.clone()
    is_test = sounds.takes >= NUM_TAKES - 5
    shuffled[is_test] = (shuffled[is_test] + 1) % NUM_WORDS
    wrong = explore_held_out(replace(sounds, labels=shuffled), HELD)
    wrong.update()
    known = float(re.search(r"Known: ([\d.]+)", wrong.summary)[1])
    assert known < 0.2, "labels of test takes reached the classifier"


@pytest.mark.usefixtures("no_pixels")
def test_where_no_voice_is_held_out_or_all_are_it_says_what_to_do() -> None:
    moving = held_out()
    moving.update()
    boxes = [box for name, box in moving.controls.items() if name.startswith("voice")]
    for value, said in ((True, "No voice is to learn from: keep"), (False, "is held out: tick")):
        for box in boxes:
            box.value = value
        assert said in moving.summary and not moving.axes[0].containers


@pytest.mark.usefixtures("no_pixels")
@pytest.mark.parametrize(("own", "whose"), [(None, "A common guess: 0.9."), (0.5, "Your guess: ")])
def test_the_guess_stands_beside_the_voices_that_it_is_about(own: float | None, whose: str) -> None:
    moving = held_out(own)
    moving.update()
    truth = np.mean([accuracies_by_hand("pixels", HELD)[name] for name in HELD])
    assert whose in moving.summary and moving.summary.endswith(f"Truth: {truth:.3g}.")
    moving.controls["voice_0"].value = True
    assert "guess" not in moving.summary


def test_names_stand_within_the_figure_and_the_legend_covers_no_voice() -> None:
    for moving in (held_out(), digits_held_out()):
        moving.update()
        (ax,) = moving.axes
        ax.figure.draw_without_rendering()
        renderer = ax.figure.canvas.get_renderer()
        for label in ax.get_yticklabels():
            assert label.get_window_extent(renderer).x0 >= 0
        lowest = ax.transData.transform((0, len(ax.get_yticks()) - 1 + 0.3))[1]
        assert ax.get_legend().get_window_extent(renderer).y1 < lowest


def sound_in(html: str) -> Tensor:
    """What the player holds, -1 to 1."""
    (data,) = re.findall(r'src="data:audio/wav;base64,([^"]+)"', html)
    with wave.open(io.BytesIO(b64decode(data))) as file:
        assert file.getframerate() == 8000
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return torch.from_numpy(samples / 32767)


def picture_in(html: str) -> np.ndarray:
    """The picture beside the player, as the network sees it."""
    (data,) = re.findall(r'pixelated[^>]*src="data:image/png;base64,([^"]+)"', html)
    return 255 - np.asarray(Image.open(io.BytesIO(b64decode(data))))[::-1]


def check_word(moving: Explorer, said: ShippedWord, noise: float) -> None:
    """Wave, bands, player, picture and words are of one sound."""
    sound = with_noise(said.sound, noise)
    wave_axes, band_axes = moving.axes
    assert np.allclose(wave_axes.lines[0].get_ydata(), sound)
    assert np.allclose(band_axes.images[0].get_array(), log_mel(sound), atol=1e-5)
    assert band_axes.images[0].get_clim() == (-6, 7)
    html = moving.picture.outputs[0]["data"]["text/html"]
    assert torch.allclose(sound_in(html), (sound / sound.abs().max()).double(), atol=1e-4)
    assert np.array_equal(picture_in(html), sound_picture(sound)[0])
    words = (
        f'"{said.word}" by the voice {said.voice}'
        f"{'' if said.is_plain else ', through its throat and microphone'}, at {said.rate} words a "
        f"minute and pitch {said.pitch} of 99, "
    )
    assert moving.summary.startswith(words)
    assert (f"with noise of {noise:g}." if noise else "without noise.") in moving.summary


@pytest.mark.slow
@pytest.mark.usefixtures("no_pixels", "no_extra")
def test_without_the_extra_a_shipped_word_is_heard_and_the_words_say_which() -> None:
    shipped = {word[1:]: word for word in shipped_words()}
    moving, told = explore_word(), set()
    for s in every_setting(moving):
        wanted = (s["word"], s["voice"], s["rate"], s["pitch"], not s["microphone"])
        is_there = wanted in shipped
        pattern = r'^"(\w+)" by the voice (\S+?)(, through.*?)?,? at (\d+) words.*? pitch (\d+)'
        word, voice, through, rate, pitch = re.match(pattern, moving.summary).groups()
        heard = shipped[word, voice.rstrip(","), int(rate), int(pitch), not through]
        assert heard.voice == s["voice"] and (heard[1:] == wanted) == is_there
        check_word(moving, heard, s["noise"])
        nearest = "It is the nearest of the shipped words; " in moving.summary
        assert nearest == (espeak.NO_ESPEAK in moving.summary) == (not is_there)
        told.add(is_there)
    assert told == {True, False}


@pytest.mark.usefixtures("no_pixels")
def test_with_the_extra_any_word_is_spoken_anew() -> None:
    pytest.importorskip("espeakng_loader", reason=espeak.NO_ESPEAK)
    moving = explore_word()
    moving.update()
    for name, value in {"word": "tomato", "rate": 240, "pitch": 30, "noise": 0.1}.items():
        moving.controls[name].value = value
    sound = 0.9 * trim(espeak.say("tomato", "en-us+m1", 240, 30))
    check_word(moving, ShippedWord(sound, "tomato", "m1", 240, 30, True), 0.1)
    before = moving.axes[0].lines[0].get_ydata()
    moving.controls["microphone"].value = True
    assert "through its throat and microphone" in moving.summary
    assert "shipped" not in moving.summary
    assert len(before) != len(moving.axes[0].lines[0].get_ydata())  # a longer or shorter throat
    moving.controls["voice"].value = TARGET_VOICES[3]
    assert f"by the voice {TARGET_VOICES[3]}" in moving.summary


def test_noise_is_as_strong_as_it_says_and_nothing_is_cut_off() -> None:
    sound = torch.sin(torch.arange(8000) / 5)
    assert torch.equal(with_noise(sound, 0), sound)
    weak = with_noise(0.5 * sound, 0.1) - 0.5 * sound
    assert weak.std() == pytest.approx(0.05, rel=0.05)
    strong = with_noise(sound, 0.8)
    assert strong.abs().max() == 1
    assert torch.equal(strong, with_noise(sound, 0.8))


@pytest.mark.slow
def test_answers_take_less_than_250_milliseconds() -> None:
    for moving in (digits_held_out(), explore_word()):
        assert len(list(every_setting_in_time(moving))) > 1


@pytest.mark.usefixtures("no_pixels")
def test_stills_are_the_same_with_and_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    players: list[str] = []
    display = explorer.display
    monkeypatch.setattr(
        explorer, "display", lambda data, **how: players.append(str(data)) or display(data, **how)
    )
    monkeypatch.setattr(learner, "is_live", lambda: False)
    said = []
    for anew in (True, False):
        monkeypatch.setattr(espeak, "is_installed", lambda anew=anew: anew)
        explore_word()._ipython_display_()
        said.append(([data["text/plain"] for data, _ in shown], list(players)))
        shown.clear()
        players.clear()
    assert said[0] == said[1]
    ((words,), below) = said[0]
    assert words.count("by the voice") == len(below) == 3 and "with noise of 0.2" in words
    assert all("<audio" in each and "nearest" not in words for each in below)
    held_out()._ipython_display_()
    assert shown[0][0]["text/plain"].count("Ridge regression on pixels") == 2


def test_what_does_not_fit_is_refused() -> None:
    sounds = some_sounds()
    for wrong in ([], VOICES, ["Zoe"], "Ann"):
        with pytest.raises(ValueError, match="held_out must be some of the voices Ann, "):
            explore_held_out(sounds, wrong)
    for unknown in ({"speakers": None}, {"takes": None}):
        with pytest.raises(ValueError, match="sounds must have speakers and takes"):
            explore_held_out(replace(sounds, **unknown), HELD)
    with pytest.raises(ValueError, match=r"of the first takes they have \[0, 0, 0, 0, 0\]"):
        explore_held_out(sounds[sounds.takes >= NUM_TAKES - 5], HELD)
    with pytest.raises(ValueError, match="of the last takes they have"):
        explore_held_out(sounds[torch.arange(1, len(sounds))], HELD)
    with pytest.raises(ValueError, match="inputs 'own' are 3 for 120 sounds"):
        explore_held_out(sounds, HELD, inputs={"own": torch.zeros(3, 2)})
    with pytest.raises(ValueError, match="at least one kind of input"):
        explore_held_out(sounds, HELD, inputs={})
