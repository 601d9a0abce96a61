"""Which pictures or texts a model learned from, by digests: to tell them later, not to see them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.batches import fitting_batch, read_batches
from course_utils.data.streamed import StreamedImages
from course_utils.files import DamagedFileError
from course_utils.models.text.byte_pairs import to_bytes

DIGITS = 16  # hexadecimal: among a million pictures two differ in them almost surely


Images = Tensor | StreamedImages | Sequence[Tensor]


def digests(images: Images) -> list[str]:
    """A digest of the pixels of each picture, in steps of 1/255.

    Args:
        images: (N, C, H, W), or N of (C, H, W).
    """
    return [
        hashlib.sha256(picture.contiguous().numpy().tobytes()).hexdigest()[:DIGITS]
        for batch in _batches(images)
        for picture in batch
    ]


def _batches(images: Images) -> Iterator[Tensor]:
    """Batches (B, C, H, W), uint8, of one picture each where pictures differ in size."""
    if isinstance(images, Tensor | StreamedImages):
        batches = torch.arange(len(images)).split(fitting_batch(images.shape, 1024))
        for batch in read_batches(images, batches, torch.device("cpu")):
            yield batch.mul(255).round().to(torch.uint8)
        return
    for place in range(len(images)):
        picture = images[place][None].cpu()
        is_bytes = picture.dtype == torch.uint8
        yield picture if is_bytes else picture.mul(255).round().to(torch.uint8)


def digests_of_texts(texts: Iterable[str]) -> list[str]:
    """A digest of each text, the same however many blanks stand between its words."""
    return [hashlib.sha256(to_bytes(" ".join(text.split()))).hexdigest()[:DIGITS] for text in texts]


def write_digests(found: Iterable[str], file: Path) -> str:
    """Write digests, sorted, a line each; return the fingerprint, the SHA-256 of the file."""
    content = "".join(f"{digest}\n" for digest in sorted(found)).encode()
    file.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def read_digests(file: Path, fingerprint: str) -> set[str]:
    """What ``write_digests`` wrote; empty if the file was taken away.

    Raises:
        DamagedFileError: If it was changed.
    """
    if not file.is_file():
        return set()
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != fingerprint:
        raise DamagedFileError(
            f"{file} was changed or damaged after it was saved: copy it again, or remove it to go "
            "on without knowing what the model learned from"
        )
    return set(content.decode().split())


def are_new(images: Images, seen: set[str]) -> Tensor:
    """Which of N ``images`` (N,), bool, are not among those whose digests were ``seen``."""
    return torch.tensor([digest not in seen for digest in digests(images)], dtype=torch.bool)


def count_by_class(labels: Tensor, class_names: Sequence[str]) -> list[int]:
    """Examples of each class, in the order of the names."""
    return torch.bincount(labels, minlength=len(class_names)).tolist()
