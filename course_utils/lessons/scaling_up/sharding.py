"""Weights shared out among several processes, each of which holds a part of them."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from course_utils.lessons.scaling_up.joint import Way
from course_utils.training import train_one_epoch

Data = Mapping[str, Any]


def shard(
    rank: int,
    num_processes: int,
    *,
    model: Data,
    way: Data,
    images: Tensor,
    labels: Tensor,
    batch_size: int,
) -> dict[str, Any]:
    """The training of ``train`` where each rank holds only its share of the weights.

    Returns:
        All weights and buffers, gathered from all ranks, and ``held``, the number of weights that
        this rank held; or ``refused``, what torch says where it cannot do so there.
    """
    how = Way(**way)
    trained, part = how.begin(model), batch_size // num_processes
    parts = (how.images(images).split(part), labels.split(part))
    mine = [each[rank::num_processes] for each in parts]
    try:
        fully_shard(trained, mesh=init_device_mesh(images.device.type, (num_processes,)))
        optimizer = how.make_optimizer(trained.parameters())
        train_one_epoch(trained, zip(*mine, strict=True), optimizer)
        held = sum(weight.to_local().numel() for weight in trained.parameters())
        gathered = {
            name: value.full_tensor() if isinstance(value, DTensor) else value
            for name, value in trained.state_dict().items()
        }
    except RuntimeError as error:  # versions of torch differ in what gloo can do
        return {"refused": str(error).splitlines()[0]}
    return {**gathered, "held": held}
