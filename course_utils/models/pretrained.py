"""Pretrained backbones in files: the one that lesson 02 made and ships, and the learner's own."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_utils.files import PROJECT_FOLDER, DamagedFileError, one_run_at_a_time
from course_utils.models.cards import card_beside, write_with_card
from course_utils.models.own_weights import load_own_weights, recognise
from course_utils.models.residual import Backbone
from course_utils.models.torchvision_backbones import (
    TorchvisionBackbone,
    fetch_weights,
    find_weights,
    is_torchvision_name,
    similar_names,
)
from course_utils.tensor_files import load_tensors

SHIPPED_FOLDER = Path(__file__).parent / "weights"


def save_backbone(backbone: Backbone, path: Path, **facts: str | int | float) -> nn.Module:
    """Write ``backbone`` to ``path`` and its checksum and ``facts`` beside it, as JSON.

    Of several runs that save to one path at once, the two files of the last one are left.

    Returns:
        The backbone as it is read back from these files, before another run may replace them.
    """
    architecture = {"in_channels": backbone.in_channels, "width": backbone.width}
    state = {name: tensor.cpu() for name, tensor in backbone.state_dict().items()}
    with one_run_at_a_time(path):
        content = {"architecture": architecture, "state": state}
        write_with_card(content, path, architecture=architecture, **facts)
        return load_backbone(str(path))


def read_card(name_or_path: str) -> dict[str, Any]:
    """The JSON beside a saved backbone: checksum, architecture and how it was made.

    Raises:
        FileNotFoundError: If there is no such backbone; it says how to get one.
        DamagedFileError: If there is no checksum in the file.
    """
    return card_beside(find_backbone(name_or_path))


def find_backbone(name_or_path: str) -> Path:
    """The file of a shipped backbone, such as ``"letters"``, or of the learner's own.

    A relative path starts at the project, as in every parameter of a lesson.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    path = _own_file(name_or_path)
    if not path.is_file():
        close = " or ".join(similar_names(name_or_path))
        names = sorted(
            file.name.removesuffix("_backbone.pt") for file in SHIPPED_FOLDER.glob("*_backbone.pt")
        )
        raise FileNotFoundError(
            f"no backbone {name_or_path!r}: it is neither a shipped one ({', '.join(names)}), nor "
            f"a classifier of torchvision (such as {close}), nor a file. Lesson 02 writes one; "
            "give the path that it prints."
        )
    return path


def _own_file(name_or_path: str) -> Path:
    shipped = SHIPPED_FOLDER / f"{name_or_path}_backbone.pt"
    return shipped if shipped.exists() else PROJECT_FOLDER / Path(name_or_path).expanduser()


def check_backbone(name_or_path: str) -> None:
    """Have the file of a backbone here and whole, before any work; arguments as below.

    Weights of torchvision are downloaded if need be.

    Raises:
        FileNotFoundError: If there is no such backbone.
        OSError: If weights of torchvision are missing and cannot be had.
        DamagedFileError: If the file is damaged.
    """
    if not _own_file(name_or_path).is_file() and is_torchvision_name(name_or_path):
        fetch_weights(find_weights(name_or_path))
    elif not (path := find_backbone(name_or_path)).with_suffix(".json").exists():
        recognise(path)
    else:
        load_tensors(path, read_card(name_or_path)["sha256"])


def load_backbone(
    name_or_path: str, in_channels: int | None = None, input_size: int | None = None
) -> Backbone | TorchvisionBackbone:
    """A pretrained backbone in eval mode.

    Args:
        name_or_path: ``"letters"``; a classifier of torchvision, such as ``"resnet50"``; or the
            path of a file that ``save_backbone`` wrote, or of other people's weights of such a
            network (see ``own_weights``).
        in_channels: C of the pictures it will see. A backbone pretrained on grey pictures gets its
            first filters divided among C channels: on C equal channels it computes what it did.
        input_size: Pixels a side that pictures are resized to, in whole batches; None for that of
            the pretraining.

    Raises:
        FileNotFoundError: If there is no such backbone.
        ValueError: If it cannot take pictures of that size or with so many channels.
        OSError: If weights of torchvision are missing and cannot be had.
        DamagedFileError: If the file is cut short, has another checksum, or holds another
            architecture than it says.
    """
    if input_size is not None and input_size < 1:
        raise ValueError(f"input_size must be at least 1 pixel, got {input_size}")
    if not _own_file(name_or_path).is_file() and is_torchvision_name(name_or_path):
        return TorchvisionBackbone(name_or_path, input_size).eval()
    path = find_backbone(name_or_path)
    if not path.with_suffix(".json").exists():
        backbone = load_own_weights(path, input_size)
        return _fit_channels(backbone, input_size, in_channels)
    content = load_tensors(path, read_card(name_or_path)["sha256"])
    try:
        backbone = Backbone(**content["architecture"])
        backbone.load_state_dict(content["state"])
    except (LookupError, TypeError, RuntimeError) as error:
        raise DamagedFileError(
            f"{path.name} does not hold a backbone of this workbook: its weights do not fit the "
            "architecture. Make it again with lesson 02."
        ) from error
    return _fit_channels(backbone, input_size, in_channels)


def _fit_channels(
    backbone: Backbone | TorchvisionBackbone, input_size: int | None, in_channels: int | None
) -> Backbone | TorchvisionBackbone:
    if isinstance(backbone, Backbone):
        backbone.input_size = input_size
        if in_channels is not None and in_channels != backbone.in_channels:
            _spread_first_filters(backbone, in_channels)
    return backbone.eval()


def _spread_first_filters(backbone: Backbone, in_channels: int) -> None:
    first: nn.Conv2d = backbone[0][0]
    if first.in_channels != 1:
        raise ValueError(
            f"the backbone was pretrained on {first.in_channels} channels; it cannot take "
            f"{in_channels}"
        )
    wider = nn.Conv2d(in_channels, first.out_channels, 3, padding=1, bias=False)
    with torch.no_grad():
        wider.weight.copy_(first.weight.expand_as(wider.weight) / in_channels)
    backbone[0][0], backbone.in_channels = wider, in_channels
