"""What every segmenter of the workbook can do, whoever built it."""

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor

# One picture: (H, W), whole numbers, 0 for background and 1 + label for a class. What a segmenter
# gives is uint8, as a PNG holds it; what it learns from may be any, with 255 where nothing is
# learned.
ClassMap = Tensor


class Segmenter(Protocol):
    """Pictures in; while it learns losses by name, else maps of classes."""

    def losses(
        self, images: Tensor | Sequence[Tensor], maps: Tensor | Sequence[ClassMap]
    ) -> dict[str, Tensor]:
        """The terms of the loss, one number each; their sum is what is minimised.

        Args:
            images: B pictures (C, H, W) of any sizes, float32 from 0 to 1.
            maps: B of them, each of its picture's size.
        """

    def logits(self, images: Tensor | Sequence[Tensor]) -> list[Tensor]:
        """Logits (1 + K, h, w) of each picture, in the size that the network gives them."""

    def segment(self, images: Tensor | Sequence[Tensor]) -> list[ClassMap]:
        """The surest class of every pixel, in each picture's own size; in the mode it is in."""
