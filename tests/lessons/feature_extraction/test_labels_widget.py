"""Moving labels per class moves the arrow that reads off what pretraining saved."""

import numpy as np
import pytest
from scipy import stats

from course_utils.figures.axes import new_axes, summary_of
from course_utils.lessons.feature_extraction.widgets.labels import explore_labels, labels_needed
from course_utils.session import learner
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

SIZES = [1, 10, 100]
SCORES = {
    "pretrained": np.array([[0.70, 0.80, 0.95], [0.72, 0.82, 0.95]]),
    "random": np.array([[0.40, 0.60, 0.75], [0.42, 0.58, 0.75]]),
    "pixels": np.array([[0.50, 0.70, 0.90], [0.52, 0.72, 0.92]]),
}


def make_labels() -> Explorer:
    return explore_labels(SIZES, SCORES, few=12, num_classes=10)


def test_labels_needed_lie_on_a_straight_line_over_the_logarithm() -> None:
    assert labels_needed(SIZES, [0.5, 0.7, 0.9], 0.8) == pytest.approx(10**1.5)
    assert labels_needed(SIZES, np.array([0.5, 0.7, 0.9]), 0.55) == pytest.approx(10**0.25)
    assert labels_needed(SIZES, [0.5, 0.7, 0.9], 0.7) == pytest.approx(10)
    assert labels_needed(SIZES, [0.5, 0.7, 0.9], 0.2) == 1
    assert labels_needed(SIZES, [0.5, 0.7, 0.9], 0.91) == np.inf


def test_curves_are_the_mean_of_the_draws_in_a_picture_that_does_not_jump() -> None:
    explorer = make_labels()
    limits = set()
    for values in every_setting(explorer):
        (ax,) = explorer.axes
        for line, name in zip(ax.lines, (values["features"], "pixels"), strict=True):
            assert line.get_label() == name
            assert list(line.get_xdata()) == SIZES
            assert list(line.get_ydata()) == pytest.approx(SCORES[name].mean(axis=0))
        # Two draws: half their distance is the standard error, 12.7 times that half the interval.
        first, second = SCORES[values["features"]][:, SIZES.index(values["labels"])]
        half, mean = stats.t.ppf(0.975, 1) * abs(first - second) / 2, (first + second) / 2
        assert f"{mean:.3f} [{mean - half:.3f}, {mean + half:.3f}]" in explorer.summary
        assert f"Labels per class {values['labels']}: " in explorer.summary
        limits.add((ax.get_xlim(), ax.get_ylim()))
    ((_, (low, high)),) = limits
    assert low < 0.4
    assert high > 0.95


@pytest.mark.parametrize("features", ["pretrained", "random"])
@pytest.mark.parametrize("place", range(len(SIZES)))
def test_the_arrow_ends_where_pixels_are_as_good(place: int, features: str) -> None:
    ax = new_axes()
    make_labels().draw(ax, labels=SIZES[place], features=features)
    targets = SCORES[features][:, place]
    needed = []
    for curve, target in zip(SCORES["pixels"], targets, strict=True):
        inside = np.exp(np.interp(target, curve, np.log(SIZES)))  # rising curves only
        needed.append(np.inf if target > curve[-1] else inside)
    (arrow,) = ax.texts
    assert arrow.xyann == pytest.approx((SIZES[place], targets.mean()))
    assert arrow.xy == pytest.approx((min(np.median(needed), 100), targets.mean()))


@pytest.mark.parametrize(
    ("labels", "features", "words"),
    [
        (1, "pretrained", "pixels need 10 labels per class [10, 10]: 90 labels saved in all 10"),
        (10, "pretrained", "pixels need 31.6 labels per class [31.6, 31.6]: 216 labels saved"),
        (100, "pretrained", "pixels need more than 100 labels per class."),
        (
            1,
            "random",
            "pixels need at most 1 labels per class [1, 1]: 0 labels saved in all",
        ),
        (10, "random", "pixels need 2.58 labels per class [2, 3.16]: 74 labels lost in all 10"),
    ],
)
def test_the_words_say_what_is_saved(labels: int, features: str, words: str) -> None:
    ax = new_axes()
    make_labels().draw(ax, labels=labels, features=features)
    assert words in summary_of(ax.figure)


def test_it_begins_at_the_size_nearest_to_the_few_labels() -> None:
    controls = make_labels().controls
    assert {name: control.value for name, control in controls.items()} == {
        "labels": 10,
        "features": "pretrained",
    }
    assert list(controls["features"].options) == ["pretrained", "random"]
    assert [control.description for control in controls.values()] == [
        "labels per class",
        "features",
    ]
    assert not controls["labels"].continuous_update


def test_where_nothing_moves_every_still_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "is_live", lambda: False)
    shown = catch_pictures(monkeypatch)
    make_labels()._ipython_display_()
    ((data, _),) = shown
    words = data["text/plain"]
    for expected in ("class 10: pretrained", "class 100: pretrained", "class 10: random"):
        assert expected in words
    assert data["image/png"]


def test_an_error_while_drawing_reaches_the_learner_and_the_test() -> None:
    broken = SCORES | {"random": np.full((2, 3), np.nan)}
    explorer = explore_labels(SIZES, broken, few=1, num_classes=10)
    with pytest.raises(ValueError, match="finite"):
        explorer.controls["features"].value = "random"
    assert "course-error" in explorer.words.value


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"pretrained": np.ones((2, 3))}, "scores need 'pixels' and another, got pretrained"),
        ({"pixels": np.ones((2, 3))}, "scores need 'pixels' and another, got pixels"),
        (SCORES | {"random": np.ones((2, 4))}, r"'random' has scores \(2, 4\) for 3 sizes"),
        (SCORES | {"random": np.ones((1, 3))}, r"'random' has scores \(1, 3\) for 3 sizes"),
        (SCORES | {"random": np.ones(3)}, r"'random' has scores \(3,\) for 3 sizes"),
    ],
)
def test_scores_that_do_not_fit_are_refused(scores: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explore_labels(SIZES, scores, few=1, num_classes=10)
