"""Networks by their names, as shapes without numbers: nothing is downloaded, no memory taken."""

from functools import cache

import torch
from torch import nn

from course_utils.models.classifier import Classifier
from course_utils.models.pretrained import SHIPPED_FOLDER, load_backbone
from course_utils.models.torchvision_backbones import build, find_weights

IMAGENET_CLASSES = 1000


@cache
def imagine(name: str, num_classes: int = IMAGENET_CLASSES) -> nn.Module:
    """The network called ``name`` on torch's meta device, where tensors have shapes alone.

    Args:
        name: A shipped backbone, such as ``"letters"``, or a classifier of torchvision, such as
            ``"resnet50"``.
        num_classes: Of a shipped backbone's head; torchvision's own networks have that of
            ImageNet, whose 1000 classes cost next to nothing.

    Raises:
        ValueError: If there is no such network; it names some that there are.
    """
    if (SHIPPED_FOLDER / f"{name}_backbone.pt").exists():
        return Classifier(load_backbone(name), num_classes).to("meta")
    find_weights(name)
    with torch.device("meta"):
        return build(name)
