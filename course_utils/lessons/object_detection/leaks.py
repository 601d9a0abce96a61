"""Scenes that leak: new ones of digits that were learned from."""

import torch

from course_utils.data.digits import load_digits
from course_utils.data.paper import Paper
from course_utils.data.scene_drawing import Scenes, draw_scenes


def scenes_of_known_digits(
    learned: Scenes, num_scenes: int, seed: int, paper: Paper | None
) -> Scenes:
    """New scenes that are made of the very digits on the scenes ``learned`` from.

    Args:
        learned: Scenes of the built-in digits.
        num_scenes: How many to draw.
        seed: Same seed, same scenes.
        paper: What they are drawn on.
    """
    digits = torch.cat(learned.sources)
    return draw_scenes(load_digits(), num_scenes, (seed, 9), places=digits, paper=paper)
