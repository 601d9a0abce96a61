"""Trainings by fit, repeated; and the report on TensorFlow, stored and computed."""

import dataclasses
import json
import math

import numpy as np
import pytest

from course_utils.lessons.keras_and_tensorflow import other_backend, stored, training, trials
from course_utils.lessons.keras_and_tensorflow.network import Settings
from course_utils.lessons.keras_and_tensorflow.report import WORDS, table_of
from course_utils.lessons.keras_and_tensorflow.task import Task


@pytest.mark.slow
def test_a_repeat_does_not_depend_on_the_one_before(task: Task) -> None:
    network = task.network()
    starts = training.new_heads(network, [3, 4])
    both = training.train_repeats(network, starts, task, 0.003, 1)
    second = dataclasses.replace(
        task, few_images=task.few_images[::-1], few_labels=task.few_labels[::-1]
    )
    turned = training.train_repeats(network, starts[::-1], second, 0.003, 1)
    # Each repeat shuffles by its place, so the order of the pictures differs; its start does not.
    assert not np.array_equal(both.weights[0][0], both.weights[1][0])
    again = training.train_repeats(network, starts, task, 0.003, 1)
    for ours, theirs in zip(both.weights[1], again.weights[1], strict=True):
        assert np.array_equal(ours, theirs)
    assert len(turned.val) == 2


def test_heads_are_drawn_as_torch_draws_them_and_the_rest_is_kept(task: Task) -> None:
    network = task.network()
    one, other = training.new_heads(network, [0, 1])
    kept = network.get_weights()
    assert all(
        np.array_equal(ours, theirs) for ours, theirs in zip(one[:-2], kept[:-2], strict=True)
    )
    assert not np.array_equal(one[-2], other[-2])
    bound = 1 / math.sqrt(64)
    assert np.abs(one[-2]).max() <= bound
    assert one[-2].std() == pytest.approx(bound / math.sqrt(3), rel=0.1)


@pytest.mark.slow
def test_new_statistics_bring_back_what_a_slow_momentum_lost(task: Task) -> None:
    slow = Settings(momentum=0.999)
    network = task.untrained(slow)
    starts = training.from_scratch(task, slow, [0, 1])
    trained = training.train_repeats(network, starts, task, 0.003, 15)
    again = training.with_new_statistics(network, trained, task)
    assert trained.val.mean() < 0.3
    assert again.mean() > trained.val.mean() + 0.2
    learned = trials.learned_of(network)
    network.set_weights(trained.weights[-1])
    assert np.array_equal(learned, trials.learned_of(network))


def test_what_is_split_off_sorted_pictures_was_never_learned(task: Task) -> None:
    network = task.network()
    (start,) = training.new_heads(network, [0])
    assert training.split_off_sorted(network, start, task, 0.003, 2) == 0


def test_accuracies_of_starts_are_those_of_their_weights(task: Task) -> None:
    network = task.network()
    own = network.get_weights()
    good, bad = training.accuracies_of(network, [own, training.new_heads(network, [0])[0]], task)
    assert good > 0.8 > bad


def test_the_stored_report_has_every_row_and_says_how_it_was_made() -> None:
    report = stored.load_stored()
    assert set(WORDS) <= set(report)
    assert "on tensorflow, seed 0" in report["made"]
    text = table_of({"stored": report, "nothing": {}})
    assert len(text.splitlines()) == len(WORDS) + 1
    assert all(line.endswith("-") for line in text.splitlines()[1:])


def test_a_report_is_kept_as_it_is(tmp_path: object) -> None:
    stored.keep({"versions": "Keras 3", "loss": 0.25, "fine-tuned": [0.5, 1.0]}, 3, tmp_path / "r")
    again = json.loads((tmp_path / "r").read_text())
    assert again["fine-tuned"] == [0.5, 1.0]
    assert again["made"].endswith("Keras 3, seed 3")


@pytest.mark.slow
def test_tensorflow_gives_what_is_stored() -> None:
    if not other_backend.has_tensorflow():
        pytest.skip("TensorFlow is not installed: pip install -r requirements/tensorflow.txt")
    found, kept = stored.report_on_tensorflow(stored.SEED), stored.load_stored()
    assert found["20 steps, 64 bits"] < 1e-12
    for name in ("logits", "gradient", "20 steps, 32 bits"):
        assert found[name] < 1e-3
    for name in ("loss", "loss, logits not told", "statistics move"):
        assert found[name] == pytest.approx(kept[name], rel=1e-2)
    assert found["statistics move, frozen"] == found["validation_split, sorted"] == 0
    for name in ("fine-tuned", "from scratch, printed"):
        assert np.mean(found[name]) == pytest.approx(np.mean(kept[name]), abs=0.05)
    assert np.mean(found["from scratch"]) < 0.4
    assert np.mean(found["from scratch, new statistics"]) > 0.6


def test_what_fails_on_tensorflow_says_what_it_said_last(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_backend.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="Keras on TensorFlow failed in its own process"):
        other_backend.run_on_tensorflow(task, {}, 0.1, 1, 1)
