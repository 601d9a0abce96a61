"""Torch classifiers as Keras models: the same answers, the same training, and the way back."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.classifier import Classifier
from course_utils.models.keras.comparing import relative_difference
from course_utils.models.keras.converting import copy_into_torch, to_keras
from course_utils.models.keras.library import keras
from course_utils.models.residual import Backbone
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from tests.helpers.module_state import assert_same_state, state_of
from tests.helpers.small_networks import FAMILIES, filled, small_network

# numpy since 2.0 asks of tensors what torch does not say; Keras converts them so.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
SHAPE = (3, 36, 36)
NEAR = 1e-5  # of the largest logit


class Net(nn.Module):
    """One layer or function between a convolution and a head, on pictures with negative numbers."""

    def __init__(self, part: Callable[[Tensor], Tensor], features: int | None = None) -> None:
        super().__init__()
        self.filters = nn.Conv2d(3, 4, 1)
        self.part = part
        self.head = nn.Linear(features or 4, 3)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, 3)."""
        found = self.part(self.filters(images))
        return self.head(torch.flatten(found, 1))


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_answers_alike_and_comes_back(family: str) -> None:
    network = small_network(family)
    before = state_of(network)
    model = to_keras(network, SHAPE)
    assert_same_state(network, before)
    assert relative_difference(network, model, SHAPE, seed=1) < NEAR
    paths = {path.replace(".", "-") for path, _ in network.named_modules()}
    paths |= {path.replace(".", "-") for path, _ in network.named_parameters()}
    with_weights = {layer.name for layer in model.layers if layer.trainable_weights}
    assert with_weights and with_weights <= paths
    other = small_network(family, seed=1)
    copy_into_torch(model, other)
    assert_same_state(other, before)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [None, 7, 20])
def test_a_backbone_that_resizes_its_pictures(size: int | None, channels: int) -> None:
    network = filled(Classifier(Backbone(channels, 4, size), 3))
    shape = (channels, 13, 10)
    model = to_keras(network, shape)
    assert relative_difference(network, model, shape, seed=1) < NEAR
    fixed = {layer.name for layer in model.layers if layer.weights and not layer.trainable}
    names = {"backbone-resize-rows", "backbone-resize-columns"}
    assert fixed == (set() if size is None else names)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_backbone_of_torchvision_resizes_and_normalises(channels: int) -> None:
    backbone = TorchvisionBackbone("mobilenet_v3_small", 40, pretrained=False)
    backbone.body = small_network("mobilenet_v3")
    backbone.body.classifier[-1] = nn.Identity()
    backbone.interpolation, backbone.num_features = (
        "bicubic",
        backbone.body.classifier[0].out_features,
    )
    network = filled(Classifier(backbone, 3))
    backbone.mean += torch.tensor([0.1, -0.2, 0.3]).view(3, 1, 1)
    backbone.precision = torch.bfloat16  # belongs to torch: Keras gets the weights' own
    model = to_keras(network, (channels, 30, 50))
    assert relative_difference(network, model, (channels, 30, 50), seed=1) < NEAR
    assert backbone.precision == torch.bfloat16


POOLS = (
    nn.MaxPool2d(3, 2, 1),
    nn.MaxPool2d(3, 5, 1),
    nn.MaxPool2d(2, ceil_mode=True),
    nn.MaxPool2d(3, 2, ceil_mode=True),
    nn.MaxPool2d((5, 3), (1, 2), (2, 0)),
    nn.AvgPool2d(3, 2),
    nn.AvgPool2d(3, 2, 1, count_include_pad=False, ceil_mode=True),
    nn.AvgPool2d(2, 2, (1, 0)),
    nn.AdaptiveAvgPool2d(3),
    nn.AdaptiveAvgPool2d((5, 17)),
    nn.AdaptiveAvgPool2d((None, 1)),
)


@pytest.mark.parametrize("size", [(10, 9), (11, 12)])
@pytest.mark.parametrize("pool", POOLS, ids=str)
def test_pooling_lays_its_windows_as_torch_does(pool: nn.Module, size: tuple[int, int]) -> None:
    features = pool(torch.zeros(1, 4, *size)).numel()
    network = filled(Net(pool, features))
    assert relative_difference(network, to_keras(network, (3, *size)), (3, *size), 1) < NEAR


