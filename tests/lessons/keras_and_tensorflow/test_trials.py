"""What is measured of a Keras network, against torch and against numbers by hand."""

import math

import numpy as np
import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split
from course_utils.lessons.keras_and_tensorflow import torch_side, trials
from course_utils.lessons.keras_and_tensorflow.network import Settings
from course_utils.lessons.keras_and_tensorflow.other_defaults import other_defaults
from course_utils.lessons.keras_and_tensorflow.report import apart
from course_utils.lessons.keras_and_tensorflow.task import Task, load_task, save_task
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict

Beginning = tuple[Classifier, Split, list[LabelledImages]]


def test_logits_loss_and_gradient_are_those_of_torch(beginning: Beginning, task: Task) -> None:
    model, split, _ = beginning
    logits = trials.logits_of(task.network(), task.val_images)
    assert apart(logits, predict(model, split.val.images).numpy()) < 1e-5
    first = split.train.images[:32], split.train.labels[:32]
    theirs = torch_side.torch_gradient(model, *first)
    ours = trials.gradient_of(task.network(), task.images[:32], task.labels[:32])
    assert apart(ours, theirs) < 1e-4


def test_three_steps_are_those_of_torch(beginning: Beginning, task: Task) -> None:
    model, split, _ = beginning
    ours = trials.take_steps(task.network(), task.images, task.labels, 3)
    theirs = torch_side.torch_steps(torch_side.nudge(model, 0.0), split.train, 3)
    start = torch_side.learned_in_torch(model)
    assert np.abs(theirs[0] - start).max() > 1e-3
    for ours_then, theirs_then in zip(ours, theirs, strict=True):
        assert apart(ours_then, theirs_then) < 1e-5


def test_another_epsilon_is_another_algorithm(beginning: Beginning, task: Task) -> None:
    model, split, _ = beginning
    ours = trials.take_steps(task.network(Settings(epsilon=1e-3)), task.images, task.labels, 3)
    theirs = torch_side.torch_steps(torch_side.nudge(model, 0.0), split.train, 3)
    assert apart(ours[-1], theirs[-1]) > 1e-4


def test_a_nudge_is_small_and_leaves_the_model_as_it_is(beginning: Beginning) -> None:
    model, _, _ = beginning
    before = torch_side.learned_in_torch(model)
    nudged = torch_side.learned_in_torch(torch_side.nudge(model, 1e-3))
    assert np.array_equal(torch_side.learned_in_torch(model), before)
    shares = np.abs(nudged - before)[before != 0] / np.abs(before[before != 0])
    assert 5e-4 < shares.mean() < 2e-3


def test_the_loss_believes_what_it_is_told() -> None:
    logits, labels = np.array([[2.0, 1.0, 1.0]], dtype="float32"), np.array([0])
    told = -math.log(math.exp(2) / (math.exp(2) + 2 * math.exp(1)))
    assert trials.loss_of(labels, logits) == pytest.approx(told, abs=1e-6)
    assert trials.loss_of(labels, logits, from_logits=False) == pytest.approx(
        -math.log(2 / 4), abs=1e-6
    )


def test_statistics_move_unless_they_are_frozen(task: Task) -> None:
    images = task.images[:8]
    assert trials.statistics_moved(task.network(), images, frozen=True) == 0
    network = task.network()
    before = trials.learned_of(network)
    assert trials.statistics_moved(network, images, frozen=False) > 1e-3
    assert np.array_equal(trials.learned_of(network), before)


def test_accuracy_is_the_share_of_right_answers(task: Task) -> None:
    network = task.network()
    answers = trials.logits_of(network, task.val_images).argmax(axis=1)
    assert trials.accuracy_of(network, task.val_images, answers) == 1
    assert trials.accuracy_of(network, task.val_images, (answers + 1) % 10) == 0


def test_64_bits_are_taken_back(task: Task) -> None:
    with trials.float64():
        assert trials.logits_of(task.network(), task.images[:2]).dtype == np.float64
    assert trials.logits_of(task.network(), task.images[:2]).dtype == np.float32


def test_a_task_is_read_as_it_was_written(task: Task, tmp_path: object) -> None:
    save_task(tmp_path / "task.npz", task, {"logits": np.arange(3)})
    again, more = load_task(tmp_path / "task.npz")
    assert more["logits"].tolist() == [0, 1, 2]
    assert list(again.weights) == list(task.weights)
    assert np.array_equal(again.few_labels, task.few_labels)
    assert np.array_equal(again.weights["head"][1], task.weights["head"][1])


def test_the_other_defaults_are_those_of_torch_as_it_is() -> None:
    text = other_defaults()
    epsilon = torch.nn.LayerNorm(1).eps
    (line,) = [line for line in text.splitlines() if line.startswith("layer norm")]
    assert line.split()[-2:] == [f"{epsilon:g}", "0.001"]
    assert "(-53.94, 11.22, 76.32)" in text  # 50, 128 and 200 less ImageNet's means, blue first
