"""Backbones pretrained on ImageNet, through torchvision's weights enums and torch's own cache.

Which networks and weights there are, the installed torchvision says: no list here is to be kept.
"""

import difflib
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.download import download_file
from course_utils.files import DamagedFileError
from course_utils.models.computing import computing_in, resize


class TorchvisionBackbone(nn.Module):
    """Pictures (B, 3, H, W) of any size to features (B, D) by a torchvision classifier's body.

    Resizing and normalising to what the network was pretrained on happens here, on whole batches,
    so nobody else need know the size it wants. Grey pictures count as three equal channels.

    Args:
        name: A classifier of ``torchvision.models``, such as ``"resnet50"``, or with a colon one of
            its weights, such as ``"resnet50:IMAGENET1K_V1"``; the newest where none is named.
        input_size: Pixels a side that pictures are resized to; None for that of the pretraining.
        pretrained: Whether to load the weights; otherwise they are random.

    Raises:
        ValueError: If there is no such model, or no single linear head to take off.
        OSError: If the weights are missing and cannot be had; it says how to get them.
        DamagedFileError: If the file of the weights is damaged.
    """

    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(self, name: str, input_size: int | None = None, pretrained: bool = True) -> None:
        super().__init__()
        weights = find_weights(name)
        self.name, self.in_channels = name, 3
        self.body = _load_pretrained(name, weights) if pretrained else build(name)
        self.num_features = _take_head_off(self.body, len(weights.meta["categories"]), name)
        preset = weights.transforms()
        self.input_size = input_size or preset.crop_size[0]
        self.interpolation = preset.interpolation.value
        for key in ("mean", "std"):  # not part of the state: nothing that could be learned
            values = torch.tensor(getattr(preset, key)).view(3, 1, 1)
            self.register_buffer(key, values, persistent=False)
        self._refuse_wrong_size()

    def forward(self, images: Tensor) -> Tensor:
        """Features (B, D) of pictures (B, 3, H, W) or (B, 1, H, W) from 0 to 1."""
        images = resize(images, self.input_size, self.interpolation)
        normalised = (images - self.mean) / self.std  # (B, 3, H, W)
        with computing_in(self.precision, images.device):
            return self.body(normalised).to(images.dtype)

    def untrained(self) -> "TorchvisionBackbone":
        """A backbone like this one with fresh random weights."""
        return TorchvisionBackbone(self.name, self.input_size, pretrained=False).train()

    def _refuse_wrong_size(self) -> None:
        """Try one picture: some networks take one size only, and small ones may vanish inside."""
        try:
            with torch.inference_mode():
                self.eval()(torch.zeros(1, 3, 1, 1))
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"{self.name} cannot take pictures of input_size = {self.input_size} pixels a "
                f"side ({error}); leave input_size out for the size of its pretraining"
            ) from error


def is_torchvision_name(name: str) -> bool:
    """Whether ``name`` is a classifier of ``torchvision.models``, with or without its weights."""
    return name.partition(":")[0] in model_names()


def similar_names(name: str) -> list[str]:
    """Up to three classifiers of torchvision that are spelt like ``name``, or well-known ones."""
    close = difflib.get_close_matches(name.lower(), model_names(), n=3)
    return close or ["resnet18", "resnet50", "mobilenet_v2"]


def find_weights(name: str) -> Any:
    """The member of torchvision's weights enum that ``name`` asks for; nothing is loaded.

    Raises:
        ValueError: If there is no such model or no such weights; it names those there are.
    """
    from torchvision.models import get_model_weights

    model, _, wanted = name.partition(":")
    if model not in model_names():
        raise ValueError(
            f"torchvision has no classifier called {model!r}; there is, for example, "
            f"{' or '.join(similar_names(model))}"
        )
    enum = get_model_weights(model)
    if not wanted:
        return enum.DEFAULT
    if wanted not in enum.__members__:
        raise ValueError(f"{model} has no weights {wanted!r}; it has {', '.join(enum.__members__)}")
    return enum[wanted]


def weights_are_here(name: str) -> bool:
    """Whether the file of the weights that ``name`` asks for is in torch's cache."""
    return _file_of(find_weights(name)).exists()


def model_names() -> list[str]:
    """The classifiers of the torchvision that is installed."""
    import torchvision

    return torchvision.models.list_models(module=torchvision.models)


def build(name: str, weights: Any = None) -> nn.Module:
    """The classifier, without the side outputs that GoogLeNet and Inception have for training."""
    from torchvision.models import get_model  # here: it takes a second to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of first weights that may come to differ
        body = get_model(name.partition(":")[0], weights=weights)
    for side in ("aux1", "aux2", "AuxLogits"):
        if hasattr(body, side):
            setattr(body, side, None)
            body.aux_logits = False
    return body


def _load_pretrained(name: str, weights: Any) -> nn.Module:
    fetch_weights(weights)
    try:
        return build(name, weights)
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise DamagedFileError(
            f"{_file_of(weights)} does not hold the weights {weights}: it is damaged or another "
            "file; move or delete it, then run again"
        ) from error


def _file_of(weights: Any) -> Path:
    """Where torch keeps the file of ``weights``."""
    return Path(torch.hub.get_dir(), "checkpoints", Path(weights.url).name)


def fetch_weights(weights: Any) -> None:
    """Have the file of ``weights`` in torch's cache, whole; downloaded where it is missing.

    Raises:
        DamagedFileError: If the file there is damaged: neither has it the checksum in its name, as
            torchvision's own files do, nor its parts those that a zip file keeps of them.
    """
    path = _file_of(weights)
    try:
        download_file(
            weights.url,
            path,
            checksum=f"sha256:{path.stem.rpartition('-')[2]}",
            what=f"the file of the weights {weights}",
            instead='backbone = "letters"',
        )
    except DamagedFileError:
        if not _is_whole_zip(path):
            raise


def _is_whole_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except Exception:  # damaged bytes raise whatever they happen to mean
        return False


def _take_head_off(body: nn.Module, num_classes: int, name: str) -> int:
    """Put an identity in the place of the last linear layer; return its number of inputs D."""
    place = find_head(body, num_classes, name)
    parent, _, child = place.rpartition(".")
    head = body.get_submodule(place)
    setattr(body.get_submodule(parent), child, nn.Identity())
    return head.in_features


def find_head(body: nn.Module, num_classes: int, name: str) -> str:
    """The place of the only linear layer with so many outputs.

    Raises:
        ValueError: If there is none, or more than one.
    """
    heads = [
        place
        for place, layer in body.named_modules()
        if isinstance(layer, nn.Linear) and layer.out_features == num_classes
    ]
    if len(heads) != 1:
        raise ValueError(
            f"{name} has {len(heads)} linear layers with {num_classes} outputs, so its head cannot "
            "be told; take resnet18, resnet50, mobilenet_v2 or another with one"
        )
    return heads[0]
