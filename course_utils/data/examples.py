"""Labelled pictures, and files of pictures before they are read: what every data set comes as."""

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from course_utils.data.streamed import StreamedImages

PARTS = ("train", "val", "test")  # what a number in ``parts`` means


@dataclass(frozen=True)
class LabelledImages:
    """N pictures of one size with their classes.

    Args:
        images: (N, C, H, W): float32 from 0 (background) to 1, or uint8 from 0 to 255, which
            batches turn into the same; or ``StreamedImages`` that are read from their files when a
            batch needs them.
        labels: (N,), int64, from 0 to K - 1.
        class_names: K names, in the order of the labels.
        parts: (N,), int64, places in ``PARTS``, where the data set itself says which pictures are
            for training, validation and test; None where it does not.
        groups: (N,), int64; pictures with the same number are near copies of one another and
            belong into one part. None where nobody looked.
    """

    images: Tensor | StreamedImages
    labels: Tensor
    class_names: tuple[str, ...]
    parts: Tensor | None = None
    groups: Tensor | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def num_classes(self) -> int:
        """K, the number of classes."""
        return len(self.class_names)

    def __getitem__(self, indices: Tensor) -> "LabelledImages":
        """The examples at ``indices``, an int64 or bool tensor."""
        parts, groups = (None if of is None else of[indices] for of in (self.parts, self.groups))
        images, labels = self.images[indices], self.labels[indices]
        return LabelledImages(images, labels, self.class_names, parts, groups)


@dataclass(frozen=True)
class PictureFiles:
    """N files of pictures with their classes, found but not read yet; fields as above."""

    files: tuple[Path, ...]
    labels: Tensor
    class_names: tuple[str, ...]
    parts: Tensor | None = None
