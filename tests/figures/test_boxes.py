"""Pictures with boxes: what is drawn, and what is said of it."""

import numpy as np
import torch
from matplotlib.colors import to_hex

from course_utils.data.scene_drawing import Scenes
from course_utils.data.scenes import digit_scenes
from course_utils.figures.axes import summary_of
from course_utils.figures.boxes import MISSED, RIGHT, TRUTH, WRONG, plot_boxes


def rectangles(axes: np.ndarray) -> list[tuple[str, str]]:
    """Colour and line of each rectangle, in the order of drawing."""
    patches = [patch for ax in axes.flat for patch in ax.patches]
    return [(to_hex(patch.get_edgecolor()), patch.get_linestyle()) for patch in patches]


def scenes_with_boxes() -> Scenes:
    scenes = digit_scenes(20, 2, 2, 0).train
    return scenes[torch.tensor([len(boxes) > 0 for boxes in scenes.boxes])]


def test_true_boxes_are_drawn_where_they_are() -> None:
    pictures = scenes_with_boxes()[torch.arange(4)]
    axes = plot_boxes(pictures, columns=2, what="scenes")
    corners = [
        (*patch.get_xy(), patch.get_x() + patch.get_width(), patch.get_y() + patch.get_height())
        for ax in axes.flat
        for patch in ax.patches
    ]
    assert corners == [tuple(box) for boxes in pictures.boxes for box in boxes.tolist()]
    assert {colour for colour, _ in rectangles(axes)} == {TRUTH.lower()}
    number = sum(map(len, pictures.boxes))
    assert summary_of(axes.flat[0].figure) == f"4 pictures: scenes; {number} objects."


def test_right_wrong_and_missed_differ_in_colour_and_line() -> None:
    pictures = scenes_with_boxes()[torch.arange(1)]
    boxes, labels = pictures.boxes[0], pictures.labels[0]
    found = {
        "boxes": torch.cat([boxes[:1], boxes[:1] + 1]),
        "labels": labels[:1].repeat(2),
        "scores": torch.tensor([0.9, 0.4]),
    }
    missed = torch.ones(len(boxes), dtype=torch.bool)
    missed[0] = False
    axes = plot_boxes(
        pictures,
        found=[found],
        right=[torch.tensor([True, False])],
        missed=[missed],
        columns=1,
        what="a scene",
    )
    drawn = rectangles(axes)
    looks = [(RIGHT.lower(), "-"), (WRONG.lower(), "--")]
    assert drawn == looks + [(to_hex(MISSED), ":")] * int(missed.sum())
    words = summary_of(axes.flat[0].figure)
    assert f"2 found, 1 of them right, {int(missed.sum())} missed." in words
