"""Validation sets that are drawn, winners that flatter, and patience, moved by their controls."""

import numpy as np
import pytest

from course_utils.figures import axes as figures
from course_utils.lessons.validation.widgets import choice, optimism, stopping
from course_utils.lessons.validation.widgets.choice import draw_validation_sets, explore_choice
from course_utils.lessons.validation.widgets.optimism import explore_optimism
from course_utils.lessons.validation.widgets.stopping import explore_patience, stop_and_keep
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

# 40 examples; the accuracies are 0.75, 0.9 and 0.85.
CORRECT = np.arange(40)[None] < np.array([[30], [36], [34]])
SIZES = [5, 50, 2000]
COUNTS = [1, 3, 10]
GENERATOR = np.random.default_rng(0)
CHOICES = {v: GENERATOR.uniform(0.6, 1.0, size=(30, len(COUNTS), 2)) for v in (20, 80)}
# Lowest so far at epochs 1, 2, 4 and 7; at epoch 5 as low as the lowest, which is no new lowest.
VAL = [2.0, 1.0, 1.5, 0.8, 0.8, 0.9, 0.7, 0.9]
FRESH = [2.1, 1.1, 1.4, 0.85, 0.84, 1.0, 0.95, 1.2]
RUNS = {"bumpy": (VAL, FRESH), "smooth": (sorted(VAL, reverse=True), FRESH)}


def line(ax: object, label: str) -> tuple[list[float], list[float]]:
    """Places and heights of the line with that name in the legend."""
    (found,) = (one for one in ax.lines if one.get_label() == label)
    return list(found.get_xdata()), list(found.get_ydata())


def test_scores_are_accuracies_on_the_examples_drawn() -> None:
    draws = draw_validation_sets(CORRECT, v=4000, num_draws=50)
    assert draws.truth.tolist() == [0.75, 0.9, 0.85]
    assert draws.scores.shape == (50, 3)
    assert draws.scores.mean(axis=0) == pytest.approx(draws.truth, abs=0.003)
    # A share of v draws has this spread; fewer different examples would have less.
    assert draws.scores[:, 0].std() == pytest.approx(np.sqrt(0.75 * 0.25 / 4000), rel=0.3)
    assert np.allclose(draws.scores * 4000, np.round(draws.scores * 4000))
    assert not draws.wrong.any()


def test_the_winner_has_the_highest_score_and_is_wrong_if_another_is_truly_better() -> None:
    draws = draw_validation_sets(CORRECT, v=5, num_draws=300)
    won = draws.scores[np.arange(300), draws.winners]
    assert (won == draws.scores.max(axis=1)).all()
    assert (draws.wrong == (draws.winners != 1)).all()
    assert draws.shares(300).sum() == pytest.approx(1)
    assert 1 - draws.wrong.mean() == pytest.approx(draws.shares(300)[1])


def test_equal_scores_are_decided_by_lot_and_equals_are_not_wrong() -> None:
    draws = draw_validation_sets(np.ones((2, 9), dtype=bool), v=3, num_draws=400)
    assert draws.shares(400) == pytest.approx([0.5, 0.5], abs=0.1)
    assert not draws.wrong.any()


def test_the_same_seed_draws_the_same_sets() -> None:
    first, same, other = (draw_validation_sets(CORRECT, 20, 9, seed=seed) for seed in (0, 0, 1))
    assert (first.scores == same.scores).all() and (first.winners == same.winners).all()
    assert (first.scores != other.scores).any()


