"""The lesson's own figures say what they show."""

import numpy as np
import torch

from course_utils.data.scenes import digit_scenes
from course_utils.figures.axes import summary_of
from course_utils.lessons.object_detection.figures import (
    plot_attention,
    plot_cells,
    plot_precision,
)
from course_utils.models.detection.cells import cells_of_boxes

SCENES = digit_scenes(6, 2, 2, 0, min_objects=1).train[torch.arange(3)]


def test_each_cell_that_learns_points_to_the_four_sides() -> None:
    owners = [cells_of_boxes(boxes, 8, 8, 4) for boxes in SCENES.boxes]
    axes = plot_cells(SCENES, owners, 4)
    num_learn = sum(int((owner >= 0).sum()) for owner in owners)
    assert summary_of(axes[0].figure) == f"{num_learn} of 192 cells learn a box."
    lines = sum(len(ax.lines) for ax in axes)
    assert lines == 3 * num_learn  # across, down, and the centre


def test_attention_is_told_inside_and_outside_of_boxes() -> None:
    scores = torch.full((3, 10, 8, 8), 0.1)
    for place, boxes in enumerate(SCENES.boxes):
        owner = cells_of_boxes(boxes, 8, 8, 4)
        scores[place, 4, owner >= 0] = 0.9
    words = summary_of(plot_attention(SCENES, scores)[0, 0].figure)
    assert "0.90 on average in the surest cell of each box, 0.10 in cells outside" in words


def test_precision_is_told_after_each_detection() -> None:
    recall, precision = np.array([0.5, 0.5, 1.0]), np.array([1, 0.5, 2 / 3])
    ax = plot_precision(recall, precision, np.array([1, 2 / 3, 2 / 3]))
    assert "1.00 at 0.50, 0.50 at 0.50, 0.67 at 1.00" in summary_of(ax.figure)
