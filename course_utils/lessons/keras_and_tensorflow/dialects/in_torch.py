"""The recipe as one writes it in torch.

The lesson shows these lines beside those of ``in_keras`` and ``in_tensorflow``, so they are short,
and take no option. Pictures are (N, C, H, W), float32 from 0 to 1; labels (N,), int64.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone


def train(model: nn.Module, images: Tensor, labels: Tensor, rate: float, num_epochs: int) -> None:
    """Pass over the pictures ``num_epochs`` times; what moves is what the model says may learn."""
    examples = TensorDataset(images, labels)
    batches = DataLoader(examples, 32, shuffle=True)
    weights = model.parameters()
    optimizer = torch.optim.Adam(weights, rate)
    for _ in range(num_epochs):
        for x, y in batches:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def pretrain_all(images: Tensor, labels: Tensor, num_classes: int, num_epochs: int) -> Classifier:
    """A classifier whose weights, random at first, have all learned."""
    backbone = Backbone(in_channels=1)
    model = Classifier(backbone, num_classes)
    model.train()
    train(model, images, labels, 3e-3, num_epochs)
    return model


def fit_head(
    pretrained: Classifier, images: Tensor, labels: Tensor, num_classes: int, num_epochs: int
) -> Classifier:
    """A classifier with the backbone of ``pretrained``, frozen, and a new head that has learned."""
    backbone = pretrained.backbone
    backbone.requires_grad_(False)  # weights stay
    model = Classifier(backbone, num_classes)
    model.train()
    backbone.eval()  # running statistics stay
    train(model, images, labels, 3e-2, num_epochs)
    return model


def fine_tune_all(model: Classifier, images: Tensor, labels: Tensor, num_epochs: int) -> None:
    """Let all weights of ``model`` learn, at a low rate."""
    model.requires_grad_(True)
    model.train()
    # train makes a new optimizer
    train(model, images, labels, 1e-3, num_epochs)


def validate(model: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean loss in nats and accuracy from 0 to 1, each picture counted once."""
    examples = TensorDataset(images, labels)
    loss, right = 0.0, 0
    model.eval()
    with torch.inference_mode():
        for x, y in DataLoader(examples, 256):
            z = model(x)
            loss += F.cross_entropy(z, y) * len(y)
            right += (z.argmax(1) == y).sum()
    n = len(labels)
    return float(loss / n), float(right / n)
