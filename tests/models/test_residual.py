"""Residual networks: shapes, one block by hand, resizing."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.transforms.v2 import functional as transforms

from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone, ResidualBlock
from course_utils.session.start import Session
from tests.helpers.module_state import assert_same_state, state_of


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_features_are_of_the_kind_of_the_pictures(model: Classifier, dtype: torch.dtype) -> None:
    images = torch.rand(2, 3, 8, 8, dtype=dtype)
    model.to(dtype)
    assert model.backbone(images).dtype == model(images).dtype == dtype


@pytest.mark.parametrize("in_channels", [1, 3])
@pytest.mark.parametrize("size", [(8, 8), (32, 32), (9, 13)])
def test_pictures_of_any_size_become_features_and_logits(
    in_channels: int, size: tuple[int, int]
) -> None:
    model = Classifier(Backbone(in_channels), num_classes=7)
    images = torch.rand(2, in_channels, *size)
    assert model.backbone(images).shape == (2, model.backbone.num_features) == (2, 64)
    assert model(images).shape == (2, 7)


def test_the_default_backbone_has_100_to_300_thousand_weights() -> None:
    assert 100_000 < sum(weight.numel() for weight in Backbone().parameters()) < 300_000


def test_strides_quarter_the_picture_before_the_mean_over_places() -> None:
    parts = list(Backbone(1))
    maps = nn.Sequential(*parts[:6])(torch.rand(2, 1, 8, 8))
    assert maps.shape == (2, 64, 2, 2)
    torch.testing.assert_close(nn.Sequential(*parts[6:])(maps), maps.mean((2, 3)))


def test_a_residual_block_adds_its_input_before_the_last_relu() -> None:
    torch.manual_seed(0)
    block = ResidualBlock(2).eval()
    for norm in (block.convolutions[1], block.convolutions[4]):
        norm.running_mean.copy_(torch.tensor([0.1, -0.2]))
        norm.running_var.copy_(torch.tensor([0.5, 2.0]))
    images = torch.randn(1, 2, 4, 4)
    x = F.conv2d(images, block.convolutions[0].weight, padding=1)
    mean, spread = torch.tensor([0.1, -0.2]), torch.tensor([0.5, 2.0]).add(1e-5).sqrt()
    x = ((x - mean.view(2, 1, 1)) / spread.view(2, 1, 1)).clamp(min=0)
    x = F.conv2d(x, block.convolutions[3].weight, padding=1)
    x = (x - mean.view(2, 1, 1)) / spread.view(2, 1, 1)
    torch.testing.assert_close(block(images), (images + x).clamp(min=0))


def test_a_block_whose_convolutions_give_nothing_passes_positive_input_through() -> None:
    block = ResidualBlock(3).eval()
    nn.init.zeros_(block.convolutions[3].weight)
    images = torch.rand(2, 3, 5, 5)
    assert torch.equal(block(images), images)


def test_a_backbone_resizes_pictures_to_its_input_size() -> None:
    torch.manual_seed(0)
    plain = Backbone(in_channels=3, width=4).eval()
    scaled = Backbone(in_channels=3, width=4, input_size=16).eval()
    scaled.load_state_dict(plain.state_dict())
    images = torch.rand(2, 3, 8, 10)
    expected = plain(transforms.resize(images, [16, 16], antialias=True))
    torch.testing.assert_close(scaled(images), expected)
    assert not torch.allclose(plain(images), expected)


def test_an_untrained_backbone_has_the_same_shapes_and_other_weights() -> None:
    torch.manual_seed(0)
    backbone = Backbone(in_channels=3, width=4, input_size=16).eval()
    before = state_of(backbone)
    fresh = backbone.untrained()
    assert_same_state(backbone, before)
    assert {name: value.shape for name, value in fresh.state_dict().items()} == {
        name: value.shape for name, value in before.items()
    }
    weights = [name for name, value in before.items() if value.dim() == 4]
    assert weights and not any(
        torch.equal(fresh.state_dict()[name], before[name]) for name in weights
    )
    assert (fresh.in_channels, fresh.width, fresh.input_size) == (3, 4, 16)
    assert fresh.num_features == 16 and fresh.training


def session(precision: torch.dtype = torch.float32, compiled: bool = False) -> Session:
    return Session(torch.device("cpu"), Path("data"), 0, precision, compiled)