@pytest.mark.slow
def test_each_draw_shows_its_scores_and_the_wins_so_far() -> None:
    explorer = explore_choice(CORRECT, SIZES, num_draws=40, seed=3)
    limits = set()
    for values in every_setting(explorer):
        v, number = values["v"], values["number"]
        draws = draw_validation_sets(CORRECT, v, 40, seed=3)
        winner, left, right = draws.winners[number - 1], *explorer.axes
        assert line(left, "score") == (draws.scores[number - 1].tolist(), [0, 1, 2])
        assert line(left, "truth") == ([0.75, 0.9, 0.85], [0, 1, 2])
        assert line(left, "winner") == ([draws.scores[number - 1, winner]], [winner])
        wins = [int((draws.winners[:number] == k).sum()) for k in range(3)]
        assert [bar.get_width() * number for bar in right.patches] == pytest.approx(wins)
        assert list(right.lines[0].get_xdata()) == draws.shares(40).tolist()
        assert [t.get_text() for t in left.get_yticklabels()][1] == "head 2 (best)"
        limits.add(left.get_xlim() + left.get_ylim())
        words = explorer.summary
        assert f"Draw {number} of v = {v:,}: head {winner + 1} wins with " in words
        better = "head 2 is truly better with 0.900" if winner != 1 else "no other is truly better"
        assert f"its truth is {[0.75, 0.9, 0.85][winner]:.3f}, and {better}." in words
        wrong = sum(wins) - wins[1]
        assert f"Wrong winners: {wrong} of {number} draws so far" in words
        cost = 100 * np.mean([0.9 - [0.75, 0.9, 0.85][k] for k in draws.winners])
        assert f"{1 - draws.shares(40)[1]:.0%} of all 40; they cost {cost:.2f} points" in words
    assert len(limits) == 1, "the axes jump when a control moves"


def test_each_choice_is_a_point_and_the_mean_says_the_optimism() -> None:
    explorer = explore_optimism(CHOICES, COUNTS)
    limits = set()
    for values in every_setting(explorer):
        k, v = values["k"], values["v"]
        scores, fresh = CHOICES[v][:, COUNTS.index(k)].T
        (ax,) = explorer.axes
        assert line(ax, "a choice") == (fresh.tolist(), scores.tolist())
        assert line(ax, "mean") == ([fresh.mean()], [scores.mean()])
        (segment,) = ax.collections[0].get_segments()
        ends = sorted([fresh.mean(), scores.mean()])
        assert segment.tolist() == [[fresh.mean(), end] for end in ends]
        limits.add(ax.get_xlim() + ax.get_ylim())
        points = 100 * np.mean(scores - fresh)
        assert f"Best of {k} on v = {v}, 30 choices: mean score {scores.mean():.3f}" in (
            explorer.summary
        )
        above = sum(score > truth for score, truth in zip(scores, fresh, strict=True)) / 30
        assert f"optimism {points:+.1f} points. {above:.0%} of the winners" in explorer.summary
    assert len(limits) == 1, "the axes jump when a control moves"


def test_more_luck_is_more_points_by_hand() -> None:
    table = np.array([[[0.9, 0.8]], [[0.7, 0.8]], [[1.0, 0.85]], [[0.8, 0.75]]])
    explorer = explore_optimism({10: table}, [4])
    explorer.update()
    assert "mean score 0.850, mean on fresh pictures 0.800, optimism +5.0" in explorer.summary
    assert "75% of the winners score too high" in explorer.summary


@pytest.mark.parametrize(
    ("patience", "stop", "kept"), [(1, 3, 2), (2, 6, 4), (3, 8, 7), (8, 8, 7), (99, 8, 7)]
)
def test_training_stops_when_patience_is_spent_and_keeps_the_lowest(
    patience: int, stop: int, kept: int
) -> None:
    assert stop_and_keep(VAL, patience) == (stop, kept)
    assert stop_and_keep(np.array(VAL), patience) == (stop, kept)


def test_losses_that_only_rise_keep_the_first_epoch() -> None:
    assert stop_and_keep([1.0, 2.0, 3.0, 4.0], 2) == (3, 1)
    assert stop_and_keep([1.0], 1) == (1, 1)


