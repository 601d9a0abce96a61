"""The network by hand in Keras, and the weights that are carried over."""

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.lessons.keras_and_tensorflow.carrying import (
    carry,
    layer_weights,
    torch_outputs,
    weights_of,
)
from course_utils.lessons.keras_and_tensorflow.network import (
    KERAS_DEFAULTS,
    Settings,
    build,
    keras_outputs,
    set_weights,
)
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.models.keras.axes import channels_last
from course_utils.models.keras.library import keras
from course_utils.models.residual import Backbone


@pytest.fixture
def model() -> Classifier:
    """Two channels in, odd sizes, three classes; statistics that are not those of the start."""
    torch.manual_seed(0)
    model = Classifier(Backbone(2, width=3), 3)
    model(torch.rand(16, 2, 9, 7))
    return model.eval()


IMAGES = torch.rand(4, 2, 9, 7, generator=torch.Generator().manual_seed(1))


def largest_gaps(model: Classifier, settings: Settings) -> dict[str, float]:
    """By layer, the largest difference between torch and Keras."""
    twin = build((9, 7, 2), 3, 3, settings)
    carry(model, twin)
    ours, theirs = torch_outputs(model, IMAGES), keras_outputs(twin, channels_last(IMAGES))
    return {name: np.abs(theirs[name] - ours[name]).max() for name in theirs if name in ours}


def test_every_layer_agrees_where_all_is_as_in_torch(model: Classifier) -> None:
    gaps = largest_gaps(model, Settings())
    assert len(gaps) == 29
    assert max(gaps.values()) < 1e-5


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        (Settings(epsilon=1e-3), "backbone-0-1"),
        (Settings(same=True), "backbone-4-0"),  # 9x7 is odd: there, same pads as torch does
        (KERAS_DEFAULTS, "backbone-0-1"),
    ],
)
def test_a_default_shows_first_at_its_own_layer(
    model: Classifier, settings: Settings, first: str
) -> None:
    gaps = largest_gaps(model, settings)
    assert next(name for name, gap in gaps.items() if gap > 1e-4) == first


def test_momentum_changes_no_answer(model: Classifier) -> None:
    assert max(largest_gaps(model, Settings(momentum=0.99)).values()) < 1e-5


def test_outputs_of_torch_end_with_its_logits(model: Classifier) -> None:
    outputs = torch_outputs(model, IMAGES)
    assert np.allclose(outputs["head"], predict(model, IMAGES).numpy())
    assert outputs["backbone-0-0"].shape == (4, 9, 7, 3)
    assert not any(part._forward_hooks for part in model.modules())


def test_weights_have_the_axes_that_keras_wants() -> None:
    convolution = nn.Conv2d(2, 5, (3, 1))
    kernel, bias = weights_of(convolution)
    assert kernel.shape == (3, 1, 2, 5)
    assert kernel[2, 0, 1, 4] == convolution.weight[4, 1, 2, 0]
    assert np.array_equal(bias, convolution.bias.detach())
    norm = nn.BatchNorm2d(2)
    norm.running_var.fill_(7.0)
    assert weights_of(norm)[3].tolist() == [7.0, 7.0]


def test_a_layer_without_counterpart_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no Keras layer is known for a LayerNorm"):
        weights_of(nn.LayerNorm(3))


def test_weights_that_are_missing_are_named(model: Classifier) -> None:
    weights = layer_weights(model)
    del weights["head"]
    with pytest.raises(KeyError, match="head"):
        set_weights(build((9, 7, 2), 3, 3), weights)


def test_the_network_is_stored_and_read_as_a_file_of_keras(
    model: Classifier, tmp_path: object
) -> None:
    twin = build((9, 7, 2), 3, 3)
    carry(model, twin)
    twin.save(tmp_path / "twin.keras")
    again = keras.saving.load_model(tmp_path / "twin.keras")
    images = channels_last(IMAGES)
    assert np.array_equal(again.predict(images, verbose=0), twin.predict(images, verbose=0))
