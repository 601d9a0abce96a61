"""A backbone before its pooling, and the head that says what each pixel belongs to."""

import torch

from course_utils.models.feature_map import STRIDES, FeatureMap
from course_utils.models.mask_head import MaskHead
from course_utils.models.pretrained import load_backbone
from course_utils.models.residual import Backbone


def test_the_pooled_map_is_what_the_backbone_gives() -> None:
    backbone, images = load_backbone("letters"), torch.rand(3, 1, 32, 24)
    features = FeatureMap(backbone).eval()(images)
    assert features.shape == (3, backbone.num_features, 8, 6)
    torch.testing.assert_close(features.mean(dim=(2, 3)), backbone(images))


def test_levels_halve_height_and_width_and_double_the_features() -> None:
    levels = FeatureMap(Backbone(3, 8)).levels(torch.rand(2, 3, 32, 16))
    shapes = [(2, 8 * stride, 32 // stride, 16 // stride) for stride in STRIDES]
    assert [tuple(level.shape) for level in levels] == shapes


def test_as_a_backbone_again_it_has_the_weights_that_were_learned() -> None:
    features = FeatureMap(Backbone()).eval()
    with torch.no_grad():
        features.layers[0][0].weight.mul_(2)
    images = torch.rand(2, 1, 16, 16)
    back = features.as_backbone()
    torch.testing.assert_close(back(images), features(images).mean(dim=(2, 3)))
    with torch.no_grad():
        back[0][0].weight.zero_()
    assert features.layers[0][0].weight.abs().sum() > 0  # a copy


def test_a_mask_head_gives_every_pixel_a_class_and_begins_with_background() -> None:
    torch.manual_seed(0)
    features = FeatureMap(Backbone())
    head = MaskHead(features.num_features, 5)
    for height, width in ((32, 32), (30, 18)):
        logits = head(features.levels(torch.rand(2, 1, height, width)))
        assert logits.shape == (2, 6, height, width)
        assert (logits.argmax(dim=1) == 0).float().mean() > 0.9
    sum(logits.mean(dim=(0, 2, 3))).backward()
    assert all(part.grad is not None for part in features.parameters())
