"""Figures of lesson 12: their lines, marks and words are of the numbers that they were given."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils.figures.axes import new_axes, summary_of
from course_utils.figures.plots import COLOURS
from course_utils.lessons.keras_and_tensorflow.figures import LOWEST, plot_apart
from course_utils.lessons.keras_and_tensorflow.layer_names import stage_and_kind, words_for
from course_utils.lessons.keras_and_tensorflow.maps import plot_layer

LAYERS = ("backbone-0-0", "backbone-1", "backbone-2-0", "backbone-3-convolutions-4", "head")
EQUAL = dict(zip(LAYERS, (0.0, 3e-7, 2e-6, 9e-6, 1e-6), strict=True))
OTHER = dict(zip(LAYERS, (4e-7, 3e-7, 5.5, 0.25, 3.0), strict=True))


def test_a_line_a_network_and_a_ring_at_the_first_layer_that_disagrees() -> None:
    ax = plot_apart({"as torch": EQUAL, "$same_": OTHER})
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["as torch"].get_ydata()) == [LOWEST, *list(EQUAL.values())[1:]]
    assert list(lines[r"\$same_"].get_ydata()) == list(OTHER.values())
    rings = [line for line in ax.lines if line.get_markersize() == 13 and len(line.get_xdata())]
    assert [(ring.get_xdata()[0], ring.get_ydata()[0]) for ring in rings] == [(3, 5.5)]
    assert to_hex(rings[0].get_markeredgecolor()).upper() == COLOURS[1]
    assert ax.get_yscale() == "log" and ax.get_ylim()[0] < LOWEST and ax.get_ylim()[1] > 5.5
    said = summary_of(ax.figure)
    assert "as torch: no layer disagrees, 9e-06 at most, 1e-06 after the last of 5 layers." in said
    first = "$same_: stage 2, convolution 1 disagrees first, by 5.5, 3e-07 before it; 3 after"
    assert first in said and said.endswith("Up to 1e-05 is rounding.")


def test_what_counts_as_rounding_can_be_said_and_decides_which_layer_is_first() -> None:
    ax = plot_apart({"as torch": EQUAL}, rounding=1e-6)
    assert "stage 2, convolution 1 disagrees first, by 2e-06, 3e-07 before it" in summary_of(
        ax.figure
    )
    (band,) = ax.patches
    assert band.get_y() + band.get_height() == pytest.approx(1e-6)
    labels = [text.get_text() for text in plot_apart({"as torch": EQUAL}).get_legend().get_texts()]
    assert labels == ["as torch", "rounding, up to 1e-05"]  # nothing is marked


def test_layers_are_named_by_their_kind_and_stages_stand_above_them() -> None:
    ax = plot_apart({"as torch": EQUAL})
    kinds = [label.get_text() for label in ax.get_xticklabels()]
    assert kinds == ["convolution 1", "sum, ReLU", "convolution 1", "batch norm 3", "logits"]
    stages = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert stages == {"stage 1": 1.5, "stage 2": 3.5, "end": 5}
    assert stage_and_kind("backbone-layer1-0-conv1") == ("", "backbone-layer1-0-conv1")
    assert words_for("backbone-7") == "mean of pixels" and words_for("conv1") == "conv1"
    many = {f"conv{number}": 1e-7 for number in range(90)}
    assert len(plot_apart({"wide": many}).get_xticks()) == 30


def test_differences_that_cannot_be_drawn_are_refused() -> None:
    for wrong, words in (
        ({}, "of 1 to 6 networks, got 0"),
        ({str(k): EQUAL for k in range(7)}, "of 1 to 6 networks, got 7"),
        ({"a": {}}, "at least one"),
        ({"a": EQUAL, "b": dict(list(EQUAL.items())[:3])}, "the same layers"),
        ({"a": EQUAL | {"head": float("nan")}}, "a: the difference at head must be 0 or above"),
        ({"a": EQUAL | {"head": -1e-9}}, "a: the difference at head must be 0 or above: -1e-09"),
    ):
        with pytest.raises(ValueError, match=words):
            plot_apart(wrong)


def test_channels_stand_beside_one_another_in_all_three_maps() -> None:
    rng = np.random.default_rng(0)
    of_torch = rng.normal(size=(4, 4, 5))
    of_keras = of_torch.copy()
    of_keras[3, 1, 4] += 0.5
    axes = plot_layer(of_torch, of_keras)
    sheets = [np.asarray(ax.images[0].get_array().filled(np.nan)) for ax in axes]
    for sheet, table in zip(sheets, (of_torch, of_keras, of_keras - of_torch), strict=True):
        assert sheet.shape == (17, 26)  # two rows of three, each pixel of a map twice as wide
        for channel in range(5):
            top, left = 9 * (channel // 3), 9 * (channel % 3)
            part = sheet[top : top + 8, left : left + 8]
            assert np.array_equal(part[::2, 1::2], table[..., channel])
        assert np.isnan(sheet[8]).all() and np.isnan(sheet[9:, 18:]).all()
    assert {ax.images[0].get_clim() for ax in axes} == {(-abs(of_keras).max(), abs(of_keras).max())}
    said = summary_of(axes[0].figure)
    assert said.startswith("5 channels of 4 by 4. torch: ") and "at most 0.5." in said


@pytest.mark.parametrize(
    ("apart", "times"), [(0.0, 1), (9e-6, 1), (2e-5, 100_000), (0.03, 100), (3.0, 1)]
)
def test_rounding_stays_blank_and_a_small_difference_is_enlarged(apart: float, times: int) -> None:
    of_torch = np.array([-4.0, 1.0, 2.0])
    axes = plot_layer(of_torch, of_torch + np.array([0, apart, 0]), new_axes(3))
    strongest = axes[2].images[0].get_clim()[1]
    assert strongest == pytest.approx(4 / times)
    assert (f"drawn x {times}" in axes[2].get_xlabel()) == (times > 1)
    assert axes[2].images[0].get_array()[0, 1] == pytest.approx(apart)
    assert [text.get_text() for text in axes[0].texts] == ["0:\n-4", "1:\n1", "2:\n2"]


def test_maps_of_two_shapes_are_refused() -> None:
    for wrong in ((np.zeros((2, 2, 3)), np.zeros((3, 2, 2))), (np.zeros((2, 2)),) * 2):
        with pytest.raises(ValueError, match=r"must be \(H, W, C\) or \(D,\), of one shape, got"):
            plot_layer(*wrong)
