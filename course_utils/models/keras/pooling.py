"""Pooling as torch does it: its padding, its last windows, and means of any number of parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.models.keras.library import keras
from course_utils.models.keras.making import Maker, Value
from course_utils.models.keras.tracing import WAY_OUT

layers = keras.layers


def pair(sizes: Any) -> tuple[Any, Any]:
    """One number for both axes, or one for each."""
    return tuple(sizes) if isinstance(sizes, tuple | list) else (sizes, sizes)


def max_pool(
    make: Maker,
    value: Value,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
    *,
    more: str = "",
) -> Value:
    """The largest of each window; arguments as in torch.

    Where torch pads, which it does with numbers below all others, Keras takes the largest around
    every pixel, for which it pads likewise, and of these every ``stride``-th.
    """
    if pair(dilation) != (1, 1) or return_indices:
        _refuse(make, "dilation or return_indices")
    kernels, strides, paddings = pair(kernel_size), pair(stride or kernel_size), pair(padding)
    axes = list(zip(value.sizes[:2], kernels, strides, paddings, strict=True))
    numbers = [_num_windows(*axis, ceil_mode) for axis in axes]
    plain = [(old - k) // s + 1 for old, k, s, _ in axes]
    if paddings == (0, 0) and numbers == plain:
        tensor = make(layers.MaxPooling2D, value.tensor, kernels, strides, more=more)
        return Value(tensor, True)
    # The window around pixel i begins at i - (k - 1) // 2, torch's first one at -padding.
    first = [(k - 1) // 2 - p for _, k, _, p in axes]
    behind = [
        old - 1 - at - (number - 1) * s
        for (old, _, s, _), at, number in zip(axes, first, numbers, strict=True)
    ]
    if min(first + behind) < 0:
        _refuse(make, f"windows of {kernel_size} over {value.sizes[:2]} pixels")
    around = f"{more}-around".strip("-")
    tensor = make(layers.MaxPooling2D, value.tensor, kernels, 1, "same", more=around)
    too_many = [left if left >= s else 0 for left, s in zip(behind, strides, strict=True)]
    if max(first + too_many) > 0:
        crop = tuple(zip(first, too_many, strict=True))
        tensor = make(layers.Cropping2D, tensor, crop, more=f"{more}-crop".strip("-"))
    return Value(make(layers.MaxPooling2D, tensor, 1, strides, more=more), True)


def average_pool(
    make: Maker,
    value: Value,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    more: str = "",
) -> Value:
    """The mean of each window; arguments as in torch."""
    if divisor_override is not None:
        _refuse(make, "divisor_override")
    kernels, strides, paddings = pair(kernel_size), pair(stride or kernel_size), pair(padding)
    axes = list(zip(value.sizes[:2], kernels, strides, paddings, strict=True))
    if paddings == (0, 0) and not (ceil_mode and any((old - k) % s for old, k, s, _ in axes)):
        tensor = make(layers.AveragePooling2D, value.tensor, kernels, strides, more=more)
        return Value(tensor, True)

    def along(k: int, s: int, p: int) -> Callable[[Tensor], Tensor]:
        return lambda lines: F.avg_pool2d(
            lines, (k, 1), (s, 1), (p, 0), ceil_mode, count_include_pad
        )

    rows, columns = (_matrix(along(*axis[1:]), axis[0]) for axis in axes)
    return Value(make.product(value.tensor, rows, columns, more), True)


def average_to(make: Maker, value: Value, size: Any, *, more: str = "") -> Value:
    """The means of ``size`` parts along each axis, or so many along either."""
    old = value.sizes[:2]
    new = tuple(o if n is None else n for n, o in zip(pair(size), old, strict=True))
    if new == (1, 1):
        return Value(
            make(layers.GlobalAveragePooling2D, value.tensor, keepdims=True, more=more), True
        )
    if new == old:
        return value
    if not any(o % n for o, n in zip(old, new, strict=True)):
        window = tuple(o // n for o, n in zip(old, new, strict=True))
        return Value(make(layers.AveragePooling2D, value.tensor, window, more=more), True)
    rows, columns = (
        _matrix(lambda lines, n=n: F.adaptive_avg_pool2d(lines, (n, 1)), o)
        for o, n in zip(old, new, strict=True)
    )
    return Value(make.product(value.tensor, rows, columns, more), True)


def _num_windows(old: int, kernel: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """How many windows torch lays along an axis of ``old`` pixels."""
    line = torch.zeros(1, 1, old)
    return F.max_pool1d(line, kernel, stride, padding, ceil_mode=ceil_mode).shape[-1]


def _matrix(pool: Callable[[Tensor], Tensor], old: int) -> np.ndarray:
    """M (new, old), so that M @ column is what ``pool`` makes of a column of ``old`` pixels."""
    lines = torch.eye(old, dtype=torch.float64).view(old, 1, old, 1)  # a picture for each pixel
    return pool(lines)[:, 0, :, 0].T.contiguous().numpy()


def _refuse(make: Maker, what: str) -> None:
    raise ValueError(
        f"pooling at {make.place!r} has {what}, for which no Keras layer is known here. {WAY_OUT}"
    )
