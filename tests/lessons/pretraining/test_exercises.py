"""Exercises of lesson 02: what the figure of three runs shows, and what checks leave alone."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn, optim

from course_utils.exercises.checking import judge
from course_utils.lessons.pretraining import exercises as checks
from course_utils.lessons.pretraining.answers.rates import RATES
from course_utils.lessons.pretraining.three_runs import THREE_RUNS
from course_utils.lessons.pretraining.trials import four_classes
from tests.lessons.pretraining.answers import RIGHT, WRONG, fit_pictures, step_in_order, train

pytestmark = pytest.mark.slow

CURVES = {name: [float(loss) for loss in text.split()] for name, text in THREE_RUNS.items()}


def losses_at(rate: float) -> list[float]:
    """Training loss before each of 60 steps at one rate, of a linear model of blurred classes."""
    images, labels = four_classes(0)
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
        optimizer.zero_grad()
        F.cross_entropy(model(images[places]), labels[places]).backward()
        optimizer.step()
    return losses


def test_each_curve_is_that_of_its_rate() -> None:
    assert set(CURVES) == set(RATES)
    for name, rate in RATES.items():
        # Large steps make much of small differences between machines: only the first are compared.
        count = 10 if rate == 20 else 60
        expected = torch.tensor(losses_at(rate)[:count])
        assert torch.tensor(CURVES[name][:count]).allclose(expected, atol=0.011), name


def test_the_three_curves_are_what_the_exercise_says_of_them() -> None:
    jumpy, slow, good = (CURVES[name] for name in "ABC")
    assert all(after < before for before, after in zip(slow, slow[5:], strict=False))
    assert good[-1] < 0.5 * slow[-1]
    assert max(jumpy) > 3 * jumpy[0] and min(jumpy[1:]) > max(good[-20:])


def test_the_figure_of_three_runs_has_labelled_axes() -> None:
    ax = checks.plot_three_runs()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "training loss (nats)")
    assert len(ax.get_lines()) == 3


def test_a_check_leaves_the_random_numbers_of_the_lesson_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    checks.check_train(train)
    assert torch.rand(1).equal(expected)


def test_a_training_without_a_step_is_told_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.check_one_step(step_in_order("zb")).misconception == "weights-unmoved"
    monkeypatch.setattr(optim.SGD, "step", lambda self: None)
    observed = checks.observe_three_faults(fit_pictures)
    monkeypatch.undo()
    feedback = judge("pretraining", "three_faults", observed)
    assert feedback.misconception == "weights-unmoved"


def test_a_loss_with_its_graph_is_right_and_remarked_upon() -> None:
    remarked = checks.check_one_step(RIGHT["one_step"]["by log probabilities"])
    assert remarked.status == "right" and ".item() makes a number" in remarked.message
    for name in ("the five lines", "a detached loss"):
        feedback = checks.check_one_step(RIGHT["one_step"][name])
        assert feedback.status == "right" and "remark" not in feedback.message


def test_gradients_are_on_again_whatever_a_score_does() -> None:
    checks.check_evaluate(WRONG["evaluate"]["gradients-left-off"])
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("exercise", ["one_step", "train", "evaluate", "three_faults"])
def test_right_answers_are_right_where_gradients_are_switched_off(exercise: str) -> None:
    check = getattr(checks, f"check_{exercise}")
    with torch.no_grad():
        for name, answer in RIGHT[exercise].items():
            assert check(answer).status == "right", name
