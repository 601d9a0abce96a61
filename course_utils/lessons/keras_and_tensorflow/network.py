"""The workbook's classifier written anew in Keras, layer by layer.

Each layer has the name that its module has in torch, with "-" for ".", which Keras does not allow.
Nothing here needs torch, so that a process of TensorFlow does not load it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.models.keras.library import keras

layers = keras.layers


@dataclass(frozen=True)
class Settings:
    """What must be said to Keras, since its defaults are not torch's.

    Attributes:
        momentum: Share of the old that batch norm's running statistics keep at each step; torch
            calls the other share momentum.
        epsilon: What batch norm adds to the variance.
        same: Whether a convolution of stride 2 pads as Keras' "same" does, on the right and below
            alone; else one pixel on each side, as ``padding=1`` in torch.
    """

    momentum: float = 0.9
    epsilon: float = 1e-5
    same: bool = False


AS_TORCH = Settings()
KERAS_DEFAULTS = Settings(momentum=0.99, epsilon=1e-3, same=True)


def build(
    image_shape: tuple[int, int, int],
    width: int,
    num_classes: int,
    settings: Settings = AS_TORCH,
) -> Any:
    """A Keras model like ``Classifier(Backbone(C, width), K)``, with Keras' random weights.

    Args:
        image_shape: (H, W, C), in Keras' order; H and W may be None.
        width: Channels of the first stage; the next two have twice and four times as many.
        num_classes: K.
        settings: Where it is to follow torch, and where Keras' defaults.

    Returns:
        A ``keras.Model``: pictures (B, H, W, C) to logits (B, K).
    """
    x = inputs = keras.Input(image_shape)
    for stage in range(3):
        channels, stride = width * 2**stage, 1 if stage == 0 else 2
        x = convolve(x, f"backbone-{2 * stage}", 0, channels, settings, stride)
        x = layers.ReLU(name=f"backbone-{2 * stage}-2")(x)
        x = residual_block(x, f"backbone-{2 * stage + 1}", channels, settings)
    x = layers.GlobalAveragePooling2D(name="backbone-7")(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="head")(x))


def convolve(x: Any, name: str, at: int, channels: int, settings: Settings, stride: int = 1) -> Any:
    """A 3x3 convolution and batch norm, called ``name-at`` and ``name-(at + 1)``."""
    padding = "same"
    if stride == 2 and not settings.same:
        x = layers.ZeroPadding2D(1, name=f"{name}-pad")(x)
        padding = "valid"
    x = layers.Conv2D(channels, 3, stride, padding, use_bias=False, name=f"{name}-{at}")(x)
    return layers.BatchNormalization(
        momentum=settings.momentum, epsilon=settings.epsilon, name=f"{name}-{at + 1}"
    )(x)


def residual_block(x: Any, name: str, channels: int, settings: Settings) -> Any:
    """Two convolutions whose result is added to their input."""
    y = convolve(x, f"{name}-convolutions", 0, channels, settings)
    y = layers.ReLU(name=f"{name}-convolutions-2")(y)
    y = convolve(y, f"{name}-convolutions", 3, channels, settings)
    return layers.ReLU(name=name)(layers.Add(name=f"{name}-add")([x, y]))


def set_weights(model: Any, weights: Mapping[str, Sequence[np.ndarray]]) -> None:
    """Give every layer that has weights those under its name, in Keras' order and axes.

    Raises:
        KeyError: If there are none under the name of a layer.
    """
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(weights[layer.name])


def keras_outputs(model: Any, images: np.ndarray) -> dict[str, np.ndarray]:
    """The same of a Keras model, for pictures (B, H, W, C), in inference."""
    inner = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    every = keras.Model(model.inputs[0], [layer.output for layer in inner])
    outputs = every(images, training=False)
    return {
        layer.name: keras.ops.convert_to_numpy(output)
        for layer, output in zip(inner, outputs, strict=True)
    }
