"""Part a, the two versions of one recipe: as it is often written, and as lesson 06 makes it."""

import torch
import torch.nn.functional as F
from PIL.Image import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.computing import set_up
from course_utils.models.freezing import extract_features
from course_utils.session.start import Session

BATCH_SIZE = 64  # pictures per forward pass of our version, as in the lesson
NUM_EPOCHS = 2  # of the recipe


class Prepared(Dataset):
    """Pictures prepared one by one, each time they are asked for, as in the recipe."""

    def __init__(self, examples: LabelledImages, prepare: transforms.Compose) -> None:
        self.images, self.labels, self.prepare = examples.images, examples.labels, prepare

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.prepare(self.images[index]), self.labels[index]


def preparation(size: int, backbone: nn.Module) -> transforms.Compose:
    """Enlarge to 8/7 of ``size``, as 256 is of 224, cut out the middle, and normalise.

    The workbook's own backbone was pretrained on pixels from 0 to 1: nothing to normalise.
    """
    steps = [
        transforms.ToPILImage(),
        transforms.Resize(size * 8 // 7),
        transforms.CenterCrop(size),
        transforms.ToTensor(),
    ]
    if hasattr(backbone, "mean"):  # of torchvision, and so for colour
        steps.insert(1, transforms.Lambda(_in_colour))
        steps.append(transforms.Normalize(backbone.mean.flatten(), backbone.std.flatten()))
    return transforms.Compose(steps)


def _in_colour(picture: Image) -> Image:
    return picture.convert("RGB")


def as_written(backbone: nn.Module, train: Dataset, num_classes: int, seed: int) -> nn.Module:
    """The recipe: freeze as it freezes, batches of 4, two epochs of small steps."""
    torch.manual_seed(seed)
    body = getattr(backbone, "body", backbone)  # torchvision's own network where it is one
    for weights in body.parameters():
        weights.requires_grad = False
    model = nn.Sequential(body, nn.Linear(backbone.num_features, num_classes))
    loader = DataLoader(train, 4, shuffle=True)
    optimizer = torch.optim.SGD(model[1].parameters(), 0.001, momentum=0.9)
    for _ in range(NUM_EPOCHS):
        model.train()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
    return model


def ours(
    backbone: nn.Module, train: LabelledImages, penalty: float, seed: int, session: Session
) -> nn.Module:
    """Lesson 06: features once, in whole batches, and a head that has converged on them."""
    torch.manual_seed(seed)
    model = set_up(Classifier(backbone, train.num_classes), session)
    features = extract_features(model.backbone, train.images, batch_size=BATCH_SIZE)
    fit_head(model.head, features, train.labels, penalty)
    return model


def fit_head(head: nn.Linear, features: Tensor, labels: Tensor, penalty: float) -> None:
    """Minimise the loss of ``head`` and its penalty by L-BFGS, as built in lesson 06."""
    optimizer = torch.optim.LBFGS(
        head.parameters(), max_iter=200, tolerance_grad=1e-3, line_search_fn="strong_wolfe"
    )

    def penalised_loss() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(head(features), labels)
        loss = loss + penalty * head.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(penalised_loss)
