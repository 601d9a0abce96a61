"""Lesson 06's explorers, moved as a learner moves them: budget, validation pictures, repairs."""

import math
from itertools import product

import numpy as np
import pytest
from matplotlib.axes import Axes

from course_utils.evaluation.comparison import compare_models
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import new_axes, summary_of
from course_utils.learning.guesses import Guess
from course_utils.lessons.resnet50_on_cifar10.widgets import input_sizes, repairs
from course_utils.lessons.resnet50_on_cifar10.widgets.input_sizes import explore_sizes, size_within
from course_utils.lessons.resnet50_on_cifar10.widgets.repairs import (
    REPAIRS,
    Version,
    explore_repairs,
)
from course_utils.session import learner
from tests.helpers.moving import catch_displays, catch_pictures, every_setting

NUM_VAL = 40
WORK = {8: 0.5, 12: 2.0, 16: 1.0, 28: 8.0}  # 12 is dearer than 16


def right(count: int) -> np.ndarray:
    """Answers to all validation pictures, the first ``count`` of them right."""
    return np.arange(NUM_VAL) < count


HITS = {8: right(20), 12: right(32), 16: right(32), 28: right(39)}


def sizes(seed: int = 0) -> input_sizes.Explorer:
    return explore_sizes(WORK, HITS, seed)


def chosen_on(ax: Axes) -> list[tuple[float, float]]:
    """Where the diamonds stand: work and accuracy."""
    lines = [line for line in ax.lines if line.get_marker() == "D"]
    return [tuple(line.get_xydata()[0]) for line in lines]


@pytest.mark.parametrize(
    ("budget", "expected"), [(0.1, 8), (0.5, 8), (0.99, 8), (1.0, 16), (7.9, 12), (8.0, 28)]
)
def test_the_best_size_within_the_budget_is_chosen_by_hand(budget: float, expected: int) -> None:
    num_within = sum(price <= budget for price in WORK.values())
    assert size_within(WORK, HITS, budget) == (expected, num_within)


def test_no_size_within_the_budget_takes_the_cheapest_and_says_so() -> None:
    assert size_within(WORK, HITS, 0.4) == (8, 0)
    moved = sizes()
    moved.controls["budget"].value = 0.3
    assert "0 of 4 sizes within it. Cheapest: 8 px" in moved.summary


@pytest.mark.slow
def test_every_budget_and_number_of_pictures_agrees_with_a_direct_computation() -> None:
    moved = sizes(seed=3)
    order = np.random.default_rng(3).permutation(NUM_VAL)
    limits = set()
    for setting in every_setting(moved):
        seen = {size: hits[order][: setting["pictures"]] for size, hits in HITS.items()}
        within = [s for s in WORK if WORK[s] <= setting["budget"]] or [8]
        best = within[int(np.argmax([seen[size].sum() for size in within]))]
        low, high = wilson_interval(seen[best].sum(), setting["pictures"])
        text = f"{best} px, accuracy {seen[best].mean():.3f} [{low:.3f}, {high:.3f}]"
        assert text in moved.summary
        rivals = {size: rows for size, rows in seen.items() if size != best}
        rival = max(rivals, key=lambda size: rivals[size].sum())
        verdict = compare_models(seen[best], seen[rival]).verdict
        assert f"{rival} px, has {seen[rival].mean():.3f}: {verdict}." in moved.summary
        (ax,) = moved.axes
        assert chosen_on(ax) == [(WORK[best], seen[best].mean())]
        hollow = {x.get_xdata()[0] for x in ax.lines if x.get_markerfacecolor() == "white"}
        assert hollow == {s for s in WORK.values() if s > setting["budget"]} - {WORK[best]}
        has_dearer = setting["budget"] < max(WORK.values())
        assert len(ax.patches) == (ax.get_legend() is not None) == has_dearer
        ends = [wilson_interval(rows.sum(), len(rows)) for rows in seen.values()]
        assert ax.get_ylim()[0] < min(low for low, _ in ends)
        limits.add((ax.get_xlim(), ax.get_ylim()))
    assert len(limits) == 1  # the picture does not jump
    assert {text.get_text() for text in ax.texts} == {"8 px", "12 px", "16 px", "28 px"}


def test_the_sliders_start_where_no_price_decides_and_reach_all_sizes() -> None:
    moved = sizes()
    budget, pictures = moved.controls.values()
    assert budget.value == pytest.approx(16) and pictures.value == NUM_VAL
    assert 10**budget.min < min(WORK.values()) and 10**budget.max > max(WORK.values())
    assert pictures.options == (4, 10, 20, 40)
    moved.update()
    assert "4 of 4 sizes within it. Best: 28 px" in moved.summary
    assert not budget.continuous_update and "millions" in budget.description


def test_one_size_and_one_picture_are_enough() -> None:
    moved = explore_sizes({8: 1.0}, {8: np.array([True])})
    for _ in every_setting(moved):
        assert ": 8 px" in moved.summary and "others" not in moved.summary