class Twice(nn.Module):
    """One layer used twice, and what functions do."""

    def __init__(self) -> None:
        super().__init__()
        self.filters = nn.Conv2d(4, 4, (3, 5), 1, (1, 2), groups=4)
        self.act = nn.SiLU()

    def forward(self, images: Tensor) -> Tensor:
        """Means (B, 8, 1, 1)."""
        found = self.act(self.filters(self.act(self.filters(images))) * 0.5) + 1
        found = torch.cat([F.relu(found), found.add(images)], dim=1)
        found = F.max_pool2d(found, 2) * F.avg_pool2d(found, kernel_size=2)
        return F.dropout(found.mean([2, 3], keepdim=True), 0.1, self.training)


def test_a_layer_used_twice_is_one_layer_and_functions_have_names() -> None:
    network = filled(Net(Twice(), 8))
    model = to_keras(network, SHAPE)
    names = [layer.name for layer in model.layers]
    assert names.count("part-filters") == 1 and {"part-act", "part-act-2", "part-add"} <= set(names)
    assert relative_difference(network, model, SHAPE, seed=1) < NEAR


def loss_of(model: object, images: object, labels: Tensor, **options: object) -> float:
    """The loss, once its gradients were computed."""
    loss = F.cross_entropy(model(images, **options), labels)
    loss.backward()
    return loss.item()


def test_it_learns_as_torch_does_but_for_the_variance_that_batch_norm_keeps() -> None:
    network = filled(Classifier(Backbone(1, 4), 3)).double()
    model, before = to_keras(network, (1, 8, 8)), state_of(network)
    images, labels = torch.rand(6, 1, 8, 8, dtype=torch.float64), torch.arange(6) % 3
    theirs = loss_of(model, images.permute(0, 2, 3, 1).numpy(), labels, training=True)
    assert theirs == pytest.approx(loss_of(network.train(), images, labels), rel=1e-6)
    seen = 0
    for layer in model.layers:
        for weight in layer.trainable_weights:
            name = "bias" if weight.name in ("bias", "beta") else "weight"
            ours = network.get_parameter(f"{layer.name.replace('-', '.')}.{name}").grad
            grad = weight.value.grad.cpu()
            grad = (
                grad.permute(3, 2, 0, 1) if grad.ndim == 4 else grad.T if grad.ndim == 2 else grad
            )
            assert torch.allclose(ours, grad, rtol=1e-4, atol=1e-6), layer.name
            seen += 1
    assert seen == len(list(network.parameters()))
    norm, n = network.backbone[0][1], 6 * 8 * 8
    mean, variance = model.get_layer("backbone-0-1").get_weights()[2:]
    assert np.allclose(mean, norm.running_mean.numpy(), rtol=1e-6)
    kept = 0.9 * before["backbone.0.1.running_var"]
    assert np.allclose(variance, kept + (norm.running_var - kept) * (n - 1) / n, rtol=1e-6)


def test_weights_of_64_bits_are_carried_whole_though_batch_norm_rounds() -> None:
    network = filled(Classifier(Backbone(1, 4), 3)).double()
    model, before = to_keras(network, (1, 8, 8)), state_of(network)
    assert {weight.dtype for weight in model.weights} == {"float64"}
    assert 1e-10 < relative_difference(network, model, (1, 8, 8)) < NEAR
    copy_into_torch(model, filled(network, seed=1))
    assert_same_state(network, before)


def trained(network: nn.Module, shape: tuple[int, int, int]) -> object:
    """Its Keras model, trained for three steps."""
    model = to_keras(network, shape)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    generator = np.random.default_rng(0)
    pictures = generator.random((12, *shape[1:], shape[0]), dtype=np.float32)
    model.fit(pictures, np.arange(12) % 3, batch_size=4, verbose=0)
    return model


