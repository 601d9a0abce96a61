"""The work of a network, counted in multiply-adds: the same on every machine."""

from torch import Tensor, nn

from course_utils.models.inference import predict


def multiply_adds(module: nn.Module, images: Tensor) -> int:
    """Multiply-adds of one forward pass of ``images`` (B, ...), for each of them.

    Of convolutions and products of matrices, which are nearly all there are.
    """
    from torch.utils.flop_counter import FlopCounterMode  # here: a third of a second to import

    with FlopCounterMode(display=False) as counter:
        predict(module, images)
    return counter.get_total_flops() // (2 * len(images))
