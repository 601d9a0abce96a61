"""Published runs against the arithmetic of what was tried in advance."""

import pytest

from course_utils.costs.hardware import HARDWARE, RULE_OF_THUMB, predict_run
from course_utils.costs.networks import imagine
from course_utils.costs.published import IMAGENET, PublishedRun, published_runs
from course_utils.models.operations import count_operations


@pytest.fixture(scope="module")
def runs() -> tuple[PublishedRun, ...]:
    """Not while tests are collected: counting operations takes seconds."""
    return published_runs()


def test_each_run_has_a_source_and_stays_below_the_peak(runs: tuple[PublishedRun, ...]) -> None:
    assert len(runs) == 9 and all(run.source and run.name in str(run) for run in runs)
    (hungry,) = (run for run in runs if run.name.startswith("EfficientNet-B0"))
    assert hungry.share_of_peak == pytest.approx(0.013, abs=0.001)
    assert all(0.1 < run.share_of_peak < 0.6 for run in runs if run is not hungry)


def test_a_share_by_hand() -> None:
    run = PublishedRun("one", 312e12 * 8 * 60, HARDWARE["A100 SXM 40 GB"], 8, 240, "a test")
    assert run.share_of_peak == pytest.approx(0.25)
    assert run.predict(0.5) == pytest.approx(120)


def test_the_rule_of_thumb_predicts_the_run_that_its_source_timed(
    runs: tuple[PublishedRun, ...],
) -> None:
    (run,) = (run for run in runs if run.name == "ResNet-50, 88 epochs")
    assert run.predict(RULE_OF_THUMB) / 60 == pytest.approx(69, abs=1)  # minutes; it took 77.2


@pytest.mark.slow
def test_both_ways_of_predicting_agree(runs: tuple[PublishedRun, ...]) -> None:
    run = next(run for run in runs if run.hardware.name == "A100 SXM 80 GB")
    work = count_operations(imagine("resnet50"), (3, 224, 224))
    seconds = predict_run(work, IMAGENET, 1, run.hardware, run.count, run.share_of_peak)
    assert seconds == pytest.approx(run.seconds) == pytest.approx(IMAGENET / 15_977)
