"""Labels, repeats and blocks that learn: what is drawn and said is what the scores give."""

import numpy as np
import pytest
from scipy import stats

from course_utils.figures import axes as figures
from course_utils.figures.axes import new_axes, summary_of
from course_utils.lessons.fine_tuning import widgets as fine_tuning
from course_utils.lessons.fine_tuning.widgets import explore_blocks, explore_ways
from course_utils.session import learner
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

COUNTS = [1, 5, 20]
SCORES = {
    "from scratch": np.array([[0.50, 0.70, 0.90], [0.54, 0.72, 0.91], [0.46, 0.71, 0.95]]),
    "frozen": np.array([[0.60, 0.86, 0.94], [0.66, 0.80, 0.92], [0.61, 0.82, 0.93]]),
    "fine-tuned": np.array([[0.65, 0.85, 0.93], [0.70, 0.82, 0.94], [0.66, 0.81, 0.96]]),
}
DEPTHS, WEIGHTS = [0, 1, 2, 4], [10, 200, 3000, 40_000]
BY_DEPTH = {
    "new task": np.array([[0.90, 0.92, 0.95, 0.95], [0.92, 0.93, 0.94, 0.98]]),
    "letters": np.array([[0.80, 0.75, 0.70, 0.40], [0.80, 0.77, 0.66, 0.50]]),
}
OTHERS = ("from scratch", "frozen")


@pytest.fixture(autouse=True)
def _no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and read, but not rendered: that is most of the time of a move."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "pixels")
    monkeypatch.setattr(figures, "as_png", lambda figure: "pixels")


def make_ways() -> Explorer:
    return explore_ways(SCORES, COUNTS)


def make_blocks() -> Explorer:
    return explore_blocks(DEPTHS, WEIGHTS, BY_DEPTH)


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95 % t interval, by SciPy's own method."""
    result = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return float(values.mean()), float(result.low), float(result.high)


def interval_of_shares(values: np.ndarray) -> tuple[float, float, float]:
    """The same, cut at 0 and 1."""
    mean, low, high = interval(values)
    return mean, max(low, 0.0), min(high, 1.0)


def drawn_intervals(ax: object) -> list[tuple[float, float, float]]:
    """Mean and ends of the horizontal error bars on ``ax``, from the top."""
    found = []
    for bar in ax.containers:
        line, _, (lengths,) = bar.lines
        ((left, _), (right, _)) = lengths.get_segments()[0]
        found.append((float(line.get_xdata()[0]), left, right))
    return found


def test_scores_and_leads_are_those_of_the_labels_and_repeats_set() -> None:
    explorer, seen, limits = make_ways(), set(), {}
    for values in every_setting(explorer):
        place, repeats = COUNTS.index(values["labels"]), values["repeats"]
        at = {way: table[:repeats, place] for way, table in SCORES.items()}
        scores, leads = explorer.axes
        for drawn, way in zip(drawn_intervals(scores), SCORES, strict=True):
            assert drawn == pytest.approx(interval_of_shares(at[way]))
        for drawn, other in zip(drawn_intervals(leads), OTHERS, strict=True):
            assert drawn == pytest.approx(interval(at["fine-tuned"] - at[other]))
        for rings, way in zip(scores.collections[::2], SCORES, strict=True):
            assert list(rings.get_offsets()[:, 0]) == pytest.approx(list(at[way]))
        mean, low, high = interval_of_shares(at["frozen"])
        assert f"{values['labels']} per class, {repeats} repeats: " in explorer.summary
        assert f"frozen {mean:.3f} [{low:.3f}, {high:.3f}]" in explorer.summary
        seen.add((values["labels"], repeats))
        limits.setdefault(values["labels"], set()).add((scores.get_xlim(), leads.get_xlim()))
    assert {labels for labels, _ in seen} == set(COUNTS)
    assert {repeats for _, repeats in seen} == {2, 3}
    assert all(len(each) == 1 for each in limits.values()), "the picture jumps with the repeats"
    assert len({accuracies for each in limits.values() for accuracies, _ in each}) == 1


def test_the_verdict_is_that_of_the_paired_t_test() -> None:
    said = set()
    explorer = make_ways()
    for values in every_setting(explorer):
        place, repeats = COUNTS.index(values["labels"]), values["repeats"]
        for other in OTHERS:
            pair = SCORES["fine-tuned"][:repeats, place], SCORES[other][:repeats, place]
            mean, low, high = interval(pair[0] - pair[1])
            verdict = "different" if stats.ttest_rel(*pair).pvalue < 0.05 else "cannot tell"
            text = f"Lead against {other} {mean:+.3f} [{low:+.3f}, {high:+.3f}]: {verdict}."
            assert text in explorer.summary
            said.add(verdict)
    assert said == {"different", "cannot tell"}


def test_the_lead_of_the_last_way_is_positive_where_it_is_better() -> None:
    explorer = make_ways()
    explorer.controls["labels"].value = 20
    explorer.controls["labels"].value = 1
    assert "Lead against frozen +0.047" in explorer.summary  # (0.05 + 0.04 + 0.05) / 3, by hand
    zero = explorer.axes[1].lines[-1]
    assert list(zero.get_xdata()) == [0, 0]
    assert drawn_intervals(explorer.axes[1])[1][0] > 0


def test_repeats_without_any_difference_are_drawn_and_cannot_tell() -> None:
    same = np.full((2, 1), 0.5)
    explorer = explore_ways({"frozen": same, "fine-tuned": same}, [3])
    explorer.update()
    assert "Lead against frozen +0.000 [+0.000, +0.000]: cannot tell." in explorer.summary


