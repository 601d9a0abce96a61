"""Which Keras layer computes what a layer of torch does: one function for each kind."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import nn
from torchvision.models.convnext import LayerNorm2d
from torchvision.ops import StochasticDepth
from torchvision.ops.misc import Permute

from course_utils.models.keras.convolving import convolve, refuse
from course_utils.models.keras.library import keras
from course_utils.models.keras.making import Maker, Value
from course_utils.models.keras.pooling import average_pool, average_to, max_pool

layers = keras.layers
TO_LAST, TO_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]


def batch_norm(make: Maker, module: nn.BatchNorm2d, value: Value) -> Value:
    """``BatchNorm2d``; torch's momentum is the share of the new, Keras' that of the old."""
    if module.momentum is None:
        refuse(make, module, "momentum None (the mean of all batches so far)")
    if not module.track_running_stats:
        refuse(make, module, "no running statistics")
    options = {"scale": module.affine, "center": module.affine}
    momentum = 1 - module.momentum
    tensor = make(
        layers.BatchNormalization,
        value.tensor,
        momentum=momentum,
        epsilon=module.eps,
        **options,
    )
    return Value(tensor, True)


def layer_norm(make: Maker, module: nn.LayerNorm, value: Value) -> Value:
    """``LayerNorm`` over the last axis, torchvision's ``LayerNorm2d`` over the channels."""
    on_channels = type(module) is LayerNorm2d
    if len(module.normalized_shape) != 1 or value.is_picture != on_channels:
        refuse(make, module, "axes other than the last")
    options = {"scale": module.weight is not None, "center": module.bias is not None}
    tensor = make(layers.LayerNormalization, value.tensor, epsilon=module.eps, **options)
    return Value(tensor, value.is_picture)


def linear(make: Maker, module: nn.Linear, value: Value) -> Value:
    """``Linear`` over the last axis."""
    if value.is_picture:
        refuse(make, module, "pictures, whose last axis is a row of pixels")
    tensor = make(layers.Dense, value.tensor, module.out_features, use_bias=module.bias is not None)
    return Value(tensor, False)


def rectify(make: Maker, module: nn.Module, value: Value, most: float | None = None) -> Value:
    """``ReLU``, and ``ReLU6``, which is at most 6."""
    return Value(make(layers.ReLU, value.tensor, max_value=most), value.is_picture)


def activate(make: Maker, module: nn.Module, value: Value, name: str) -> Value:
    """What Keras has under ``name``."""
    return Value(make(layers.Activation, value.tensor, name), value.is_picture)


def gelu(make: Maker, module: nn.GELU, value: Value) -> Value:
    """``GELU``, by the exact formula."""
    if module.approximate != "none":
        refuse(make, module, f"approximate {module.approximate!r}")
    return activate(make, module, value, "gelu")


def drop(make: Maker, module: nn.Module, value: Value) -> Value:
    """``Dropout``."""
    return Value(make(layers.Dropout, value.tensor, module.p), value.is_picture)


def drop_whole(make: Maker, module: StochasticDepth, value: Value) -> Value:
    """``StochasticDepth``: in training, all of what a block adds for a picture, or nothing."""
    if module.mode != "row":
        refuse(make, module, f"mode {module.mode!r}")
    each = (None, *[1] * len(value.sizes))
    return Value(make(layers.Dropout, value.tensor, module.p, each), value.is_picture)


def flatten(make: Maker, module: nn.Flatten, value: Value) -> Value:
    """``Flatten`` of all but the batch."""
    if (module.start_dim, module.end_dim) != (1, -1):
        refuse(make, module, f"start_dim {module.start_dim} and end_dim {module.end_dim}")
    return flat(make, value)


def flat(make: Maker, value: Value, more: str = "") -> Value:
    """Pictures as rows (B, C * H * W) in torch's order, channel after channel."""
    tensor = value.tensor
    if value.is_picture and max(value.sizes[:2]) > 1:
        tensor = make(layers.Permute, tensor, (3, 1, 2), more="permute")
    return Value(make(layers.Flatten, tensor, more=more), False)


def permute(make: Maker, module: Permute, value: Value) -> Value:
    """``Permute`` of channels to the end or back, where Keras has them all the time."""
    if module.dims != (TO_LAST if value.is_picture else TO_FIRST) or len(value.sizes) != 3:
        refuse(make, module, f"dims {module.dims}")
    return Value(value.tensor, not value.is_picture)


def pass_on(make: Maker, module: nn.Module, value: Value) -> Value:
    """``Identity``: no layer."""
    return value


def max_pooling(make: Maker, module: nn.MaxPool2d, value: Value) -> Value:
    """``MaxPool2d``."""
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
    return max_pool(make, value, *(getattr(module, name) for name in names))


def average_pooling(make: Maker, module: nn.AvgPool2d, value: Value) -> Value:
    """``AvgPool2d``."""
    names = ("kernel_size", "stride", "padding")
    more = ("ceil_mode", "count_include_pad", "divisor_override")
    return average_pool(make, value, *(getattr(module, name) for name in names + more))


def adaptive_pooling(make: Maker, module: nn.AdaptiveAvgPool2d, value: Value) -> Value:
    """``AdaptiveAvgPool2d``."""
    return average_to(make, value, module.output_size)


Convert = Callable[[Maker, Any, Value], Value]
LAYERS: Mapping[type[nn.Module], Convert] = {
    nn.Conv2d: convolve,
    nn.BatchNorm2d: batch_norm,
    nn.LayerNorm: layer_norm,
    LayerNorm2d: layer_norm,
    nn.Linear: linear,
    nn.ReLU: rectify,
    nn.ReLU6: partial(rectify, most=6.0),
    nn.SiLU: partial(activate, name="silu"),
    nn.GELU: gelu,
    nn.Hardswish: partial(activate, name="hard_silu"),
    nn.Hardsigmoid: partial(activate, name="hard_sigmoid"),
    nn.Sigmoid: partial(activate, name="sigmoid"),
    nn.Tanh: partial(activate, name="tanh"),
    nn.MaxPool2d: max_pooling,
    nn.AvgPool2d: average_pooling,
    nn.AdaptiveAvgPool2d: adaptive_pooling,
    nn.Dropout: drop,
    StochasticDepth: drop_whole,
    nn.Flatten: flatten,
    Permute: permute,
    nn.Identity: pass_on,
}