def test_each_patience_shows_what_is_kept_and_what_is_never_trained() -> None:
    explorer = explore_patience(RUNS)
    limits = set()
    for values in every_setting(explorer):
        val, fresh = RUNS[values["run"]]
        stop, kept = stop_and_keep(val, values["patience"])
        (ax,) = explorer.axes
        assert line(ax, "validation") == (list(range(1, 9)), list(val))
        assert line(ax, "fresh") == (list(range(1, 9)), FRESH)
        assert line(ax, "kept")[0] == [kept, kept]
        marks = [one for one in ax.lines if len(one.get_xdata()) == 1]
        assert [one.get_ydata()[0] for one in marks] == [val[kept - 1], fresh[kept - 1]]
        (grey,) = (patch for patch in ax.patches if patch.get_label() == "never trained")
        assert (grey.get_x(), grey.get_width()) == (stop + 0.5, 8 - stop)
        limits.add(ax.get_xlim() + ax.get_ylim())
        words = explorer.summary
        assert f"stops after epoch {stop} of 8 and keeps epoch {kept}:" in words
        assert f"validation loss {val[kept - 1]:.3f}, fresh loss {fresh[kept - 1]:.3f}." in words
        assert "fresh loss 1.200; the best, epoch 5, has 0.840." in words
    assert len(limits) == 1, "the axes jump when a control moves"


def test_one_epoch_and_one_run_are_enough() -> None:
    explorer = explore_patience({"only": ([1.0], [2.0])})
    explorer.update()
    assert "stops after epoch 1 of 1 and keeps epoch 1" in explorer.summary


EXPLORERS = {
    "choice": lambda: explore_choice(CORRECT, SIZES, num_draws=10),
    "optimism": lambda: explore_optimism(CHOICES, COUNTS),
    "patience": lambda: explore_patience(RUNS),
}
every_explorer = pytest.mark.parametrize("make", EXPLORERS.values(), ids=EXPLORERS)


@pytest.mark.slow
@every_explorer
def test_the_still_version_shows_each_setting(
    make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = catch_pictures(monkeypatch)
    explorer = make()
    explorer._ipython_display_()
    ((_, metadata),) = shown
    for values in explorer.stills.values():
        axes = figures.new_axes(explorer.columns)
        explorer.draw(axes, **values)
        assert figures.summary_of(np.atleast_1d(axes)[0].figure) in metadata["image/png"]["alt"]
    assert len(explorer.stills) >= 2


@every_explorer
def test_an_error_in_the_drawing_comes_out(make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted")

    for module in (choice, optimism, stopping):
        monkeypatch.setattr(module, "say", fail)
    explorer: Explorer = make()
    for name in explorer.controls:
        control = explorer.controls[name]
        with pytest.raises(RuntimeError, match="planted"):
            control.value = control.options[-1] if hasattr(control, "options") else control.max
        assert "course-error" in explorer.words.value


@every_explorer
def test_controls_say_what_they_move(make: object) -> None:
    for control in make().controls.values():
        assert len(control.description) > 8
        assert not getattr(control, "continuous_update", False)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explore_choice(CORRECT, []), r"at least one size of validation sets, got \[\]"),
        (lambda: explore_choice(CORRECT.astype(int), SIZES), "correct must be bool"),
        (lambda: explore_choice(CORRECT, [0]), "v must be at least 1, got 0"),
        (lambda: explore_choice(CORRECT, [5], num_draws=0), "num_draws must be at least 1, got 0"),
        (lambda: explore_optimism({}, COUNTS), "choices are empty"),
        (lambda: explore_optimism(CHOICES, [1, 2]), r"v = 20: \(30, 3, 2\).*2 candidate counts"),
        (lambda: explore_patience({}), r"got \[\]"),
        (lambda: explore_patience({"a": ([1.0], [1.0, 2.0])}), r"got \[1, 2\]"),
        (lambda: explore_patience({"a": ([], [])}), r"got \[0\]"),
        (lambda: stop_and_keep([1.0], 0), "patience must be at least 1, got 0"),
        (lambda: stop_and_keep([], 1), "no validation losses"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
