"""A backbone before its pooling: not one feature for the whole picture, but a map of them."""

import torch
from torch import Tensor, nn

from course_utils.models.computing import computing_in
from course_utils.models.residual import Backbone

ENDS = (1, 3, 5)  # the layers of a ``Backbone`` after which a level ends
STRIDES = (1, 2, 4)


class FeatureMap(nn.Module):
    """Pictures (B, C, H, W) to features (B, D, H/4, W/4), with the weights of a backbone.

    Args:
        backbone: Its layers up to the pooling are used as they are, not copied.
    """

    stride = STRIDES[-1]  # pixels of the picture a side of a cell of the map
    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.layers = nn.Sequential(*list(backbone.children())[: ENDS[-1] + 1])
        self.in_channels, self.width = backbone.in_channels, backbone.width
        self.num_features = backbone.num_features

    def forward(self, images: Tensor) -> Tensor:
        """The deepest map: (B, D, H/4, W/4)."""
        return self.levels(images)[-1]

    def levels(self, images: Tensor) -> tuple[Tensor, ...]:
        """Maps (B, D/4, H, W), (B, D/2, H/2, W/2) and (B, D, H/4, W/4), the finest first."""
        levels, found = [], images
        with computing_in(self.precision, images.device):
            for place, layer in enumerate(self.layers):
                found = layer(found)
                if place in ENDS:
                    levels.append(found.to(images.dtype))
        return tuple(levels)

    def as_backbone(self) -> Backbone:
        """A backbone with copies of these weights, which pools the map to one row of features."""
        backbone = Backbone(self.in_channels, self.width)
        backbone.load_state_dict(self.layers.state_dict())
        return backbone.eval()
