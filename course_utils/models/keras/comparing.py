"""How far a torch network and a Keras model are apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.models.inference import predict
from course_utils.models.keras.axes import channels_last
from course_utils.models.keras.library import keras

# Of the largest logit: the last digits of sums that are taken in another order, after many layers.
# For weights of 64 bits, too: on torch, Keras' batch norm computes in 32 all the same.
MOST_APART = 1e-4
NUM_TRIED = 2  # random pictures


def keras_answers(model: Any, images: Tensor) -> np.ndarray:
    """What a Keras model answers to pictures (B, C, H, W), as exactly as its float type allows."""
    pictures = channels_last(images)
    # On GPUs no shorter numbers; and predict would take those of 64 bits for such of 32.
    with torch.no_grad(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        return keras.ops.convert_to_numpy(model(pictures, training=False))


def refuse_apart(network: nn.Module, model: Any, image_shape: tuple[int, int, int]) -> None:
    """Raise ValueError unless both answer random pictures alike.

    Args:
        network: Pictures (B, C, H, W) from 0 to 1 to logits (B, K).
        model: Pictures (B, H, W, C) to the same.
        image_shape: (C, H, W).
    """
    apart = relative_difference(network, model, image_shape)
    if not apart <= MOST_APART:
        raise ValueError(
            f"the Keras model answers random pictures otherwise than the torch network: logits "
            f"are {apart:.2g} of the largest apart, more than {MOST_APART:g}, so it was not kept"
        )


def relative_difference(
    network: nn.Module, model: Any, image_shape: tuple[int, int, int], seed: int = 0
) -> float:
    """Largest difference of logits to random pictures, as a share of the largest logit.

    Args:
        network: As above, like the next two.
        model: As above.
        image_shape: As above.
        seed: Of the pictures.
    """
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(NUM_TRIED, *image_shape, dtype=float_type(network), generator=generator)
    with in_full(network):
        ours = predict(network, images).numpy()
    theirs = keras_answers(model, images)
    if ours.shape != theirs.shape:
        raise ValueError(f"logits are {theirs.shape} in Keras and {ours.shape} in torch")
    return float(np.abs(ours - theirs).max() / np.abs(ours).max())


def float_type(network: nn.Module) -> torch.dtype:
    """That of the weights, float32 or float64.

    Raises:
        ValueError: If it is another.
    """
    found = next((p.dtype for p in network.parameters()), torch.float32)
    if found not in (torch.float32, torch.float64):
        raise ValueError(f"the network must have float32 or float64 weights, got {found}")
    return found


def dtype_of(network: nn.Module) -> str:
    """``float_type`` as Keras calls it."""
    return str(float_type(network)).removeprefix("torch.")


@contextmanager
def in_full(network: nn.Module) -> Iterator[None]:
    """A block in which backbones compute as exactly as their weights are, and GPUs as well."""
    parts = [part for part in network.modules() if hasattr(part, "precision")]
    before = [part.precision for part in parts]
    try:
        for part in parts:
            part.precision = torch.float32  # of autocast: none
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            yield
    finally:
        for part, precision in zip(parts, before, strict=True):
            part.precision = precision
