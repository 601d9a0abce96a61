"""From a lesson's parameter to three parts of texts, and clear refusals; real film reviews."""

import zipfile
from pathlib import Path

import pytest
import torch

from course_utils.data.splits import SealedError, take_per_class
from course_utils.data.texts import catalogue
from course_utils.data.texts.catalogue import open_texts
from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.splitting import TextSplit, split_texts
from course_utils.files import PROJECT_FOLDER
from tests.helpers.text_files import CLASSES, FRUIT, TOOLS, write_class_files, write_table

ARCHIVE = PROJECT_FOLDER.parent / "shared" / "data" / "rt_polarity.zip"


def opened(dataset: str, data_dir: Path, **changes: object) -> TextSplit:
    usual = {"val_fraction": 0.2, "test_fraction": 0.3, "seed": 0}
    return open_texts(dataset, data_dir, **usual | changes)


def parts_of(split: TextSplit) -> list[LabelledTexts]:
    split.test.decide("the test")
    return [split.train, split.val, split.test.open()]


def test_texts_come_in_three_parts_the_last_one_sealed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_class_files(tmp_path)
    split = opened(dataset, tmp_path)
    said = capsys.readouterr().out
    assert "  fruit              6\n" in said and "No near copies among 12 texts." in said
    with pytest.raises(SealedError):
        split.test.open()
    parts = parts_of(split)
    assert [part.labels.bincount().tolist() for part in parts] == [[3, 3], [1, 1], [2, 2]]
    assert {text for part in parts for text in part.texts} == {*FRUIT, *TOOLS}
    again, other = opened(dataset, tmp_path), opened(dataset, tmp_path, seed=1)
    assert again.train.texts == split.train.texts != other.train.texts


def test_groups_stay_in_one_part(tmp_path: Path) -> None:
    groups = torch.arange(60) // 3
    texts = tuple(f"text {place}" for place in range(60))
    labelled = LabelledTexts(texts, torch.arange(60) % 2, ("a", "b"), texts, groups=groups)
    parts = parts_of(split_texts(labelled, val_fraction=0.2, test_fraction=0.2, seed=0))
    held = [set(part.groups.tolist()) for part in parts]
    assert sum(map(len, held)) == len(set.union(*held)) == 20
    few = take_per_class(parts[0], 4, seed=0)
    assert [len(few.groups[few.labels == label].unique()) for label in (0, 1)] == [4, 4]


def test_own_parts_are_kept(tmp_path: Path) -> None:
    write_class_files(tmp_path / "train")
    write_class_files(tmp_path / "test", {"fruit": ["a fig"], "tools": ["a rasp"]})
    parts = parts_of(opened(f"texts:{tmp_path}", tmp_path))
    assert set(parts[2].texts) == {"a fig", "a rasp"} and len(parts[0]) + len(parts[1]) == 12


def test_too_few_texts_are_called_texts(tmp_path: Path) -> None:
    dataset = write_class_files(tmp_path, CLASSES | {"meat": ["a ham", "a rib", "a bone"]})
    with pytest.raises(ValueError, match=r"class 'meat' has 3 texts, too few.*add texts or leave"):
        opened(dataset, tmp_path, val_fraction=0.1)


def test_a_relative_path_starts_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", tmp_path)
    write_class_files(tmp_path / "mine")
    assert len(opened("texts:mine", tmp_path).train) == 6


@pytest.mark.parametrize("dataset", ["text:x", "texts", "texts:", "imdb"])
def test_other_names_are_refused_with_those_there_are(tmp_path: Path, dataset: str) -> None:
    with pytest.raises(ValueError, match='must be "own", "roles", "ag_news" or "texts:PATH", got'):
        opened(dataset, tmp_path, built_in=["own"])


def test_a_path_without_its_form_is_recognised(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", [])
    with pytest.raises(ValueError, match=r'it looks like "texts:.*a\.csv"'):
        opened(f"{tmp_path}/a.csv", tmp_path)


def test_fractions_are_checked_before_work(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sum to less than 1"):
        opened("texts:missing", tmp_path, val_fraction=0.8)


@pytest.mark.slow
@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"{ARCHIVE.name} is not beside the project")
def test_real_film_reviews(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two files, .neg and .pos, with 5,331 sentences each, as their authors published them."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path)
    split = opened(f"texts:{tmp_path / 'rt_polarity'}", tmp_path)
    parts = parts_of(split)
    assert sum(map(len, parts)) == 10_662 and split.train.class_names == ("neg", "pos")
    assert [part.labels.bincount().tolist() for part in parts] == [
        [2666] * 2,
        [1066] * 2,
        [1599] * 2,
    ]
    classes = {
        text: label
        for part in parts
        for text, label in zip(part.texts, part.labels.tolist(), strict=True)
    }
    assert classes["simplistic , silly and tedious ."] == 0
    assert (
        classes["take care of my cat offers a refreshingly different slice of asian cinema ."] == 1
    )
    said = capsys.readouterr().out
    assert "4 texts are near copies of one another" in said and "right for 50.0 %" in said
