"""Draws of labels: nested, apart from what judges them, forecast from the smaller ones alone."""

import json
import re

import numpy as np
import pytest

from course_utils.evaluation.learning_curve import Forecast, forecast_error
from course_utils.lessons.how_long_how_much.labels import (
    LEAST_JUDGED,
    LETTERS_SEEN,
    Repeats,
    draw_labels,
    repeat_draws,
    wrong_after,
)
from course_utils.models.pretrained import SHIPPED_FOLDER

LABELS = np.arange(240) % 3  # 80 of each class
SIZES = [1, 2, 4, 16]
LAWS = {"line": False, "floor": True}


def noisy_features(noise: float) -> np.ndarray:
    """Each class at its own corner, with so much noise: (240, 3)."""
    return np.eye(3)[LABELS] + noise * np.random.default_rng(0).normal(size=(240, 3))


def test_the_letters_that_the_backbone_learned_from_are_those_of_its_card() -> None:
    card = json.loads((SHIPPED_FOLDER / "letters_backbone.json").read_text(encoding="utf-8"))
    (batch,) = re.findall(r"batch_size (\d+)", card["command"])
    assert card["num_steps"] * int(batch) == LETTERS_SEEN


def test_smaller_draws_lie_in_larger_ones_and_judged_pictures_in_none() -> None:
    draw = draw_labels(LABELS, SIZES, seed=3)
    for count, places in zip(SIZES, draw.learned, strict=True):
        assert np.bincount(LABELS[places]).tolist() == [count] * 3
    for small, large in zip(draw.learned, draw.learned[1:], strict=False):
        assert set(small) < set(large)
    assert sorted([*draw.learned[-1], *draw.judged]) == list(range(240))


def test_a_seed_draws_the_same_and_another_one_others() -> None:
    first, again, other = (draw_labels(LABELS, SIZES, seed).learned[0] for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()


def test_too_many_labels_are_refused_with_the_largest_that_does() -> None:
    most = 80 - LEAST_JUDGED
    draw_labels(LABELS, [1, 2, most], seed=0)
    with pytest.raises(ValueError, match=rf"a class has 80 pictures.*{most // 4} at most"):
        draw_labels(LABELS, [1, 2, most + 1], seed=0)


@pytest.mark.parametrize("sizes", [[2, 1, 4], [1, 1, 4]])
def test_sizes_that_do_not_rise_are_refused(sizes: list[int]) -> None:
    with pytest.raises(ValueError, match="labels_per_class must rise"):
        draw_labels(LABELS, sizes, seed=0)


def test_answers_are_of_what_was_learned_from_the_labels_of_each_size() -> None:
    draw = draw_labels(LABELS, SIZES, seed=0)
    assert not wrong_after(noisy_features(0.05), LABELS, draw).any()
    noisy = wrong_after(noisy_features(0.8), LABELS, draw)
    assert noisy.shape == (len(SIZES), len(draw.judged)) and noisy.dtype == bool
    assert noisy[0].mean() > noisy[-1].mean() > 0


def test_the_last_size_is_kept_from_the_forecasts() -> None:
    found = repeat_draws(noisy_features(0.8), LABELS, SIZES, [5, 6], LAWS, draws=20)
    assert found.sizes == [3, 6, 12, 48]
    for law, floor in LAWS.items():
        again = forecast_error([3, 6, 12], found.wrong[1][:3], 48, floor=floor, seed=6, draws=20)
        assert found.by_law[law][1] == again
        assert found.said(law)[1] == again.error
    assert found.truth.tolist() == [table[3].mean() for table in found.wrong]
    assert found.errors.shape == (2, 4)


def test_intervals_that_held_are_counted_alone_and_from_the_lowest_end_to_the_highest() -> None:
    def law(*ends: tuple[float, float]) -> list[Forecast]:
        return [Forecast(1, 1, 0, 48, sum(pair) / 2, *pair) for pair in ends]

    tables = [np.array([[True] * k + [False] * (10 - k)]) for k in (1, 2, 3)]  # .1, .2, .3
    line = law((0.1, 0.2), (0.05, 0.15), (0.1, 0.2))
    floor = law((0.2, 0.3), (0.25, 0.3), (0.1, 0.29))
    repeats = Repeats([48], tables, {"line": line, "floor": floor})
    assert repeats.held("line") == 1
    assert repeats.held("floor") == 0
    assert repeats.held("line", "floor") == 2
