"""ResNets of torchvision, on which its detectors and segmenters are built."""

from collections.abc import Callable
from functools import partial

from torch import nn

from course_utils.models.own_weights import recognise
from course_utils.models.pretrained import find_backbone
from course_utils.models.torchvision_backbones import is_torchvision_name

GROUPS = 32  # of channels, normalised together where there are no statistics to hold


def resnet_of(name_or_path: str) -> str | None:
    """The name of the ResNet that a backbone is; None if it is another network.

    Args:
        name_or_path: As ``load_backbone`` takes it.

    Raises:
        FileNotFoundError: If there is no such backbone.
    """
    name = name_or_path
    if not is_torchvision_name(name_or_path):
        path = find_backbone(name_or_path)
        name = None if path.with_suffix(".json").exists() else recognise(path).name
    return name if name is not None and is_resnet_name(name) else None


def is_resnet_name(name: str) -> bool:
    """Whether ``name`` is a ResNet of torchvision, ResNeXt and wide ones among them."""
    from torchvision.models import get_model_builder

    return get_model_builder(name.partition(":")[0]).__module__ == "torchvision.models.resnet"


def norm_layer(pretrained: bool) -> Callable[[int], nn.Module]:
    """What normalises in a ResNet whose pictures come a few at a time.

    Pretrained, its batch norm keeps the statistics and the scale it has. From random weights that
    would be no norm at all, and a few pictures are too few for statistics: there it is group norm.
    """
    from torchvision.ops import FrozenBatchNorm2d  # here: it takes a second to import

    return FrozenBatchNorm2d if pretrained else partial(nn.GroupNorm, GROUPS)
