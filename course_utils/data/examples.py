"""Labelled pictures in memory: what every data set of the workbook is."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class LabelledImages:
    """N pictures of one size with their classes.

    Args:
        images: (N, C, H, W), float32, from 0 (background) to 1.
        labels: (N,), int64, from 0 to K - 1.
        class_names: K names, in the order of the labels.
    """

    images: Tensor
    labels: Tensor
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def num_classes(self) -> int:
        """K, the number of classes."""
        return len(self.class_names)

    def __getitem__(self, indices: Tensor) -> "LabelledImages":
        """The examples at ``indices``, an int64 or bool tensor."""
        return LabelledImages(self.images[indices], self.labels[indices], self.class_names)
