"""A step is measured without a trace, and the median is of the steps after the first."""

import time
from collections.abc import Callable

import pytest
import torch
from torch import nn

from course_utils.costs.steps import MAKERS, durations, measure_step
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import fingerprint
from course_utils.models.residual import Backbone

CPU = torch.device("cpu")
SHAPE = (4, 1, 8, 8)


def clock_of(*times: float) -> Callable[[], float]:
    """A clock that shows these times, one after the other."""
    iterator = iter(times)
    return lambda: next(iterator)


def test_the_first_time_is_not_counted_and_enough_is_enough() -> None:
    done = []
    work = lambda: done.append(1)  # noqa: E731
    found = durations(work, CPU, clock_of(0, 3, 10, 12, 20, 21), seconds=5, fewest=1)
    assert found == [3, 2] and len(done) == 3
    found = durations(work, CPU, clock_of(0, 3, 10, 12, 20, 21), seconds=0, fewest=3)
    assert found == [3, 2, 1]


@pytest.mark.parametrize("optimizer", MAKERS)
@pytest.mark.parametrize("clock", ["cpu", "wall"])
def test_measuring_leaves_model_threads_and_random_numbers_alone(
    optimizer: str, clock: str
) -> None:
    model = nn.Sequential(Classifier(Backbone(1, 4), 3), nn.Dropout(0.5)).eval()
    before, random, threads = fingerprint(model), torch.get_rng_state(), torch.get_num_threads()
    assert measure_step(model, SHAPE, optimizer=optimizer, clock=clock, seconds=0) > 0
    assert fingerprint(model) == before and not model.training
    assert torch.equal(random, torch.get_rng_state()) and torch.get_num_threads() == threads
    assert all(weight.grad is None for weight in model.parameters())


def test_each_clock_shows_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sleeping(nn.Module):
        """Takes time without computing."""

        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(2, 2)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Logits, late."""
            time.sleep(0.05)
            return self.layer(images)

    by_clock = {
        name: measure_step(Sleeping(), (1, 2), clock=name, seconds=0) for name in ("cpu", "wall")
    }
    assert by_clock["cpu"] < 0.05 <= by_clock["wall"]


def test_cpu_seconds_are_those_of_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Noting(nn.Linear):
        """Notes on how many threads torch computes."""

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Logits."""
            seen.append(torch.get_num_threads())
            return super().forward(images)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for clock, threads in (("cpu", 1), ("wall", 2)):
            seen.clear()
            measure_step(Noting(2, 2), (1, 2), clock=clock, seconds=0)
            assert set(seen) == {threads}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"optimizer": "adam"}, 'optimizer must be one of "sgd"'),
        ({"clock": "cuckoo"}, "clock must"),
    ],
)
def test_what_is_unknown_is_refused(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        measure_step(Classifier(Backbone(1, 4), 2), SHAPE, **wrong)
