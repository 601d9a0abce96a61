"""Both loops of part i take the same steps, and the part says by how much their weights differ."""

import torch

from benchmark import detection_loop
from benchmark.loops import weights_of
from benchmark.measurements import Turn
from course_utils.data.scenes import digit_scenes
from course_utils.lessons.object_detection.training import train_detector


def test_both_loops_end_with_the_same_weights() -> None:
    pictures = digit_scenes(40, 1, 1, seed=0).train  # two whole batches in each pass, and a rest
    finals = []
    for loop in (detection_loop.bare_loop, train_detector):
        detector = detection_loop.new_detector(10, seed=0)
        loop(detector, pictures, detection_loop.groups_of(detector), 5, 16, 0)
        finals.append(weights_of(detector))
    assert torch.equal(*finals)
    assert not torch.equal(finals[0], weights_of(detection_loop.new_detector(10, seed=0)))


def test_the_goal_and_the_gap_of_the_weights_are_told() -> None:
    weights = torch.zeros(3)
    turns = {"ours": [Turn(2.0, weights + 0.5)], "other": [Turn(1.0, weights)]}
    compared = detection_loop.compare(turns, "5 steps")
    assert compared.verdict == "at least 0.97: missed"
    assert compared.note == "final weights differ by at most 0.5"
