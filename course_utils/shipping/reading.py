"""What all model folders have in common when they are read back: a record, and weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import safetensors.torch
from torch import Tensor, nn

from course_utils.files import DamagedFileError
from course_utils.session.devices import find_device
from course_utils.shipping.architecture import compute_likewise
from course_utils.shipping.fingerprint import read_digests
from course_utils.shipping.record import (
    LEARNED_FROM,
    RECORD,
    WEIGHTS,
    differences,
    read_record,
    sha256_of,
)

Network = TypeVar("Network", bound=nn.Module)
Test = TypeVar("Test")


@dataclass(frozen=True)
class Shipped(Generic[Network, Test]):
    """A trained model, and what is needed to ask it and to trust it.

    Args:
        folder: Where it was read from.
        network: In eval mode, on its device.
        class_names: In the order of what the network tells.
        test: How it did at its test; None if it never was tested.
        record: All that ``model.json`` says.
    """

    folder: Path
    network: Network
    class_names: tuple[str, ...]
    test: Test | None
    record: Mapping[str, Any]

    def learned_digests(self) -> set[str]:
        """Digests of what it learned from; none if their file was taken away.

        Raises:
            DamagedFileError: If that file was changed.
        """
        fingerprint = self.record["learned_from"]["fingerprint"]
        return read_digests(self.folder / LEARNED_FROM, fingerprint)


@dataclass(frozen=True)
class ShippedForPictures(Shipped[Network, Test]):
    """One that takes pictures."""

    @property
    def image_size(self) -> int | None:
        """Pixels that the loader brings pictures to; None for pictures as they are."""
        return self.record["pictures"]["image_size"]

    @property
    def channels(self) -> int:
        """C that it brings them to, 1 for grey or 3 for colour."""
        return self.record["pictures"]["channels"]


Model = TypeVar("Model", bound=Shipped)


def read_shipped(
    kind: type[Model],
    folder: str | Path,
    device: str,
    task: str,
    rebuild: Callable[[Mapping[str, Any]], nn.Module],
    read_test: Callable[[Mapping[str, Any]], Any],
) -> Model:
    """The model in ``folder``, without a word on what differs here.

    Args:
        kind: What it becomes.
        folder: What ``write_folder`` wrote; a relative path starts at the working folder.
        device: One of ``session.devices.DEVICES``.
        task: What it must be for.
        rebuild: Makes an untrained network of what the record says of the architecture.
        read_test: Makes the score of its test of what the record says of it.

    Raises:
        FileNotFoundError: If there is no model folder, or a file of it is missing.
        DamagedFileError: If a file of it was changed; it names the file.
        ValueError: If its format, architecture or preprocessing is not known here, or it is for
            another task.
    """
    folder = Path(folder).expanduser()
    record = read_record(folder / RECORD, task)
    network = rebuild(record["architecture"])
    load_weights(network, folder / WEIGHTS, record["weights"]["sha256"])
    return as_shipped(kind, folder, network, record, device, read_test)


def as_shipped(
    kind: type[Model],
    folder: Path,
    network: nn.Module,
    record: Mapping[str, Any],
    device: str,
    read_test: Callable[[Mapping[str, Any]], Any],
    **own: Any,
) -> Model:
    """What was read of ``folder`` as one object, ready to be asked; ``own`` is what it alone has.

    Args:
        kind: What it becomes.
        folder: Of the model.
        network: With its weights.
        record: What ``model.json`` says.
        device: One of ``session.devices.DEVICES``.
        read_test: As above.
        own: More fields of ``kind``.
    """
    test = record["report"]["test"]
    return kind(
        folder,
        compute_likewise(network, record["computed"], find_device(device)),
        tuple(record["class_names"]),
        None if test is None else read_test(test),
        record,
        **own,
    )


def tell_differences(model: Shipped, device: str, what: str) -> None:
    """Say in a line what is otherwise here and may change the last digits of ``what``."""
    found = differences(model.record, find_device(device).type)
    if found:
        print(
            f"{model.folder.name} was made with {', '.join(found)}: {what} may differ in their "
            "last digits."
        )


def check_file(file: Path, sha256: str) -> None:
    """Raise FileNotFoundError or DamagedFileError unless ``file`` is as it was saved."""
    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}: copy the model folder again, as a whole")
    if sha256_of(file) != sha256:
        raise DamagedFileError(
            f"{file} was changed or damaged after it was saved: copy the model folder again"
        )


def load_weights(
    network: nn.Module, file: Path, sha256: str, there: Mapping[str, Tensor] | None = None
) -> None:
    """Put the weights in ``file`` into ``network``; it runs no code of the file.

    Args:
        network: Gets them.
        file: Of a model folder.
        sha256: What the record says of it.
        there: Weights that ``network`` has already, and that are not in the file, by name.
    """
    check_file(file, sha256)
    try:
        network.load_state_dict({**(there or {}), **safetensors.torch.load_file(file)})
    except (RuntimeError, safetensors.SafetensorError) as error:
        raise DamagedFileError(
            f"the weights in {file} do not fit the architecture that {RECORD} describes ("
            f"{str(error).splitlines()[-1].strip()})"
        ) from error
