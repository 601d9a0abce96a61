"""What a detector is, in words that JSON holds, and the detector made of them."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from course_utils.models.detection.dense import DenseDetector
from course_utils.models.detection.torchvision_detectors import TorchvisionDetector
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.shipping.architecture import describe_resnet, rebuild_backbone


def describe_detector(model: nn.Module) -> dict[str, Any]:
    """What ``rebuild_detector`` needs to make an untrained detector like ``model``.

    Raises:
        ValueError: If it is no detector of the workbook.
    """
    if type(model) is DenseDetector and type(model.backbone) is FeatureMap:
        return {
            "kind": "dense",
            "num_classes": model.num_classes,
            "near": model.near,
            "in_channels": model.backbone.in_channels,
            "width": model.backbone.width,
        }
    if type(model) is TorchvisionDetector:
        return {
            "kind": "torchvision",
            "num_classes": model.num_classes,
            "detector": model.kind,
            "image_size": model.image_size,
            "pretrained": model.pretrained,
            "backbone": describe_resnet(model.name, model.image_size, model.mean, model.std),
        }
    raise ValueError(
        "a model folder holds a DenseDetector or a TorchvisionDetector "
        f"(course_utils.models.detection), got {type(model).__name__}"
    )


def rebuild_detector(architecture: Mapping[str, Any]) -> DenseDetector | TorchvisionDetector:
    """An untrained detector as ``architecture`` says; nothing is downloaded.

    Raises:
        ValueError: If this workbook or its torchvision does not know the architecture.
    """
    kind, num_classes = architecture["kind"], architecture["num_classes"]
    with seeded(0):  # random first weights, which the true ones replace
        if kind == "dense":
            backbone = Backbone(architecture["in_channels"], architecture["width"])
            return DenseDetector(FeatureMap(backbone), num_classes, architecture["near"])
        if kind == "torchvision":
            return TorchvisionDetector(
                rebuild_backbone(architecture["backbone"]),
                num_classes,
                architecture["detector"],
                architecture["image_size"],
                pretrained=architecture["pretrained"],
            )
    raise ValueError(
        f"the detector {kind!r} is not known to this workbook; get the one that saved the model"
    )
