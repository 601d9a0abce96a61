"""Which Keras layer computes what a function does that a torch network calls between its layers."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from course_utils.models.computing import matrix_of, resize
from course_utils.models.keras.layers import flat
from course_utils.models.keras.library import keras
from course_utils.models.keras.making import Maker, Value, Weight
from course_utils.models.keras.pooling import average_pool, average_to, max_pool
from course_utils.models.keras.tracing import WAY_OUT, normalise

layers = keras.layers


def refuse(make: Maker, what: str) -> None:
    """Raise ValueError: ``what`` of a function has no counterpart."""
    raise ValueError(
        f"the network calls {what} at {make.place!r}, for which no Keras layer is known here. "
        f"{WAY_OUT}"
    )


def add(make: Maker, one: Any, other: Any) -> Value:
    """``a + b``, of two of one shape or with a number."""
    return _combine(make, one, other, layers.Add, "add")


def multiply(make: Maker, one: Any, other: Any) -> Value:
    """``a * b``, of two, with a number, or with a weight for each channel."""
    if isinstance(one, Weight):
        one, other = other, one
    if isinstance(one, Value) and isinstance(other, Weight):
        return scale(make, one, other)
    return _combine(make, one, other, layers.Multiply, "multiply")


def _combine(make: Maker, one: Any, other: Any, kind: type, more: str) -> Value:
    if isinstance(one, Value) and isinstance(other, Value):
        if one.is_picture != other.is_picture or len(one.sizes) != len(other.sizes):
            refuse(make, f"{more} of {one.sizes} and {other.sizes}")
        return Value(make(kind, [one.tensor, other.tensor], more=more), one.is_picture)
    value, number = (one, other) if isinstance(one, Value) else (other, one)
    if not isinstance(value, Value) or not isinstance(number, int | float):
        refuse(make, f"{more} of {type(one).__name__} and {type(other).__name__}")
    by = (1.0, float(number)) if kind is layers.Add else (float(number),)
    return Value(make(layers.Rescaling, value.tensor, *by, more=more), value.is_picture)


def scale(make: Maker, value: Value, weight: Weight) -> Value:
    """Each channel of pictures times a weight (C, 1, 1) of its own, which can be trained."""
    channels = value.sizes[-1]
    if not value.is_picture or weight.shape != (channels, 1, 1):
        refuse(make, f"multiply of {value.sizes} and a weight {weight.shape}")
    make.place = weight.path  # it is a layer here
    tensor = make(layers.EinsumDense, value.tensor, "bhwc,c->bhwc", value.sizes)
    return Value(tensor, True)


def concatenate(make: Maker, values: Sequence[Value], dim: int = 0) -> Value:
    """``cat`` of channels or of features."""
    first = values[0]
    last = len(first.sizes)
    if dim not in ((1, -3) if first.is_picture else (last, -1)):
        refuse(make, f"cat along dim {dim}")
    if len(values) == 1:
        return first
    tensor = make(layers.Concatenate, [value.tensor for value in values], axis=-1, more="cat")
    return Value(tensor, first.is_picture)


def mean(make: Maker, value: Value, dim: Any = None, keepdim: bool = False) -> Value:
    """``mean`` over height and width."""
    dims = dim if isinstance(dim, tuple | list) else (dim,)
    if not value.is_picture or None in dims or sorted(d % 4 for d in dims) != [2, 3]:
        refuse(make, f"mean over dim {dim}")
    tensor = make(layers.GlobalAveragePooling2D, value.tensor, keepdims=keepdim, more="mean")
    return Value(tensor, keepdim)


def flatten(make: Maker, value: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    """``flatten`` of all but the batch."""
    if start_dim != 1 or end_dim not in (-1, len(value.sizes)):
        refuse(make, f"flatten from dim {start_dim} to {end_dim}")
    return flat(make, value, more="flatten")


def relu(make: Maker, value: Value, inplace: bool = False) -> Value:
    """``relu``."""
    return Value(make(layers.ReLU, value.tensor, more="relu"), value.is_picture)


def dropout(
    make: Maker, value: Value, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Value:
    """``dropout``; Keras knows by itself when it trains."""
    return Value(make(layers.Dropout, value.tensor, p, more="dropout"), value.is_picture)


def adaptive_avg_pool2d(make: Maker, value: Value, output_size: Any) -> Value:
    """Means of so many parts along each axis."""
    return average_to(make, value, output_size, more="pool")


def avg_pool2d(make: Maker, value: Value, *args: Any, **options: Any) -> Value:
    """Means of windows."""
    return average_pool(make, value, *args, **options, more="pool")


def max_pool2d(make: Maker, value: Value, *args: Any, **options: Any) -> Value:
    """The largest of windows."""
    return max_pool(make, value, *args, **options, more="pool")


def scaled_to(make: Maker, value: Value, size: int, mode: str) -> Value:
    """The workbook's ``resize``: products with a matrix for the rows and one for the columns."""
    old = value.sizes[:2]
    if old == (size, size):
        return value
    rows, columns = (matrix_of(n, size, mode, torch.float64).numpy() for n in old)
    return Value(make.product(value.tensor, rows, columns, "resize"), True)


def normalised(
    make: Maker, value: Value, means: Sequence[float], deviations: Sequence[float]
) -> Value:
    """The mean of each channel taken off, then divided; grey counts as equal channels."""
    tensor = value.tensor
    if value.sizes[-1] == 1 < len(means):
        tensor = make(layers.Concatenate, [tensor] * len(means), axis=-1, more="colours")
    factors = [1 / deviation for deviation in deviations]
    offsets = [-m / deviation for m, deviation in zip(means, deviations, strict=True)]
    return Value(make(layers.Rescaling, tensor, factors, offsets, more="normalise"), True)


Call = Callable[..., Value]
FUNCTIONS: Mapping[Any, Call] = {  # methods by their names
    **dict.fromkeys((operator.add, operator.iadd, torch.add, "add", "add_"), add),
    **dict.fromkeys((operator.mul, operator.imul, torch.mul, "mul", "mul_"), multiply),
    **dict.fromkeys((torch.cat, torch.concat, torch.concatenate), concatenate),
    **dict.fromkeys((torch.mean, "mean"), mean),
    **dict.fromkeys((torch.flatten, "flatten"), flatten),
    **dict.fromkeys((F.relu, torch.relu, "relu"), relu),
    F.dropout: dropout,
    F.adaptive_avg_pool2d: adaptive_avg_pool2d,
    F.avg_pool2d: avg_pool2d,
    **dict.fromkeys((F.max_pool2d, torch.max_pool2d), max_pool2d),
    resize: scaled_to,
    normalise: normalised,
}
