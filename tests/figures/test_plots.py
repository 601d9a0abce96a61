"""The shared plots: what is drawn is the data, axes have labels, and words hold the numbers."""

import itertools
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose
from scipy import stats

from course_utils.figures.axes import new_axes, summary_of
from course_utils.figures.plots import (
    COLOURS,
    LINES,
    MARKERS,
    plot_bars,
    plot_curves,
    plot_histogram,
    plot_images,
    plot_repeats,
    tick_by_powers,
)

REPEATS = np.array([[0.50, 0.80], [0.60, 0.90], [0.70, 0.70]])


def curves(ax: Axes | None = None) -> Axes:
    losses = {"train": [2.3, 1.0, 0.5], "val": [2.3, 0.75, 1.25]}
    return plot_curves(losses, x_label="epoch", y_label="loss (nats)", ax=ax)


def repeats(ax: Axes | None = None) -> Axes:
    scores = {"frozen": REPEATS, "scratch": REPEATS / 2}
    return plot_repeats(scores, x=[1, 10], x_label="labels", y_label="accuracy", ax=ax)


def bars(ax: Axes | None = None) -> Axes:
    intervals = {"pixels": (0.5, 0.9), "letters": (0.9, 0.99)}
    shares = {"pixels": 0.75, "letters": 0.95}
    return plot_bars(shares, x_label="accuracy", intervals=intervals, ax=ax)


def histogram(ax: Axes | None = None) -> Axes:
    groups = {"v = 10": np.arange(101) / 100, "v = 100": np.full(50, 0.5)}
    return plot_histogram(groups, x_label="optimism", y_label="repeats", ax=ax)


every_plot = pytest.mark.parametrize("draw", [curves, repeats, bars, histogram])


def png_of(ax: Axes) -> bytes:
    buffer = BytesIO()
    ax.figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


@every_plot
def test_both_axes_are_labelled(draw: Callable) -> None:
    ax = draw()
    named_ticks = [text.get_text() for text in ax.get_yticklabels()] == ["pixels", "letters"]
    assert ax.get_xlabel() and (ax.get_ylabel() or named_ticks)


@every_plot
def test_the_axes_given_are_drawn_on_and_returned(draw: Callable) -> None:
    axes = new_axes(columns=2)
    assert draw(axes[1]) is axes[1]
    assert axes[1].has_data() and not axes[0].has_data()


@pytest.mark.slow
@every_plot
def test_the_same_data_give_the_same_picture(draw: Callable) -> None:
    assert png_of(draw()) == png_of(draw())


@every_plot
def test_the_words_name_every_entry(draw: Callable) -> None:
    ax = draw()
    legend = ax.get_legend()
    entries = legend.get_texts() if legend else ax.get_yticklabels()
    names = [text.get_text() for text in entries]
    assert len(names) == 2 and all(f"{name}" in summary_of(ax.figure) for name in names)


def test_curves_are_the_data_over_1_2_3_and_their_ends_are_said() -> None:
    ax = curves()
    train, val = ax.get_lines()
    assert_allclose(train.get_xydata(), [[1, 2.3], [2, 1.0], [3, 0.5]])
    assert_allclose(val.get_ydata(), [2.3, 0.75, 1.25])
    assert summary_of(ax.figure) == (
        "train: loss (nats) from 2.3 to 0.5, lowest 0.5 at epoch 3. "
        "val: loss (nats) from 2.3 to 1.25, lowest 0.75 at epoch 2."
    )


def test_curves_take_their_own_places_and_log_axes() -> None:
    rates = [0.001, 0.1, 10]
    labels = {"x_label": "learning rate", "y_label": "loss"}
    ax = plot_curves({"loss": [3, 1, 2]}, x=rates, log_x=True, log_y=True, **labels)
    assert_allclose(ax.get_lines()[0].get_xdata(), rates)
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert ax.get_legend() is None  # one curve needs none
    assert summary_of(ax.figure) == "loss: loss from 3 to 2, lowest 1 at learning rate 0.1."


def test_curves_may_be_tensors_and_may_hold_a_value_that_is_missing() -> None:
    ax = plot_curves({"loss": torch.tensor([3.0, torch.nan, 2.0])}, x_label="step", y_label="loss")
    assert summary_of(ax.figure) == "loss: loss from 3 to 2, lowest 2 at step 3."


def test_repeats_show_the_mean_and_scipys_t_interval_at_each_place() -> None:
    ax = repeats()
    assert_allclose(ax.get_lines()[0].get_xydata(), [[1, 0.6], [10, 0.8]])
    band = ax.collections[0].get_paths()[0].vertices
    for place, scores in zip((1, 10), REPEATS.T, strict=True):
        expected = stats.t.interval(0.95, 2, loc=scores.mean(), scale=stats.sem(scores))
        edges = band[band[:, 0] == place, 1]
        assert_allclose([edges.min(), edges.max()], expected)
    assert summary_of(ax.figure).startswith(
        "frozen, mean accuracy of 3 repeats: 0.600 at 1, 0.800 at 10. scratch, mean"
    )


