"""What a network is and how it computes, in words that JSON holds, and the network made of them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import nn

from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.models.torchvision_backbones import TorchvisionBackbone, is_torchvision_name

Net = TypeVar("Net", bound=nn.Module)
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def describe(model: Classifier) -> dict[str, Any]:
    """What ``rebuild`` needs to make an untrained network like ``model``.

    Raises:
        ValueError: If it is no backbone of the workbook with a linear head.
    """
    if type(model) is not Classifier or type(model.head) is not nn.Linear:
        raise ValueError(
            f"a model folder holds a Classifier with a linear head, got {type(model).__name__}; "
            "put the backbone and the head into one (course_utils.models.classifier)"
        )
    return {"num_classes": model.head.out_features, **describe_backbone(model.backbone)}


def describe_backbone(backbone: nn.Module) -> dict[str, Any]:
    """The part of ``describe`` about the backbone; errors as there."""
    if type(backbone) is Backbone:
        return {
            "kind": "residual",
            "in_channels": backbone.in_channels,
            "width": backbone.width,
            "input_size": backbone.input_size,
        }
    if type(backbone) is TorchvisionBackbone:
        return {
            "kind": "torchvision",
            "name": backbone.name,
            "input_size": backbone.input_size,
            "interpolation": backbone.interpolation,
            "mean": backbone.mean.flatten().tolist(),
            "std": backbone.std.flatten().tolist(),
            # GoogLeNet and Inception normalise once more when they were built with weights.
            "transform_input": bool(getattr(backbone.body, "transform_input", False)),
        }
    raise ValueError(f"a model folder cannot hold a backbone of the kind {type(backbone).__name__}")


def describe_resnet(
    name: str, image_size: int, mean: Sequence[float], std: Sequence[float]
) -> dict[str, Any]:
    """The same of the ResNet in one of torchvision's detectors and segmenters."""
    return {
        "kind": "torchvision",
        "name": name,
        "input_size": image_size,
        "interpolation": "bilinear",
        "mean": list(mean),
        "std": list(std),
        "transform_input": False,
    }


def rebuild(architecture: Mapping[str, Any]) -> Classifier:
    """An untrained network as ``architecture`` says; nothing is downloaded.

    What torchvision says today of size, normalisation and interpolation does not count.

    Raises:
        ValueError: If this workbook or its torchvision does not know the architecture.
    """
    with seeded(0):  # random first weights, which the true ones replace
        return Classifier(rebuild_backbone(architecture), architecture["num_classes"])


def rebuild_backbone(architecture: Mapping[str, Any]) -> Backbone | TorchvisionBackbone:
    """The part of ``rebuild`` about the backbone; errors as there."""
    if architecture["kind"] == "residual":
        return Backbone(*(architecture[key] for key in ("in_channels", "width", "input_size")))
    if architecture["kind"] == "torchvision":
        return _rebuild_torchvision(architecture)
    raise ValueError(
        f"the architecture {architecture['kind']!r} is not known to this workbook; get the one "
        "that saved the model"
    )


def _rebuild_torchvision(architecture: Mapping[str, Any]) -> TorchvisionBackbone:
    name = architecture["name"]
    model = name.partition(":")[0]  # names of weights come and go; they are not needed here
    if not is_torchvision_name(model):
        raise ValueError(f"the torchvision that is installed has no {model!r}; get another version")
    backbone = TorchvisionBackbone(model, architecture["input_size"], pretrained=False)
    backbone.name, backbone.interpolation = name, architecture["interpolation"]
    for key in ("mean", "std"):
        getattr(backbone, key).copy_(torch.tensor(architecture[key]).view(3, 1, 1))
    if hasattr(backbone.body, "transform_input"):
        backbone.body.transform_input = architecture["transform_input"]
    return backbone


def describe_computing(model: nn.Module) -> dict[str, Any]:
    """How ``model`` computes here: what else may change the last digits of its answers."""
    weights = [weight for weight in model.parameters() if weight.ndim == 4]
    last = [weight.is_contiguous(memory_format=torch.channels_last) for weight in weights]
    first = [weight.is_contiguous() for weight in weights]
    names = {dtype: name for name, dtype in PRECISIONS.items()}
    (precision,) = {part.precision for part in _computing_parts(model)} or {torch.float32}
    return {
        "device": next(model.parameters()).device.type,
        "precision": names[precision],
        "channels_last": all(last) and not all(first),
        "compiled": any(part._compiled_call_impl is not None for part in model.modules()),
        "threads": torch.get_num_threads(),
    }


def compute_likewise(model: Net, computing: Mapping[str, Any], device: torch.device) -> Net:
    """``model`` in eval mode on ``device``, computing as ``describe_computing`` said.

    It is not compiled: that takes a minute, and changes at most the last digits.
    """
    for part in _computing_parts(model):
        part.precision = PRECISIONS[computing["precision"]]
    layout = torch.channels_last if computing["channels_last"] else torch.preserve_format
    return model.to(device, memory_format=layout).requires_grad_(False).eval()


def _computing_parts(model: nn.Module) -> list[nn.Module]:
    """The parts whose precision ``set_up`` sets."""
    return [part for part in model.modules() if hasattr(part, "precision")]


def check_shippable(backbone: nn.Module) -> None:
    """Refuse a backbone that could not be made again from a model folder, before any training.

    Raises:
        ValueError: If it is of an unknown kind, or its weights fit no network that is built
            without them, as with some weights of torchvision for other sizes.
    """
    again = rebuild({"num_classes": 2, **describe_backbone(backbone)}).backbone
    ours, theirs = backbone.state_dict(), again.state_dict()
    shapes = {key: tensor.shape for key, tensor in ours.items()}
    if shapes != {key: tensor.shape for key, tensor in theirs.items()}:
        raise ValueError(
            "the weights of this backbone do not fit the network that torchvision builds without "
            "them, so no model folder could hold it: take other weights of it"
        )
