"""How a backbone computes: at which size of picture, in which precision, where."""

from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.session.start import Session


def resize(images: Tensor, size: int | None, mode: str = "bilinear") -> Tensor:
    """Pictures (B, C, H, W) scaled to ``size`` pixels a side, a whole batch at a time.

    Args:
        images: Float32, in any range.
        size: H and W of the result; None, or the size they have, leaves them.
        mode: ``"bilinear"`` or ``"bicubic"``.
    """
    if size is None or images.shape[-2:] == (size, size):
        return images
    # Smoothing changes nothing where pictures grow, and not every device can do it; but bicubic
    # with it is another formula, that of torchvision and Pillow.
    antialias = mode == "bicubic" or size < max(images.shape[-2:])
    return F.interpolate(images, (size, size), mode=mode, antialias=antialias)


def matrix_of(old: int, new: int, mode: str, dtype: torch.dtype = torch.float32) -> Tensor:
    """M (new, old), so that M @ picture @ M.T is what ``resize`` makes of a picture (old, old).

    As a product it can be written for libraries that mean something else by smoothing.
    """
    lines = torch.eye(old, dtype=dtype).view(old, 1, old, 1)  # a picture, one pixel wide, each row
    return resize(lines, new, mode)[:, 0, :, 0].T.contiguous()


def computing_in(precision: torch.dtype, device: torch.device) -> AbstractContextManager:
    """A ``with`` block whose convolutions and products are computed in ``precision``.

    Weights and sums stay float32, and so do the operations that need it (mixed precision). Where
    nothing is computed, on torch's meta device, there is no precision either.
    """
    if precision == torch.float32 or device.type == "meta":
        return nullcontext()
    return torch.autocast(device.type, precision)


def set_up(model: nn.Module, session: Session) -> nn.Module:
    """Move ``model`` to the session's device, ready to compute fast there; return it.

    Its filters are laid out channels last, the order in which convolutions are fastest. Backbones
    in it compute in the session's precision and return float32 all the same. Where the session asks
    for it, torch compiles them, which takes about a minute at the first batch.
    """
    for part in model.modules():
        if hasattr(part, "precision"):
            part.precision = session.precision
            if session.compiled:
                part.compile()
    return model.to(session.device, memory_format=torch.channels_last)
