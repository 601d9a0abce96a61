"""Part j: its made-up maps are what it says, and all libraries give the same mean IoU."""

from dataclasses import replace

import pytest
import torch

from benchmark import segmentation
from benchmark.measurements import Comparison, Skipped, Turn
from benchmark.segmentation import LIBRARIES, MapCase
from benchmark.settings import QUICK, Settings
from course_utils.data.boxes.examples import IGNORED
from course_utils.evaluation.draws import DRAWS

TINY = Settings(**QUICK)
SCENES, LARGE = "mean IoU of 12 scenes", "mean IoU of 2 maps of 256 px"


@pytest.fixture(params=["scenes", "regions", "a class that no map shows"])
def case(request: pytest.FixtureRequest) -> MapCase:
    """Maps of each kind that is measured, and some without the last class."""
    if request.param == "regions":
        return segmentation.region_case(2, seed=0)
    scenes = segmentation.scene_case(12, seed=0)
    if request.param == "scenes":
        return scenes
    return replace(scenes, num_classes=scenes.num_classes + 1)


@pytest.mark.parametrize("name", LIBRARIES)
def test_all_libraries_give_the_same_mean_iou(case: MapCase, name: str) -> None:
    library = LIBRARIES[name]
    pytest.importorskip(library.module)
    ours = segmentation.score(case)
    assert float(library.score(case)) == pytest.approx(ours, rel=0, abs=library.same)
    assert 0.1 < ours < 0.9


def test_the_interval_is_around_the_same_score(case: MapCase) -> None:
    found = segmentation.score_interval(case)
    assert found.mean_iou == pytest.approx(segmentation.score(case), rel=0, abs=1e-12)
    low, high = found.mean_iou_ends
    assert low < found.mean_iou < high and found.num_units == len(case.truth)


def test_large_maps_are_cells_with_outlines_that_do_not_count() -> None:
    case = segmentation.region_case(2, seed=0)
    assert case.truth.shape == (2, 256, 256) and case.truth.dtype == torch.uint8
    assert case.truth.unique().tolist() == [*range(21), IGNORED]
    inside = case.truth[:, 1:16, 1:16].flatten(1)
    assert torch.equal(inside, inside[:, :1].expand_as(inside))  # the first cell, without its edge
    assert 0.05 < (case.truth == IGNORED).float().mean() < 0.15
    assert case.found.max() == 20
    counts = case.truth != IGNORED
    assert 0.89 < (case.found == case.truth)[counts].float().mean() < 0.92


def test_a_difference_of_the_scores_is_told_in_place_of_times() -> None:
    turns = {"ours": [Turn(1.0, 0.5)], "torchmetrics": [Turn(3.0, 0.5 + 1e-8)]}
    compared = segmentation.compare(turns, SCENES, "torchmetrics")
    assert compared.ratios == [3] and compared.note == "both 0.500000; they differ by 1e-08"
    for other in (0.76, float("nan")):
        turns["torchmetrics"] = [Turn(3.0, other)]
        told = segmentation.compare(turns, SCENES, "torchmetrics")
        assert isinstance(told, Skipped) and str(other) in told.reason


@pytest.mark.slow
def test_a_library_that_is_missing_is_skipped_and_the_rest_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_there = segmentation.find_spec
    monkeypatch.setattr(
        segmentation, "find_spec", lambda module: module != "torchmetrics" and is_there(module)
    )
    found = segmentation.measure(TINY)
    for what, (skipped, compared, interval) in {SCENES: found[:3], LARGE: found[3:6]}.items():
        assert skipped == Skipped("j", what, "not installed: torchmetrics")
        assert isinstance(compared, Comparison) and compared.other_name == "scikit-learn"
        assert interval.name == f"{what}, interval of {DRAWS:,} draws" and interval.at_most == 3
        assert len(compared.ours) == len(interval.values) == TINY.rounds
    (loop,) = found[6:]
    assert (loop.name, loop.other_name) == ("a step of a segmenter, mean of 3", "a bare loop")
    assert loop.note == "final weights differ by at most 0"
