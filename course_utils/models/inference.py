"""What a model answers, in eval mode and without gradients."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from course_utils.data.batches import read_batches
from course_utils.data.streamed import StreamedImages


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


def predict(model: nn.Module, images: Tensor | StreamedImages, batch_size: int = 1024) -> Tensor:
    """Logits (N, K) of ``images`` in eval mode, on the CPU and without gradients.

    Args:
        model: Turns images (B, ...) into logits (B, K), or a backbone into features (B, D).
        images: (N, ...), on any device; each batch is moved to the model's device.
        batch_size: Images at a time; changes the memory needed, not the answer.

    Raises:
        ValueError: If there are no images or ``batch_size`` is below 1.
    """
    if len(images) == 0:
        raise ValueError("there are no images to predict: is the split empty?")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    weights = next(model.parameters(), None)  # some models have none
    device = torch.device("cpu") if weights is None else weights.device
    batches = torch.arange(len(images)).split(batch_size)
    with eval_mode(model), torch.inference_mode():
        outputs = [model(batch) for batch in read_batches(images, batches, device)]
    # Joined outside inference mode, they become ordinary tensors, which a head can learn from.
    return torch.cat(outputs).cpu()