@pytest.mark.slow
def test_the_blocks_next_to_the_head_learn_and_are_filled() -> None:
    explorer = make_blocks()
    for values in every_setting(explorer):
        bars = explorer.axes[0].patches
        assert [bar.get_width() for bar in bars] == WEIGHTS
        assert explorer.axes[0].yaxis_inverted()
        held = [bar.get_hatch() is not None for bar in bars]
        assert held == [block < len(WEIGHTS) - values["learning"] for block in range(4)]
        white = [tuple(bar.get_facecolor()) == (1, 1, 1, 1) for bar in bars]
        assert white == held
    explorer.controls["learning"].value = 2
    assert "2 of 4 blocks learn, 43,000 of 43,210 weights." in explorer.summary
    explorer.controls["learning"].value = 0
    assert "0 of 4 blocks learn, 0 of 43,210 weights." in explorer.summary


def test_changes_are_taken_repeat_by_repeat_against_the_frozen_backbone() -> None:
    explorer, limits = make_blocks(), set()
    for values in every_setting(explorer):
        place, ax = DEPTHS.index(values["learning"]), explorer.axes[1]
        limits.add((ax.get_xlim(), ax.get_ylim()))
        for (task, table), bar in zip(BY_DEPTH.items(), ax.containers, strict=True):
            mean = (table - table[:, :1]).mean(axis=0)
            assert any(list(line.get_ydata()) == pytest.approx(mean) for line in ax.lines)
            marker, _, (lengths,) = bar.lines
            assert marker.get_xdata()[0] == values["learning"]
            ends = lengths.get_segments()[0][:, 1]
            change = table[:, place] - table[:, 0]
            if place:
                expected = interval(change)
                assert list(ends) == pytest.approx(expected[1:])
                assert ax.get_ylim()[0] < ends[0] <= ends[1] < ax.get_ylim()[1]
                text = f"change against frozen {expected[0]:+.3f} [{expected[1]:+.3f}, "
            else:
                text = "change against frozen +0.000 [+0.000, +0.000]"
            start = f"{task}: accuracy {table[:, place].mean():.3f}, "
            assert start + text in explorer.summary
    assert len({ends for _, ends in limits}) == 1, "the picture jumps"


def test_controls_say_what_they_count() -> None:
    labels, repeats = make_ways().controls.values()
    (learning,) = make_blocks().controls.values()
    assert labels.description == "labels per class"
    assert repeats.description == "repeats that count"
    assert learning.description == "blocks that learn, from the head down"
    assert [name for name, _ in learning.options] == ["0 of 4", "1 of 4", "2 of 4", "4 of 4"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "titles"),
    [
        (make_ways, ["1 per class", "5 per class", "20 per class", "20 per class, two repeats"]),
        (make_blocks, ["0 of 4 blocks learn", "2 of 4 blocks learn", "4 of 4 blocks learn"]),
    ],
)
def test_the_still_version_shows_few_settings(
    make: object, titles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "is_live", lambda: False)
    shown = catch_pictures(monkeypatch)
    explorer = make()
    explorer._ipython_display_()
    ((picture, metadata),) = shown
    assert list(explorer.stills) == titles
    for values in explorer.stills.values():
        axes = new_axes(2)
        explorer.draw(axes, **values)
        for sentence in summary_of(axes[0].figure).split(". "):
            assert sentence.rstrip(".") in metadata["image/png"]["alt"]
    assert picture["image/png"] == "pixels"


def test_one_label_count_and_two_depths_are_enough() -> None:
    ways = explore_ways({way: table[:, :1] for way, table in SCORES.items()}, [1])
    blocks = explore_blocks([0, 4], WEIGHTS, {"letters": BY_DEPTH["letters"][:, [0, 3]]})
    assert list(ways.stills) == ["1 per class", "1 per class, two repeats"]
    assert list(blocks.stills) == ["0 of 4 blocks learn", "4 of 4 blocks learn"]
    assert list(every_setting(ways))
    assert list(every_setting(blocks))


@pytest.mark.parametrize(
    ("scores", "counts"),
    [
        (SCORES, [1, 5]),
        ({"frozen": SCORES["frozen"]}, COUNTS),
        ({}, COUNTS),
        ({way: table[:1] for way, table in SCORES.items()}, COUNTS),
        (SCORES | {"frozen": SCORES["frozen"][:2]}, COUNTS),
    ],
)
def test_scores_that_cannot_be_compared_are_refused(scores: dict, counts: list[int]) -> None:
    with pytest.raises(ValueError, match=f"by {len(counts)} label counts, got"):
        explore_ways(scores, counts)


@pytest.mark.parametrize("depths", [[], [1, 2, 3, 4], [0, 2, 1, 4], [0, 1, 2, 5], [0, 1, 1, 4]])
def test_depths_that_do_not_fit_the_blocks_are_refused(depths: list[int]) -> None:
    with pytest.raises(ValueError, match="depths must ascend from 0 to at most 4 blocks, got"):
        explore_blocks(depths, WEIGHTS, BY_DEPTH)


def test_a_table_that_does_not_fit_the_depths_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'letters' has scores \(2, 3\) for 4 depths"):
        explore_blocks(DEPTHS, WEIGHTS, {"letters": BY_DEPTH["letters"][:, :3]})
    with pytest.raises(ValueError, match=r"'letters' has scores \(1, 4\)"):
        explore_blocks(DEPTHS, WEIGHTS, {"letters": BY_DEPTH["letters"][:1]})


@pytest.mark.parametrize(
    ("make", "part"), [(make_ways, "_draw_repeats"), (make_blocks, "_draw_weights")]
)
def test_an_error_while_drawing_comes_out(
    make: object, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("planted")

    explorer = make()
    monkeypatch.setattr(fine_tuning, part, fail)
    with pytest.raises(RuntimeError, match="planted"):
        next(every_setting(explorer))
    assert "planted" in explorer.words.value