def test_repeats_stand_on_a_log_axis_with_a_tick_at_each_place_unless_told_otherwise() -> None:
    ax = repeats()
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1", "10"]
    labels = {"x_label": "step", "y_label": "accuracy"}
    assert plot_repeats({"a": REPEATS}, x=[0, 1], log_x=False, **labels).get_xscale() == "linear"


def test_bars_have_the_lengths_and_the_whiskers_of_the_data() -> None:
    ax = bars()
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.95]
    whiskers = [path.vertices[:, 0].tolist() for path in ax.collections[0].get_paths()]
    assert_allclose(whiskers, [[0.5, 0.9], [0.9, 0.99]])
    assert ax.yaxis_inverted()  # the first entry is the uppermost
    words = "pixels: accuracy 0.75 [0.5, 0.9]. letters: accuracy 0.95 [0.9, 0.99]."
    assert summary_of(ax.figure) == words


def test_bars_do_without_intervals() -> None:
    ax = plot_bars({"this machine": 12.5}, x_label="steps per second")
    assert summary_of(ax.figure) == "this machine: steps per second 12.5."


def test_a_histogram_counts_every_value_in_common_bins() -> None:
    ax = histogram()
    outlines = [patch.get_xy() for patch in ax.patches]
    assert_allclose(*[np.unique(outline[:, 0]) for outline in outlines])
    for outline, num_values in zip(outlines, (101, 50), strict=True):
        heights = outline[1:-1:2, 1]
        assert heights.sum() == num_values
    assert summary_of(ax.figure).startswith(
        "v = 10: optimism 0.5 on average over 101, 9 in 10 between 0.05 and 0.95. v = 100:"
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("titles", [None, [*"abcde"]])
def test_a_sheet_holds_every_picture_unchanged_in_its_place(
    channels: int, titles: list[str] | None
) -> None:
    images = torch.rand(5, channels, 8, 8, generator=torch.Generator().manual_seed(0))
    ax = plot_images(images, titles, columns=3, what="five pictures of noise")
    sheet = np.asarray(ax.images[0].get_array().filled(1)).reshape(-1, 27, channels)
    row = 8 + (3 if titles else 1)
    for number, image in enumerate(images):
        top, left = number // 3 * row, number % 3 * 9
        shown = sheet[top : top + 8, left : left + 8]
        assert_allclose(shown, image.permute(1, 2, 0).numpy(), atol=1e-6)
    assert summary_of(ax.figure) == "5 pictures: five pictures of noise."
    assert [text.get_text() for text in ax.texts] == (titles or [])


def test_grey_pictures_are_shown_on_one_scale_dark_for_ink() -> None:
    ax = plot_images(torch.full((2, 1, 8, 8), 0.5), what="grey")
    assert ax.images[0].get_clim() == (0, 1) and ax.images[0].get_cmap().name == "gray_r"


def test_six_curves_differ_by_colour_marker_and_line() -> None:
    six = {f"run {number}": [1, 2] for number in range(6)}
    lines = plot_curves(six, x_label="step", y_label="loss").get_lines()
    for look in ("get_color", "get_marker"):
        assert len({getattr(line, look)() for line in lines}) == 6
    assert len(set(COLOURS)) == len(set(MARKERS)) == len(set(LINES)) == 6


def lab(linear_rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear RGB, where equal distances look equally far apart."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ linear_rgb / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_colours_stay_apart_for_an_eye_without_green_cones() -> None:
    # Deuteranopia: Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
    matrix = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    seen = []
    for colour in COLOURS:
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
        seen.append(lab((np.array(matrix) @ linear).clip(0, 1)))
    distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(distances) > 10  # about four times what can just be told apart


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.05, 3, [0.05, 0.1, 0.2, 0.5, 1, 2]), (0.02, 300, [0.1, 1, 10, 100]), (11, 60, [20, 50])],
)
def test_few_plain_numbers_stand_on_an_axis_of_powers(
    low: float, high: float, ticks: list[float]
) -> None:
    ax = new_axes()
    ax.set(xscale="log", xlim=(low, high))
    tick_by_powers(ax)
    ax.figure.canvas.draw()
    shown = [place for place in ax.get_xticks() if low <= place <= high]
    assert shown == pytest.approx(ticks)
    assert len(ax.get_xticks(minor=True)) == 0
    labels = [text.get_text() for text in ax.get_xticklabels()]
    assert all(label in labels for label in map("{:g}".format, ticks))


def test_bands_are_cut_where_told() -> None:
    labels = {"x": [1, 10], "x_label": "labels", "y_label": "accuracy"}
    ax = plot_repeats({"two": REPEATS[:2]}, within=(0, 1), **labels)
    band = ax.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0, 1)
