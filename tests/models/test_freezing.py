"""Frozen stays frozen, the fingerprint sees one bit, and features come from a cache."""

import copy
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features, fingerprint, freeze, unfreeze
from course_utils.models.residual import Backbone
from tests.helpers.device_models import OnAnotherDevice


@pytest.fixture
def model() -> Classifier:
    torch.manual_seed(0)
    return Classifier(Backbone(in_channels=3, width=4), num_classes=3)


@pytest.fixture
def images(tiny_images_labels: tuple[Tensor, Tensor]) -> Tensor:
    return tiny_images_labels[0]


def train_two_steps(model: Classifier, images: Tensor) -> None:
    """What any loop does: everything to train mode, then steps on all that has gradients."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(2):
        model.train()
        loss = F.cross_entropy(model(images), torch.arange(len(images)) % 3)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_a_frozen_backbone_keeps_every_bit_while_the_head_learns(
    model: Classifier, images: Tensor
) -> None:
    freeze(model.backbone)
    backbone_before, head_before = fingerprint(model.backbone), fingerprint(model.head)
    train_two_steps(model, images)
    assert fingerprint(model.backbone) == backbone_before
    assert fingerprint(model.head) != head_before


def test_requires_grad_alone_does_not_hold_batch_norm(model: Classifier, images: Tensor) -> None:
    model.backbone.requires_grad_(False)
    before = fingerprint(model.backbone)
    train_two_steps(model, images)
    assert fingerprint(model.backbone) != before


@pytest.mark.parametrize(
    "wake",
    [
        lambda model: model.train(),
        lambda model: model.backbone.train(),
        lambda model: model.backbone[1].train(True),
        lambda model: [part.train() for part in model.modules()],
        lambda model: model.eval().train(),
        lambda model: model.load_state_dict(model.state_dict()) and model.train(),
        lambda model: model.to(torch.float32).train(),
    ],
)
def test_no_call_of_train_wakes_a_frozen_part(
    model: Classifier, images: Tensor, wake: Callable[[Classifier], object]
) -> None:
    freeze(model.backbone)
    before = fingerprint(model.backbone)
    wake(model)
    model.backbone(images)
    assert fingerprint(model.backbone) == before
    assert not any(part.training for part in model.backbone.modules())


def test_train_still_returns_the_module_and_wakes_the_head(model: Classifier) -> None:
    freeze(model.backbone)
    model.eval()
    assert model.train() is model and model.head.training
    assert model.backbone.train() is model.backbone


def test_a_copy_is_frozen_and_can_be_thawed_without_touching_the_original(
    model: Classifier, images: Tensor
) -> None:
    freeze(model.backbone)
    twin = copy.deepcopy(model)
    before = fingerprint(model.backbone)
    train_two_steps(twin, images)
    assert fingerprint(twin.backbone) == before
    unfreeze(twin.backbone)
    train_two_steps(twin, images)
    assert fingerprint(twin.backbone) != before
    train_two_steps(model, images)
    assert fingerprint(model.backbone) == before


def test_a_frozen_model_can_be_saved_whole_and_is_frozen_when_it_returns(
    model: Classifier, images: Tensor
) -> None:
    freeze(model.backbone)
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    returned = torch.load(file, weights_only=False)
    before = fingerprint(model.backbone)
    train_two_steps(returned, images)
    assert fingerprint(returned.backbone) == before


def test_unfreeze_brings_parameters_and_statistics_back_to_life(
    model: Classifier, images: Tensor
) -> None:
    freeze(model)
    unfreeze(model)
    before = model.state_dict()
    before = {name: value.clone() for name, value in before.items()}
    train_two_steps(model, images)
    after = model.state_dict()
    assert all(not torch.equal(after[name], value) for name, value in before.items())


@pytest.mark.parametrize("name", ["0.0.weight", "0.1.running_mean", "0.1.num_batches_tracked"])
def test_the_fingerprint_sees_one_flipped_bit(model: Classifier, name: str) -> None:
    before = fingerprint(model.backbone)
    tensor = model.backbone.state_dict()[name].view(-1)
    first_byte = tensor.detach().view(torch.uint8)[:1]
    first_byte ^= 1
    assert fingerprint(model.backbone) != before
    first_byte ^= 1
    assert fingerprint(model.backbone) == before


def test_the_fingerprint_sees_names_shapes_and_types() -> None:
    def with_buffer(name: str, value: Tensor) -> nn.Module:
        module = nn.Module()
        module.register_buffer(name, value)
        return module

    zeros = torch.zeros(4)
    modules = [with_buffer("a", zeros), with_buffer("b", zeros)]
    modules += [with_buffer("a", zeros.view(2, 2)), with_buffer("a", zeros.int())]
    assert len({fingerprint(module) for module in modules}) == 4
    assert fingerprint(with_buffer("a", zeros.clone())) == fingerprint(modules[0])


def test_the_fingerprint_is_one_of_values_not_of_their_layout_in_memory(model: Classifier) -> None:
    before = fingerprint(model)
    assert fingerprint(model.to(memory_format=torch.channels_last)) == before


def test_a_bfloat16_model_can_be_frozen_and_fingerprinted(
    model: Classifier, images: Tensor
) -> None:
    half = model.to(torch.bfloat16)
    freeze(half.backbone)
    before = fingerprint(half.backbone)
    train_two_steps(half, images.to(torch.bfloat16))
    assert fingerprint(half.backbone) == before


def count_calls(module: nn.Module) -> list[int]:
    """A list that grows by the batch size at each forward pass of ``module``."""
    sizes: list[int] = []
    module.register_forward_hook(lambda _, inputs, __: sizes.append(len(inputs[0])))
    return sizes


def test_features_are_those_of_the_backbone_in_eval_mode(model: Classifier, images: Tensor) -> None:
    model(images)  # so that running statistics differ from the batch's own
    model.train()
    features = extract_features(model.backbone, images)
    assert all(part.training for part in model.modules())
    with torch.no_grad():
        torch.testing.assert_close(features, model.backbone.eval()(images))


def test_features_do_not_depend_on_the_batch_size(model: Classifier, images: Tensor) -> None:
    whole = extract_features(model.backbone, images)
    sizes = count_calls(model.backbone)
    torch.testing.assert_close(extract_features(model.backbone, images, batch_size=5), whole)
    assert sizes == [5, 5, 2]


@pytest.mark.parametrize("cached", [False, True])
def test_a_head_can_be_trained_on_features(
    model: Classifier, images: Tensor, tmp_path: Path, cached: bool
) -> None:
    features = extract_features(model.backbone, images, cache_dir=tmp_path if cached else None)
    assert not features.requires_grad and not features.is_inference()
    model.head(features).sum().backward()
    assert model.head.weight.grad is not None
    assert all(parameter.grad is None for parameter in model.backbone.parameters())


def test_features_of_bytes_are_those_of_numbers_from_0_to_1(
    model: Classifier, images: Tensor, tmp_path: Path
) -> None:
    pixels = images.mul(255).round().byte()
    expected = extract_features(model.backbone, pixels / 255)
    assert torch.equal(extract_features(model.backbone, pixels), expected)
    for _ in range(2):  # computed, then read
        assert torch.equal(extract_features(model.backbone, pixels, cache_dir=tmp_path), expected)


def test_batches_go_to_the_device_of_the_backbone_and_features_come_to_the_cpu(
    images: Tensor,
) -> None:
    backbone = OnAnotherDevice(2)
    features = extract_features(backbone, images, batch_size=5)
    assert backbone.seen == ["meta"] * 3
    assert features.device.type == images.device.type == "cpu"


@pytest.mark.parametrize(("setting", "value"), [("precision", torch.bfloat16), ("input_size", 12)])
def test_the_cache_keeps_other_settings_of_one_backbone_apart(
    model: Classifier, images: Tensor, tmp_path: Path, setting: str, value: object
) -> None:
    backbone = model.backbone.eval()
    first = extract_features(backbone, images, cache_dir=tmp_path)
    setattr(backbone, setting, value)
    second = extract_features(backbone, images, cache_dir=tmp_path)
    assert torch.equal(second, extract_features(backbone, images))
    assert not torch.equal(first, second) and len(list(tmp_path.iterdir())) == 2


def test_a_second_call_reads_the_cache_and_runs_nothing(
    model: Classifier, images: Tensor, tmp_path: Path
) -> None:
    first = extract_features(model.backbone, images, cache_dir=tmp_path / "new")
    sizes = count_calls(model.backbone)
    second = extract_features(model.backbone, images, cache_dir=tmp_path / "new", batch_size=5)
    assert sizes == [] and torch.equal(first, second)
    torch.testing.assert_close(first, extract_features(model.backbone, images))


@pytest.mark.parametrize(
    "change",
    [
        lambda backbone, images: (backbone, images + 0.1),
        lambda backbone, images: (backbone, images.flip(0)),
        lambda backbone, images: (backbone, images.reshape(-1, 3, 4, 16)),  # the same bytes
        lambda backbone, images: (Backbone(3, width=4), images),
        lambda backbone, images: (nn.Sequential(*backbone[:6], nn.Flatten()), images),
        lambda backbone, images: (nn.Sequential(*backbone, nn.Tanh()), images),  # the same weights
    ],
)
def test_the_cache_keeps_other_backbones_and_other_pictures_apart(
    model: Classifier, images: Tensor, tmp_path: Path, change: Callable
) -> None:
    backbone = nn.Sequential(*model.backbone)
    extract_features(backbone, images, cache_dir=tmp_path)
    backbone, images = change(backbone, images)
    cached = extract_features(backbone, images, cache_dir=tmp_path)
    torch.testing.assert_close(cached, extract_features(backbone, images))
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("num_bytes", [0, 10, 500])
def test_a_cut_off_cache_file_is_computed_again(
    model: Classifier, images: Tensor, tmp_path: Path, num_bytes: int
) -> None:
    features = extract_features(model.backbone, images, cache_dir=tmp_path)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:num_bytes])
    assert torch.equal(extract_features(model.backbone, images, cache_dir=tmp_path), features)
    assert len(file.read_bytes()) == len(content)


def test_features_come_without_a_cache_where_it_cannot_be_written(
    model: Classifier, images: Tensor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    features = extract_features(model.backbone, images, cache_dir=tmp_path / "file")
    assert torch.equal(features, extract_features(model.backbone, images))
    assert f"could not be written to {tmp_path / 'file'}: " in capsys.readouterr().out


def test_a_backbone_may_have_no_parameters(images: Tensor, tmp_path: Path) -> None:
    pixels = extract_features(nn.Flatten(), images, cache_dir=tmp_path)
    assert torch.equal(pixels, images.flatten(1))
