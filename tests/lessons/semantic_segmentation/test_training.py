"""The lesson's loop."""

import pytest
import torch

from course_utils.data.scenes import digit_scene_maps
from course_utils.lessons.semantic_segmentation.training import train_segmenter
from course_utils.models.feature_map import FeatureMap
from course_utils.models.pretrained import load_backbone
from course_utils.models.segmentation.dense import DenseSegmenter


@pytest.mark.slow
def test_the_loss_falls_and_the_same_seed_gives_the_same_weights() -> None:
    scenes = digit_scene_maps(16, 2, 2, 0).train
    ends, weights = [], []
    for num_steps, seed in ((1, 0), (25, 0), (25, 0), (25, 1)):
        torch.manual_seed(0)
        segmenter = DenseSegmenter(FeatureMap(load_backbone("letters")), 10).train()
        groups = [{"params": list(segmenter.parameters()), "lr": 0.01}]
        ends.append(train_segmenter(segmenter, scenes, groups, num_steps, 8, seed))
        weights.append(segmenter.head.classes.weight.detach())
    assert ends[1] < ends[0] / 2
    assert torch.equal(weights[1], weights[2])
    assert not torch.equal(weights[1], weights[3])
