"""Scenes that leak."""

import torch

from course_utils.data.paper import Paper
from course_utils.data.scenes import digit_scenes
from course_utils.lessons.object_detection.leaks import scenes_of_known_digits


def test_new_scenes_hold_only_digits_that_were_learned_from() -> None:
    learned = digit_scenes(20, 2, 2, 0).train
    scenes = scenes_of_known_digits(learned, 30, 1, None)
    known = set(torch.cat(learned.sources).tolist())
    assert set(torch.cat(scenes.sources).tolist()) <= known
    assert len(scenes) == 30
    pictures = {image.numpy().tobytes() for image in learned.images if image.any()}
    assert not pictures & {image.numpy().tobytes() for image in scenes.images if image.any()}
    grey = scenes_of_known_digits(learned, 5, 1, Paper(0.5))
    assert (grey.images > 0).float().mean() > 0.9
