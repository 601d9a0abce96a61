"""torchvision's own segmenters on a ResNet of the workbook: LR-ASPP, FCN and DeepLabV3.

Source: Howard and others, "Searching for MobileNetV3" (2019), for LR-ASPP; Long, Shelhamer,
    Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015); Chen, Papandreou,
    Schroff, Adam, "Rethinking Atrous Convolution for Semantic Image Segmentation" (2017).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.asking import ask_by_size, with_channels
from course_utils.models.computing import computing_in
from course_utils.models.inference import eval_mode, train_mode
from course_utils.models.resnets import is_resnet_name
from course_utils.models.segmentation.answering import surest_class
from course_utils.models.segmentation.building import build_segmenter, check_resnet
from course_utils.models.segmentation.losses import PixelLoss, check_maps
from course_utils.models.segmentation.segmenter import ClassMap
from course_utils.models.torchvision_backbones import TorchvisionBackbone

LEAST_SIZE = 32  # pixels, at which the deepest map of a ResNet has one cell


class TorchvisionSegmenter(nn.Module):
    """A segmenter of torchvision on a ResNet.

    Whether it is in train or eval mode makes no difference to it.

    Pretrained, its batch norm keeps the statistics and the scale it has, and the first layers do
    not learn. From random weights it has group norm, and all layers learn. Heads have group norm in
    both cases. No statistics move, so each picture goes through it as if it were alone: none needs
    a border, and its map does not depend on the others.

    Args:
        backbone: A ResNet of torchvision. It stays as it is.
        num_classes: K; background is none of them.
        kind: ``"lraspp"``, ``"fcn"`` or ``"deeplabv3"``. The last two take a ResNet from resnet50
            on, and draw from torch's global generator while they learn (dropout).
        image_size: Pixels of the longer side that each picture is scaled to; maps are given at the
            picture's own size, and those to learn from are scaled by the nearest pixel.
        pretrained: Whether to take the backbone's weights; otherwise they are drawn anew.
        trainable_layers: How many of the ResNet's five layers learn, from the last one on, if it is
            pretrained.
        terms: Of ``PixelLoss``.
        class_weights: Of ``PixelLoss``.

    Raises:
        ValueError: If an argument does not fit, such as a backbone that is no ResNet.
    """

    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(
        self,
        backbone: TorchvisionBackbone,
        num_classes: int,
        kind: str = "lraspp",
        image_size: int = 256,
        *,
        pretrained: bool = True,
        trainable_layers: int = 3,
        terms: Sequence[str] = ("cross_entropy",),
        class_weights: Tensor | None = None,
    ) -> None:
        super().__init__()
        _check(backbone, num_classes, kind, image_size)
        self.name, self.num_classes, self.kind = backbone.name, num_classes, kind
        self.image_size, self.pretrained = image_size, pretrained
        self.loss = PixelLoss(num_classes, terms, class_weights)
        self.model = build_segmenter(backbone, 1 + num_classes, kind, pretrained, trainable_layers)
        for key in ("mean", "std"):  # not part of the state: nothing that could be learned
            self.register_buffer(key, getattr(backbone, key).clone(), persistent=False)

    def losses(
        self, images: Tensor | Sequence[Tensor], maps: Tensor | Sequence[ClassMap]
    ) -> dict[str, Tensor]:
        """The terms of ``PixelLoss``, one number each, at the size that pictures are scaled to.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1, C 1 or 3.
            maps: B of (H, W), whole numbers: 0 for background, 1 + label for a class, 255 where
                nothing is learned.
        """
        check_maps(images, maps)
        with train_mode(self.model):
            logits = self.logits(images)
        scaled = [
            scaled_map(true, of_pixels.shape[-2:])
            for true, of_pixels in zip(maps, logits, strict=True)
        ]
        return self.loss(logits, scaled)

    def logits(self, images: Tensor | Sequence[Tensor]) -> list[Tensor]:
        """Logits (1 + K, h, w) of B pictures, as of ``segment``, in the size they are scaled to.

        Some kinds drop features at random in train mode.
        """
        return ask_by_size(self._shown(images), self)

    @torch.no_grad()
    def segment(self, images: Tensor | Sequence[Tensor]) -> list[ClassMap]:
        """The surest class of every pixel: B maps (H, W), uint8, each of its picture's size.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1, C 1 or 3.
        """
        with eval_mode(self.model):
            return ask_by_size(
                self._shown(images), lambda batch: surest_class(self(batch), batch.shape[-2:])
            )

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, 1 + K, h, w) of pictures (B, 3, H, W), at the size they are scaled to."""
        normalised = (scaled_to(images, self.image_size) - self.mean) / self.std
        with computing_in(self.precision, images.device):
            return self.model(normalised)["out"].float()

    def _shown(self, images: Tensor | Sequence[Tensor]) -> list[Tensor]:
        return [with_channels(image, 3) for image in images]


def scaled_to(images: Tensor, longer_side: int) -> Tensor:
    """Pictures (B, C, H, W) with a longer side of so many pixels, smoothed where they shrink."""
    height, width = images.shape[-2:]
    scale = longer_side / max(height, width)
    if scale == 1:
        return images
    size = max(1, round(scale * height)), max(1, round(scale * width))
    return F.interpolate(images, size, mode="bilinear", antialias=scale < 1)


def scaled_map(classes: ClassMap, size: Sequence[int]) -> ClassMap:
    """A map (H, W) brought to another size with the numbers that are in it, and no others."""
    numbers = classes[None, None].float()  # torch scales no whole numbers; these stay what they are
    return F.interpolate(numbers, tuple(size), mode="nearest-exact")[0, 0].long()


def _check(backbone: nn.Module, num_classes: int, kind: str, image_size: int) -> None:
    name = getattr(backbone, "name", type(backbone).__name__)
    is_resnet = isinstance(backbone, TorchvisionBackbone) and is_resnet_name(name)
    check_resnet(name if is_resnet else None, kind, name)
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    if image_size < LEAST_SIZE:
        raise ValueError(f"image_size must be at least {LEAST_SIZE} pixels, got {image_size}")
