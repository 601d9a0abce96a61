"""How the lesson trains its segmenters: the loop."""

import torch
from torch.optim.lr_scheduler import OneCycleLR

from course_utils.data.maps.batches import MapTransform, mapped_batches
from course_utils.data.maps.examples import MappedPictures
from course_utils.models.segmentation.segmenter import Segmenter


def train_segmenter(
    segmenter: Segmenter,
    pictures: MappedPictures,
    groups: list[dict],
    num_steps: int,
    batch_size: int,
    seed: int,
    device: torch.device | str = "cpu",
    transform: MapTransform | None = None,
) -> float:
    """Take ``num_steps`` steps; return the loss of the last one."""
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    rates = [group["lr"] for group in groups]
    schedule = OneCycleLR(optimizer, rates, total_steps=num_steps)
    for images, maps in mapped_batches(
        pictures, batch_size, num_steps, seed, device=device, transform=transform
    ):
        loss = sum(segmenter.losses(images, maps).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return loss.item()
