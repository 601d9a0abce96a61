"""The least that training takes: by hand, against an optimizer, and below what a process took."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from course_utils.costs.memory import OPTIMIZERS, MemoryBound, memory_bound
from course_utils.costs.steps import MAKERS, training_step
from course_utils.files import PROJECT_FOLDER
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from tests.helpers.module_state import optimizer_bytes

MEASURE = """
import threading, time, psutil, torch
from course_utils.costs.memory import memory_bound
from course_utils.costs.steps import MAKERS, training_step
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone

def train(width, batch):
    model = Classifier(Backbone(1, width), 10).train()
    images, labels = torch.randn(batch, 1, 32, 32), torch.zeros(batch, dtype=torch.long)
    step = training_step(model, images, labels, MAKERS["adamw"](model.parameters()))
    step()
    step()
    return model

def watch():
    while not done.is_set():
        taken.append(this.memory_info().rss)
        time.sleep(0.001)

torch.set_num_threads(1)
train(4, 2)  # sets the libraries up
this, taken, done = psutil.Process(), [], threading.Event()
before = this.memory_info().rss
watching = threading.Thread(target=watch)
watching.start()
model = train(32, 64)
done.set()
watching.join()
print(max(taken) - before, memory_bound(model, (64, 1, 32, 32)).total)
"""


def test_a_bound_by_hand() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 2))
    weights = 4 * (12 * 5 + 5 + 5 * 2 + 2)
    kept = 4 * 10 * (12 + 5)  # the pixels, and what comes out of ReLU
    assert memory_bound(model, (10, 3, 2, 2)) == MemoryBound(weights, weights, 2 * weights, kept)
    assert memory_bound(model, (10, 3, 2, 2), "sgd").total == 2 * weights + kept
    assert memory_bound(model, (10, 3, 2, 2), "momentum").total == 3 * weights + kept


def test_in_16_bits_only_what_is_kept_gets_smaller() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 2))
    full, half = (
        memory_bound(model, (10, 3, 2, 2), precision=precision)
        for precision in (torch.float32, torch.float16)
    )
    assert (half.weights, half.gradients, half.optimizer) == (
        full.weights,
        full.gradients,
        full.optimizer,
    )
    assert half.kept == full.kept / 2


def test_running_means_are_no_weights_that_learn() -> None:
    bound = memory_bound(nn.Sequential(nn.BatchNorm2d(3)), (4, 3, 2, 2), "sgd")
    assert bound.gradients == 4 * 2 * 3
    assert bound.weights == bound.gradients + 4 * 2 * 3 + 8  # and how many batches were seen


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_keeps_as_much_as_is_said(name: str) -> None:
    model = Classifier(Backbone(1, 4), 3)
    optimizer = MAKERS[name](model.parameters())
    training_step(model, torch.zeros(2, 1, 8, 8), torch.zeros(2, dtype=torch.long), optimizer)()
    counters = 4 * len(list(model.parameters())) * (name == "adamw")  # of its steps
    assert (
        memory_bound(model, (2, 1, 8, 8), name).optimizer == optimizer_bytes(optimizer) - counters
    )
    assert set(MAKERS) == set(OPTIMIZERS)


@pytest.mark.slow
def test_a_process_takes_more_but_not_many_times_more() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=PROJECT_FOLDER, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    taken, bound = map(float, done.stdout.split())
    assert 80e6 < bound < taken < 3 * bound


def test_an_unknown_optimizer_is_refused() -> None:
    with pytest.raises(
        ValueError, match='optimizer must be one of "sgd", "momentum", "adamw", got'
    ):
        memory_bound(Classifier(Backbone(1, 4), 2), (2, 1, 8, 8), "adam")


def test_a_bound_is_one_line() -> None:
    said = str(MemoryBound(1e6, 2e6, 3e6, 4e6))
    assert "\n" not in said and said.startswith("at least 10.00 MB of memory: weights 1.00 MB")
