"""Pictures with maps: what is drawn, and what is said of it."""

import numpy as np
import torch

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.scenes import digit_scene_maps
from course_utils.figures.axes import new_axes, summary_of
from course_utils.figures.maps import NOT_COUNTED, class_colours, draw_map, plot_maps


def scenes() -> MappedPictures:
    return digit_scene_maps(6, 2, 2, 0, max_objects=3).train


def test_each_class_has_a_colour_of_its_own_whatever_others_there_are() -> None:
    colours = class_colours(254)
    assert colours.shape == (255, 3)
    assert ((colours >= 0) & (colours <= 1)).all()
    assert len({tuple(colour) for colour in colours.round(4)}) == 255
    assert np.array_equal(class_colours(3), colours[:4])
    apart = np.abs(colours[:11, None] - colours[None, :11]).max(axis=-1)
    assert apart[~np.eye(11, dtype=bool)].min() > 0.15  # ten digits can be told apart


def test_background_shows_the_picture_and_what_does_not_count_is_grey() -> None:
    true = torch.tensor([[0, 1], [2, IGNORED]], dtype=torch.uint8)
    ax = new_axes()
    draw_map(ax, torch.zeros(3, 2, 2), true, num_classes=2, opacity=0.5)
    over = ax.images[-1].get_array()
    assert over[..., 3].tolist() == [[0, 0.5], [0.5, 0.5]]
    assert np.allclose(over[0, 1, :3], class_colours(2)[1])
    assert np.allclose(over[1, 0, :3], class_colours(2)[2])
    assert np.allclose(over[1, 1, :3], NOT_COUNTED)


def test_true_maps_fill_rows_and_the_sentence_tells_the_share_of_background() -> None:
    pictures = scenes()
    axes = plot_maps(pictures, columns=4, what="scenes")
    assert axes.shape == (2, 4)
    share = (pictures.maps == 0).float().mean().item()
    said = summary_of(axes.flat[0].figure)
    assert said == f"6 pictures: scenes; background is {share:.1%} of the pixels."


def test_wrong_pixels_are_dotted_and_counted_and_those_that_do_not_count_are_neither() -> None:
    pictures = scenes()[torch.arange(3)]
    true = pictures.maps.clone()
    true[0, 0, :5] = IGNORED
    pictures = MappedPictures(pictures.images, true, pictures.class_names, pictures.files)
    found = torch.zeros_like(true)
    found[0, 0, :5] = 1
    axes = plot_maps(pictures, {"all paper": found}, what="scenes")
    assert axes.shape == (2, 3)
    wrong = int(((true != 0) & (true != IGNORED)).sum())
    counts = int((true != IGNORED).sum())
    assert f"all paper: {wrong:,} of {counts:,} pixels wrong" in summary_of(axes.flat[0].figure)
    dots = [len(ax.lines[0].get_xdata()) for ax in axes[1]]
    assert sum(dots) == wrong
    assert not any(ax.lines for ax in axes[0])
    assert axes[1, 0].get_ylabel() == "all paper"


def test_the_legend_names_the_classes_that_are_there() -> None:
    pictures = scenes()
    figure = plot_maps(pictures, what="scenes").flat[0].figure
    named = {text.get_text() for text in figure.legends[0].get_texts()}
    there = {int(k) for k in pictures.maps.unique()} - {0}
    assert named == {pictures.class_names[k] for k in there}
