"""Keras layers made one after the other, each with a name of its own."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from course_utils.models.keras.library import keras

# Products with a matrix that nothing is to change, which make the layer "fixed".
ROWS, COLUMNS = "bhwc,hn->bnwc", "bhwc,wn->bhnc"


class Value(NamedTuple):
    """What comes out of a step.

    Attributes:
        tensor: Of Keras, (B, H, W, C), or (B, D).
        is_picture: Whether it is (B, C, H, W) in torch, where layers of pictures can take it.
    """

    tensor: Any
    is_picture: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """H, W and C, or D."""
        return tuple(self.tensor.shape[1:])


class Weight(NamedTuple):
    """A weight that belongs to no layer of torch.

    Attributes:
        path: Where it is.
        shape: In torch.
    """

    path: str
    shape: tuple[int, ...]


class Maker:
    """Makes the layers of one Keras model.

    Args:
        paths: Those of all modules of the torch network.
        dtype: Of what is computed, such as ``"float32"``.

    Attributes:
        place: The path of the module that is converted now.
    """

    def __init__(self, paths: Iterable[str], dtype: str) -> None:
        self.dtype, self.place = dtype, ""
        self._modules = {in_keras(path) for path in paths}
        self._taken: set[str] = set()
        self._with_weights: dict[str, Any] = {}

    def __call__(self, kind: type, value: Any, *args: Any, more: str = "", **options: Any) -> Any:
        """What a new layer makes of ``value``.

        Args:
            kind: Of Keras layer.
            value: A tensor, or a list of such.
            args: Of the layer.
            more: What its name has behind that of the module; "" for the module's own layer.
            options: Of the layer.
        """
        if not more and self.place in self._with_weights:  # a module that is used again
            return self._with_weights[self.place](value)
        layer = kind(*args, name=self._free_name(more), dtype=self.dtype, **options)
        made = layer(value)
        if layer.weights and not more:
            self._with_weights[self.place] = layer
        return made

    def product(self, tensor: Any, rows: np.ndarray, columns: np.ndarray, more: str) -> Any:
        """``rows`` @ picture @ ``columns``.T of each picture (B, H, W, C), by matrices that stay.

        Args:
            tensor: (B, H, W, C).
            rows: (new H, H).
            columns: (new W, W).
            more: As above.
        """
        for equation, matrix, end in ((ROWS, rows, "rows"), (COLUMNS, columns, "columns")):
            _, height, width, channels = tensor.shape
            new = len(matrix)
            shape = (new, width, channels) if equation == ROWS else (height, new, channels)
            name = self._free_name(f"{more}-{end}".strip("-"))
            layer = keras.layers.EinsumDense(
                equation, shape, name=name, dtype=self.dtype, trainable=False
            )
            tensor = layer(tensor)
            layer.set_weights([matrix.T])
        return tensor

    def _free_name(self, more: str) -> str:
        """A name that neither a layer nor another module has."""
        first = name = "-".join(filter(None, (in_keras(self.place), more)))
        number = 1
        while name in self._taken or (name in self._modules and (more or number > 1)):
            number += 1
            name = f"{first}-{number}"
        self._taken.add(name)
        return name


def in_keras(path: str) -> str:
    """The name of a layer for the module at ``path``: Keras allows no dot."""
    return path.replace(".", "-")


def is_fixed(layer: Any) -> bool:
    """Whether ``layer`` multiplies by a matrix that is not among the weights of the network."""
    return isinstance(layer, keras.layers.EinsumDense) and layer.equation in (ROWS, COLUMNS)
