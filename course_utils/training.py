"""One pass of training, and checkpoints from which a killed run goes on bit for bit."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from course_utils.tensor_files import load_tensors, save_tensors


class NonFiniteLossError(ArithmeticError):
    """The loss became infinite or not a number; training further would only spread it."""


def train_one_epoch(
    model: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    optimizer: Optimizer,
    schedule: LRScheduler | None = None,
) -> float:
    """Pass once over ``loader``, one optimizer update per batch; return the mean loss in nats.

    Every example counts the same in the mean, also those of a short last batch; each loss is that
    of the weights just before their update.

    Args:
        model: In train mode (which parts of it are, the caller decides).
        loader: Batches of images (B, C, H, W) and labels (B,).
        optimizer: Holds the parameters that learn.
        schedule: Stepped once per update; None keeps the learning rate.

    Raises:
        ValueError: If the model is in eval mode, or there are no batches.
        NonFiniteLossError: If a loss is not finite; before the update that would use it.
    """
    if not model.training:
        raise ValueError("the model is in eval mode: call model.train() before train_one_epoch")
    loss_sum, num_examples = 0.0, 0
    for step, (images, labels) in enumerate(loader):
        logits = model(images)  # (B, K)
        loss = F.cross_entropy(logits, labels)  # nats, mean over the batch
        check_finite(loss, step, images, optimizer)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        loss_sum += loss.item() * len(labels)
        num_examples += len(labels)
    if num_examples == 0:
        raise ValueError("the loader gave no batches")
    return loss_sum / num_examples


def check_finite(loss: Tensor, step: int, images: Tensor, optimizer: Optimizer) -> None:
    """Stop with the likely cause if ``loss`` is infinite or not a number.

    Raises:
        NonFiniteLossError: With the step, the loss and the likely cause.
    """
    if math.isfinite(loss.item()):
        return
    weights = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    rates = ", ".join(f"{group['lr']:g}" for group in optimizer.param_groups)
    if not torch.isfinite(images).all():
        cause = "the images hold values that are not finite; look at the data"
    elif not all(torch.isfinite(weight).all() for weight in weights):
        cause = f"weights are no longer finite: the learning rate ({rates}) is too large"
    else:
        cause = f"logits overflowed: try a learning rate 10 times smaller than {rates}"
    raise NonFiniteLossError(f"loss is {loss.item()} at step {step} of this epoch: {cause}")


def save_checkpoint(
    path: Path,
    *,
    model: nn.Module,
    optimizer: Optimizer,
    schedule: LRScheduler | None = None,
    generator: torch.Generator | None = None,
    history: list[Any],
) -> None:
    """Write everything that the rest of a run depends on, whole or not at all.

    Args:
        path: The file; an older checkpoint there stays until the new one is complete.
        model: Its parameters and buffers are kept.
        optimizer: Its momenta are kept.
        schedule: Its place in the learning rates is kept.
        generator: The loader's, so that the next epoch has the order it would have had.
        history: One entry per finished epoch, of numbers, strings, lists and dictionaries.
    """
    content = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict() if schedule else None,
        "generator": generator.get_state() if generator else None,
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "history": history,
    }
    save_tensors(content, path)


def resume_from_checkpoint(
    path: Path,
    *,
    model: nn.Module,
    optimizer: Optimizer,
    schedule: LRScheduler | None = None,
    generator: torch.Generator | None = None,
) -> list[Any]:
    """Put a run back where ``save_checkpoint`` left it; return its history.

    An empty history means that there is no checkpoint yet: the run starts at the beginning.

    Raises:
        DamagedFileError: If the file cannot be read.
        RuntimeError: If it belongs to another model.
    """
    if not path.exists():
        return []
    content = load_tensors(path)
    model.load_state_dict(content["model"])
    optimizer.load_state_dict(content["optimizer"])
    if schedule is not None:
        schedule.load_state_dict(content["schedule"])
    if generator is not None:
        generator.set_state(content["generator"])
    torch.set_rng_state(content["torch"])
    if content["cuda"]:
        torch.cuda.set_rng_state_all(content["cuda"])
    return content["history"]