def test_what_fit_has_trained_comes_back() -> None:
    network = filled(Classifier(Backbone(1, 4, 9), 3))
    before = state_of(network)
    model = trained(network, (1, 8, 8))
    into = copy.deepcopy(network)
    copy_into_torch(model, into)
    assert relative_difference(into, model, (1, 8, 8), seed=1) < NEAR
    assert_same_state(network, before)
    moved = [key for key, tensor in into.state_dict().items() if not tensor.equal(before[key])]
    learned = [key for key in before if not key.endswith("num_batches_tracked")]
    assert moved == learned, "all weights and statistics"


SMALL = (1, 8, 8)


def apart(epsilon: float) -> Classifier:
    """A network whose first batch norm adds ``epsilon`` to the variance."""
    network = filled(Classifier(Backbone(1, 4), 3))
    network.backbone[0][1].eps = epsilon
    return network


@pytest.mark.parametrize(
    ("into", "said"),
    [
        (Classifier(Backbone(1, 5), 3), "'backbone-0-0' of the Keras model has weights of the sha"),
        (Classifier(Backbone(1, 4), 4), "'head' of the Keras model has weights of the shapes"),
        (Backbone(1, 4), "'backbone-0-0' is too much"),
        (nn.ModuleDict({"more": nn.Linear(2, 2), **Classifier(Backbone(1, 4), 3)._modules}),
         "1 layers are missing in the Keras model, 'more' first"),
        (apart(0.1), "answers random pictures otherwise"),
    ],
)  # fmt: skip
def test_what_does_not_fit_changes_nothing(into: nn.Module, said: str) -> None:
    model = to_keras(filled(Classifier(Backbone(1, 4), 3), seed=1), SMALL)
    before = state_of(into)
    with pytest.raises(ValueError, match=said):
        copy_into_torch(model, into)
    assert_same_state(into, before)


def test_a_training_that_went_astray_changes_nothing() -> None:
    network = filled(Classifier(Backbone(1, 4), 3))
    model, before = to_keras(network, SMALL), state_of(network)
    head = model.get_layer("head")
    head.set_weights([head.get_weights()[0] * np.nan, head.get_weights()[1]])
    with pytest.raises(ValueError, match="weight of the layer 'head' holds numbers that are not"):
        copy_into_torch(model, network)
    assert_same_state(network, before)


class Overwriting(nn.Module):
    """Adds pictures to what an activation has made of them in their own place: not what it says."""

    def forward(self, images: Tensor) -> Tensor:
        """Pictures of the same shape."""
        return images + F.relu(images, inplace=True)


class Choosing(nn.Module):
    """Does what the pictures make it do."""

    def forward(self, images: Tensor) -> Tensor:
        """Pictures of the same shape."""
        return images if images.sum() > 0 else -images


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"), "'part' is a Conv2d with padding"),
        (nn.GELU(approximate="tanh"), "'part' is a GELU with approximate 'tanh'"),
        (nn.BatchNorm2d(4, momentum=None), "'part' is a BatchNorm2d with momentum None"),
        (nn.BatchNorm2d(4, track_running_stats=False), "with no running statistics"),
        (nn.PReLU(), "for 1 steps of the network: PReLU at 'part'"),
        (torch.tanh, "for 1 steps of the network: tanh, called. A model"),
        (nn.AvgPool2d(1, divisor_override=3), "pooling at 'part' has divisor_override"),
        (Choosing(), "the steps of Net could not be followed"),
        (Overwriting(), "answers random pictures otherwise"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_has_no_counterpart_is_named_with_a_way_out(part: nn.Module, said: str) -> None:
    network = Net(part, 4 * 8 * 8).eval()
    with pytest.raises(ValueError, match=said) as found:
        to_keras(network, (3, 8, 8))
    assert "onnx_export" in str(found.value) or "it was not kept" in str(found.value)


def test_pictures_that_the_network_cannot_take_are_refused() -> None:
    network = Classifier(Backbone(1, 4), 3)
    with pytest.raises(ValueError, match=r"no pictures of image_shape \(C, H, W\) = \(3, 8, 8\)"):
        to_keras(network, (3, 8, 8))
    with pytest.raises(ValueError, match=r"must be three numbers \(C, H, W\), got \(8, 8\)"):
        to_keras(network, (8, 8))
    with pytest.raises(ValueError, match=r"float32 or float64 weights, got torch.float16"):
        to_keras(network.half(), SMALL)
