"""The seconds of one step of training, measured so that a busy neighbour does not turn them."""

import copy
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.session.devices import waiter
from course_utils.session.parameters import check_choice
from course_utils.session.timing import one_thread

CLOCKS = {"cpu": time.process_time, "wall": time.perf_counter}
LEARNING_RATE = 1e-4
MAKERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": lambda weights: torch.optim.SGD(weights, LEARNING_RATE),
    "momentum": lambda weights: torch.optim.SGD(weights, LEARNING_RATE, momentum=0.9),
    "adamw": lambda weights: torch.optim.AdamW(weights, LEARNING_RATE),
}


def training_step(
    model: nn.Module, images: Tensor, labels: Tensor, optimizer: Optimizer
) -> Callable[[], None]:
    """One step on a batch, images (B, C, H, W) and labels (B,), to be called again and again."""

    def step() -> None:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def measure_step(
    model: nn.Module,
    batch_shape: Sequence[int],
    *,
    optimizer: str = "adamw",
    clock: str = "cpu",
    seconds: float = 1.0,
    fewest: int = 3,
) -> float:
    """The median seconds of a step with a copy of ``model``, all of it in train mode.

    Args:
        model: Turns images into logits (B, K); it is left as it is, and used where it is.
        batch_shape: (B, C, H, W). Numbers are random: no speed depends on them.
        optimizer: ``"sgd"``, ``"momentum"`` or ``"adamw"``.
        clock: ``"cpu"`` for the seconds that this process computes on one thread; ``"wall"`` for
            those that pass, with all threads, as on a GPU they are always measured.
        seconds: After which no further step begins.
        fewest: Steps that are measured in any case, after one that is not.

    Raises:
        ValueError: If ``optimizer`` or ``clock`` is unknown.
    """
    check_choice("optimizer", optimizer, tuple(MAKERS))
    check_choice("clock", clock, tuple(CLOCKS))
    trial = copy.deepcopy(model).train()
    device = next(trial.parameters()).device
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(*batch_shape, generator=generator).to(device)
    labels = torch.zeros(batch_shape[0], dtype=torch.long, device=device)
    step = training_step(trial, images, labels, MAKERS[optimizer](trial.parameters()))
    in_cpu_seconds = clock == "cpu" and device.type == "cpu"
    with (
        torch.random.fork_rng([device] if device.type == "cuda" else []),  # dropout draws numbers
        one_thread() if in_cpu_seconds else nullcontext(),
    ):
        now = CLOCKS["cpu" if in_cpu_seconds else "wall"]
        return statistics.median(durations(step, device, now, seconds, fewest))


def durations(
    work: Callable[[], object],
    device: torch.device,
    now: Callable[[], float],
    seconds: float,
    fewest: int,
) -> list[float]:
    """Seconds by the clock ``now`` of each time that ``work`` was done.

    A first time is not counted: it sets memory up.
    """
    wait, found = waiter(device), []
    work()
    wait()
    while len(found) < fewest or sum(found) < seconds:
        start = now()
        work()
        wait()
        found.append(now() - start)
    return found
