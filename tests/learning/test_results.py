"""Claims are marked, results are left where a batch run finds them, lessons done are remembered."""

from pathlib import Path

import pytest

from course_utils.learning import results
from course_utils.learning.results import RECORD_TYPE, claim, record
from course_utils.session import learner


def test_a_claim_is_marked_by_whether_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    claim("loss fell", True)
    claim("loss rose", False)
    assert capsys.readouterr().out == "✓ loss fell\n✗ not in this run: loss rose\n"


def test_a_record_shows_its_headline_and_carries_its_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = []
    monkeypatch.setattr(results, "display", lambda data, raw: shown.append((data, raw)))
    record("02_pretraining", "accuracy 0.95", accuracy=0.95, num_steps=3)
    values = {"headline": "accuracy 0.95", "accuracy": 0.95, "num_steps": 3}
    assert shown == [({RECORD_TYPE: values, "text/plain": "accuracy 0.95"}, True)]


@pytest.mark.parametrize("live", [True, False])
def test_a_lesson_that_a_person_ran_to_its_end_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live: bool
) -> None:
    monkeypatch.setattr(learner, "_folder", tmp_path)
    monkeypatch.setattr(learner, "is_live", lambda: live)
    record("02_pretraining", "accuracy 0.95")
    assert (tmp_path / "progress.json").exists() is live
    assert learner.remembered("lessons") == ({"02_pretraining": "accuracy 0.95"} if live else {})
