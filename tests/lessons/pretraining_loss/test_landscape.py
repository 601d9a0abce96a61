"""Lesson 01: landscape, optimizers and minibatches agree with torch and with hand arithmetic."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.lessons.pretraining_loss.exercises import check_descend
from course_utils.lessons.pretraining_loss.landscape import PLACES_AT_ONCE, Landscape
from course_utils.lessons.pretraining_loss.minibatches import place_minibatches
from course_utils.lessons.pretraining_loss.optimizers import OPTIMIZERS
from tests.lessons.pretraining_loss.answers import starts_again_in_each_round

OF_TORCH = {
    "SGD": torch.optim.SGD,
    "momentum": partial(torch.optim.SGD, momentum=0.9),
    "Adam": torch.optim.Adam,
}


@pytest.fixture
def landscape() -> Landscape:
    """Twelve examples of three classes, two weights."""
    generator = torch.Generator().manual_seed(0)
    return Landscape(
        torch.randn(12, 3, 2, generator=generator),
        torch.randint(3, (12,), generator=generator),
    )


def loss_of(landscape: Landscape, theta: Tensor, rows: Tensor) -> Tensor:
    """The loss of some examples, as torch has it."""
    return F.cross_entropy(landscape.scores[rows] @ theta, landscape.labels[rows])


def test_losses_are_those_of_torch_at_every_place(landscape: Landscape) -> None:
    places = torch.randn(2, PLACES_AT_ONCE, 2)
    losses = landscape.losses_at(places)
    assert losses.shape == places.shape[:2]
    for place, loss in zip(places.reshape(-1, 2), losses.flatten(), strict=True):
        assert loss.item() == pytest.approx(
            loss_of(landscape, place, torch.arange(12)).item(), abs=1e-5
        )


def test_the_surface_runs_from_zero_to_the_far_end(landscape: Landscape) -> None:
    a, b, losses = landscape.surface(torch.tensor([2.0, 5.0]), size=(3, 4))
    assert a.tolist() == [0, 1, 2] and b[-1] == 5 and losses.shape == (4, 3)
    assert losses[1, 2] == landscape.losses_at(torch.stack([a[2], b[1]]))


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_descent_takes_the_steps_of_torch(landscape: Landscape, name: str) -> None:
    rows = torch.randint(12, (4, 15, 5), generator=torch.Generator().manual_seed(1))
    rates = [0.3 / (step + 1) for step in range(15)]
    paths = landscape.descend_many(rows, rates, OPTIMIZERS[name])
    assert paths.shape == (4, 16, 2)
    for path, rows_of_steps in zip(paths, rows, strict=True):
        theta = torch.zeros(2, requires_grad=True)
        optimizer = OF_TORCH[name]([theta], lr=0.3)
        for step, some in enumerate(rows_of_steps):
            assert torch.allclose(path[step], theta.detach(), atol=1e-5)
            optimizer.param_groups[0]["lr"] = rates[step]
            optimizer.zero_grad()
            loss_of(landscape, theta, some).backward()
            optimizer.step()
        assert torch.allclose(path[-1], theta.detach(), atol=1e-5)


def test_paths_and_ends_are_those_of_the_single_descents(landscape: Landscape) -> None:
    rows = torch.randint(12, (3, 6, 5), generator=torch.Generator().manual_seed(1))
    ends = landscape.end_losses(rows, [0.1, 0.4], OPTIMIZERS)
    paths = landscape.paths(rows[1], [0.1, 0.4], OPTIMIZERS)
    losses = landscape.losses_along(paths)
    for name, table in ends.items():
        assert table.shape == (3, 2)
        for place, rate in enumerate((0.1, 0.4)):
            assert paths[rate][name].shape == (7, 2)
            assert losses[rate][name][-1].item() == pytest.approx(table[1, place].item(), abs=1e-6)


def test_a_rate_is_wanted_for_every_step(landscape: Landscape) -> None:
    with pytest.raises(ValueError, match="got 2 rates for 6 steps"):
        landscape.descend_many(torch.zeros(3, 6, 5, dtype=torch.long), [0.1] * 2, OPTIMIZERS["SGD"])


def test_minibatches_are_placed_along_and_beside_the_full_gradient() -> None:
    full = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
    gradients = torch.stack([2 * full, torch.tensor([[0.0, 1.0], [1.0, 0.0]])])
    clouds, means = place_minibatches({8: gradients}, full)
    assert torch.allclose(clouds[8], torch.tensor([[10.0, 0.0], [0.0, 2**0.5]]))
    assert torch.allclose(means[8], torch.tensor([[10.0, 0.0], [5.0, 0.5**0.5]]))


def test_zeros_in_each_round_are_named_with_the_update_below_the_loop() -> None:
    said = check_descend(starts_again_in_each_round)
    assert said.misconception == "update-below-the-loop" and "zeros again" in said.message
