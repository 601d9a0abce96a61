"""Weights of other people: found wherever they are in a file, or answered with what is there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import get_model

from course_utils.files import DamagedFileError
from course_utils.models import own_weights
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import fingerprint
from course_utils.models.inference import predict
from course_utils.models.own_weights import recognise
from course_utils.models.pretrained import check_backbone, load_backbone
from course_utils.models.residual import Backbone
from course_utils.models.torchvision_backbones import TorchvisionBackbone

pytestmark = pytest.mark.slow

NAME = "shufflenet_v2_x0_5"  # the smallest
State = dict[str, Tensor]


@pytest.fixture(scope="module")
def net() -> nn.Module:
    """A small classifier of torchvision with random weights and statistics."""
    torch.manual_seed(0)
    net = get_model(NAME)
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.uniform_(-0.1, 0.1)
            part.running_var.uniform_(0.5, 1.5)
    return net.eval()


@pytest.fixture
def few_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal tries all networks that may fit, which takes seconds."""
    monkeypatch.setattr(own_weights, "MOST_TRIED", 2)


def renamed(state: State, form: str) -> State:
    return {form.format(key): tensor for key, tensor in state.items()}


def with_other_head(state: State) -> State:
    return state | {"fc.weight": torch.zeros(7, 1024), "fc.bias": torch.zeros(7)}


def with_deep_head(state: State) -> State:
    body = {key: tensor for key, tensor in state.items() if not key.startswith("fc.")}
    return body | {"fc.0.weight": torch.zeros(9, 1024), "fc.2.weight": torch.zeros(3, 9)}


def of_old_torch(state: State) -> State:
    return {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}


@pytest.mark.parametrize(
    "write",
    [
        lambda state: state,
        with_other_head,
        with_deep_head,
        of_old_torch,
        lambda state: renamed(state, "module.{}"),
        lambda state: renamed(state, "_orig_mod.module.{}"),
        lambda state: {"state_dict": renamed(state, "model.{}"), "epoch": 3},
        lambda state: {"model": state, "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}}},
        lambda state: {"checkpoint": {"net": renamed(state, "module.{}")}, "acc": 0.9},
        lambda state: renamed(state, "backbone.{}") | {"head.weight": torch.zeros(7, 1024)},
    ],
)
def test_weights_are_found_wherever_they_are(
    net: nn.Module, tmp_path: Path, write: Callable[[State], object]
) -> None:
    path = tmp_path / "my.pth"
    torch.save(write(net.state_dict()), path)
    check_backbone(str(path))
    backbone = load_backbone(str(path), in_channels=3, input_size=32)
    assert isinstance(backbone, TorchvisionBackbone) and backbone.name == NAME
    assert not any(part.training for part in backbone.modules())
    pictures = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    normalised = (pictures - backbone.mean) / backbone.std
    features = predict(net, normalised)  # logits; up to its head the network is the same
    logits = nn.functional.linear(backbone(pictures), net.fc.weight, net.fc.bias)
    torch.testing.assert_close(logits.detach(), features, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "regnet_x_400mf"])
def test_networks_are_told_apart(name: str, tmp_path: Path) -> None:
    state = {
        key: torch.zeros(()).expand(tensor.shape)  # takes no room
        for key, tensor in TorchvisionBackbone(name, 32, pretrained=False).body.state_dict().items()
    }
    torch.save({f"module.{key}": tensor for key, tensor in state.items()}, tmp_path / "own.pth")
    assert recognise(tmp_path / "own.pth") == (name, "module.")


def test_a_smaller_network_is_not_found_within_a_larger_one(
    tmp_path: Path, few_tried: None
) -> None:
    state = get_model("resnet18").state_dict()
    torch.save(state | {"layer1.2.conv1.weight": torch.zeros(1)}, tmp_path / "own.pth")
    with pytest.raises(
        ValueError, match=r"nearest is resnet18, but 'layer1.2.conv1.weight' is too"
    ):
        recognise(tmp_path / "own.pth")


def test_the_names_of_an_old_densenet_are_understood(tmp_path: Path) -> None:
    state = get_model("densenet121").state_dict()
    old = {re.sub(r"(norm|conv)([12]\.)", r"\1.\2", key): v for key, v in state.items()}
    assert old.keys() != state.keys()
    torch.save(old, tmp_path / "own.pth")
    assert recognise(tmp_path / "own.pth") == ("densenet121", "")


@pytest.mark.parametrize("in_whole", [False, True])
def test_weights_of_the_workbooks_own_network_come_back(tmp_path: Path, in_whole: bool) -> None:
    backbone, path = Backbone(in_channels=1, width=4), tmp_path / "own.pt"
    torch.save((Classifier(backbone, 5) if in_whole else backbone).state_dict(), path)
    assert fingerprint(load_backbone(str(path))) == fingerprint(backbone)
    assert load_backbone(str(path), in_channels=3, input_size=16).in_channels == 3


@pytest.mark.parametrize("use", [check_backbone, load_backbone])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"conv.weight": torch.zeros(3, 2), "conv.bias": torch.zeros(3)},
            r"my.pth holds 2 tensors, from 'conv.weight' \(3, 2\) on, that fit no network known "
            r'here.*torch.save\(model.state_dict\(\), "my.pth"\), or give its name',
        ),
        ({"epoch": 3, "acc": [0.9]}, r"holds a dict with the keys \['epoch', 'acc'\] and no weig"),
        (torch.zeros(3), "holds a Tensor and no weights by name. Save them with torch.save"),
        (nn.Linear(2, 2), r"cannot be read: .* whole model.*never run here.*model.state_dict\(\)"),
    ],
)
def test_other_files_are_answered_with_what_is_in_them(
    tmp_path: Path, few_tried: None, use: Callable, content: object, message: str
) -> None:
    torch.save(content, tmp_path / "my.pth")
    with pytest.raises((ValueError, DamagedFileError), match=message):
        use(str(tmp_path / "my.pth"))


def test_a_state_of_another_shape_is_told_where_it_differs(tmp_path: Path, few_tried: None) -> None:
    state = get_model("resnet18").state_dict()
    torch.save(state | {"conv1.weight": torch.zeros(64, 3, 3, 3)}, tmp_path / "cifar.pth")
    said = r"nearest is resnet18, but 'conv1.weight' has the shape \(64, 3, 3, 3\) in place of \(64"
    with pytest.raises(ValueError, match=said):
        load_backbone(str(tmp_path / "cifar.pth"))


def test_a_file_that_is_cut_short_is_damaged(net: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "my.pth"
    torch.save(net.state_dict(), path)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DamagedFileError, match=r"my.pth .* cut short"):
        check_backbone(str(path))


def test_a_file_that_has_changed_is_looked_at_again(net: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "my.pth"
    torch.save(net.state_dict(), path)
    assert recognise(path).prefix == ""
    torch.save(renamed(net.state_dict(), "module.{}"), path)
    assert recognise(path).prefix == "module."
