"""What a rank can be asked: the tasks of one of several processes that train together."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from course_utils.lessons.scaling_up.clocks import seconds
from course_utils.lessons.scaling_up.joint import MakeOptimizer, Way, from_data, hold_norms
from course_utils.lessons.scaling_up.sharding import shard
from course_utils.models.inference import predict

Data = Mapping[str, Any]


def train_on_rank(
    model: nn.Module,
    make_optimizer: MakeOptimizer,
    images: Tensor,
    labels: Tensor,
    batch_size: int,
    rank: int,
    num_processes: int,
) -> None:
    """Pass once over the pictures, of each batch over the part of this rank.

    Args:
        model: Trained in place; all ranks begin with the weights of rank 0.
        make_optimizer: From parameters to an optimizer.
        images: (N, C, H, W), the same on every rank, N a multiple of ``batch_size``.
        labels: (N,).
        batch_size: Pictures of a step, of all ranks together; a multiple of ``num_processes``.
        rank: Number of this process, from 0.
        num_processes: How many there are.
    """
    shared = DistributedDataParallel(model)
    optimizer = make_optimizer(shared.parameters())
    part = batch_size // num_processes
    for start in range(rank * part, len(images), batch_size):
        mine = slice(start, start + part)
        loss = F.cross_entropy(shared(images[mine]), labels[mine])
        optimizer.zero_grad()
        loss.backward()  # on the way, gradients become their mean over all ranks
        optimizer.step()


def train(
    rank: int,
    num_processes: int,
    *,
    model: Data,
    way: Data,
    images: Tensor,
    labels: Tensor,
    batch_size: int,
    val_images: Tensor,
) -> dict[str, Tensor]:
    """Weights, buffers, and answers (N,) to ``val_images`` after a training, as this rank has them.

    Arguments are those of ``train_on_rank``; ``way`` holds the attributes of a ``Way``.
    """
    how = Way(**way)
    trained = how.begin(model)
    train_on_rank(
        trained, how.make_optimizer, how.images(images), labels, batch_size, rank, num_processes
    )
    answers = predict(trained, how.images(val_images)).argmax(dim=1)
    return {**trained.state_dict(), "answers": answers}


def gradient(
    rank: int,
    num_processes: int,
    *,
    model: Data,
    images: Tensor,
    labels: Tensor,
    sizes: list[int],
    weights: list[float],
) -> Tensor:
    """The gradient of one step in one row, where each rank has its own number of pictures.

    Args:
        rank: Number of this process.
        num_processes: How many there are.
        model: As ``as_data`` gives it; its batch norms are held.
        images: (B, C, H, W), of all ranks together.
        labels: (B,).
        sizes: Pictures of each rank.
        weights: What the mean loss of each rank is multiplied by.
    """
    shared = DistributedDataParallel(hold_norms(from_data(model)))
    mine, answers = images.split(sizes)[rank], labels.split(sizes)[rank]
    (weights[rank] * F.cross_entropy(shared(mine), answers)).backward()
    return torch.cat([weight.grad.flatten() for weight in shared.parameters()])


def draws(rank: int, num_processes: int, *, seed: int, count: int, by_rank: bool) -> Tensor:
    """Random numbers (count,) of this rank, such as an augmentation turns its pictures by.

    Args:
        rank: Number of this process.
        num_processes: How many there are.
        seed: The same on every rank.
        count: How many.
        by_rank: Whether the rank is added to the seed.
    """
    generator = torch.Generator().manual_seed(seed + rank if by_rank else seed)
    return torch.rand(count, generator=generator, dtype=torch.float64)


def synchronised(rank: int, num_processes: int) -> str:
    """What torch says if batch norm is to take its statistics from all ranks; empty if it does."""
    norm = nn.SyncBatchNorm.convert_sync_batchnorm(nn.BatchNorm2d(1))
    try:
        norm(torch.rand(2, 1, 2, 2))
    except ValueError as error:
        return str(error)
    return ""


TASKS: Mapping[str, Callable[..., Any]] = {
    "train": train,
    "shard": shard,
    "gradient": gradient,
    "draws": draws,
    "synchronised": synchronised,
    "seconds": seconds,
}
