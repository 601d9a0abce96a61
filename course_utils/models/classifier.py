"""A backbone with a head on top, and what is done to the two apart."""

from collections.abc import Iterator

from torch import Tensor, nn


class Classifier(nn.Module):
    """A backbone and a head: pictures (B, C, H, W) to logits (B, K)."""

    def __init__(self, backbone: nn.Module, num_classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(backbone.num_features, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, one per class."""
        return self.head(self.backbone(images))


def replace_head(model: Classifier, num_classes: int) -> None:
    """Give ``model`` a new random head for ``num_classes`` classes; the backbone is untouched."""
    old = model.head
    like = {"device": old.weight.device, "dtype": old.weight.dtype}
    model.head = nn.Linear(old.in_features, num_classes, **like)


def parameter_groups(
    model: Classifier, *, head_lr: float, backbone_lr: float
) -> list[dict[str, list[nn.Parameter] | float]]:
    """Groups for a torch optimizer: the head at its rate, the pretrained backbone at a lower one.

    Frozen parameters are left out.
    """
    return [
        {"params": list(_trainable(model.head)), "lr": head_lr},
        {"params": list(_trainable(model.backbone)), "lr": backbone_lr},
    ]


def _trainable(module: nn.Module) -> Iterator[nn.Parameter]:
    return (parameter for parameter in module.parameters() if parameter.requires_grad)
