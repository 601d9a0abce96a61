"""``python -m course_utils.predict`` with a classifier of texts: a table of classes."""

import csv
import io
import re
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from course_utils.files import PROJECT_FOLDER
from course_utils.models.inference import predict as logits_of
from course_utils.models.text.streams import text_rows
from course_utils.shipping.command import main
from course_utils.shipping.texts import answering
from course_utils.shipping.texts.answering import predict_texts
from course_utils.shipping.texts.loading import load_text_classifier
from tests.helpers.picture_files import noise, save_picture
from tests.helpers.saved_models import save_small
from tests.helpers.saved_texts import LONGEST, NAMES, labelled_texts, save_texts

REVIEWS = PROJECT_FOLDER.parent / "shared" / "data" / "rt_polarity.zip"
NEW = labelled_texts(12, seed=5)
HEADER = ["file", "line", "text", "class", "probability", "next best", "its probability", "problem"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a classifier that needs no base; tests leave it as it is."""
    return save_texts(tmp_path_factory.mktemp("saved") / "my_model")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with texts in files, in lines and in a table, and a picture."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts" / "deep").mkdir(parents=True)
    (tmp_path / "texts" / "a.txt").write_text(f"{NEW.texts[0]}\n", "utf-8")
    (tmp_path / "texts" / "deep" / "b.txt").write_text(NEW.texts[1], "utf-8")
    (tmp_path / "lines.txt").write_text("".join(f"{text}\n" for text in NEW.texts), "utf-8")
    with (tmp_path / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "review"], *enumerate(NEW.texts)])
    save_picture(tmp_path / "photo.jpg", noise(20, 20))
    return tmp_path


def predict(saved: Path, *arguments: str) -> int:
    """Run the command here, on the CPU."""
    return main([str(saved), *arguments, "--device", "cpu"])


def rows(file: str = "predictions.csv") -> list[dict[str, str]]:
    """The table."""
    with open(file, encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        found = list(reader)
        assert reader.fieldnames == HEADER
        return found


def probs_alone(saved: Path, texts: tuple[str, ...]) -> torch.Tensor:
    """Probabilities (N, K), each text by itself and without the functions that are tested."""
    model = load_text_classifier(saved)
    logits = [logits_of(model.network, text_rows(model.tokenizer, [t], LONGEST)) for t in texts]
    return (torch.cat(logits) / 1.3).softmax(dim=1)


def test_each_line_gets_its_row_with_the_classes_of_that_text_alone(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(saved, "lines.txt", "--lines", "--batch-size", "5") == 0
    found, probs = rows(), probs_alone(saved, NEW.texts)
    assert [row["line"] for row in found] == [str(n) for n in range(1, 13)]
    assert [row["text"] for row in found] == list(NEW.texts)
    for row, prob in zip(found, probs, strict=True):
        assert (row["file"], row["problem"]) == ("lines.txt", "")
        assert row["class"] == NAMES[int(prob.argmax())] != row["next best"]
        assert float(row["probability"]) == pytest.approx(prob.max().item(), abs=1e-5)
        assert float(row["its probability"]) == pytest.approx(prob.min().item(), abs=1e-5)
    assert len({row["class"] for row in found}) == 2
    said = capsys.readouterr()
    assert "12 texts: predictions.csv" in said.out and "text/s" in said.err


def test_files_folders_patterns_tables_and_lines_say_the_same(here: Path, saved: Path) -> None:
    assert predict(saved, "lines.txt", "--lines") == 0
    by_text = {row["text"]: row["class"] for row in rows()}
    for number, (arguments, expected) in enumerate(
        (
            (["texts"], NEW.texts[:2]),
            (["texts/**/*.txt"], NEW.texts[:2]),
            (["texts/deep/b.txt", "texts/a.txt", "texts"], (NEW.texts[1], NEW.texts[0])),
            (["table.csv", "--text-column", "review"], NEW.texts),
            (["table.csv", "--text-column", "2"], ("review", *NEW.texts)),
        )
    ):
        assert predict(saved, *arguments, "--out", f"{number}.csv") == 0
        found = rows(f"{number}.csv")
        assert [row["text"] for row in found] == list(expected)
        for row in found:
            assert by_text.get(row["text"], row["class"]) == row["class"]
    assert [Path(row["file"]).as_posix() for row in rows("0.csv")] == [
        "texts/a.txt", "texts/deep/b.txt"
    ]  # fmt: skip
    assert [row["line"] for row in rows("0.csv")] == ["", ""]
    assert [row["line"] for row in rows("3.csv")] == [str(n) for n in range(2, 14)]


def test_lines_come_by_standard_input(
    here: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = io.TextIOWrapper(io.BytesIO("a plum\n\nthe old saw Ä\n".encode()), "ascii")
    monkeypatch.setattr(sys, "stdin", content)
    assert predict(saved, "-") == 1
    assert [(row["file"], row["line"], row["text"]) for row in rows()] == [
        ("./-", "1", "a plum"), ("./-", "2", ""), ("./-", "3", "the old saw Ä")
    ]  # fmt: skip


def test_what_a_text_gets_does_not_depend_on_those_beside_it(saved: Path) -> None:
    model = load_text_classifier(saved)
    texts = [*labelled_texts(70, seed=8).texts, "saw", "x " * 200, " \n", "plum"]
    together = predict_texts(model, texts, most=16)
    assert together.probs.shape == (74, 2) and together.probs[72].isnan().all()
    alone = torch.cat([predict_texts(model, [text]).probs for text in texts])
    torch.testing.assert_close(together.probs, alone, rtol=0, atol=1e-5, equal_nan=True)
    assert predict_texts(model, []).probs.shape == (0, 2)


def test_texts_of_like_length_are_computed_together(saved: Path) -> None:
    model, shapes = load_text_classifier(saved), []
    model.network.backbone.model.register_forward_hook(
        lambda _, args, __: shapes.append(tuple(args[0].shape))
    )
    predict_texts(model, ["a", "a " * 20] * 8, most=4)
    assert len(shapes) == 4 and [shape[1] > 10 for shape in shapes] == [False] * 2 + [True] * 2


def test_long_texts_are_cut_and_that_is_said_once(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = load_text_classifier(saved)
    most = LONGEST - 1  # beside the one that begins every text
    fits, long = "~" * most, "~" * (most + 1)  # signs that no merge joins
    assert len(model.tokenizer.encode(fits)) == most
    Path("long.txt").write_text(f"{fits}\n{long}\n{long} and more\nshort\n", "utf-8")
    assert predict(saved, "long.txt", "--lines") == 0
    said = capsys.readouterr().out
    assert said.count("2 texts had more than the 24 tokens that the model reads") == 1
    first, second, third, _ = rows()
    assert first["probability"] == second["probability"] == third["probability"]
    assert predict(saved, "texts", "--out", "b.csv") == 0
    assert "tokens that the model reads" not in capsys.readouterr().out


def test_a_table_that_a_spreadsheet_opens(here: Path, saved: Path) -> None:
    Path("odd.txt").write_text('=1+1 "plum"\n' + "ä" * 400 + "\n", "utf-8")
    assert predict(saved, "odd.txt", "--lines") == 0
    assert Path("predictions.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # UTF-8, says it
    first, second = rows()
    assert first["text"] == '\'=1+1 "plum"'
    assert len(second["text"]) == 300 and "…" in second["text"]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("texts/empty.txt").write_text(" \n", "utf-8")
    Path("texts/old.txt").write_bytes("Größe".encode("cp1252"))
    Path("texts/no_text.txt").write_bytes(Path("photo.jpg").read_bytes())
    Path("texts/photo.png").write_bytes(b"")
    assert predict(saved, "texts", "photo.jpg") == 1
    said = capsys.readouterr()
    assert "6 texts: predictions.csv" in said.out and "4 could not be read" in said.out
    assert "passed over in texts: 1 no texts, by their endings" in said.out
    problems = {Path(row["file"]).name: row["problem"] for row in rows()}
    assert problems["a.txt"] == problems["b.txt"] == ""
    assert problems["empty.txt"].startswith("empty: there is nothing to read")
    for file in (Path("texts", "old.txt"), Path("texts", "no_text.txt"), Path("photo.jpg")):
        problem = problems[file.name]
        assert "is not text in UTF-8" in problem and "--encoding" in problem
        assert f"{file}: is not text in UTF-8" in said.err
    assert predict(saved, "texts/old.txt", "--encoding", "cp1252", "--out", "b.csv") == 0
    assert rows("b.csv")[0]["text"] == "Größe"


def test_signs_of_a_wrong_encoding_are_told(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("twice.txt").write_text("It’s".encode().decode("cp1252"), "utf-8")
    assert predict(saved, "twice.txt") == 0
    assert "1 text with signs of a wrong encoding" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("photo.jpg",), "photo.jpg: that is no text but 1 picture; ask a model of lessons 07"),
        (("photos/*",), r"a\.png: that is no text but 1 picture"),
        (("photos",), "there are no texts in photos, but 1 picture; ask a model of lessons 07"),
        (("empty",), r"no texts in empty; texts end in \.csv, \.text, \.tsv, \.txt, and other"),
        (("nowhere.txt",), "there is nothing called nowhere.txt"),
        (("table.csv",), r"table\.csv is a table.*1 'id', 2 'review': say so by --text-column"),
        (("table.csv", "--text-column", "text"), "has no column 'text'"),
        (
            ("lines.txt", "--text-column", "text"),
            r"--text-column is for tables.*none in lines\.txt",
        ),
        (("table.csv", "--text-column", "1", "--lines"), "choose one"),
        (("table.csv", "--label-column", "1"), "a report needs one labelled data set"),
        (("lines.txt", "--report"), "a report needs one labelled data set, as texts:PATH"),
        (("lines.txt", "--encoding", "cp0"), "encoding = 'cp0' is none that Python knows"),
        (("table.csv", "--delimiter", "x"), "--delimiter must be one of ','.*got 'x'"),
        (("lines.txt", "--sort", "sorted"), "--sort is for pictures, and .* classifier of texts"),
        (("lines.txt", "--draw", "drawn"), "--draw is for pictures"),
        (("lines.txt", "--min-score", "0.5"), "--min-score is for pictures"),
        (("masks:photos",), "is a data set of pictures.*it takes texts:PATH"),
        (("lines.txt", "--out", "table.csv"), r"table\.csv is there already, and nothing"),
        (("lines.txt", "--batch-size", "0"), "--batch-size must be at least 1, got 0"),
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
    save_picture(here / "photos" / "a.png", noise(9, 9))
    before = sorted(here.rglob("*"))
    assert predict(saved, *arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("python -m course_utils.predict: ")
    assert re.search(said, line), line
    assert sorted(here.rglob("*")) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lines.txt",), "lines.txt: that is text, and classes is a model of pictures; lesson 10"),
        (("table.csv", "lines.txt"), "table.csv, lines.txt: that is text, and"),
        (("-",), "-: that is text, and"),
        (("texts:texts",), "texts:texts is a data set of texts, and"),
        (("photo.jpg", "--lines"), "--lines is for texts, and classes is a model of pictures"),
        (("photo.jpg", "--text-column", "1"), "--text-column is for texts, and"),
        (("photo.jpg", "--base", "docstrings"), "--base is for texts, and"),
    ],
)
def test_texts_are_refused_by_models_of_pictures(
    here: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    save_small(here / "classes")
    assert predict(Path("classes"), *arguments) == 2
    assert said in capsys.readouterr().err
    assert not Path("predictions.csv").exists()


def test_a_base_elsewhere_is_named_on_the_command_line(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adapter = save_texts(here / "adapter", "adapter")
    assert predict(adapter, "texts", "--base", "hf:moved") == 0
    assert predict(adapter, "texts", "--out", "b.csv", "--base", "hf:other") == 2
    assert "has other weights here" in capsys.readouterr().err
    assert not Path("b.csv").exists()


def test_an_error_on_the_way_leaves_no_table(
    here: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(answering, "predict_rows", fail)
    before = sorted(here.rglob("*"))
    assert predict(saved, "texts") == 2
    assert sorted(here.rglob("*")) == before


@pytest.mark.skipif(not REVIEWS.is_file(), reason=f"{REVIEWS.name} is not beside the project")
def test_real_film_reviews_as_lines_without_labels(here: Path, saved: Path) -> None:
    with zipfile.ZipFile(REVIEWS) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".neg")]
        lines = archive.read(name).decode("utf-8").splitlines()[:500]
    Path("reviews.neg").write_text("\n".join(lines), "utf-8")
    assert predict(saved, "reviews.neg", "--lines") == 0
    found = rows()
    assert [int(row["line"]) for row in found] == list(range(1, 501))
    for row, line in zip(found, lines, strict=True):
        assert line.strip() in (row["text"], row["text"][1:])  # behind an apostrophe
    some = [10, 250, 499]
    probs = probs_alone(saved, tuple(lines[place].strip() for place in some))
    for place, prob in zip(some, probs, strict=True):
        assert float(found[place]["probability"]) == pytest.approx(prob.max().item(), abs=1e-5)
