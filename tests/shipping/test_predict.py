"""``python -m course_utils.predict``: any pictures into a table, sorted, or judged."""

import csv
import io
import os
import runpy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

import pytest
import torch
from PIL import Image

from course_utils.evaluation.scores import accuracy_text
from course_utils.shipping import answering, rounds
from course_utils.shipping.answering import answer, predict_pictures, read_for, shipped_features
from course_utils.shipping.command import main
from course_utils.shipping.loading import load_model
from course_utils.shipping.sorting import folder_names
from course_utils.shipping.table import COLUMNS
from tests.helpers.picture_files import DAMAGES, noise, save_picture
from tests.helpers.saved_models import (
    NAMES,
    noise_examples,
    save_small,
    score_of,
    write_pictures,
)

FILE_NAMES = ("naïve", "one", "two", "three")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a model, and six pictures in two folders."""
    monkeypatch.chdir(tmp_path)
    save_small(tmp_path / "my_model")
    files = write_pictures(tmp_path / "pictures", noise_examples(num_pictures=30))[24:]
    for file in files[:4]:
        place = tmp_path / "photos" / "deep" / "deeper" / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)
    for file in files[4:]:
        file.rename(tmp_path / "photos" / file.name)
    (tmp_path / "photos" / "notes.txt").write_text("no picture", "utf-8")
    return tmp_path


def predict(*arguments: str) -> int:
    """Run the command here, on the CPU."""
    return main(["my_model", *arguments, "--device", "cpu"])


def rows(file: str = "predictions.csv") -> list[dict[str, str]]:
    """The table."""
    text = Path(file).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_files_folders_and_patterns_are_answered_each_once() -> None:
    assert predict("photos", "photos/02*.png", "photos/notes.txt", "photos/deep/**/*.png") == 1
    found = rows()
    assert [row["problem"] for row in found if row["problem"]] == [
        "damaged, or no picture; repair or remove"
    ]
    names = [os.path.basename(row["file"]) for row in found]
    assert sorted(names) == [*(f"{n:03d}.png" for n in range(24, 30)), "notes.txt"]


def test_a_pattern_reaches_any_depth() -> None:
    assert predict("photos/**/024.png") == 0
    assert [Path(row["file"]) for row in rows()] == [Path("photos/deep/deeper/024.png")]


def test_the_table_holds_probabilities_with_the_temperature() -> None:
    assert predict("photos") == 0
    model = load_model("my_model")
    for row in rows():
        images, _ = read_for(model, [row["file"]])
        probs = (model.network(images / 255)[0] / model.temperature).softmax(dim=0)
        best = probs.topk(2)
        said = [row["class"].removeprefix("'"), row["next best"].removeprefix("'")]
        assert said == [NAMES[k] for k in best.indices]
        numbers = [float(row["probability"]), float(row["its probability"])]
        assert numbers == pytest.approx(best.values.tolist(), abs=2e-6)
    assert tuple(row) == COLUMNS


def test_no_cell_is_computed_by_a_spreadsheet_and_any_name_is_kept(here: Path) -> None:
    odd = ["=HYPERLINK(1).png", "@sum, 2.png", "-1.png", "+1.png", "猫;é.png"]
    if os.name != "nt":
        odd += ['say "a".png', "two\nlines.png", os.fsdecode(b"\xff.png")]
    (here / "odd").mkdir()
    os.chdir(here / "odd")
    for number, name in enumerate(odd):
        save_picture(Path(name), noise(12, 12, seed=number))
    assert main([str(here / "my_model"), ".", "--device", "cpu"]) == 0
    assert Path("predictions.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # UTF-8, says it
    assert len(rows()) == len(odd)
    printable = {name for name in odd if "\udcff" not in name}
    assert printable < {os.path.normpath(row["file"]) for row in rows()}
    for row in rows():
        assert not row["file"].startswith(("=", "+", "-", "@"))
        assert not row["class"].startswith(("=", "-"))
        assert row["class"].removeprefix("'") in NAMES


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    here: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = save_picture(here / "photos" / "bad.jpg", noise(300, 300))
    damage(bad)
    assert predict("photos", "--sort", "sorted") == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "bad.jpg" in line]
    assert "damaged, or no picture; repair or remove" in line
    (row,) = [row for row in rows() if row["problem"]]
    assert (os.path.basename(row["file"]), row["class"]) == ("bad.jpg", "")
    assert len(rows()) == 7
    assert len([file for file in Path("sorted").rglob("*") if file.is_file()]) == 6


def test_pictures_are_copied_into_a_folder_a_class(here: Path) -> None:
    twin = here / "photos" / "twin" / "024.png"  # another picture of the same name
    save_picture(twin, noise(12, 12).convert("L"))
    assert predict("photos", "--sort", "sorted", "--out", "t.csv") == 0
    folders = dict(zip(NAMES, folder_names(NAMES), strict=True))
    left = {file: file.read_bytes() for file in Path("sorted").rglob("*.png")}
    for row in rows("t.csv"):
        place = Path("sorted", folders[row["class"].removeprefix("'")])
        content = Path(row["file"]).read_bytes()
        (copy,) = [f for f, bytes_ in left.items() if f.parent == place and bytes_ == content]
        assert copy.stem.startswith(Path(row["file"]).stem)
        del left[copy]
    assert not left
    assert Path("photos/deep/deeper/024.png").exists()


@pytest.mark.slow
def test_folders_of_classes_differ_on_every_system() -> None:
    names = ("a/b", "a:b", "A/B", "..", "CON", "con.txt", "dog ", "dog", "Dog", "", "ok ✓")
    found = folder_names(names)
    assert len({name.lower() for name in found}) == len(names)
    assert found[-1] == "ok ✓" and found[7] == "dog"
    for name in found:
        assert not set('/\\:*?"<>|') & set(name)
        assert name == name.rstrip(". ") and name and name.split(".")[0].lower() != "con"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "there is nothing called nowhere"),
        (("photos/*.tiff",), "there is nothing called photos/*.tiff"),
        (("empty",), "there are no pictures in empty"),
        (("photos", "--out", "my_model/model.json"), "is there already"),
        (("photos", "--sort", "photos"), "photos is there already and not empty"),
        (("photos", "--report"), "--report needs one folder with a sub-folder"),
        (("photos", "--batch-size", "0"), "--batch-size must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_work(
    here: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "empty").mkdir()
    before = sorted(here.rglob("*"))
    assert predict(*arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("python -m course_utils.predict: ") and said in line
    assert sorted(here.rglob("*")) == before


def test_a_damaged_model_is_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "my_model" / "model.safetensors").write_bytes(b"1")
    assert predict("photos") == 2
    assert "model.safetensors was changed or damaged" in capsys.readouterr().err
    assert not Path("predictions.csv").exists()


def test_an_error_on_the_way_leaves_no_table(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(answering, "answer", fail)
    before = sorted(here.rglob("*"))
    assert predict("photos") == 2
    assert sorted(here.rglob("*")) == before


def label(here: Path, num_pictures: int) -> str:
    """Write pictures into class folders, the classes in turn; what the model scores on them."""
    model = load_model(here / "my_model")
    examples = noise_examples(num_pictures=24 + num_pictures)[torch.arange(24, 24 + num_pictures)]
    for number, (picture, truth) in enumerate(zip(examples.images, examples.labels, strict=True)):
        place = here / "labelled" / model.class_names[truth] / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[0].numpy()).save(place)
    right = answer(model, examples.images).argmax(dim=1) == examples.labels
    return accuracy_text(int(right.sum()), num_pictures)


@pytest.fixture
def with_plain_names(here: Path) -> Path:
    """The model again, its classes named as folders can be."""
    rmtree(here / "my_model")
    examples = replace(noise_examples(), class_names=FILE_NAMES)
    score = replace(score_of(), class_names=FILE_NAMES)
    save_small(here / "my_model", examples=examples, test=score)
    return here


def test_a_labelled_folder_gets_a_report_and_a_verdict(
    with_plain_names: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = label(with_plain_names, 40)
    write_pictures(with_plain_names / "labelled" / "one" / "old", noise_examples(num_pictures=5))
    assert predict("labelled") == 0
    printed = capsys.readouterr().out
    assert "45 pictures: predictions.csv" in printed
    assert "5 are pictures that the model learned from: they do not count" in printed
    assert f"accuracy {score}\n" in printed
    assert "guessing (always 'naïve') scores 0.250" in printed
    assert f"here {score}\n" in printed
    assert f"test {accuracy_text(36, 40)}\n" in printed
    assert "difference -0." in printed and "worse here than at its test" in printed
    for row in rows():
        assert row["label"] == Path(row["file"]).relative_to("labelled").parts[0]


def test_no_report_is_made_where_none_is_wanted_or_none_can_be(
    with_plain_names: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(with_plain_names, 4)
    assert predict("labelled", "--no-report") == 0
    assert "label" not in rows()[0] and "accuracy" not in capsys.readouterr().out
    (with_plain_names / "labelled" / "one").rename(with_plain_names / "labelled" / "other")
    assert predict("labelled", "--out", "b.csv") == 0
    assert "accuracy" not in capsys.readouterr().out
    assert predict("labelled", "--out", "c.csv", "--report") == 2
    assert "it has 'other'" in capsys.readouterr().err


def test_uploaded_bytes_are_answered_as_their_file_is(here: Path) -> None:
    model = load_model("my_model")
    file = save_picture(here / "a.jpg", noise(50, 40))
    heic = b"\0\0\0\x18ftypheic" + bytes(30)
    found = predict_pictures(model, [file, file.read_bytes(), b"nothing", heic])
    assert torch.equal(found.probs[0], found.probs[1])
    assert found.probs[2:].isnan().all() and set(found.problems) == {2, 3}
    assert "HEIC" in found.problems[3]
    images = noise_examples().images
    assert shipped_features(model, images).shape == (24, 16)
    assert answer(model, images).sum(dim=1).allclose(torch.ones(24))


def test_few_pictures_are_in_memory_at_a_time(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(answering, "BYTES_AT_ONCE", 2.5 * 12 * 12)
    read = answering.read_for
    monkeypatch.setattr(
        answering, "read_for", lambda model, some: sizes.append(len(some)) or read(model, some)
    )
    assert predict("photos") == 0
    assert sizes == [2, 2, 2]
    sizes.clear()
    assert predict("photos", "--batch-size", "1", "--out", "b.csv") == 0
    assert sizes == [1] * 6
    together, alone = rows(), rows("b.csv")
    for one, other in zip(together, alone, strict=True):
        assert one["class"] == other["class"]
        assert abs(float(one["probability"]) - float(other["probability"])) < 1e-5


def test_many_problems_are_told_in_few_lines(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(30):
        (here / "photos" / f"bad{number}.png").touch()
    assert predict("photos") == 1
    told = [line for line in capsys.readouterr().err.splitlines() if "repair or remove" in line]
    assert len(told) == rounds.MOST_NAMED
    assert sum(bool(row["problem"]) for row in rows()) == 30


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_it_prints_what_it_can_and_keeps_all(
    here: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "photos ∫").mkdir()
    save_picture(here / "photos ∫" / "✓.png", noise(12, 12))
    (here / "photos ∫" / "bad ✓.png").touch()
    shown = {name: io.TextIOWrapper(io.BytesIO(), encoding) for name in ("stdout", "stderr")}
    shown["stderr"].reconfigure(errors="backslashreplace")  # as Python sets it
    for name, stream in shown.items():
        monkeypatch.setattr(sys, name, stream)
    assert predict("photos ∫", "--out", "tables ∫.csv", "--sort", "sorted ∫") == 1
    for stream in shown.values():
        stream.flush()
    assert "tables ?.csv" in shown["stdout"].buffer.getvalue().decode(encoding)
    assert "bad \\u2713.png" in shown["stderr"].buffer.getvalue().decode(encoding)
    assert {os.path.basename(row["file"]) for row in rows("tables ∫.csv")} == {"✓.png", "bad ✓.png"}


def test_it_starts_as_a_program_and_says_what_it_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["predict.py", "--help"])
    with pytest.raises(SystemExit, match="0"):
        runpy.run_module("course_utils.predict", run_name="__main__")
    assert "--sort FOLDER" in capsys.readouterr().out
