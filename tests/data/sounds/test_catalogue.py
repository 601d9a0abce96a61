"""From a lesson's parameter to three parts of sounds, and clear refusals; real recordings."""

import importlib.util
import zipfile
from pathlib import Path

import pytest

from course_utils.data.sounds import catalogue
from course_utils.data.sounds.catalogue import open_sounds
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.splitting import SoundSplit
from course_utils.data.splits import take_per_class
from course_utils.files import PROJECT_FOLDER
from tests.helpers.sound_files import wav, word, write_spoken, write_words

ARCHIVE = PROJECT_FOLDER.parent / "shared" / "data" / "free_spoken_digits.zip"
TWO = {"no": 6, "yes": 6}


def opened(dataset: str, data_dir: Path, **changes: object) -> SoundSplit:
    usual = {"val_fraction": 0.2, "test_fraction": 0.3, "seed": 0}
    return open_sounds(dataset, data_dir, **usual | changes)


def parts_of(split: SoundSplit) -> list[LabelledSounds]:
    split.test.decide("the test")
    return [split.train, split.val, split.test.open()]


def test_own_sounds_come_in_three_parts_with_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_words(tmp_path, TWO)
    parts = parts_of(opened(dataset, tmp_path, size=8))
    said = capsys.readouterr().out
    assert "  no                 6\n" in said and "No near copies among 12 sounds." in said
    assert [part.labels.bincount().tolist() for part in parts] == [[3, 3], [1, 1], [2, 2]]
    assert {name for part in parts for name in part.files} == {
        f"{label}/{take}.wav" for label in TWO for take in range(6)
    }
    assert parts[0].images.shape == (6, 1, 8, 8)


def test_speakers_of_own_sounds_stay_in_one_part(tmp_path: Path) -> None:
    dataset = write_spoken(tmp_path, ("no", "yes"), ("anna", "ben", "cleo", "dan"), 2)
    parts = parts_of(opened(dataset, tmp_path, group_by="_([a-z]+)_"))
    held = [set(part.speakers.tolist()) for part in parts]
    assert [len(some) for some in held] == [2, 1, 1] and len(set.union(*held)) == 4


def test_a_relative_path_starts_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", tmp_path)
    write_words(tmp_path / "mine", TWO)
    assert len(opened("sounds:mine", tmp_path).train) == 6


@pytest.mark.parametrize("dataset", ["sound:x", "sounds", "sounds:", "digits"])
def test_other_names_are_refused_with_those_there_are(tmp_path: Path, dataset: str) -> None:
    names = '"own", "synthetic_digits", "free_spoken_digits", "speech_commands" or "sounds:PATH"'
    with pytest.raises(ValueError, match=f"must be {names}, got"):
        opened(dataset, tmp_path, built_in=["own"])


def test_a_path_without_its_form_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "yes").mkdir()
    (tmp_path / "yes" / "1.wav").write_bytes(wav(word()))
    with pytest.raises(ValueError, match=f'it looks like "sounds:{tmp_path}"'):
        opened(str(tmp_path), tmp_path)


def test_fractions_are_checked_before_work(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sum to less than 1"):
        opened("sounds:missing", tmp_path, val_fraction=0.8)


def is_there(module: str) -> bool:
    return importlib.util.find_spec(f"course_utils.data.sounds.{module}") is not None


@pytest.mark.skipif(not is_there("synthetic_digits"), reason="the synthetic digits are not made")
def test_synthetic_digits_are_split_by_voice(tmp_path: Path) -> None:
    parts = parts_of(opened("synthetic_digits", tmp_path))
    held = [set(part.speakers.tolist()) for part in parts]
    assert sum(map(len, held)) == len(set.union(*held)) >= 12 and min(map(len, held)) > 0
    with pytest.raises(ValueError, match="shipped as pictures of 16 bands, got size = 32"):
        opened("synthetic_digits", tmp_path, size=32)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first six takes of each speaker and digit, sorted into folders of classes."""
    if not ARCHIVE.exists():
        pytest.skip(f"{ARCHIVE.name} is not beside the project")
    root = tmp_path_factory.mktemp("digits")
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in archive.namelist():
            digit, _, take = Path(name).stem.partition("_")
            if name.endswith(".wav") and int(take.rpartition("_")[2]) < 6:
                (root / digit).mkdir(exist_ok=True)
                (root / digit / Path(name).name).write_bytes(archive.read(name))
    return root


@pytest.mark.slow
def test_real_digits_are_split_by_speaker(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six people, ten digits, as their makers published them: nothing is to be mended."""
    split = opened(f"sounds:{real}", tmp_path, test_fraction=0.2, group_by="_([a-z]+)_")
    parts = parts_of(split)
    assert [part.labels.bincount().tolist() for part in parts] == [[24] * 10, [6] * 10, [6] * 10]
    assert split.train.class_names == tuple("0123456789")
    people = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
    for part in parts:
        assert part.speaker_names == people
        for place, file in enumerate(part.files):
            digit, who, _ = Path(file).stem.split("_")
            assert part.class_names[int(part.labels[place])] == digit
            assert part.speaker_names[int(part.speakers[place])] == who
    assert len(take_per_class(split.train, 5, seed=0)) == 50
    said = capsys.readouterr().out
    assert "must be mended" not in said.lower() and "Left out" not in said and "Kept" not in said
    assert "Samples a second: 8,000. Channels: mono. Samples: 16 bit." in said
    assert "No near copies among 360 sounds." in said
