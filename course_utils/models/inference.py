"""What a model answers, in eval mode and without gradients."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from course_utils.data.batches import fitting_batch, read_batches
from course_utils.data.streamed import StreamedImages
from course_utils.session.memory import check_memory


@contextmanager
def eval_mode(model: nn.Module) -> Iterator[None]:
    """Keep ``model`` in eval mode for a ``with`` block, then put every part back as it was.

    A plain ``model.train()`` afterwards would also wake parts that were frozen in eval mode.
    """
    modes = {part: part.training for part in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for part, mode in modes.items():
            part.training = mode


@contextmanager
def train_mode(model: nn.Module) -> Iterator[None]:
    """The same with train mode, of which torchvision's networks make what they give depend."""
    with eval_mode(model):  # puts every part back
        model.train()
        yield


def predict(model: nn.Module, images: Tensor | StreamedImages, batch_size: int = 1024) -> Tensor:
    """Logits (N, K) of ``images`` in eval mode, on the CPU and without gradients.

    Args:
        model: Turns images (B, ...) into logits (B, K), or a backbone into features (B, D).
        images: (N, ...), on any device; each batch is moved to the model's device.
        batch_size: Images at a time, fewer where a CPU computes on large ones; changes the memory
            needed, not the answer.

    Raises:
        ValueError: If there are no images or ``batch_size`` is below 1.
        MemoryError: If the answers do not fit; after the first batch.
    """
    if len(images) == 0:
        raise ValueError("there are no images to predict: is the split empty?")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    weights = next(model.parameters(), None)  # some models have none
    device = torch.device("cpu") if weights is None else weights.device
    if device.type == "cpu":
        batch_size = fitting_batch(_computed_shape(model, images), batch_size)
    batches = torch.arange(len(images)).split(batch_size)
    answers = None
    with eval_mode(model), torch.inference_mode():
        for indices, batch in zip(batches, read_batches(images, batches, device), strict=True):
            some = model(batch)
            if answers is None:
                answers = _room_for(some, len(images))
            answers[indices[0] : indices[-1] + 1] = some
    return answers.cpu()


def _computed_shape(model: nn.Module, images: Tensor | StreamedImages) -> Sequence[int]:
    """The shape of ``images`` in the size to which a backbone in ``model`` enlarges them."""
    sizes = [getattr(part, "input_size", None) or 0 for part in model.modules()]
    if images.ndim != 4 or max(sizes) <= images.shape[-1]:
        return images.shape
    return (*images.shape[:2], max(sizes), max(sizes))


def _room_for(answers: Tensor, num_images: int) -> Tensor:
    """An empty tensor for the answers to all images, from those to some of them."""
    shape = (num_images, *answers.shape[1:])
    check_memory(
        math.prod(shape) * answers.element_size(),
        f"what a model answers to {num_images:,} pictures",
        "lower image_size, or take a data set of fewer pictures",
    )
    with torch.inference_mode(False):  # an ordinary tensor, from which a head can learn
        return answers.new_empty(shape)
