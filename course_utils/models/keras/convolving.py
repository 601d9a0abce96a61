"""Convolutions with the padding of torch."""

from typing import Any

from torch import nn

from course_utils.models.keras.library import keras
from course_utils.models.keras.making import Maker, Value
from course_utils.models.keras.tracing import WAY_OUT

layers = keras.layers


def refuse(make: Maker, module: nn.Module, what: str) -> None:
    """Raise ValueError: ``what`` of a module has no counterpart."""
    raise ValueError(
        f"{make.place!r} is a {type(module).__name__} with {what}, for which no Keras layer is "
        f"known here. {WAY_OUT}"
    )


def convolve(make: Maker, module: nn.Conv2d, value: Value) -> Value:
    """``Conv2d``: a depthwise layer where each channel has filters of its own."""
    if module.padding_mode != "zeros":
        refuse(make, module, f"padding_mode {module.padding_mode!r}")
    if max(module.stride) > 1 and max(module.dilation) > 1:
        refuse(make, module, "stride and dilation")
    tensor, padding = _pad(make, module, value.tensor)
    options: dict[str, Any] = {
        "padding": padding,
        "dilation_rate": module.dilation,
        "use_bias": module.bias is not None,
    }
    size, stride = module.kernel_size, module.stride
    if is_depthwise(module):
        options["depth_multiplier"] = module.out_channels // module.in_channels
        return Value(make(layers.DepthwiseConv2D, tensor, size, stride, **options), True)
    tensor = make(
        layers.Conv2D, tensor, module.out_channels, size, stride, groups=module.groups, **options
    )
    return Value(tensor, True)


def is_depthwise(module: nn.Module) -> bool:
    """Whether each channel of a convolution has filters of its own, for one stride both ways."""
    if not isinstance(module, nn.Conv2d) or module.stride[0] != module.stride[1]:
        return False  # TensorFlow has no other
    return 1 < module.groups == module.in_channels


def _pad(make: Maker, module: nn.Conv2d, tensor: Any) -> tuple[Any, str]:
    """The pictures with what the layer itself cannot add, and how it pads."""
    padding = module.padding
    if isinstance(padding, str):
        return tensor, padding
    reach = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
    if padding == (0, 0):
        return tensor, "valid"
    if module.stride == (1, 1) and [2 * p for p in padding] == reach:
        return tensor, "same"
    # With a stride, Keras' "same" would add all on the right and below.
    return make(layers.ZeroPadding2D, tensor, padding, more="pad"), "valid"
