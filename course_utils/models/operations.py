"""The work of a network, counted: the same on every machine."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

COUNTED = 2  # pictures; of a single one batch norm may have only one number to take a mean of


@dataclass(frozen=True)
class Operations:
    """Additions and multiplications for one picture, counted one by one.

    Attributes:
        forward: Of a pass forwards.
        training: Of a pass forwards and the way back to every weight.
    """

    forward: int
    training: int


def count_operations(model: nn.Module, shape: Sequence[int]) -> Operations:
    """Operations for one picture, of convolutions and products of matrices: nearly all there are.

    The way back costs two products for each of the pass forwards: one for the gradient of the
    weights, one for that of the inputs. Pictures need no gradient, so training is a little less
    than three times the pass forwards.

    Args:
        model: In whatever mode, with whichever weights learning; all count as learning. It is left
            as it is. Nothing is computed: a copy on torch's meta device has shapes and no numbers.
        shape: (C, H, W) of a picture.

    Raises:
        ValueError: If ``shape`` is no three numbers from 1.
    """
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(f"shape must be (C, H, W), three numbers from 1, got {tuple(shape)}")
    forward, training = _count(model, (COUNTED, *shape))
    return Operations(forward // COUNTED, training // COUNTED)


def multiply_adds(module: nn.Module, images: Tensor) -> int:
    """Multiply-adds of one forward pass of ``images`` (B, ...), for each of them.

    A multiplication and the addition of its product count as one here: half of the operations.
    """
    return _count(module, (COUNTED, *images.shape[1:]))[0] // (2 * COUNTED)


def _count(model: nn.Module, batch_shape: Sequence[int]) -> tuple[int, int]:
    """Operations forwards, and forwards and back, of a batch."""
    from torch.utils.flop_counter import FlopCounterMode  # here: a third of a second to import

    imagined = copy.deepcopy(model).to("meta").train().requires_grad_(True)
    for part in imagined.modules():
        if type(part) is nn.BatchNorm2d:
            part.forward = partial(_scale, part.weight)
    with FlopCounterMode(display=False, custom_mapping=_corrected()) as counter:
        answers = imagined(torch.zeros(batch_shape, device="meta"))
        forward = counter.get_total_flops()
        answers.sum().backward()
    return forward, counter.get_total_flops()


def _scale(weight: Tensor | None, images: Tensor) -> Tensor:
    """In the place of batch norm, in which nothing counts, but which torch is slow to imagine.

    Shapes are the same, and so is what needs a gradient.
    """
    return images if weight is None else images * weight[:, None, None]


def _corrected() -> dict[Any, Callable[..., int]]:
    """Formulas in the place of the counter's own.

    For the weights of a convolution in groups, torch's counts the work as many times too often as
    there are groups: training MobileNetV2 would be 20 times its pass forwards.
    """
    from torch.utils.flop_counter import conv_flop_count

    def convolution_back(
        gradient: Sequence[int],
        images: Sequence[int],
        filters: Sequence[int],
        *settings: Any,
        **_: Any,
    ) -> int:
        *_rest, is_transposed, _padding, _groups, (to_images, to_filters, _to_bias) = settings
        once = conv_flop_count(images, filters, gradient, transposed=is_transposed)
        return once * (to_images + to_filters)

    return {torch.ops.aten.convolution_backward: convolution_back}
