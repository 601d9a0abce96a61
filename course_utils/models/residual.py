"""Small residual networks: backbones that turn pictures into features."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.computing import computing_in, resize

WIDTH = 16  # channels of the first block; 126 thousand weights


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions whose result is added to their input: (B, C, H, W) to the same.

    Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (2016), figure 2.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            *convolution(channels, channels),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Images plus what the convolutions make of them."""
        return F.relu(images + self.convolutions(images))


def convolution(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """3x3 convolution, batch norm, ReLU; ``stride`` 2 halves height and width."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


class Backbone(nn.Sequential):
    """Pictures (B, C, H, W) of any size to features (B, D) with D = 4 * width.

    Args:
        in_channels: C; 1 for grey pictures, 3 for colour.
        width: Channels of the first residual block; the next two have twice and four times as many.
        input_size: Pixels a side that pictures are resized to first; None takes them as they are.
    """

    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(
        self, in_channels: int = 1, width: int = WIDTH, input_size: int | None = None
    ) -> None:
        super().__init__(
            convolution(in_channels, width),
            ResidualBlock(width),
            convolution(width, 2 * width, stride=2),
            ResidualBlock(2 * width),
            convolution(2 * width, 4 * width, stride=2),
            ResidualBlock(4 * width),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.in_channels = in_channels
        self.width = width
        self.input_size = input_size
        self.num_features = 4 * width

    def forward(self, images: Tensor) -> Tensor:
        """Features (B, D) of pictures (B, C, H, W)."""
        with computing_in(self.precision, images.device):
            return super().forward(resize(images, self.input_size)).to(images.dtype)

    def untrained(self) -> "Backbone":
        """A backbone like this one with fresh random weights."""
        return Backbone(self.in_channels, self.width, self.input_size)
