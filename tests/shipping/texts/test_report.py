"""A classifier of texts asked about labelled ones: scores, and a verdict against its test."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from course_utils.data.texts.examples import LabelledTexts
from course_utils.evaluation.scores import accuracy_text
from course_utils.shipping.command import main
from course_utils.shipping.texts.answering import predict_texts
from course_utils.shipping.texts.loading import load_text_classifier
from course_utils.shipping.texts.reporting import in_classes_of
from course_utils.shipping.world import verdict
from tests.helpers.saved_texts import NAMES, SCORE, labelled_texts, save_texts

NEW = labelled_texts(50, seed=7)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the classifier."""
    return save_texts(tmp_path_factory.mktemp("saved") / "my_model")


def as_table(file: Path, texts: LabelledTexts, names: Sequence[str] = NAMES) -> str:
    """The texts as a table; how to ask for it."""
    pairs = zip(texts.texts, texts.labels.tolist(), strict=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerows([["review", "kind"], *((text, names[label]) for text, label in pairs)])
    return f"texts:{file}"


def as_folders(folder: Path, texts: LabelledTexts) -> str:
    """The texts as files in a folder a class; how to ask for it."""
    for number, (text, label) in enumerate(zip(texts.texts, texts.labels, strict=True)):
        (folder / NAMES[label]).mkdir(parents=True, exist_ok=True)
        (folder / NAMES[label] / f"{number}.txt").write_text(text, "utf-8")
    return f"texts:{folder}"


def report(saved: Path, dataset: str, *options: str) -> int:
    """Run the command, on the CPU."""
    columns = ("--text-column", "review", "--label-column", "kind") if "csv" in dataset else ()
    return main([str(saved), dataset, *columns, *options, "--device", "cpu"])


def score_on(saved: Path, texts: LabelledTexts) -> str:
    """What is said of the accuracy on ``texts``."""
    answers = predict_texts(load_text_classifier(saved), texts.texts).probs.argmax(dim=1)
    return accuracy_text(int((answers == texts.labels).sum()), len(texts))


def test_labelled_texts_get_a_report_and_a_verdict(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, score = [], score_on(saved, NEW)
    dataset = as_table(tmp_path / "a.csv", NEW), as_folders(tmp_path / "folders", NEW)
    before = sorted(tmp_path.rglob("*"))
    for each in dataset:
        assert report(saved, each, "--batch-size", "7") == 0
        said.append(capsys.readouterr().out.splitlines())
    assert sorted(tmp_path.rglob("*")) == before
    assert "texts from column 'review', classes from 'kind'" in " ".join(said[0][:2])
    for lines in said:
        assert f"accuracy {score}" in lines and f"here {score}" in lines
        assert f"test {accuracy_text(34, 40)}" in lines
        assert "guessing (always 'fruit') scores 0.500" in lines
        assert [line[:2] for line in lines if line.endswith(NAMES)] == ["  ", "  "]
    assert said[0][-8:] == said[1][-8:]


def test_texts_by_another_rule_are_worse(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(saved, as_table(tmp_path / "a.csv", NEW, NAMES[::-1])) == 0
    said = capsys.readouterr().out
    assert "The model is worse here than at its test: these texts are of another kind" in said
    assert "labelled by another rule" in said and "picture" not in said


def test_texts_that_were_learned_from_do_not_count_and_equal_ones_count_once(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = labelled_texts()
    spaced = tuple(text.replace(" ", "  ") for text in old.texts[:9])
    texts = (*NEW.texts, *spaced, NEW.texts[0])
    labels = [*NEW.labels.tolist(), *old.labels[:9].tolist(), int(NEW.labels[0])]
    both = replace(NEW, texts=texts, labels=NEW.labels.new_tensor(labels))
    assert report(saved, as_table(tmp_path / "a.csv", both)) == 0
    said = capsys.readouterr().out
    assert "9 texts that the model learned from: they do not count" in said
    assert "equal texts of one class" in said
    assert f"accuracy {score_on(saved, NEW)}\n" in said
    assert report(saved, as_table(tmp_path / "b.csv", old)) == 0
    assert "No labelled text is left" in capsys.readouterr().out


def test_a_class_of_one_text_counts_and_what_is_faulty_is_said(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "review,kind\na red plum,fruit\nthe old saw,tools\none in two\n,fruit\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    assert report(saved, f"texts:{tmp_path / 'a.csv'}") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "n = 2" in said and "Went on without rows with more or fewer columns" in said
    assert "empty texts, blank lines and empty files: 1" in said


def test_long_texts_are_cut_and_that_is_said(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    longer = tuple(f"{text} {'and ' * 60}" for text in NEW.texts[:3])
    texts = replace(NEW, texts=(*longer, *NEW.texts[3:]))
    assert report(saved, as_table(tmp_path / "a.csv", texts)) == 0
    assert "3 texts had more than the 24 tokens" in capsys.readouterr().out


def test_classes_are_numbered_as_the_model_has_them() -> None:
    turned = replace(NEW, class_names=NAMES[::-1])
    found = in_classes_of(turned, ("other", *NAMES))
    assert found.class_names == ("other", *NAMES)
    assert found.labels.tolist() == [2 - label for label in NEW.labels.tolist()]


def test_what_cannot_be_reported_is_said(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = as_table(tmp_path / "a.csv", NEW, ("fruit", "meat"))
    columns = ("--text-column", "1", "--label-column", "2")
    for arguments, said in (
        ((dataset,), "the model knows 'fruit', 'tools', and the data set has 'meat': name its"),
        ((dataset, "--out", "found.csv"), "there is a report on it, and nothing is written"),
        ((dataset, "--no-report"), "there is a report on it, and nothing is written"),
        ((dataset, "--lines"), "there is a report on it, and nothing is written"),
        (("texts:nowhere",), "nowhere is no folder of texts"),
    ):
        assert report(saved, *arguments) == 2
        assert said in capsys.readouterr().err
    assert main([str(saved), dataset]) == 2
    assert "is a table, and nothing says which column" in capsys.readouterr().err
    assert main([str(saved), dataset, *columns]) == 2
    assert "the data set has 'kind', 'meat'" in capsys.readouterr().err


def test_a_verdict_speaks_of_texts() -> None:
    grouped = replace(SCORE, over_groups=(9, 0.7, 0.95))
    said = "\n".join(verdict(replace(SCORE, right=(20, 20)), grouped, "texts"))
    assert "better here than at its test: these texts are easier" in said
    assert "The test texts were 9 groups" in said and "count texts" in said
    assert "never tested" in "\n".join(verdict(SCORE, None, "texts"))
