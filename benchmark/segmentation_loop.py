"""Part j: the loop that trains the lesson's segmenters, and what a bare one asks of them."""

from torch import Tensor

from benchmark.bare_loops import LoopCase
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.scenes import digit_scene_maps
from course_utils.lessons.semantic_segmentation.training import train_segmenter
from course_utils.models.segmentation.dense import DenseSegmenter


def loop_case(num_scenes: int, seed: int) -> LoopCase:
    """A dense segmenter on so many scenes of digits."""
    pictures = digit_scene_maps(num_scenes, 1, 1, seed).train
    return LoopCase("j", "a segmenter", pictures, DenseSegmenter, train_segmenter, losses_at)


def losses_at(segmenter: DenseSegmenter, pictures: MappedPictures, places: Tensor) -> dict:
    """Losses by name of the scenes at ``places`` (B,)."""
    return segmenter.losses(pictures.images[places], pictures.maps[places].long())
