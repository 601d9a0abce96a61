"""Ways from a few labelled pictures of sound to a classifier."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import update_bn

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.data.sounds.augmentation import VarySound
from course_utils.models.classifier import Classifier
from course_utils.models.heads import fit_converged
from course_utils.models.inference import predict
from course_utils.models.pretrained import load_backbone
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.training import train_one_epoch

PIXELS, RANDOM, SETTLED = "pixels", "random", "settled"  # besides names of pretrained backbones
SETTLING = 64  # pictures in a batch while batch norm settles


class PlainPixels(nn.Flatten):
    """Pictures (B, 1, size, size), or features (B, D), as rows of numbers: no backbone at all."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features


@dataclass(frozen=True)
class Way:
    """One way to a classifier.

    Args:
        source: What its backbone comes from: ``"pixels"``, ``"random"``, ``"settled"`` (random, and
            batch norm remembers the mean over all that it will see), or a pretrained one.
        penalty: Of the head on frozen features, as of ``fit_converged``; None for a random head.
        rate: At which all weights learn after that; None keeps the backbone frozen.
    """

    source: str
    penalty: float | None = None
    rate: float | None = None


def new_backbone(source: str, examples: LabelledImages, seed: int) -> nn.Module:
    """The backbone of a way, before it learns anything here.

    Args:
        source: As in ``Way``.
        examples: What it will see.
        seed: Of random weights.
    """
    if source == PIXELS:
        return PlainPixels(examples.images[0].numel())
    if source not in (RANDOM, SETTLED):
        return load_backbone(source, in_channels=1)
    with seeded(seed):
        backbone = Backbone(1)
    if source == SETTLED:
        update_bn(BatchLoader(examples, SETTLING), backbone)
    return backbone


def train_way(
    way: Way,
    examples: LabelledImages,
    *,
    num_steps: int,
    batch_size: int,
    seed: int,
    vary: bool = True,
    device: torch.device | str = "cpu",
) -> Classifier:
    """A classifier in eval mode, trained on ``examples`` in that way.

    Args:
        way: Which one.
        examples: Pictures of sound.
        num_steps: Optimizer updates where all weights learn.
        batch_size: Pictures of a step, nearly: batches are of one size.
        seed: Of first weights, order and augmentation.
        vary: Whether pictures are varied where all weights learn.
        device: Where it computes, and then is.
    """
    backbone = new_backbone(way.source, examples, seed)
    with seeded(seed):
        model = Classifier(backbone, examples.num_classes).to(device)
    if way.penalty is not None:
        features = predict(backbone, examples.images)
        model.head = fit_scaled_head(features, examples, way.penalty, seed).to(device)
    if way.rate is not None:
        model.to(memory_format=torch.channels_last).train()
        augment = VarySound(seed) if vary else None
        loader = BatchLoader(examples, _even(len(examples), batch_size), shuffle=True, seed=seed,
                             augment=augment, num_batches=num_steps, device=device)  # fmt: skip
        optimizer = torch.optim.AdamW(model.parameters(), way.rate, weight_decay=0.01)
        train_one_epoch(model, loader, optimizer, OneCycleLR(optimizer, way.rate, num_steps))
    return model.eval()


def _even(num_examples: int, batch_size: int) -> int:
    """A size near ``batch_size`` that leaves no small batch at the end of a pass.

    Of 100 examples, batches of 32 leave one of four, whose batch norm teaches nonsense.
    """
    return math.ceil(num_examples / max(1, round(num_examples / batch_size)))


def fit_scaled_head(
    features: Tensor, examples: LabelledImages, penalty: float, seed: int
) -> nn.Linear:
    """A linear head on features that are brought to mean 0 and spread 1 first; it does so itself.

    A random backbone's features hardly differ from picture to picture: without that, no penalty
    would suit both it and a pretrained one.

    Args:
        features: (N, D), of the N examples.
        examples: Their labels are learned.
        penalty: As of ``fit_converged``.
        seed: Of the first weights.
    """
    mean, spread = features.mean(dim=0), features.std(dim=0)
    spread = spread.clamp(min=0.1 * spread.mean())  # a feature that is always 0 has none
    head = fit_converged(replace(examples, images=(features - mean) / spread), penalty, seed)
    with torch.no_grad():
        head.weight /= spread
        head.bias -= head.weight @ mean
    return head


def answers_right(model: Classifier, sounds: LabelledImages) -> Tensor:
    """Whether ``model`` answers each of ``sounds`` rightly (N,), bool."""
    return predict(model, sounds.images).argmax(dim=1) == sounds.labels
