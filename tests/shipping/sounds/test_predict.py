"""``python -m course_utils.predict`` with a classifier of sounds: a table, folders, a report."""

import csv
import os
import re
from math import gcd
from pathlib import Path
from shutil import copy

import numpy as np
import pytest
from scipy.signal import resample_poly

from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.wav_files import read_wav
from course_utils.evaluation.scores import accuracy_text
from course_utils.shipping.command import main
from course_utils.shipping.sounds import answering
from course_utils.shipping.sounds.answering import predict_sounds
from course_utils.shipping.sounds.loading import load_sound_classifier
from course_utils.shipping.table import COLUMNS
from tests.helpers.picture_files import noise, save_picture
from tests.helpers.saved_models import save_small
from tests.helpers.saved_sounds import (
    LEARNED,
    NAMES,
    save_sounds,
    tone,
    write_tones,
)
from tests.helpers.sound_files import wav

OF_CLASSES = tuple(f"probability of {name}" for name in NAMES)
HIDDEN_MP3 = b"ID3\x03\x00\x00" + bytes(200)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a classifier; tests leave it as it is."""
    return save_sounds(tmp_path_factory.mktemp("saved") / "my_model")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with 24 labelled tones of speakers that the model never heard."""
    monkeypatch.chdir(tmp_path)
    write_tones(tmp_path / "tones")
    return tmp_path


def predict(saved: Path, *arguments: str) -> int:
    """Run the command here, on the CPU."""
    return main([str(saved), *arguments, "--device", "cpu"])


def rows(file: str = "predictions.csv") -> list[dict[str, str]]:
    """The table."""
    with open(file, encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def score_on(saved: Path, files: list[Path]) -> str:
    """What is to be said of the accuracy on files in a folder a class."""
    model = load_sound_classifier(saved)
    answers = predict_sounds(model, files).probs.argmax(dim=1).tolist()
    right = sum(NAMES[k] == file.parent.name for k, file in zip(answers, files, strict=True))
    return accuracy_text(right, len(files))


@pytest.mark.slow
def test_each_file_gets_its_row_with_the_probability_of_each_class(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(saved, "tones", "--no-report", "--batch-size", "5") == 0
    found, model = rows(), load_sound_classifier(saved)
    assert tuple(found[0]) == (*COLUMNS, *OF_CLASSES)
    assert len(found) == 24 and len({row["class"] for row in found}) == 2
    for row in found:
        picture = sound_picture(read_wav(Path(row["file"])))[None] / 255
        probs = (model.network(picture)[0] / 1.3).softmax(dim=0)
        assert [float(row[name]) for name in OF_CLASSES] == pytest.approx(probs.tolist(), abs=1e-5)
        assert row["class"] == NAMES[int(probs.argmax())] and row["problem"] == ""
        assert float(row["probability"]) == pytest.approx(probs.max().item(), abs=1e-5)
    said = capsys.readouterr()
    assert "24 sounds: predictions.csv" in said.out and "accuracy" not in said.out
    assert "sound/s" in said.err


def test_files_folders_and_patterns_are_answered_each_once(here: Path, saved: Path) -> None:
    Path("tones/rise/rise_dan_0.wav").rename("tones/rise/rise_dan_0.WAV")
    assert predict(saved, "tones/rise/rise_dan_0.WAV", "tones/rise", "tones/**/*_0.wav") == 0
    names = [os.path.basename(row["file"]) for row in rows()]
    assert len(names) == len(set(names)) == 12 + 2 and names[0] == "rise_dan_0.WAV"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "kind", "channels"),
    [(44_100, "int16", 2), (16_000, "float32", 1), (48_000, "int24", 2)],
)
def test_the_same_sounds_at_another_rate_get_the_same_classes(
    here: Path, saved: Path, rate: int, kind: str, channels: int
) -> None:
    assert predict(saved, "tones", "--no-report") == 0
    for label, name in enumerate(NAMES):
        for file in Path("tones", name).iterdir():
            _, speaker, take = file.stem.split("_")
            common = gcd(rate, 8000)
            finer = resample_poly(
                0.7 * tone(label, speaker, int(take)), rate // common, 8000 // common
            )
            file.write_bytes(wav(np.stack([finer] * channels, axis=1), rate, kind))
    assert predict(saved, "tones", "--no-report", "--out", "b.csv") == 0
    assert [row["class"] for row in rows()] == [row["class"] for row in rows("b.csv")]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = {
        "silent.wav": (wav(np.zeros(4000)), "is silence"),
        "text.wav": (b"no sound at all\n" * 9, "is a text, no sound"),
        "empty.wav": (b"", "is empty: 0 bytes"),
        "long.wav": (wav(np.tile(tone(0, "anna", 0), 40)), "takes 12.0 s, more than 10 s"),
        "cut.wav": (wav(tone(0, "anna", 0))[:999], "is cut off"),
        "memo.mp3": (HIDDEN_MP3, "is MP3"),
    }
    for name, (content, _) in contents.items():
        Path("tones", name).write_bytes(content)
    Path("tones/notes.txt").write_text("no sound", "utf-8")
    save_picture(Path("tones/photo.png"), noise(9, 9))
    assert predict(saved, "tones", "--sort", "sorted") == 1
    said = capsys.readouterr()
    assert "30 sounds: predictions.csv" in said.out and "6 could not be read" in said.out
    assert "passed over in tones: 2 no sounds, by their endings" in said.out
    problems = {Path(row["file"]).name: row for row in rows() if row["problem"]}
    assert set(problems) == set(contents)
    for name, (_, problem) in contents.items():
        row = problems[name]
        assert problem in row["problem"] and f"{name}: {problem}" in said.err
        assert row["class"] == row["probability"] == row[OF_CLASSES[0]] == row[OF_CLASSES[1]] == ""
    assert len([file for file in Path("sorted").rglob("*") if file.is_file()]) == 24


