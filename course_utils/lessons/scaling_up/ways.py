"""Other ways to compute the same step: blocks computed twice, another layout, fewer digits."""

import copy
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_utils.models.computing import computing_in
from course_utils.models.training_memory import Kept


def checkpointed(model: nn.Module) -> nn.Module:
    """A copy of a classifier that keeps only what goes into each block of its backbone.

    What a block computes inside is computed once more on the way back.
    """
    twin = copy.deepcopy(model)
    for block in blocks_of(twin.backbone):
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
    return twin


def blocks_of(backbone: nn.Module) -> list[nn.Module]:
    """The parts of a backbone that follow one another, each with layers within.

    Those of the workbook's own network are its children; in networks of torchvision they stand in
    sequences, such as the four of a ResNet.
    """
    parts = list(getattr(backbone, "body", backbone).children())
    if not isinstance(backbone, nn.Sequential):
        parts = [each for part in parts if isinstance(part, nn.Sequential) for each in part]
    return [part for part in parts if any(part.children())]


def kept_bytes(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Bytes that are kept between the way forwards and the way back, weights apart.

    Args:
        model: On a CPU, as it is or ``checkpointed``; its statistics may change.
        images: (B, C, H, W).
        labels: (B,).
    """
    kept = Kept(model)

    def note_input(_block: nn.Module, inputs: tuple[Tensor]) -> None:
        kept.note(inputs[0])

    # What goes into a checkpointed block is held by the block, where the hooks of autograd that
    # note the rest do not see it.
    watched = [block.register_forward_pre_hook(note_input) for block in blocks_of(model.backbone)]
    with torch.autograd.graph.saved_tensors_hooks(kept.note, lambda tensor: tensor):
        F.cross_entropy(model(images), labels)
    for hook in watched:
        hook.remove()
    return kept.num_bytes


def steps_to_time(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    device: torch.device,
    *,
    compiled: bool = False,
) -> dict[str, Callable[[], object]]:
    """The way forwards and back in several ways, each with a copy of ``model``.

    Args:
        model: A classifier, on the CPU.
        images: (B, C, H, W), on the CPU, at the size to be timed.
        labels: (B,).
        device: Where to compute.
        compiled: Whether to add the compiled network, in both layouts.
    """
    last = torch.channels_last

    def step(
        twin: nn.Module,
        layout: torch.memory_format = torch.contiguous_format,
        precision: torch.dtype = torch.float32,
        num_parts: int = 1,
    ) -> Callable[[], object]:
        twin = twin.train().to(device, memory_format=layout)
        batch, answers = images.to(device, memory_format=layout), labels.to(device)

        def work() -> None:
            twin.zero_grad()
            for part, right in zip(batch.chunk(num_parts), answers.chunk(num_parts), strict=True):
                with computing_in(precision, device):
                    loss = F.cross_entropy(twin(part), right)
                (len(part) / len(batch) * loss).backward()

        return work

    found = {
        "as it is": step(copy.deepcopy(model)),
        "channels last": step(copy.deepcopy(model), last),
        "bfloat16": step(copy.deepcopy(model), precision=torch.bfloat16),
        "channels last, bfloat16": step(copy.deepcopy(model), last, torch.bfloat16),
        "checkpointed": step(checkpointed(model)),
        "in four parts": step(copy.deepcopy(model), num_parts=4),
    }
    if compiled:
        found["compiled"] = step(_compiled(model))
        found["compiled, channels last"] = step(_compiled(model), last)
    return found


def _compiled(model: nn.Module) -> nn.Module:
    twin = copy.deepcopy(model)
    twin.compile()
    return twin
