"""Moving the steps in train mode shows each layer's drift and both heads at that step."""

import pytest

from course_utils.lessons.feature_extraction.widgets.drift import explore_drift
from course_utils.session import learner
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

STOPS = [0, 1, 5, 20]
DRIFTS = {
    "32 mixed": [
        {"mean": [n * 0.01, n * 0.02], "standard deviation": [n * 0.03, n * 0.02]} for n in STOPS
    ],
    "32 sorted": [
        {"mean": [n * 0.02, n * 0.01], "standard deviation": [n * 0.01, n * 0.05]} for n in STOPS
    ],
}
ACCURACIES = {
    "32 mixed": {"trained before": [0.9, 0.9, 0.89, 0.85], "trained along": [0.1, 0.2, 0.7, 0.88]},
    "32 sorted": {"trained before": [0.9, 0.9, 0.88, 0.86], "trained along": [0.1, 0.1, 0.2, 0.4]},
}


def make_drift() -> Explorer:
    return explore_drift(STOPS, DRIFTS, ACCURACIES)


@pytest.mark.slow
def test_layers_and_heads_are_those_of_the_chosen_step_and_batches() -> None:
    explorer = make_drift()
    seen, limits = set(), set()
    for values in every_setting(explorer):
        steps, batches = values["steps"], values["batches"]
        left, right = explorer.axes
        factors = {"32 mixed": ([1, 2], [3, 2]), "32 sorted": ([2, 1], [1, 5])}[batches]
        for line, factor in zip(left.lines, factors, strict=True):
            assert list(line.get_xdata()) == [1, 2]
            assert list(line.get_ydata()) == pytest.approx([steps * f / 100 for f in factor])
        assert [line.get_label() for line in left.lines] == ["mean", "standard deviation"]
        place = STOPS.index(steps)
        for number, (name, accuracies) in enumerate(ACCURACIES[batches].items()):
            curve, ring = right.lines[2 * number : 2 * number + 2]
            assert (curve.get_label(), list(curve.get_ydata())) == (name, accuracies)
            assert (list(ring.get_xdata()), list(ring.get_ydata())) == (
                [place],
                [accuracies[place]],
            )
            assert f"Accuracy of the head {name}: {accuracies[place]:.3f}." in explorer.summary
        assert f"Steps {steps}, batches of {batches}: " in explorer.summary
        assert [text.get_text() for text in right.get_xticklabels()] == ["0", "1", "5", "20"]
        seen.add((steps, batches))
        limits.add((left.get_ylim(), right.get_xlim(), right.get_ylim()))
    assert {(0, "32 mixed"), (20, "32 mixed")} < seen
    assert {batches for _, batches in seen} == set(DRIFTS)
    ((left_limits, *_),) = limits  # the picture does not jump
    assert left_limits == pytest.approx((0, 1.05))  # the largest drift of all is 20 * 0.05


def test_the_words_name_the_layer_that_moved_most() -> None:
    explorer = make_drift()
    explorer.controls["steps"].value = 20
    explorer.controls["batches"].value = "32 sorted"
    expected = "largest drift of the mean 0.4 in layer 1, of the standard deviation 1 in layer 2"
    assert expected in explorer.summary
    explorer.controls["batches"].value = "32 mixed"
    expected = "largest drift of the mean 0.4 in layer 2, of the standard deviation 0.6 in layer 1"
    assert expected in explorer.summary


def test_without_any_drift_the_axes_still_have_a_height() -> None:
    still = {"sorted": [{"mean": [0.0, 0.0]}]}
    explorer = explore_drift([0], still, {"sorted": {"trained before": [0.5]}})
    explorer.update()
    assert explorer.axes[0].get_ylim()[1] > 0


def test_where_nothing_moves_every_kind_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "is_live", lambda: False)
    shown = catch_pictures(monkeypatch)
    explorer = make_drift()
    assert list(explorer.stills.values()) == [
        {"steps": 20, "batches": "32 mixed"},
        {"steps": 20, "batches": "32 sorted"},
    ]
    explorer._ipython_display_()
    ((data, _),) = shown
    for kind in DRIFTS:
        assert f"Steps 20, batches of {kind}" in data["text/plain"]
    assert data["image/png"]


def test_the_controls_say_what_they_count() -> None:
    controls = make_drift().controls.values()
    assert [control.description for control in controls] == ["steps in train mode", "batches"]


def test_an_error_while_drawing_reaches_the_learner_and_the_test() -> None:
    empty = DRIFTS | {"32 sorted": [{"mean": []} for _ in STOPS]}
    explorer = explore_drift(STOPS, empty, ACCURACIES)
    with pytest.raises(ValueError, match="empty"):
        explorer.controls["batches"].value = "32 sorted"
    assert "course-error" in explorer.words.value


def test_numbers_of_stops_and_kinds_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="'32 mixed' has 4 'drifts' for 2 stops"):
        explore_drift([0, 1], DRIFTS, ACCURACIES)
    short = {**ACCURACIES, "32 sorted": {"trained along": [0.1]}}
    with pytest.raises(ValueError, match="'32 sorted' has 1 'trained along' for 4 stops"):
        explore_drift(STOPS, DRIFTS, short)
    with pytest.raises(ValueError, match=r"accuracies of \['32 mixed'\]"):
        explore_drift(STOPS, DRIFTS, {"32 mixed": ACCURACIES["32 mixed"]})
