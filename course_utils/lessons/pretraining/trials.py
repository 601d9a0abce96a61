"""Small networks and pictures on which the answers of lesson 02 are tried, and what they leave."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.feedback import as_one_number, first_feedback, wrong
from course_utils.exercises.plain_data import places_in

# Steps and batch size of each training of the broken loop. A short last batch of the 64 pictures
# must not be a single one: batch norm refuses that.
TRAININGS = ((150, 16), (200, 10))
SCORINGS = ((26, 8, True), (11, 4, False))  # pictures, batch size, whether in train mode before
EPOCHS = (1, 3)  # of each training with three faults
EPOCH_BATCH = 8  # pictures in a batch there; the last batch is short


def small_network(seed: int) -> nn.Sequential:
    """Pictures (B, 1, 4, 4) to logits (B, 4), the same weights for the same seed, in train mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + 1)
        return nn.Sequential(
            nn.Flatten(), nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4)
        ).train()


def used_network(seed: int) -> nn.Sequential:
    """A small network whose batch norm keeps averages that no batch here has."""
    network = small_network(seed)
    generator = torch.Generator().manual_seed(seed + 6)
    norm = network[2]
    with torch.no_grad():
        norm.running_mean.copy_(torch.randn(32, generator=generator))
        norm.running_var.copy_(0.3 + 3 * torch.rand(32, generator=generator))
        norm.num_batches_tracked.fill_(100)
        network[4].weight.mul_(6)  # logits of some size, so that softmax changes much
    return network


def three_batches(seed: int) -> list[tuple[Tensor, Tensor]]:
    """Pictures (B, 1, 4, 4) and labels (B,) of three batches, the last one short."""
    generator = torch.Generator().manual_seed(seed + 2)
    return [
        (
            3 * torch.randn(size, 1, 4, 4, generator=generator),
            torch.randint(4, (size,), generator=generator),
        )
        for size in (8, 8, 3)
    ]


def four_classes(seed: int, count: int = 64) -> tuple[Tensor, Tensor]:
    """Pictures (N, 1, 4, 4) of 4 classes, which the small network can learn, and labels (N,)."""
    generator = torch.Generator().manual_seed(seed + 3)
    labels = torch.randint(4, (count,), generator=generator)
    centres = 2 * torch.randn(4, 1, 4, 4, generator=generator)
    return centres[labels] + torch.randn(count, 1, 4, 4, generator=generator), labels


def momentum_optimizer(model: nn.Module, rate: float) -> torch.optim.SGD:
    """Gradient descent with momentum."""
    return torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)


def with_random_numbers_of(seed: int, function: Callable[[], Any]) -> Any:
    """What ``function`` returns with torch's random numbers begun anew, and put back after it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + 4)
        return function()


def weights_of(model: nn.Module) -> list[float]:
    """All weights, one after the other."""
    return torch.cat([weight.detach().flatten() for weight in model.parameters()]).tolist()


def averages_of(model: nn.Module) -> list[float]:
    """What batch norm keeps: means, variances, and how many batches it has seen."""
    kept = [average.double().flatten() for average in model.buffers()]
    return torch.cat(kept).tolist() if kept else []


class Recorder(nn.Module):
    """A network that takes down the batches it is given.

    Of each it keeps the size and whether a backward pass was possible; of those that a backward
    pass came through, in ``learned`` by their number, the pictures and the weights before.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.sizes: list[int] = []
        self.with_gradients: list[bool] = []
        self.learned: dict[int, tuple[Tensor, list[float]]] = {}

    def forward(self, images: Tensor) -> Tensor:
        """The logits of the network."""
        number, given = len(self.sizes), (images.detach().clone(), weights_of(self.network))
        logits = self.network(images)
        self.sizes.append(len(images))
        self.with_gradients.append(logits.requires_grad)
        if logits.requires_grad:
            logits.register_hook(lambda _: self.learned.update({number: given}))
        return logits

    def __deepcopy__(self, memo: dict[int, Any]) -> "Recorder":
        """A copy of the network, whose batches are taken down here too."""
        twin = memo[id(self)] = Recorder(copy.deepcopy(self.network, memo))
        twin.training = self.training
        twin.sizes, twin.with_gradients, twin.learned = (
            self.sizes,
            self.with_gradients,
            self.learned,
        )
        return twin


def run_training(
    function: Callable[..., Any], num_steps: int, batch_size: int, seed: int
) -> dict[str, list]:
    """Train on batches that ``function`` draws; the batches, and what became of the network."""
    images, labels = four_classes(seed)
    model = Recorder(small_network(seed))
    arguments = (model, images.clone(), labels.clone(), momentum_optimizer(model, 0.1))
    with_random_numbers_of(seed, lambda: function(*arguments, num_steps, batch_size))
    batches, weights = zip(*model.learned.values(), strict=True) if model.learned else ((), ())
    return {
        "batches": [places_in(images, batch) for batch in batches],
        "early": weights[1:4],
        "weights": weights_of(model.network),
        "averages": averages_of(model.network),
    }


def run_scoring(
    function: Callable[..., Any], count: int, batch_size: int, training: bool, seed: int
) -> Any:
    """Have ``function`` score a network; its two numbers, and what it did to the network."""
    model = Recorder(used_network(seed)).train(training)
    images, labels = four_classes(seed, count)
    with torch.enable_grad():
        result = function(model, images, labels, batch_size)
        gradients_on = torch.is_grad_enabled()
    if result is None or result is ...:
        return result
    if not isinstance(result, tuple | list) or len(result) != 2:
        return wrong("Return two numbers: the mean loss and the accuracy.", "not-a-pair")
    loss = as_one_number(result[0], "As the loss, your function returns")
    accuracy = as_one_number(result[1], "As the accuracy, your function returns")
    if fault := first_feedback((loss, accuracy)):
        return fault
    return {
        "loss": loss,
        "accuracy": accuracy,
        "all_seen": sum(model.sizes) >= count,
        "in_batches": max(model.sizes, default=0) <= batch_size,
        "with_gradients": any(model.with_gradients),
        "gradients_on": gradients_on,
        "may_learn": all(weights.requires_grad for weights in model.parameters()),
        "mode_kept": all(part.training is training for part in model.modules()),
        "same_weights": weights_of(model) == weights_of(used_network(seed)),
        "same_averages": averages_of(model) == averages_of(used_network(seed)),
    }


def run_epochs(function: Callable[..., Any], num_epochs: int, seed: int) -> Any:
    """Have ``function`` train a network over epochs; what it returned, and the network's state."""
    model = small_network(seed)
    images, labels = four_classes(seed, 22)
    optimizer = momentum_optimizer(model, 0.1)
    accuracies = function(model, images, labels, optimizer, num_epochs, EPOCH_BATCH)
    if accuracies is None or accuracies is ...:
        return accuracies
    try:
        kept = list(accuracies)
    except Exception:  # of whatever the learner's object does when it is asked for its items
        return wrong("Return a list: the accuracy after each epoch.", "not-a-list")
    numbers = [as_one_number(each, "As one accuracy, your function returns") for each in kept]
    if fault := first_feedback(numbers):
        return fault
    return {
        "accuracies": numbers,
        "weights": weights_of(model),
        "averages": averages_of(model),
    }
