"""The shipped digits are what their card says, and what the project's command makes."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch

from course_utils.data.sounds import synthetic_digits
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.remake import COMMAND
from course_utils.data.sounds.synthetic_digits import (
    FILE,
    NUM_TAKES,
    SEED,
    SHIPPED_FOLDER,
    load_synthetic_digits,
    make_synthetic_digits,
    microphone_of,
    save_synthetic_digits,
    speak_digits,
)
from course_utils.data.sounds.voices import CHOOSING_VOICES, SEALED_VOICES, TARGET_VOICES
from course_utils.files import DamagedFileError
from tests.helpers.speech import needs_espeak

CARD = Path(FILE).with_suffix(".json").name


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with copies of the shipped files, in the place of theirs."""
    for name in (FILE, CARD):
        shutil.copy(SHIPPED_FOLDER / name, tmp_path)
    monkeypatch.setattr(synthetic_digits, "SHIPPED_FOLDER", tmp_path)
    return tmp_path


def test_each_of_18_voices_says_each_digit_15_times() -> None:
    digits = load_synthetic_digits()
    assert digits.images.shape == (2700, 1, 16, 16) and digits.images.dtype == torch.uint8
    assert digits.class_names == tuple("0123456789")
    assert digits.speaker_names == TARGET_VOICES
    said = torch.stack([digits.speakers, digits.labels, digits.takes], 1)
    assert len(said.unique(dim=0)) == 18 * 10 * 15
    assert said.max(dim=0).values.tolist() == [17, 9, 14]
    assert digits.groups.equal(digits.speakers)
    for numbers in (digits.labels, digits.speakers, digits.takes, digits.parts):
        assert numbers.dtype == torch.int64


def test_no_voice_is_in_two_parts_and_the_parts_are_those_named_by_voice() -> None:
    digits = load_synthetic_digits()
    voices = torch.stack([digits.speakers, digits.parts], 1).unique(dim=0)
    assert len(voices) == 18, "no voice is in two parts"
    assert voices[:, 1].bincount().tolist() == [12, 3, 3]
    of_part = {number: {TARGET_VOICES[v] for v, part in voices.tolist() if part == number}
               for number in (1, 2)}  # fmt: skip
    assert of_part == {1: set(CHOOSING_VOICES), 2: set(SEALED_VOICES)}


def test_no_two_pictures_are_the_same_and_all_have_the_spread_of_a_picture() -> None:
    images = load_synthetic_digits().images.float()
    assert len(images.flatten(1).unique(dim=0)) == len(images)
    assert (images.mean(dim=(1, 2, 3)) - 128).abs().max() < 2
    assert (images.std(dim=(1, 2, 3)) - 32).abs().max() < 3


def test_the_card_names_voices_versions_and_command_and_says_that_no_person_spoke() -> None:
    content = (SHIPPED_FOLDER / FILE).read_bytes()
    card = json.loads((SHIPPED_FOLDER / CARD).read_text())
    assert card["sha256"] == hashlib.sha256(content).hexdigest()
    assert tuple(card["voices"]) == TARGET_VOICES
    assert (card["num_takes"], card["seed"], card["command"]) == (NUM_TAKES, SEED, COMMAND)
    assert {"eSpeak NG", "espeakng-loader", "torch", "machine"} <= set(card["made_with"])
    assert "synthetic" in card["note"] and "another kind of machine" in card["note"]
    assert len(content) < 2e6


@pytest.mark.slow
@needs_espeak
def test_digits_spoken_anew_are_the_shipped_ones() -> None:
    """All of one voice: what a speaker says depends a little on what it said before."""
    shipped = load_synthetic_digits()
    anew = []
    for digit in speak_digits():
        if digit.speaker == 1:
            break
        anew.append(sound_picture(digit.sound))
    difference = (torch.stack(anew).int() - shipped.images[: len(anew)].int()).abs()
    assert len(anew) == 150
    # Rounding may differ on other machines: by a step here and there, and never by much.
    assert difference.float().mean() < 0.1 and difference.max() <= 8


@needs_espeak
def test_other_seeds_are_other_voices_and_few_takes_are_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(synthetic_digits, "TARGET_VOICES", ("m1", "zac"))
    one, other = (make_synthetic_digits(1, seed) for seed in (0, 1))
    assert len(one) == 20 and one.takes.unique().tolist() == [0]
    assert one.labels.tolist() == 2 * list(range(10))
    assert not one.images.equal(other.images)


@needs_espeak
@pytest.mark.parametrize("num_takes", [0, -3])
def test_no_takes_are_refused(num_takes: int) -> None:
    with pytest.raises(ValueError, match=f"num_takes must be at least 1, got {num_takes}"):
        make_synthetic_digits(num_takes)


def test_each_voice_has_a_microphone_of_its_own_and_keeps_it() -> None:
    microphones = [microphone_of(voice) for voice in TARGET_VOICES]
    assert len(set(microphones)) == 18
    assert [microphone_of(voice) for voice in TARGET_VOICES] == microphones
    with pytest.raises(ValueError, match="'f4' says no digits; these do: m1"):
        microphone_of("f4")


def test_what_is_saved_is_loaded(copied: Path) -> None:
    few = load_synthetic_digits()[torch.tensor([3, 700, 2699])]
    save_synthetic_digits(few, copied, note="of a test")
    read = load_synthetic_digits()
    for name in ("images", "labels", "speakers", "takes", "groups", "parts"):
        assert getattr(read, name).equal(getattr(few, name)), name
    assert (read.class_names, read.speaker_names) == (few.class_names, few.speaker_names)


@pytest.mark.parametrize("name", [FILE, CARD])
def test_a_missing_file_is_named_with_the_command_that_makes_it(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"{name} is missing.*sounds.remake"):
        load_synthetic_digits()


def test_a_damaged_file_is_refused(copied: Path) -> None:
    content = bytearray((copied / FILE).read_bytes())
    content[5000] ^= 1
    (copied / FILE).write_bytes(content)
    with pytest.raises(DamagedFileError, match=FILE):
        load_synthetic_digits()


@pytest.mark.parametrize("text", ["", "{}", "[1]", "no JSON"])
def test_a_damaged_card_is_refused(copied: Path, text: str) -> None:
    (copied / CARD).write_text(text)
    with pytest.raises(DamagedFileError, match=f"{CARD} holds no checksum.*sounds.remake"):
        load_synthetic_digits()
