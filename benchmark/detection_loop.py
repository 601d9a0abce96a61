"""Part i: the loop that trains the lesson's detectors, and what a bare one asks of them."""

from torch import Tensor

from benchmark.bare_loops import LoopCase
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.scenes import digit_scenes
from course_utils.lessons.object_detection.training import train_detector
from course_utils.models.detection.dense import DenseDetector


def loop_case(num_scenes: int, seed: int) -> LoopCase:
    """A dense detector on so many scenes of digits."""
    pictures = digit_scenes(num_scenes, 1, 1, seed).train
    return LoopCase("i", "a detector", pictures, DenseDetector, train_detector, losses_at)


def losses_at(detector: DenseDetector, pictures: BoxedPictures, places: Tensor) -> dict:
    """Losses by name of the scenes at ``places`` (B,), from targets put together in place."""
    boxes, labels, counts = pictures.boxes, pictures.labels, pictures.counts
    targets = [
        {"boxes": boxes[n], "labels": labels[n], "counts": counts[n]} for n in places.tolist()
    ]
    return detector.losses(pictures.images[places], targets)
