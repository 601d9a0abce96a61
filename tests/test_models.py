"""The networks: shapes, size, one block by hand, a new head, rates per part, modes given back."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.models import (
    Backbone,
    Classifier,
    ResidualBlock,
    eval_mode,
    parameter_groups,
    replace_head,
)


@pytest.fixture
def model() -> Classifier:
    torch.manual_seed(0)
    return Classifier(Backbone(in_channels=3, width=4), num_classes=5)


def state_of(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same_state(module: nn.Module, state: dict[str, torch.Tensor]) -> None:
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())


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


def test_a_new_head_leaves_the_backbone_bit_for_bit(model: Classifier) -> None:
    before, old_head = state_of(model.backbone), model.head
    replace_head(model, 9)
    assert_same_state(model.backbone, before)
    assert model.head is not old_head
    assert model(torch.rand(2, 3, 8, 8)).shape == (2, 9)


def test_a_new_head_is_of_the_models_kind_and_learns() -> None:
    model = Classifier(Backbone(width=2), 3).double()
    replace_head(model, 4)
    model(torch.rand(2, 1, 8, 8, dtype=torch.float64)).sum().backward()
    assert model.head.weight.grad is not None


def test_groups_hold_every_trainable_parameter_once(model: Classifier) -> None:
    groups = parameter_groups(model, head_lr=0.1, backbone_lr=0.01)
    grouped = [id(parameter) for group in groups for parameter in group["params"]]
    assert sorted(grouped) == sorted(id(parameter) for parameter in model.parameters())
    assert [group["lr"] for group in groups] == [0.1, 0.01]


def test_groups_leave_frozen_parameters_out(model: Classifier) -> None:
    model.backbone[0].requires_grad_(False)
    groups = parameter_groups(model, head_lr=0.1, backbone_lr=0.01)
    grouped = {id(parameter) for group in groups for parameter in group["params"]}
    assert grouped == {id(weight) for weight in model.parameters() if weight.requires_grad}
    assert len(grouped) < len(list(model.parameters()))


def test_each_part_moves_at_its_own_rate(model: Classifier) -> None:
    optimizer = torch.optim.SGD(parameter_groups(model, head_lr=0.5, backbone_lr=0.25))
    before = state_of(model)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    for name, parameter in model.named_parameters():
        rate = 0.5 if name.startswith("head.") else 0.25
        torch.testing.assert_close(before[name] - parameter, torch.full_like(parameter, rate))


def test_an_optimizer_takes_the_groups_of_a_wholly_frozen_backbone(model: Classifier) -> None:
    model.backbone.requires_grad_(False)
    before = state_of(model.backbone)
    optimizer = torch.optim.SGD(parameter_groups(model.eval(), head_lr=0.5, backbone_lr=0.1))
    model(torch.rand(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    assert_same_state(model.backbone, before)


def test_eval_mode_gives_every_part_its_own_flag_back(model: Classifier) -> None:
    model.train()
    model.backbone[1].eval()
    flags = [part.training for part in model.modules()]
    with eval_mode(model):
        assert not any(part.training for part in model.modules())
    assert [part.training for part in model.modules()] == flags


def test_eval_mode_gives_the_flags_back_after_an_error_too(model: Classifier) -> None:
    model.train()
    model.backbone[1].eval()
    flags = [part.training for part in model.modules()]
    with pytest.raises(KeyError), eval_mode(model):
        raise KeyError
    assert [part.training for part in model.modules()] == flags
