"""Small residual networks: a backbone that turns pictures into features, and a head on top."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.session import Session

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


class Classifier(nn.Module):
    """A backbone and a head: pictures (B, C, H, W) to logits (B, K)."""

    def __init__(self, backbone: nn.Module, num_classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(backbone.num_features, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, one per class."""
        return self.head(self.backbone(images))


def resize(images: Tensor, size: int | None, mode: str = "bilinear") -> Tensor:
    """Pictures (B, C, H, W) scaled to ``size`` pixels a side, a whole batch at a time.

    Args:
        images: Float32, in any range.
        size: H and W of the result; None, or the size they have, leaves them.
        mode: ``"bilinear"`` or ``"bicubic"``.
    """
    if size is None or images.shape[-2:] == (size, size):
        return images
    # Smoothing changes nothing where pictures grow, and not every device can do it; but bicubic
    # with it is another formula, that of torchvision and Pillow.
    antialias = mode == "bicubic" or size < max(images.shape[-2:])
    return F.interpolate(images, (size, size), mode=mode, antialias=antialias)


def computing_in(precision: torch.dtype, device: torch.device) -> AbstractContextManager:
    """A ``with`` block whose convolutions and products are computed in ``precision``.

    Weights and sums stay float32, and so do the operations that need it (mixed precision).
    """
    if precision == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, precision)


def set_up(model: nn.Module, session: Session) -> nn.Module:
    """Move ``model`` to the session's device, ready to compute fast there; return it.

    Its filters are laid out channels last, the order in which convolutions are fastest. Backbones
    in it compute in the session's precision and return float32 all the same. Where the session asks
    for it, torch compiles them, which takes about a minute at the first batch.
    """
    for part in model.modules():
        if hasattr(part, "precision"):
            part.precision = session.precision
            if session.compiled:
                part.compile()
    return model.to(session.device, memory_format=torch.channels_last)


def replace_head(model: Classifier, num_classes: int) -> None:
    """Give ``model`` a new random head for ``num_classes`` classes; the backbone is untouched."""
    old = model.head
    like = {"device": old.weight.device, "dtype": old.weight.dtype}
    model.head = nn.Linear(old.in_features, num_classes, **like)


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


def parameter_groups(
    model: Classifier, *, head_lr: float, backbone_lr: float
) -> list[dict[str, list[nn.Parameter] | float]]:
    """Groups for a torch optimizer: the head at its rate, the pretrained backbone at a lower one.

    Frozen parameters are left out.
    """
    return [
        {"params": list(_trainable(model.head)), "lr": head_lr},
        {"params": list(_trainable(model.backbone)), "lr": backbone_lr},
    ]


def _trainable(module: nn.Module) -> Iterator[nn.Parameter]:
    return (parameter for parameter in module.parameters() if parameter.requires_grad)
