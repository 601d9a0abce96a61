"""Trainings with other batches: as many pictures, fewer steps; statistics that settle."""

import copy
from pathlib import Path

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.lessons.scaling_up import report
from course_utils.lessons.scaling_up.trials import Recipe, Task
from course_utils.models.classifier import Classifier
from course_utils.session.start import start_session


@pytest.fixture
def task(model: Classifier, digits: LabelledImages, tmp_path: Path) -> Task:
    session = start_session(profile="cpu", device="cpu", seed=0, data_dir=str(tmp_path))
    return Task(model, digits, 2, session)


def test_a_larger_batch_takes_fewer_steps(task: Task) -> None:
    assert [task.num_steps(Recipe(size, 0.1)) for size in (8, 16, 48)] == [12, 6, 2]


def test_a_seed_decides_weights_and_order_and_the_recipe_the_rest(task: Task) -> None:
    first, other = Recipe(16, 0.01), Recipe(16, 0.02)
    trained = task.train_all([first, other], [0, 1])
    again = task.train(first, 0)
    same = [
        torch.equal(again.head.weight, model.head.weight)
        for models in trained.values()
        for model in models
    ]
    assert same == [True, False, False, False]
    assert not any(model.training for model in trained[first])


def test_precision_reaches_the_layers(task: Task) -> None:
    assert task.train(Recipe(48, 0.01, torch.bfloat16), 0).backbone.precision == torch.bfloat16


def test_settled_statistics_are_those_of_the_pictures_and_no_weight_moves(
    task: Task, digits: LabelledImages
) -> None:
    trained = task.train(Recipe(48, 0.01), 0)
    (settled,) = task.settle_all([trained])
    for name, weight in trained.named_parameters():
        assert torch.equal(weight, settled.get_parameter(name))
    first = settled.backbone[0][0](digits.images)
    mean = settled.backbone[0][1].running_mean
    assert torch.allclose(mean, first.mean(dim=(0, 2, 3)), atol=1e-5)
    assert not torch.allclose(mean, trained.backbone[0][1].running_mean, atol=1e-3)


def test_an_epoch_to_time_moves_no_weight(task: Task) -> None:
    before = copy.deepcopy(task.untrained)
    task.epoch(16)()
    for old, new in zip(before.parameters(), task.untrained.parameters(), strict=True):
        assert torch.equal(old, new)


def test_weights_in_few_digits_stand_still(task: Task, digits: LabelledImages) -> None:
    batches = [(digits.images[at : at + 16], digits.labels[at : at + 16]) for at in (0, 16, 32)]
    model = task.untrained
    in_32, in_16, slower = (
        report.unmoved_share(model, batches, rate, kind)
        for rate, kind in ((1e-3, torch.float32), (1e-3, torch.bfloat16), (1e-5, torch.bfloat16))
    )
    assert in_32 < 0.02 < 0.3 < in_16 < slower <= 1


def test_accuracy_is_counted_in_eval_mode(model: Classifier, digits: LabelledImages) -> None:
    model.train()
    with torch.no_grad():
        answers = copy.deepcopy(model).eval()(digits.images).argmax(dim=1)
    expected = (answers == digits.labels).double().mean().item()
    assert report.accuracy(model, digits) == pytest.approx(expected)
