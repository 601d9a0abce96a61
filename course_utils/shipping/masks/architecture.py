"""What a segmenter is, in words that JSON holds, and the segmenter made of them."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from course_utils.models.feature_map import FeatureMap
from course_utils.models.mask_head import MaskHead
from course_utils.models.residual import Backbone
from course_utils.models.segmentation.dense import DenseSegmenter
from course_utils.models.segmentation.torchvision_segmenters import TorchvisionSegmenter
from course_utils.models.side_by_side import seeded
from course_utils.shipping.architecture import describe_resnet, rebuild_backbone


def describe_segmenter(model: nn.Module) -> dict[str, Any]:
    """What ``rebuild_segmenter`` needs to make an untrained segmenter like ``model``.

    What it minimised is left out: it plays no part in its answers.

    Raises:
        ValueError: If it is no segmenter of the workbook.
    """
    if type(model) is DenseSegmenter and type(model.backbone) is FeatureMap:
        return {
            "kind": "dense",
            "num_classes": model.num_classes,
            "skip": type(model.head) is MaskHead,
            "in_channels": model.backbone.in_channels,
            "width": model.backbone.width,
        }
    if type(model) is TorchvisionSegmenter:
        mean, std = (values.flatten().tolist() for values in (model.mean, model.std))
        return {
            "kind": "torchvision",
            "num_classes": model.num_classes,
            "segmenter": model.kind,
            "image_size": model.image_size,
            "pretrained": model.pretrained,
            "backbone": describe_resnet(model.name, model.image_size, mean, std),
        }
    raise ValueError(
        "a model folder holds a DenseSegmenter or a TorchvisionSegmenter "
        f"(course_utils.models.segmentation), got {type(model).__name__}"
    )


def rebuild_segmenter(architecture: Mapping[str, Any]) -> DenseSegmenter | TorchvisionSegmenter:
    """An untrained segmenter as ``architecture`` says; nothing is downloaded.

    Raises:
        ValueError: If this workbook or its torchvision does not know the architecture.
    """
    kind, num_classes = architecture["kind"], architecture["num_classes"]
    with seeded(0):  # random first weights, which the true ones replace
        if kind == "dense":
            backbone = Backbone(architecture["in_channels"], architecture["width"])
            return DenseSegmenter(FeatureMap(backbone), num_classes, skip=architecture["skip"])
        if kind == "torchvision":
            return TorchvisionSegmenter(
                rebuild_backbone(architecture["backbone"]),
                num_classes,
                architecture["segmenter"],
                architecture["image_size"],
                pretrained=architecture["pretrained"],
            )
    raise ValueError(
        f"the segmenter {kind!r} is not known to this workbook; get the one that saved the model"
    )
