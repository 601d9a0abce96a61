"""Weights and outputs of the torch classifier, under the names and with the axes of Keras."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.data.batches import in_memory
from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split
from course_utils.lessons.keras_and_tensorflow.network import set_weights
from course_utils.lessons.keras_and_tensorflow.task import Task
from course_utils.models.classifier import Classifier
from course_utils.models.keras.axes import channels_last
from course_utils.models.keras.making import in_keras
from course_utils.models.keras.weights import NAMES, to_keras_order

LAYERS = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)  # of the network, those that have weights
MOST_STEPS = 1024  # pictures


def weights_of(module: nn.Module) -> list[np.ndarray]:
    """The weights of a torch layer in the order and with the axes that Keras wants.

    Raises:
        ValueError: If it is of a kind that has no counterpart here.
    """
    if not isinstance(module, LAYERS):
        raise ValueError(f"no Keras layer is known for a {type(module).__name__}")
    tensors = (getattr(module, name, None) for name in NAMES)
    return [to_keras_order(module, tensor) for tensor in tensors if tensor is not None]


def layer_weights(model: Classifier) -> dict[str, list[np.ndarray]]:
    """The weights of each layer that has some, by its name in Keras."""
    return {
        in_keras(path): weights_of(part)
        for path, part in model.named_modules()
        if isinstance(part, LAYERS)
    }


def carry(model: Classifier, into: Any) -> None:
    """Copy the weights and statistics of a torch model into the Keras model of the same layers."""
    set_weights(into, layer_weights(model))


def make_task(model: Classifier, split: Split, few: Sequence[LabelledImages]) -> Task:
    """The task of a torch model, its split, and the few training examples of each repeat.

    Its single steps take no more than the first ``MOST_STEPS`` training pictures.
    """
    first = split.train[torch.arange(min(MOST_STEPS, len(split.train)))]
    return Task(
        layer_weights(model),
        channels_last(in_memory(first).images),
        first.labels.numpy(),
        channels_last(in_memory(split.val).images),
        split.val.labels.numpy(),
        np.stack([channels_last(in_memory(each).images) for each in few]),
        np.stack([each.labels.numpy() for each in few]),
    )


@torch.no_grad()
def torch_outputs(model: Classifier, images: Tensor) -> dict[str, np.ndarray]:
    """What each layer of ``model`` makes of pictures (B, C, H, W), in the order of computing.

    Returns:
        By its name in Keras, (B, H, W, C) where a picture comes out, else (B, D).
    """
    outputs: dict[str, np.ndarray] = {}

    def keep(name: str) -> Any:
        def hook(module: nn.Module, inputs: tuple, output: Tensor) -> None:
            outputs[name] = channels_last(output) if output.ndim == 4 else output.numpy()

        return hook

    parts = model.named_modules()
    hooks = [part.register_forward_hook(keep(in_keras(path))) for path, part in parts]
    try:
        model(images)
    finally:
        for hook in hooks:
            hook.remove()
    return outputs
