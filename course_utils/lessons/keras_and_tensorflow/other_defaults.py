"""More defaults in which torch and Keras differ, read from the two libraries as they are here."""

import inspect
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.data.plain_text import columns_of
from course_utils.models.keras.library import keras
from course_utils.models.side_by_side import seeded

PIXEL = (200.0, 128.0, 50.0)  # red, green, blue
# What pretrained networks of keras.applications expect, by the name of their module.
FAMILIES = ("resnet50", "mobilenet_v2", "densenet", "efficientnet")


def other_defaults() -> str:
    """The differences as text, one a line, torch's first and Keras' after it."""
    lines = [columns_of([("", "torch", "Keras"), *_arguments(), *_first_weights()])]
    pixel = ", ".join(f"{value:g}" for value in PIXEL)
    lines.append(f"\nwhat preprocess_input makes of a pixel ({pixel}):")
    lines += [f"  {name:<12}  {_prepared(name)}" for name in FAMILIES]
    return "\n".join(lines)


def _arguments() -> list[tuple[str, str, str]]:
    """Defaults of arguments, by what they are."""
    optimizers, layers = keras.optimizers, keras.layers
    pairs = (
        ("AdamW, weight decay", (torch.optim.AdamW, "weight_decay"), optimizers.AdamW),
        ("AdamW, epsilon", (torch.optim.AdamW, "eps"), (optimizers.AdamW, "epsilon")),
        ("SGD, rate", (torch.optim.SGD, "lr"), (optimizers.SGD, "learning_rate")),
        ("layer norm, epsilon", (nn.LayerNorm, "eps"), (layers.LayerNormalization, "epsilon")),
        ("group norm, epsilon", (nn.GroupNorm, "eps"), (layers.GroupNormalization, "epsilon")),
        ("leaky ReLU, slope", (nn.LeakyReLU, "negative_slope"), layers.LeakyReLU),
    )
    found = []
    for what, (of_torch, name), of_keras in pairs:
        theirs = of_keras if isinstance(of_keras, tuple) else (of_keras, name)
        found.append((what, _default(of_torch, name), _default(*theirs)))
    return found


def _default(function: Callable, name: str) -> str:
    return f"{inspect.signature(function).parameters[name].default:g}"


def _first_weights() -> list[tuple[str, str, str]]:
    """Spread of the random weights that a layer begins with."""
    with seeded(0):
        of_torch = {
            "3x3 convolution, 16 to 16": nn.Conv2d(16, 16, 3),
            "head, 64 to 10": nn.Linear(64, 10),
            "embedding, 1,000 to 64": nn.Embedding(1000, 64),
        }
    keras.utils.set_random_seed(0)
    layers = keras.layers
    of_keras = {
        "3x3 convolution, 16 to 16": (layers.Conv2D(16, 3), (1, 8, 8, 16)),
        "head, 64 to 10": (layers.Dense(10), (1, 64)),
        "embedding, 1,000 to 64": (layers.Embedding(1000, 64), (1, 1)),
    }
    rows = []
    for name, module in of_torch.items():
        layer, shape = of_keras[name]
        layer.build(shape)
        spread = np.std(layer.get_weights()[0])
        rows.append((f"first weights, {name}", _spread(module.weight), f"{spread:.3f}"))
    return rows


def _spread(weight: Tensor) -> str:
    return f"{weight.detach().std():.3f}"


def _prepared(family: str) -> str:
    """What the family's own preparation makes of the pixel."""
    pixel = np.full((1, 1, 1, 3), PIXEL, dtype="float32")
    made = getattr(keras.applications, family).preprocess_input(pixel)
    return "(" + ", ".join(f"{value:.2f}" for value in np.ravel(made)) + ")"
