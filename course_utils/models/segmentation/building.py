"""What torchvision's segmenters are built of: a ResNet whose layers are looked at, and heads."""

from torch import nn

from course_utils.models.resnets import GROUPS, norm_layer, resnet_of
from course_utils.models.torchvision_backbones import TorchvisionBackbone

KINDS = ("lraspp", "fcn", "deeplabv3")
DILATED = ("fcn", "deeplabv3")  # their last layers look further apart instead of getting smaller
UNDILATED = ("resnet18", "resnet34")  # torchvision dilates no network of such blocks
LAYERS = ("layer4", "layer3", "layer2", "layer1", "conv1")  # of a ResNet, the last one first


def check_segmenter(name_or_path: str, kind: str) -> None:
    """Refuse a backbone that a ``TorchvisionSegmenter`` cannot be built on, before any work.

    Args:
        name_or_path: As ``load_backbone`` takes it.
        kind: ``"lraspp"``, ``"fcn"`` or ``"deeplabv3"``.

    Raises:
        ValueError: If it is no ResNet of torchvision, or none that ``kind`` can be built on.
        FileNotFoundError: If there is no such backbone.
    """
    check_resnet(resnet_of(name_or_path), kind, name_or_path)


def check_resnet(name: str | None, kind: str, asked: str) -> None:
    """The same once it is known which ResNet was ``asked`` for; None for another network."""
    if kind not in KINDS:
        raise ValueError(f"kind must be {', '.join(map(repr, KINDS))}, got {kind!r}")
    if name is None:
        raise ValueError(
            f"torchvision's segmenters need a ResNet, whose layers give maps of features, got "
            f'{asked!r}; take "resnet18", "resnet34" or "resnet50"'
        )
    if kind in DILATED and name.partition(":")[0] in UNDILATED:
        raise ValueError(
            f"{kind} needs a ResNet whose last layers can be dilated, and torchvision does not "
            f'dilate {name.partition(":")[0]}; take "resnet50", or kind = "lraspp"'
        )


def build_segmenter(
    backbone: TorchvisionBackbone,
    num_outputs: int,
    kind: str,
    pretrained: bool,
    trainable_layers: int,
) -> nn.Module:
    """A network of torchvision from normalised pictures to ``{"out": logits}``.

    Heads have group norm where torchvision has batch norm: a few pictures at a time are too few for
    statistics, and DeepLabV3 asks for those of one cell a picture.
    """
    from torchvision.models.segmentation import FCN, LRASPP, DeepLabV3
    from torchvision.models.segmentation.deeplabv3 import DeepLabHead
    from torchvision.models.segmentation.fcn import FCNHead

    looked_at = {"layer2": "low", "layer4": "high"} if kind == "lraspp" else {"layer4": "out"}
    layers, (low, high) = _build_layers(backbone, kind, pretrained, trainable_layers, looked_at)
    if kind == "lraspp":
        model = LRASPP(layers, low, high, num_outputs)
    elif kind == "fcn":
        model = FCN(layers, FCNHead(high, num_outputs))
    else:
        model = DeepLabV3(layers, DeepLabHead(high, num_outputs))
    _put_group_norm(model.classifier)
    return model


def _build_layers(
    backbone: TorchvisionBackbone,
    kind: str,
    pretrained: bool,
    trainable_layers: int,
    looked_at: dict[str, str],
) -> tuple[nn.Module, tuple[int, int]]:
    """A ResNet's layers, and the numbers of features after the second and the fourth."""
    from torchvision.models import get_model
    from torchvision.models._utils import IntermediateLayerGetter

    body = get_model(
        backbone.name.partition(":")[0],
        weights=None,
        norm_layer=norm_layer(pretrained),
        replace_stride_with_dilation=(False, kind in DILATED, kind in DILATED),
    )
    high = body.fc.in_features
    layers = IntermediateLayerGetter(body, looked_at)
    if pretrained:
        layers.load_state_dict(backbone.body.state_dict())
        learning = LAYERS[:trainable_layers]
        for name, weight in layers.named_parameters():
            weight.requires_grad_(name.startswith(learning))
    return layers, (high // 4, high)


def _put_group_norm(head: nn.Module) -> None:
    for name, part in head.named_children():
        if isinstance(part, nn.BatchNorm2d):
            setattr(head, name, nn.GroupNorm(GROUPS, part.num_features))
        else:
            _put_group_norm(part)
