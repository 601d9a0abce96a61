"""Small networks, wide and narrow, on small and large pictures, whose steps are measured."""

from dataclasses import dataclass

import torch

from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone

NUM_CLASSES = 10


@dataclass(frozen=True)
class Probe:
    """A network of this workbook on grey pictures.

    Attributes:
        width: Channels of its first block.
        size: Pixels a side of the pictures.
        batch: Pictures of a step.
    """

    width: int
    size: int
    batch: int

    @property
    def batch_shape(self) -> tuple[int, int, int, int]:
        """(B, C, H, W) of a step."""
        return self.batch, 1, self.size, self.size

    def build(self) -> Classifier:
        """The network with random weights, its filters laid out as ``set_up`` lays them."""
        network = Classifier(Backbone(1, self.width), NUM_CLASSES)
        return network.to(memory_format=torch.channels_last)

    def __str__(self) -> str:
        return f"width {self.width}, {self.batch} pictures of {self.size} x {self.size}"


PROBES = (  # some compute for most of a step, some move bytes, in kept pictures or in weights
    Probe(8, 8, 256),
    Probe(8, 16, 128),
    Probe(16, 8, 256),
    Probe(16, 32, 64),
    Probe(32, 16, 64),
    Probe(64, 8, 64),
    Probe(64, 32, 16),
    Probe(128, 8, 32),
)
