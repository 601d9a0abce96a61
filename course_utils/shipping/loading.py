"""A model folder read back: the same network, the same answers, or a refusal that says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import nn

from course_utils.files import DamagedFileError
from course_utils.models.classifier import Classifier
from course_utils.session.devices import find_device
from course_utils.shipping.architecture import compute_likewise, rebuild
from course_utils.shipping.record import (
    CLASSIFICATION,
    RECORD,
    WEIGHTS,
    differences,
    read_record,
    sha256_of,
)
from course_utils.shipping.score import Score, from_json


@dataclass(frozen=True)
class ShippedModel:
    """A trained model, and what is needed to ask it and to trust it.

    Args:
        folder: Where it was read from.
        network: Pictures (B, C, H, W) from 0 to 1 to logits (B, K), in eval mode, on its device.
        class_names: K names, in the order of the logits.
        image_size: H and W that the loader brings pictures to.
        channels: C that it brings them to, 1 for grey or 3 for colour.
        temperature: What logits are divided by before they become probabilities.
        test: How it answered its test pictures; None if it never was tested.
        record: All that ``model.json`` says.
    """

    folder: Path
    network: Classifier
    class_names: tuple[str, ...]
    image_size: int
    channels: int
    temperature: float
    test: Score | None
    record: Mapping[str, Any]


def load_model(folder: str | Path, device: str = "cpu") -> ShippedModel:
    """The model in ``folder``; on the machine that saved it, with the same logits to the bit.

    That holds for the same batch, device and number of threads. One line is printed where
    something else differs that may change the last digits, such as the version of torch.

    Args:
        folder: What ``save_model`` wrote; a relative path starts at the working folder.
        device: One of ``session.devices.DEVICES``.

    Raises:
        FileNotFoundError: If there is no model folder, or a file of it is missing.
        DamagedFileError: If a file of it was changed; it names the file.
        ValueError: If its format, architecture or preprocessing is not known here, or it is a
            detector.
    """
    model = read_model(folder, device)
    tell_differences(model.folder, model.record, device, "probabilities")
    return model


def tell_differences(folder: Path, record: Mapping[str, Any], device: str, what: str) -> None:
    """Say in a line what is otherwise here and may change the last digits of ``what``."""
    found = differences(record, find_device(device).type)
    if found:
        print(
            f"{folder.name} was made with {', '.join(found)}: {what} may differ in their last "
            "digits."
        )


def read_model(folder: str | Path, device: str = "cpu") -> ShippedModel:
    """``load_model`` without a word on what differs."""
    folder = Path(folder).expanduser()
    record = read_record(folder / RECORD, CLASSIFICATION)
    network = rebuild(record["architecture"])
    load_weights(network, folder / WEIGHTS, record["weights"]["sha256"])
    pictures, test = record["pictures"], record["report"]["test"]
    return ShippedModel(
        folder,
        compute_likewise(network, record["computed"], find_device(device)),
        tuple(record["class_names"]),
        pictures["image_size"],
        pictures["channels"],
        record["temperature"],
        None if test is None else from_json(test),
        record,
    )


def load_weights(network: nn.Module, file: Path, sha256: str) -> None:
    """Put the weights in ``file`` into ``network``; it runs no code of the file."""
    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}: copy the model folder again, as a whole")
    if sha256_of(file) != sha256:
        raise DamagedFileError(
            f"{file} was changed or damaged after it was saved: copy the model folder again"
        )
    try:
        network.load_state_dict(safetensors.torch.load_file(file))
    except (RuntimeError, safetensors.SafetensorError) as error:
        raise DamagedFileError(
            f"the weights in {file} do not fit the architecture that {RECORD} describes ("
            f"{str(error).splitlines()[-1].strip()})"
        ) from error


def weights_of(network: nn.Module) -> dict[str, torch.Tensor]:
    """The weights as a file of safetensors takes them: apart from one another, on the CPU."""
    return {
        name: tensor.detach().cpu().contiguous().clone()
        for name, tensor in network.state_dict().items()
    }
