"""A model in use, and what people do to it there without meaning to."""

import copy
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.shipping.in_terminal import commands_text, short_path

AT_A_TIME = 2  # pictures, where a model is left in train mode


def misuses(model: Classifier, examples: LabelledImages) -> dict[str, Tensor]:
    """Answers (N,) to the same pictures: as the model was trained, then with one thing wrong each.

    Args:
        model: It is left as it is.
        examples: Pictures in memory, uint8 or float32.
    """
    images = examples.images
    as_trained = predict(model, images).argmax(dim=1)
    smaller = copy.deepcopy(model)
    smaller.backbone.input_size = (smaller.backbone.input_size or images.shape[-1]) // 2
    answers = {
        "as it was trained": as_trained,
        "class names reversed": examples.num_classes - 1 - as_trained,
        "half the pixels a side": predict(smaller, images).argmax(dim=1),
        "a negative": predict(model, _negative(images)).argmax(dim=1),
        f"train mode, {AT_A_TIME} at a time": _in_train_mode(model, images).argmax(dim=1),
    }
    if images.shape[1] == 3 and not torch.equal(images[:, 0], images[:, 2]):
        answers["blue and red swapped"] = predict(model, images.flip(1)).argmax(dim=1)
    return answers


def _negative(images: Tensor) -> Tensor:
    """Black for white: how scans and other libraries may hand a picture over."""
    return (255 if images.dtype == torch.uint8 else 1) - images


@torch.inference_mode()
def _in_train_mode(model: nn.Module, images: Tensor) -> Tensor:
    """Logits (N, K) of a copy in train mode, whose batch norm follows each few pictures."""
    moving = copy.deepcopy(model).train()
    device = next(moving.parameters()).device
    batches = list(images.split(AT_A_TIME))
    if len(batches[-1]) == 1:  # batch norm in train mode cannot take one
        batches[-2:] = [torch.cat(batches[-2:])]
    scale = 255 if images.dtype == torch.uint8 else 1
    return torch.cat([moving(batch.to(device).float() / scale).cpu() for batch in batches])


def command_text(folder: Path, *, is_kept: bool, files: Sequence[Path]) -> str:
    """How to ask the saved model in a terminal, in the workbook's folder, about some ``files``.

    Args:
        folder: Of the model.
        is_kept: Whether it stays when the run is over.
        files: Pictures; with none, the command has a place to fill in.
    """
    pictures = " ".join(f'"{short_path(file)}"' for file in files) or "PICTURES..."
    return commands_text(folder, [f"{pictures} --out predictions.csv"], is_kept=is_kept)
