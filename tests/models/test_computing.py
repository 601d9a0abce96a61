"""Backbones compute at the size, in the precision and in the layout that were asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from course_utils.models.classifier import Classifier
from course_utils.models.computing import matrix_of, resize, set_up
from course_utils.models.residual import Backbone
from course_utils.session.start import Session
from tests.helpers.module_state import assert_same_state, state_of


def session(precision: torch.dtype = torch.float32, compiled: bool = False) -> Session:
    return Session(torch.device("cpu"), Path("data"), 0, precision, compiled)


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


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("new", [7, 30])
def test_resizing_is_a_product(mode: str, new: int) -> None:
    images = torch.rand(2, 3, 18, 18)
    matrix = matrix_of(18, new, mode)
    assert torch.allclose(matrix @ images @ matrix.T, resize(images, new, mode), atol=1e-6)


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


@pytest.mark.slow
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
