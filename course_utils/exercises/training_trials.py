"""Small trainings by which the checks of lesson 02 tell what a learner's code does."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.exercises.feedback import Feedback, call, wrong

Step = Callable[[nn.Module, Tensor, Tensor, Optimizer], Any]


def step(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimizer: Optimizer,
    order: str = "zero backward step",
    loss_of: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
) -> Tensor:
    """The five lines, or a wrong idea of them by another ``order`` or ``loss_of``."""
    loss = loss_of(model(images), labels)
    actions = {"zero": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}
    for action in order.split():
        actions[action]()
    return loss


def _loss_of_probs(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits.softmax(dim=1), labels)


WRONG_STEPS: dict[str, tuple[Step, str]] = {
    "no-zero-grad": (
        partial(step, order="backward step"),
        "Each update also follows the gradients of all steps before it: they add up.",
    ),
    "zero-after-backward": (
        partial(step, order="backward zero step"),
        "The weights never move: at the update, there is no gradient to follow.",
    ),
    "softmax-first": (
        partial(step, loss_of=_loss_of_probs),
        "cross_entropy takes the softmax itself. Give it what the model returns.",
    ),
    "sum-of-losses": (
        partial(step, loss_of=partial(F.cross_entropy, reduction="sum")),
        "Your steps grow with the batch: use the mean over the examples.",
    ),
}


def three_steps(function: Step) -> tuple[Tensor, Tensor, nn.Module] | Feedback:
    """Losses (3,), all weights as one vector, and the model, after three calls of ``function``."""
    generator = torch.Generator().manual_seed(2)
    model = small_network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    losses = []
    for size in (8, 8, 3):
        images = 3 * torch.randn(size, 1, 4, 4, generator=generator)
        labels = torch.randint(4, (size,), generator=generator)
        loss = call(function, model, images, labels, optimizer)
        if isinstance(loss, Feedback):
            return loss
        try:
            losses.append(float(loss.detach() if isinstance(loss, Tensor) else loss))
        except (TypeError, ValueError):
            return wrong(f"Return the loss as a number, not {type(loss).__name__}.", "not-a-number")
    weights = torch.cat([weight.detach().flatten() for weight in model.parameters()])
    return torch.tensor(losses), weights, model


def small_network() -> nn.Sequential:
    """Pictures (B, 1, 4, 4) to logits (B, 4), the same weights every time, in train mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return nn.Sequential(
            nn.Flatten(), nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4)
        ).train()


class _Recorder(nn.Module):
    """A small network that keeps every batch of pictures it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.network, self.batches = small_network(), []

    def forward(self, images: Tensor) -> Tensor:
        self.batches.append(images.detach().clone())
        return self.network(images)


def task() -> tuple[Tensor, Tensor]:
    """64 pictures (64, 1, 4, 4) of 4 classes, which the small network can learn."""
    generator = torch.Generator().manual_seed(3)
    labels = torch.randint(4, (64,), generator=generator)
    centres = 2 * torch.randn(4, 1, 4, 4, generator=generator)
    return centres[labels] + torch.randn(64, 1, 4, 4, generator=generator), labels


def trained(
    function: Callable[..., Any], num_steps: int, batch_size: int
) -> tuple[float, list[Tensor]] | Feedback:
    """Loss over all examples after training, and the batches that the network was given."""
    images, labels = task()
    model = _Recorder()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    def train() -> bool:
        function(model, images, labels, optimizer, num_steps, batch_size)
        return True

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        done = call(train)
    if isinstance(done, Feedback):
        return done
    with torch.no_grad():
        loss = F.cross_entropy(model.network.eval()(images), labels).item()
    return loss, model.batches


def train_as_given(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimizer: Optimizer,
    num_steps: int,
    batch_size: int,
) -> None:
    """The loop of exercise 2 before it is mended: pictures and labels in different orders."""
    model.train()
    for _ in range(num_steps):
        batch = images[torch.randperm(len(images))[:batch_size]]
        step(model, batch, labels[torch.randperm(len(labels))[:batch_size]], optimizer)


def losses_at(rate: float) -> list[float]:
    """Training loss before each of 60 steps at one rate, of a linear model of blurred classes."""
    images, labels = task()
    generator = torch.Generator().manual_seed(5)
    images = images / 5 + torch.randn(images.shape, generator=generator)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = nn.Sequential(nn.Flatten(), nn.Linear(16, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(60):
        with torch.no_grad():
            losses.append(F.cross_entropy(model(images), labels).item())
        places = torch.randperm(len(images), generator=generator)[:16]
        step(model, images[places], labels[places], optimizer)
    return losses