@pytest.mark.parametrize(
    ("work", "hits", "said"),
    [
        ({8: 1.0, 9: 2.0}, {8: right(3)}, r"same sizes: \[8, 9\], \[8\]"),
        ({}, {}, "same sizes"),
        ({8: 0.0}, {8: right(3)}, "above 0"),
        ({8: 1.0, 9: 1.0}, {8: right(3), 9: right(3)[:5]}, r"one length, got \[40, 5\]"),
        ({8: 1.0}, {8: right(3).astype(float)}, "hits must be bool"),
    ],
)
def test_senseless_sizes_are_refused(
    work: dict[int, float], hits: dict[int, np.ndarray], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        explore_sizes(work, hits)


def some_versions() -> dict[tuple[bool, ...], Version]:
    """The 12 versions that exist: 1 + 3 * (place) right answers of each repair that is on."""
    versions = {}
    for on in product((False, True), repeat=4):
        if on[0] or not on[1]:
            count = 1 + sum(3 * place for place in range(1, 5) if on[place - 1])
            versions[on] = Version(right(count), 10.0 / (1 + sum(on)))
    return versions


VERSIONS = some_versions()


def test_there_are_twelve_versions_and_all_switches_are_off_at_first() -> None:
    moved = explore_repairs(VERSIONS)
    assert len(VERSIONS) == 12
    assert list(moved.controls) == list(REPAIRS)
    assert not any(control.value for control in moved.controls.values())
    assert [control.description for control in moved.controls.values()] == list(REPAIRS)


@pytest.mark.slow
def test_every_combination_of_switches_shows_its_own_version_or_why_there_is_none() -> None:
    moved = explore_repairs(VERSIONS)
    none, all_on = (VERSIONS[(state,) * 4] for state in (False, True))
    missing, limits = 0, set()
    for on in product((False, True), repeat=4):
        axes = new_axes(2)
        moved.draw(axes, **dict(zip(REPAIRS, on, strict=True)))
        words = summary_of(axes[0].figure)
        bars = [bar.get_width() for bar in axes[0].patches]
        dots = [line.get_xdata()[0] for line in axes[1].lines]
        rows = [none, all_on]
        if on in VERSIONS:
            rows.insert(1, VERSIONS[on])
            assert f"accuracy {VERSIONS[on].hits.mean():.3f}" in words
        else:
            missing += 1
            assert "There is no such version" in words and "needs frozen for sure" in words
        assert bars == [version.hits.mean() for version in rows]
        assert dots == [version.work / none.work for version in rows]
        assert not axes[1].patches  # no bars on a logarithmic scale
        limits.add((axes[0].get_xlim(), axes[1].get_xlim()))
    assert missing == 4 and len(limits) == 1  # the picture does not jump


@pytest.mark.slow
def test_switching_by_the_real_controls_shows_each_and_the_guess_beside_its_truth() -> None:
    guess = Guess("06 only the size repaired", 0, 1, 0.5, "accuracy")
    moved = explore_repairs(VERSIONS, guess)
    seen = set()
    for setting in every_setting(moved):
        on = [name for name in REPAIRS if setting[name]]
        assert f"On: {', '.join(on) or 'nothing'}." in moved.summary
        only_size = on == ["size chosen"]
        assert ("A common guess: 0.5. Truth: 0.325." in moved.summary) == only_size
        marks = [x.get_xdata()[0] for x in moved.axes[0].lines if len(x.get_xdata()) == 2]
        assert ({0.5, 0.325} <= set(marks)) == only_size
        seen.add(moved.summary)
    assert len(seen) == 5  # each switch alone, and nothing


def test_the_words_compare_with_the_recipe() -> None:
    moved = explore_repairs(VERSIONS)
    moved.controls["head converged"].value = True
    # 10 and 1 of 40 right: 9 pictures against none, p = 2 / 2**9
    assert "Validation accuracy 0.250" in moved.summary
    assert "+0.225 against the recipe: different." in moved.summary
    assert "Work: 0.5 times the recipe's." in moved.summary
    moved.controls["head converged"].value = False
    assert "against the recipe" not in moved.summary  # it is the recipe
    assert "Work: 1 times the recipe's." in moved.summary


def test_what_needs_a_frozen_backbone_says_why() -> None:
    moved = explore_repairs(VERSIONS)
    moved.controls["features once"].value = True
    assert "features once needs frozen for sure, since the features" in moved.summary
    assert "no such version" in moved.axes[0].texts[0].get_text()
    moved.controls["frozen for sure"].value = True
    assert "no such version" not in moved.summary


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda versions: versions.pop((True,) * 4), "no version for the repairs"),
        (
            lambda versions: versions.update({(False, True, False, False): Version(1, 1)}),
            "a version for the repairs",
        ),
        (
            lambda versions: versions.update({(True,) * 4: Version(right(3)[:7], 1.0)}),
            r"same pictures, got \[7, 40\]",
        ),
        (
            lambda versions: versions.update({(True,) * 4: Version(np.ones(NUM_VAL), 1.0)}),
            "hits must be bool",
        ),
    ],
)
def test_senseless_versions_are_refused(change, said: str) -> None:  # noqa: ANN001
    versions = some_versions()
    change(versions)
    with pytest.raises(ValueError, match=said):
        explore_repairs(versions)


@pytest.mark.parametrize("make", [sizes, lambda: explore_repairs(VERSIONS)])
def test_an_error_while_drawing_comes_out(make, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN001
    for module in (input_sizes, repairs):
        monkeypatch.setattr(module, "wilson_interval", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        for _ in every_setting(make()):
            pass


@pytest.mark.slow
def test_the_still_versions_show_each_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    for moved in (sizes(), explore_repairs(VERSIONS)):
        moved._ipython_display_()
        for values in moved.stills.values():
            axes = new_axes(moved.columns)
            moved.draw(axes, **values)
            assert set(values) == set(moved.controls)
            for sentence in summary_of(np.atleast_1d(axes)[0].figure).split(". "):
                assert sentence.strip(".") in shown[-1][0]["text/plain"]
    assert len(shown) == 2 and all("image/png" in data for data, _ in shown)


def test_live_each_explorer_shows_its_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_displays(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: True)
    for moved in (sizes(), explore_repairs(VERSIONS)):
        moved._ipython_display_()
        assert shown[-1][0] is moved.box
        assert moved.summary and math.isfinite(moved.axes[0].get_xlim()[1])
