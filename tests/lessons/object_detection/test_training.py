"""The lesson's loop."""

import pytest
import torch

from course_utils.data.scenes import digit_scenes
from course_utils.lessons.object_detection.training import train_detector
from course_utils.models.detection.dense import DenseDetector, HeadAlone
from course_utils.models.feature_map import FeatureMap
from course_utils.models.pretrained import load_backbone


def new_detector() -> DenseDetector:
    torch.manual_seed(0)
    return DenseDetector(FeatureMap(load_backbone("letters")), 10).train()


@pytest.mark.slow
def test_the_loss_falls_and_the_same_seed_gives_the_same_weights() -> None:
    scenes = digit_scenes(16, 2, 2, 0).train
    ends, weights = [], []
    for num_steps, seed in ((1, 0), (25, 0), (25, 0), (25, 1)):
        detector = new_detector()
        groups = [{"params": list(detector.parameters()), "lr": 0.01}]
        ends.append(train_detector(detector, scenes, groups, num_steps, 8, seed))
        weights.append(detector.head.classes.weight.detach())
    assert ends[1] < ends[0] / 2
    assert torch.equal(weights[1], weights[2])
    assert not torch.equal(weights[1], weights[3])


def test_a_head_alone_has_the_loss_of_its_detector_and_leaves_the_backbone() -> None:
    scenes, detector = digit_scenes(8, 2, 2, 0).train, new_detector().eval()
    before = [weight.clone() for weight in detector.backbone.parameters()]
    with torch.no_grad():
        features = detector.backbone(scenes.images)
    targets = [
        {"boxes": scenes.boxes[i], "labels": scenes.labels[i], "counts": scenes.counts[i]}
        for i in range(8)
    ]
    whole, alone = detector.losses(scenes.images, targets), HeadAlone(detector)
    part = alone.losses(features, targets)
    assert all(torch.equal(whole[name], part[name]) for name in whole)
    sum(part.values()).backward()
    assert all(weight.grad is None for weight in detector.backbone.parameters())
    assert all(map(torch.equal, before, detector.backbone.parameters()))
