"""The same steps in torch, and what they give, in the order in which Keras has its weights."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split
from course_utils.lessons.keras_and_tensorflow.report import NUM_STEPS
from course_utils.lessons.keras_and_tensorflow.trials import BATCH_SIZE, MOMENTUM, STEP_RATE
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.models.side_by_side import seeded


def learned_in_torch(model: Classifier, gradient: bool = False) -> np.ndarray:
    """All weights that learn, or their gradient, in one row as ``trials.learned_of`` has them."""
    row = []
    for part in model.modules():
        for tensor in part.parameters(recurse=False):
            values = (tensor.grad if gradient else tensor).detach()
            if values.ndim == 4:  # a filter
                values = values.permute(2, 3, 1, 0)
            row.append((values.T if values.ndim == 2 else values).numpy().ravel())
    return np.concatenate(row)


def torch_gradient(model: Classifier, images: Tensor, labels: Tensor) -> np.ndarray:
    """Gradient of the loss, as in training, in one row; ``model`` stays as it is."""
    trained = copy.deepcopy(model).train()
    F.cross_entropy(trained(images), labels).backward()
    return learned_in_torch(trained, gradient=True)


def nudge(model: Classifier, share: float) -> Classifier:
    """A copy in train mode, each weight changed at random by about that ``share`` of it."""
    nudged = copy.deepcopy(model).train()
    with torch.no_grad(), seeded(1):
        for weight in nudged.parameters():
            weight.mul_(1 + share * torch.randn_like(weight))
    return nudged


def torch_steps(model: Classifier, examples: LabelledImages, num_steps: int) -> np.ndarray:
    """Plain steps as ``trials.take_steps`` takes them; all weights (steps, W) after each one.

    Args:
        model: In train mode; it learns.
        examples: Taken in their order, as many for a step as there.
        num_steps: How many steps.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=STEP_RATE, momentum=MOMENTUM)
    dtype = model.head.weight.dtype
    after = []
    for step in range(num_steps):
        at = torch.arange(step * BATCH_SIZE, (step + 1) * BATCH_SIZE) % len(examples)
        logits = model(examples.images[at].to(dtype))
        loss = F.cross_entropy(logits, examples.labels[at])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        after.append(learned_in_torch(model))
    return np.stack(after)


def in_torch(model: Classifier, split: Split) -> dict[str, np.ndarray]:
    """What torch gives for a task that was made of these: ``torch_side`` of a report."""
    first = split.train.images[:BATCH_SIZE], split.train.labels[:BATCH_SIZE]
    copies = {"after_32": nudge(model, 0.0), "after_64": nudge(model, 0.0).double()}
    after = {name: torch_steps(each, split.train, NUM_STEPS)[-1] for name, each in copies.items()}
    logits = predict(model, split.val.images).numpy()
    return {"logits": logits, "gradient": torch_gradient(model, *first), **after}
