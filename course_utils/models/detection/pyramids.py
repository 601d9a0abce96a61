"""What torchvision's detectors are built of: a ResNet with a pyramid of features, and heads."""

from torch import nn

from course_utils.models.detection.detector import MOST_DETECTIONS
from course_utils.models.resnets import norm_layer, resnet_of
from course_utils.models.torchvision_backbones import TorchvisionBackbone

PARTS_OF_SIDE = (32, 16, 8, 4, 2)  # anchors are the picture's longer side divided by these
RATIOS = (0.5, 1.0, 2.0)  # height to width of anchors


def check_pyramid(name_or_path: str) -> None:
    """Refuse a backbone that a ``TorchvisionDetector`` cannot be built on, before any work.

    Args:
        name_or_path: As ``load_backbone`` takes it.

    Raises:
        ValueError: If it is no ResNet of torchvision.
        FileNotFoundError: If there is no such backbone.
    """
    if resnet_of(name_or_path) is None:
        raise no_pyramid(name_or_path)


def no_pyramid(name: str) -> ValueError:
    """The error for a backbone that is no ResNet."""
    return ValueError(
        f"torchvision's detectors need a ResNet, whose layers make a pyramid of features, got "
        f'{name!r}; take "resnet18", "resnet34" or "resnet50"'
    )


def build_pyramid(
    backbone: TorchvisionBackbone, kind: str, pretrained: bool, trainable_layers: int
) -> nn.Module:
    """The layers of ``backbone``, with a pyramid on top of those that ``kind`` looks at."""
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
    from torchvision.ops.feature_pyramid_network import LastLevelP6P7

    deeper = {"returned_layers": [2, 3, 4], "extra_blocks": LastLevelP6P7(256, 256)}
    pyramid = resnet_fpn_backbone(
        backbone_name=backbone.name.partition(":")[0],
        weights=None,
        norm_layer=norm_layer(pretrained),
        trainable_layers=trainable_layers if pretrained else 5,
        **(deeper if kind == "fcos" else {}),
    )
    if pretrained:
        pyramid.body.load_state_dict(backbone.body.state_dict())
    return pyramid


def build_fcos(pyramid: nn.Module, num_classes: int, look: dict) -> tuple[int, nn.Module]:
    """The label of the first class there, and the detector; each class has a sigmoid of its own."""
    from torchvision.models.detection import FCOS

    return 0, FCOS(pyramid, num_classes, detections_per_img=MOST_DETECTIONS, **look)


def build_faster_rcnn(pyramid: nn.Module, num_classes: int, look: dict) -> tuple[int, nn.Module]:
    """The same; here label 0 is the background, one class more of the softmax.

    torchvision's own anchors, from 32 to 512 pixels, are for pictures of about a thousand.
    """
    from torchvision.models.detection import FasterRCNN
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    sizes = tuple((look["max_size"] / part,) for part in PARTS_OF_SIDE)
    return 1, FasterRCNN(
        pyramid,
        num_classes + 1,
        rpn_anchor_generator=AnchorGenerator(sizes, (RATIOS,) * len(sizes)),
        box_detections_per_img=MOST_DETECTIONS,
        **look,
    )
