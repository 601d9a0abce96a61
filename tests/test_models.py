"""The networks: shapes, one block by hand, resizing, precision, heads, rates, modes given back."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from course_utils.models import (
    Backbone,
    Classifier,
    ResidualBlock,
    eval_mode,
    parameter_groups,
    replace_head,
    resize,
    set_up,
)
from course_utils.session import Session

CPU = torch.device("cpu")


@pytest.fixture
def model() -> Classifier:
    torch.manual_seed(0)
    return Classifier(Backbone(in_channels=3, width=4), num_classes=5)


def state_of(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same_state(module: nn.Module, state: dict[str, torch.Tensor]) -> None:
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())


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


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize(
    ("before", "size"),
    [((8, 8), 20), ((20, 20), 8), ((9, 13), 11), ((13, 9), 30), ((30, 7), 5), ((1, 1), 4)],
)
def test_pictures_are_resized_as_torchvision_does_smoothed_where_they_shrink(
    before: tuple[int, int], size: int, mode: str
) -> None:
    images = torch.rand(2, 3, *before, generator=torch.Generator().manual_seed(0))
    expected = transforms.resize(images, [size, size], InterpolationMode(mode), antialias=True)
    torch.testing.assert_close(resize(images, size, mode), expected)


def test_pictures_of_the_right_size_are_not_touched() -> None:
    images = torch.rand(2, 3, 8, 8)
    assert resize(images, None) is images and resize(images, 8) is images
    assert resize(images[..., :7], 8).shape == (2, 3, 8, 8)


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
    return Session(CPU, Path("data"), 0, precision, compiled)


def test_setting_up_changes_layout_and_nothing_that_is_computed(model: Classifier) -> None:
    images, before = torch.rand(4, 3, 8, 8), state_of(model)
    expected = model.eval()(images)
    assert set_up(model, session()) is model
    filters = [weight for weight in model.parameters() if weight.dim() == 4]
    assert filters and all(
        weight.is_contiguous(memory_format=torch.channels_last) for weight in filters
    )
    assert_same_state(model, before)
    torch.testing.assert_close(model(images), expected)


def test_setting_up_moves_every_part_to_the_device(model: Classifier) -> None:
    set_up(model, Session(torch.device("meta"), Path("data"), 0))
    assert {value.device.type for value in model.state_dict().values()} == {"meta"}


@pytest.mark.parametrize("get", [lambda model: model, lambda model: model.backbone])
def test_setting_up_sets_the_precision_of_backbones_wherever_they_are(
    model: Classifier, get: Callable[[Classifier], nn.Module]
) -> None:
    assert model.backbone.precision == torch.float32
    set_up(get(model), session(torch.bfloat16))
    assert model.backbone.precision == torch.bfloat16
    assert Backbone.precision == torch.float32  # that of others is as it was
    set_up(get(model), session())
    assert model.backbone.precision == torch.float32


def test_bfloat16_gives_nearly_the_features_of_float32(model: Classifier) -> None:
    images = torch.rand(32, 3, 8, 8)
    exact = model.eval().backbone(images)
    set_up(model, session(torch.bfloat16))
    features = model.backbone(images)
    assert features.dtype == torch.float32 and model(images).dtype == torch.float32
    assert all(weight.dtype == torch.float32 for weight in model.parameters())
    error = (features - exact).norm() / exact.norm()
    assert 1e-5 < error < 0.02  # 8 bits of precision in each of 7 layers, and really fewer bits


def test_a_model_learns_in_bfloat16(model: Classifier) -> None:
    set_up(model, session(torch.bfloat16)).train()
    images, labels = torch.rand(12, 3, 8, 8), torch.arange(12) % 5
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(60):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]


def test_only_backbones_are_compiled_and_only_by_request(
    model: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, compile_function = [], torch.compile

    def compile_quickly(function: Callable) -> Callable:
        compiled.append(function.__self__)
        return compile_function(function, backend="eager")  # all but a minute in a C++ compiler

    monkeypatch.setattr(torch, "compile", compile_quickly)
    images = torch.rand(4, 3, 8, 8)
    expected = set_up(model.eval(), session())(images)
    assert compiled == []
    set_up(model, session(compiled=True))
    assert compiled == [model.backbone]
    torch.testing.assert_close(model(images), expected)


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
