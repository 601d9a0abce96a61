"""How the lesson trains its detectors: the loop, and the three ways to use a backbone."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.optim.lr_scheduler import OneCycleLR

from course_utils.data.boxes.batches import boxed_batches
from course_utils.data.boxes.examples import BoxedPictures, Target
from course_utils.models.detection.detector import Detector


def train_detector(
    detector: Detector,
    pictures: BoxedPictures,
    groups: list[dict],
    num_steps: int,
    batch_size: int,
    seed: int,
    device: torch.device | str = "cpu",
    transform: Callable[[Tensor, Target], tuple[Tensor, Target]] | None = None,
) -> float:
    """Take ``num_steps`` steps; return the loss of the last one."""
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    rates = [group["lr"] for group in groups]
    schedule = OneCycleLR(optimizer, rates, total_steps=num_steps)
    for images, targets in boxed_batches(
        pictures, batch_size, num_steps, seed, device=device, transform=transform
    ):
        loss = sum(detector.losses(images, targets).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return loss.item()
