"""What a classifier of torch and its copies in Keras answer to the same pictures."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from course_utils.lessons.keras_and_tensorflow.carrying import carry
from course_utils.lessons.keras_and_tensorflow.network import (
    AS_TORCH,
    KERAS_DEFAULTS,
    Settings,
    build,
)
from course_utils.lessons.keras_and_tensorflow.trials import logits_in_batches, loss_of
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.models.keras.axes import channels_last
from course_utils.models.residual import Backbone

CHOICES = [
    Settings(momentum, epsilon, same)
    for momentum, epsilon, same in product(
        (AS_TORCH.momentum, KERAS_DEFAULTS.momentum),
        (AS_TORCH.epsilon, KERAS_DEFAULTS.epsilon),
        (AS_TORCH.same, KERAS_DEFAULTS.same),
    )
]


@dataclass(frozen=True)
class Answers:
    """What one network in Keras says of N pictures.

    Args:
        logits: (N, K).
        losses: Mean loss in nats as Keras computes it, by whether it is told that these are logits.
    """

    logits: np.ndarray
    losses: Mapping[bool, float]


@dataclass(frozen=True)
class Compared:
    """A classifier of torch beside its copies in Keras.

    Args:
        labels: (N,), the true classes.
        logits: (N, K), of torch.
        loss: Mean in nats, of torch.
        copies: By the settings of the network in Keras.
    """

    labels: np.ndarray
    logits: np.ndarray
    loss: float
    copies: Mapping[Settings, Answers]

    def num_right(self, logits: np.ndarray) -> int:
        """How many of N answers are right."""
        return int((logits.argmax(axis=1) == self.labels).sum())

    def changed(self, settings: Settings) -> np.ndarray:
        """Which answers (N,), bool, are other than those of torch."""
        return self.copies[settings].logits.argmax(axis=1) != self.logits.argmax(axis=1)


def compare(model: Classifier, images: Tensor, labels: Tensor) -> Compared:
    """Answers of ``model`` and of a copy of it for each of ``CHOICES``; a tenth of a second each.

    Args:
        model: With a ``Backbone`` of the workbook that takes pictures as they are.
        images: (N, C, H, W), some hundreds.
        labels: (N,).

    Raises:
        ValueError: If there are no pictures or not as many labels, or it is another backbone.
    """
    if images.ndim != 4 or len(images) != len(labels) or not len(images):
        raise ValueError(
            "images must be (N, C, H, W), at least one, with a label for each; got "
            f"{tuple(images.shape)} and {len(labels)} labels"
        )
    backbone = model.backbone
    if not isinstance(backbone, Backbone) or backbone.input_size is not None:
        raise ValueError(
            "only the workbook's own backbone is built anew in Keras here, and one that takes "
            f"pictures as they are; got a {type(backbone).__name__} with input size "
            f"{getattr(backbone, 'input_size', None)}"
        )
    model, images, labels = deepcopy(model).cpu(), images.cpu(), labels.cpu()
    logits = predict(model, images)
    return Compared(
        labels.numpy(),
        logits.numpy(),
        F.cross_entropy(logits, labels).item(),
        {settings: _answers(model, images, labels.numpy(), settings) for settings in CHOICES},
    )


def _answers(model: Classifier, images: Tensor, labels: np.ndarray, settings: Settings) -> Answers:
    pictures = channels_last(images)
    copy = build(pictures.shape[1:], model.backbone.width, model.head.out_features, settings)
    carry(model, copy)
    logits = logits_in_batches(copy, pictures)
    return Answers(logits, {told: loss_of(labels, logits, told) for told in (True, False)})