def test_one_command_converts_what_is_no_wav_file(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(saved, "tones", "--no-report") == 0
    assert "ffmpeg" not in capsys.readouterr().out
    (here / "tones" / "deep").mkdir()
    for name in ("tones/a.mp3", "tones/deep/b.M4A", "tones/rise/rise_dan_0.mp3"):
        Path(name).write_bytes(HIDDEN_MP3)
    assert predict(saved, "tones", "--out", "b.csv") == 1
    said = capsys.readouterr().out
    assert "passed over: 1 that a WAV file of the same name stands for" in said
    assert "2 could not be read" in said
    (command,) = [line for line in said.splitlines() if "ffmpeg -nostdin" in line]
    assert str(here / "tones") in command and ".m4a" in command and ".mp3" in command
    assert predict(saved, "tones/rise/rise_dan_0.mp3", "--out", "c.csv") == 2
    assert "WAV files of the same names lie beside" in capsys.readouterr().err


def test_sounds_are_copied_into_a_folder_a_class(here: Path, saved: Path) -> None:
    assert predict(saved, "tones", "--no-report", "--sort", "sorted") == 0
    for row in rows():
        file = Path(row["file"])
        assert Path("sorted", row["class"], file.name).read_bytes() == file.read_bytes()


def test_a_labelled_folder_gets_a_report_and_a_verdict(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(saved, "tones") == 0
    said, files = capsys.readouterr().out, sorted(Path("tones").rglob("*.wav"))
    score = score_on(saved, files)
    assert f"accuracy {score}\n" in said and f"here {score}\n" in said
    assert f"test {accuracy_text(21, 24)}\n" in said
    assert "guessing (always 'rise') scores 0.500" in said
    assert "The test sounds were 2 groups that belong together" in said and "picture" not in said
    for row in rows():
        assert row["label"] == Path(row["file"]).parent.name


def test_sounds_that_were_learned_from_do_not_count_and_equal_ones_count_once(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in write_tones(here / "learned", LEARNED[:1])[:2]:
        copy(file, Path("tones/rise"))
    copy("tones/fall/fall_dan_1.wav", "tones/fall/twice.wav")
    copy("tones/fall/fall_dan_2.wav", "tones/rise/of_both_classes.wav")
    assert predict(saved, "tones") == 0
    said = capsys.readouterr().out
    assert "28 sounds: predictions.csv" in said
    assert "2 are sounds that the model learned from: they do not count" in said
    assert "1 equal another of their class: each of those counts once" in said
    uncounted = ("rise_anna_0.wav", "rise_anna_1.wav", "twice.wav")
    files = [file for file in Path("tones").rglob("*.wav") if file.name not in uncounted]
    assert len(files) == 25 and f"accuracy {score_on(saved, files)}\n" in said


def test_nothing_is_left_where_all_was_learned(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tones(here / "learned", LEARNED)
    assert predict(saved, "learned", "--report") == 0
    said = capsys.readouterr().out
    assert "36 are sounds that the model learned from" in said
    assert "No labelled sound is left, so there is no report." in said


def test_a_report_can_be_insisted_on(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("tones/fall").rename("tones/other")
    assert predict(saved, "tones") == 0
    assert "accuracy" not in capsys.readouterr().out and "label" not in rows()[0]
    assert predict(saved, "tones", "--report", "--out", "b.csv") == 2
    assert "sub-folder of sounds for each class, named 'rise', 'fall'; it has 'other'" in (
        capsys.readouterr().err
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("photos",), "there are no sounds in photos, but 1 picture; ask a model of lessons 07"),
        (("photos/a.png",), r"a\.png: that is no sound but 1 picture; ask a model"),
        (("empty",), r"no sounds in empty; files of sound end in \.wav, \.wave, and other"),
        (("nowhere.wav",), "there is nothing called nowhere.wav"),
        (("sounds:tones",), "names a data set to learn from; give its folder alone"),
        (("notes.txt",), "that is text, and .* is a model of sounds; lesson 10"),
        (("tones", "--lines"), "--lines is for texts, and .* is a model of sounds"),
        (("texts:tones",), "is a data set of texts, and .* is a model of sounds"),
        (("tones", "--draw", "drawn"), "--draw is for detectors and segmenters"),
        (("tones", "--min-score", "0.5"), "--min-score is for detectors"),
        (("tones", "--out", "notes.txt"), r"notes\.txt is there already, and nothing"),
        (("tones", "--sort", "tones"), "tones is there already and not empty"),
        (("tones", "--batch-size", "0"), "--batch-size must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_work(
    here: Path,
    saved: Path,
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (here / "empty").mkdir()
    (here / "notes.txt").write_text("hello", "utf-8")
    save_picture(here / "photos" / "a.png", noise(9, 9))
    before = sorted(here.rglob("*"))
    assert predict(saved, *arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("python -m course_utils.predict: ")
    assert re.search(said, line), line
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tones/rise/rise_dan_0.wav",), "that is sound, and classes is a model of pictures"),
        (("memo.mp3", "tones/a.wav"), "memo.mp3, tones/a.wav: that is sound, and"),
        (("sounds:tones",), "sounds:tones is a data set of sounds, and classes is a model of pict"),
    ],
)
def test_sounds_are_refused_by_models_of_pictures(
    here: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    save_small(here / "classes")
    assert predict(Path("classes"), *arguments) == 2
    assert said in capsys.readouterr().err
    assert not Path("predictions.csv").exists()


def test_the_content_of_a_file_is_answered_as_the_file_is(here: Path, saved: Path) -> None:
    model, file = load_sound_classifier(saved), Path("tones/rise/rise_dan_0.wav")
    found = predict_sounds(model, [file, str(file), file.read_bytes(), b"nothing", "gone.wav"])
    assert found.probs[0].tolist() == found.probs[1].tolist() == found.probs[2].tolist()
    assert found.probs[3:].isnan().all() and set(found.problems) == {3, 4}
    assert "is not there" in found.problems[4]
    assert predict_sounds(model, []).probs.shape == (0, 2)


def test_few_sounds_are_in_memory_at_a_time_and_an_error_leaves_no_table(
    here: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, read = [], answering.read_for
    monkeypatch.setattr(
        answering, "read_for", lambda model, some: sizes.append(len(some)) or read(model, some)
    )
    assert predict(saved, "tones", "--batch-size", "10") == 0
    assert sizes == [10, 10, 4]

    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(answering, "answer", fail)
    before = sorted(here.rglob("*"))
    assert predict(saved, "tones", "--out", "b.csv") == 2
    assert sorted(here.rglob("*")) == before
