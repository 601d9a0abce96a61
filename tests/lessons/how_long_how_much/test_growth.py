"""What a fresh process grows by when a network learns in it: measured, and no less than counted."""

import dataclasses

import numpy as np
import pytest

from course_utils.costs.memory import memory_bound
from course_utils.lessons.how_long_how_much import growth
from course_utils.lessons.how_long_how_much.growth import Training, measure_growth

pytestmark = pytest.mark.slow

MB = 1e6


def test_what_learns_grows_by_its_bound_at_least_and_what_only_answers_by_much_less() -> None:
    learning = Training(16, 32, 64)
    bound = memory_bound(learning.probe.build(), learning.probe.batch_shape).total
    frozen = dataclasses.replace(learning, learns=False)
    learned, answered, again = measure_growth([learning, frozen, learning], [bound, 0, bound])
    assert bound <= learned < 4 * bound
    assert 0 < answered < learned / 2
    assert again >= bound, "what the first one took is not there for the last one"


def test_memory_taken_and_given_back_is_seen_at_its_peak() -> None:
    with growth._Watch() as watch:
        numbers = np.ones(int(100 * MB) // 8)
        growth.time.sleep(20 * growth.OFTEN)
        del numbers
        growth.time.sleep(20 * growth.OFTEN)  # it goes on looking when it is free again
    assert 95 * MB < watch.peak - watch.before < 150 * MB


def test_what_cannot_fit_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_in_fresh_processes", lambda trainings: pytest.fail("began"))
    with pytest.raises(MemoryError, match="lower memory_batch"):
        measure_growth([Training(16, 32, 64)], [1e15])


def test_a_process_that_fails_is_told_with_its_last_words() -> None:
    trainings = [Training(8, 8, 2), Training(16, 8, 4, device="nowhere")]
    with pytest.raises(RuntimeError, match=r"width 16, 4 of 8 px failed in its own(.|\n)*nowhere"):
        measure_growth(trainings, [0, 0])


def test_where_forks_are_unsafe_a_training_begins_in_a_process_that_imports_all_anew(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(growth.sys, "platform", "darwin")
    monkeypatch.setattr("os.fork", lambda: pytest.fail("forked"), raising=False)
    growth.main([Training(16, 32, 64)])
    assert int(capfd.readouterr().out) > 10 * MB


def test_a_training_is_named_by_what_it_is() -> None:
    assert str(Training(64, 32, 8)) == "width 64, 8 of 32 px"
    assert str(Training(64, 32, 8, learns=False)) == "width 64, 8 of 32 px, frozen"
