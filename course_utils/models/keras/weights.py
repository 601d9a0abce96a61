"""Weights and statistics of a torch network in its Keras model, and back, by name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.models.keras.convolving import is_depthwise
from course_utils.models.keras.making import in_keras, is_fixed

# In the order of a Keras layer; one that a module lacks, its layer lacks too.
NAMES = ("weight", "bias", "running_mean", "running_var")
COUNTER = "num_batches_tracked"  # only a moving average without a rate would care


def carry(network: nn.Module, into: Any) -> None:
    """Copy all of ``network`` into the Keras model ``into`` that was made of it."""
    tensors = tensors_by_layer(network)
    for name, layer in layers_with_weights(into):
        layer.set_weights([to_keras_order(*found) for found in tensors[name].values()])


def copy_weights(model: Any, into: nn.Module) -> None:
    """Copy the weights and statistics of a Keras model into a torch network, all or none.

    Args:
        model: Its layers are called like the modules of ``into``, with "-" for ".".
        into: Gets them, in its own float type, on its device.

    Raises:
        ValueError: If a weight is missing, is too much, has another shape or is no number.
    """
    tensors, found = tensors_by_layer(into), {}
    for name, layer in layers_with_weights(model):
        if name in found or name not in tensors:
            what = "stands twice in" if name in found else "is too much in"
            raise ValueError(f"the layer {name!r} {what} the Keras model. {_expected(tensors)}")
        found[name] = layer.get_weights()
    if missing := [name for name in tensors if name not in found]:
        raise ValueError(
            f"{len(missing)} layers are missing in the Keras model, {missing[0]!r} first. "
            f"{_expected(tensors)}"
        )
    pairs = [pair for name in tensors for pair in _pairs(name, tensors[name], found[name])]
    with torch.no_grad():
        for tensor, array in pairs:
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(array)))


def tensors_by_layer(network: nn.Module) -> dict[str, dict[str, tuple[nn.Module | None, Tensor]]]:
    """All weights and statistics of ``network`` by the name of the Keras layer that has them.

    Returns:
        Of each layer in its order: the name in the module, that module and the tensor; a weight
        that belongs to no layer of torch, such as torchvision's ``layer_scale``, has none.

    Raises:
        ValueError: If something is among them that no Keras layer is known for.
    """
    modules, state = dict(network.named_modules()), network.state_dict(keep_vars=True)
    by_layer: dict[str, dict[str, tuple[nn.Module | None, Tensor]]] = {}
    for key, tensor in state.items():
        path, _, name = key.rpartition(".")
        if name == COUNTER:
            continue
        is_own = name not in NAMES
        layer = in_keras(key if is_own else path)
        module = None if is_own else modules[path]
        if name in by_layer.setdefault(layer, {}):
            raise ValueError(f"two weights of the network would both be {name!r} of {layer!r}")
        by_layer[layer][name] = (module, tensor)
    order = {name: place for place, name in enumerate(NAMES)}
    return {
        layer: dict(sorted(found.items(), key=lambda item: order.get(item[0], 0)))
        for layer, found in by_layer.items()
    }


def layers_with_weights(model: Any) -> Iterator[tuple[str, Any]]:
    """Name and layer of each in a Keras model, and in models within it, that has weights.

    What counts random numbers, as dropout does, has none that were learned.
    """
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from layers_with_weights(layer)
        elif layer.weights and not is_fixed(layer):
            yield layer.name, layer


def to_keras_order(module: nn.Module | None, tensor: Tensor) -> np.ndarray:
    """A tensor of ``module`` with the axes of Keras: (kh, kw, in, out) of a convolution."""
    array = tensor.detach().cpu().numpy()
    if module is None:
        return array.reshape(-1)
    if array.ndim == 4 and is_depthwise(module):  # out is of in's channels one after the other
        apart = array.reshape(module.in_channels, -1, *array.shape[2:])
        return apart.transpose(2, 3, 0, 1)
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T


def to_torch_order(array: np.ndarray, shape: Iterable[int]) -> np.ndarray:
    """The way back of ``to_keras_order``, to what has the ``shape`` in torch."""
    shape = tuple(shape)
    if array.ndim != 4:
        return array.reshape(shape) if array.ndim == 1 else array.T
    is_plain = array.shape[:1:-1] == shape[:2]
    return array.transpose(3, 2, 0, 1) if is_plain else array.transpose(2, 3, 0, 1).reshape(shape)


def _pairs(
    layer: str, wanted: Mapping[str, tuple[nn.Module | None, Tensor]], found: list[np.ndarray]
) -> Iterator[tuple[Tensor, np.ndarray]]:
    """Tensors of a module and what is to be copied into each."""
    shapes = [to_keras_order(*one).shape for one in wanted.values()]
    if shapes != [array.shape for array in found]:
        raise ValueError(
            f"the layer {layer!r} of the Keras model has weights of the shapes "
            f"{[array.shape for array in found]}, where {shapes} are wanted: it is another network"
        )
    for (name, (_, tensor)), array in zip(wanted.items(), found, strict=True):
        if not np.isfinite(array).all():
            raise ValueError(
                f"{name} of the layer {layer!r} holds numbers that are not finite: the training "
                "went astray; lower the learning rate"
            )
        yield tensor, to_torch_order(array, tensor.shape)


def _expected(tensors: Mapping[str, object]) -> str:
    return (
        f"It must have the {len(tensors)} layers of the torch network, called like its modules "
        f'with "-" for ".", such as {next(iter(tensors), None)!r}'
    )
