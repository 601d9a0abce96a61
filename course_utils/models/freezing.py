"""Freezing that holds, a fingerprint that proves it, and features computed once."""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.data.streamed import StreamedImages
from course_utils.files import DamagedFileError
from course_utils.models.inference import predict
from course_utils.tensor_files import keep_if_possible, load_tensors


def freeze(module: nn.Module) -> None:
    """Hold every parameter and every buffer of ``module``, whatever ``train()`` is called later.

    ``requires_grad_(False)`` alone holds the parameters; the running statistics of batch norm would
    go on moving at each forward pass in train mode. So the module and all its parts are put in eval
    mode, and a later ``model.train()`` passes them by.
    """
    module.requires_grad_(False)
    for part in module.modules():
        part.training = False
        part.train = partial(stay_in_eval_mode, part)


def unfreeze(module: nn.Module) -> None:
    """Undo ``freeze``: parameters learn again, and ``train()`` works as usual."""
    module.requires_grad_(True)
    for part in module.modules():
        part.__dict__.pop("train", None)


def stay_in_eval_mode(module: nn.Module, mode: bool = True) -> nn.Module:
    """What ``freeze`` puts in the place of ``train``: nothing happens."""
    return module


def fingerprint(module: nn.Module) -> str:
    """SHA-256 of all parameters and buffers, names and bytes, as 64 hexadecimal digits.

    Two equal fingerprints mean that not one bit of the module's state differs.
    """
    return fingerprint_of_state(module.state_dict())


def fingerprint_of_state(state: Mapping[str, Tensor]) -> str:
    """The same of parameters and buffers by name."""
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(_bytes(tensor))
    return digest.hexdigest()


def extract_features(
    backbone: nn.Module,
    images: Tensor | StreamedImages,
    *,
    batch_size: int = 512,
    cache_dir: Path | None = None,
) -> Tensor:
    """Features (N, D) of ``images`` (N, C, H, W), computed in eval mode and without gradients.

    Args:
        backbone: Any module from pictures to features; it is given back in the mode it was in.
        images: N pictures on any device, or streamed from files; batches are moved to the
            backbone's device.
        batch_size: Pictures per forward pass; changes speed and memory, not the features.
        cache_dir: Folder that keeps the features, filed under a checksum of backbone and pictures,
            so that a second call with the same two only reads; None keeps nothing.

    Returns:
        Features on the CPU.
    """
    if cache_dir is None:
        return predict(backbone, images, batch_size)
    file = cache_dir / f"features_{_cache_key(backbone, images)}.pt"
    try:
        return load_tensors(file)
    except (OSError, DamagedFileError):
        features = predict(backbone, images, batch_size)
        keep_if_possible(features, file)
        return features


def _cache_key(backbone: nn.Module, images: Tensor | StreamedImages) -> str:
    """32 hexadecimal digits, others for other layers, weights, pixels, or shapes of the same."""
    settings = [getattr(backbone, name, None) for name in ("input_size", "precision")]
    text = f"{backbone} {settings} {fingerprint(backbone)} {images.dtype} {tuple(images.shape)}"
    digest = hashlib.sha256(text.encode())
    digest.update(images.state() if isinstance(images, StreamedImages) else _bytes(images))
    return digest.hexdigest()[:32]


def _bytes(tensor: Tensor) -> np.ndarray:
    """The bytes of ``tensor`` where they are, not copied."""
    return tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy()
