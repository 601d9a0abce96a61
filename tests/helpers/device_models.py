"""A model that is on another device, for machines that have none."""

import torch
from torch import Tensor, nn


class OnAnotherDevice(nn.Module):
    """A model on torch's device without memory, which tells where its images were."""

    def __init__(self, num_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, device="meta"))
        self.num_outputs = num_outputs
        self.seen: list[str] = []

    def forward(self, images: Tensor) -> Tensor:
        """Zeros, on the CPU."""
        self.seen.append(images.device.type)
        return torch.zeros(len(images), self.num_outputs)
