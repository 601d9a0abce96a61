"""Guesses are kept, claims are marked, results are left where a batch run finds them."""

import json
import math
from pathlib import Path

import pytest

from course_utils import results
from course_utils.results import RECORD_TYPE, claim, guess, read_guesses, record


def test_where_nobody_guesses_the_common_guess_is_drawn_and_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guess("first loss", None, default=2, data_dir=tmp_path / "data") == 2.0
    assert capsys.readouterr().out == "No guess yet. The figure shows a common one: 2\n"
    assert read_guesses(tmp_path / "data") == {}
    assert not (tmp_path / "data").exists()


def test_a_guess_is_kept_and_the_last_one_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "data"
    assert guess("first loss", 3, default=2, data_dir=folder) == 3.0
    assert "Your guess" in capsys.readouterr().out
    guess("last loss", 0.5, default=1, data_dir=folder)
    guess("first loss", 2.3, default=2, data_dir=folder)
    assert read_guesses(folder) == {"first loss": 2.3, "last loss": 0.5}
    assert json.loads((folder / "guesses.json").read_text()) == read_guesses(folder)
    assert [path.name for path in folder.iterdir()] == ["guesses.json"]


@pytest.mark.parametrize("value", ["2", True, [2], math.nan, math.inf])
def test_a_guess_must_be_a_number(tmp_path: Path, value: object) -> None:
    with pytest.raises(ValueError, match="a guess must be a number such as 2, got "):
        guess("first loss", value, default=2, data_dir=tmp_path)
    assert read_guesses(tmp_path) == {}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_damaged_file_costs_the_guesses_and_not_the_lesson(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "guesses.json").write_bytes(content)
    assert read_guesses(tmp_path) == {}
    guess("first loss", 3, default=2, data_dir=tmp_path)
    assert read_guesses(tmp_path) == {"first loss": 3.0}


def test_a_claim_is_marked_by_whether_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    claim("loss fell", True)
    claim("loss rose", False)
    assert capsys.readouterr().out == "✓ loss fell\n✗ not in this run: loss rose\n"


def test_a_record_shows_its_headline_and_carries_its_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = []
    monkeypatch.setattr(results, "display", lambda data, raw: shown.append((data, raw)))
    record("accuracy 0.95", accuracy=0.95, num_steps=3)
    values = {"headline": "accuracy 0.95", "accuracy": 0.95, "num_steps": 3}
    assert shown == [({RECORD_TYPE: values, "text/plain": "accuracy 0.95"}, True)]
