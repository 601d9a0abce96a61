"""Part l: all sides take the same steps, and TensorFlow takes its turns in a process of its own."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmark import __main__ as command
from benchmark import keras_epochs
from benchmark.keras_epochs import KERAS, ON_TENSORFLOW, OURS
from benchmark.keras_sides import FIT, OWN_LOOP, Fit, side_of
from benchmark.measurements import Comparison, Reading, Skipped, Turn
from benchmark.settings import QUICK, Settings
from benchmark.tensorflow_process import Asked
from course_utils.evaluation.scores import evaluate
from course_utils.lessons.keras_and_tensorflow.other_backend import has_tensorflow
from course_utils.lessons.keras_and_tensorflow.trials import logits_of
from course_utils.models.inference import predict

pytestmark = pytest.mark.slow

TINY = Settings(**QUICK)
NAME = "an epoch of 70 digits"


def test_keras_takes_the_same_steps_as_our_loop() -> None:
    train, scored = keras_epochs.draw_digits(TINY)
    model = keras_epochs.new_model(0).train()
    keras_epochs.train_in_torch(model, train, 1)
    expected = predict(model, scored.images).numpy()
    apart = {}
    for seed in (0, 1):
        training = Fit(keras_epochs.make_task(train, scored, seed), 1)
        training.train()
        found = logits_of(training.model, training.task.val_images)
        apart[seed] = np.abs(found - expected).max()
    assert apart[0] < 0.1 < 1 < apart[1], "another head, other logits"


def test_each_turn_of_keras_begins_anew() -> None:
    train, scored = keras_epochs.draw_digits(TINY)
    training = Fit(keras_epochs.make_task(train, scored, 0), 1)
    side = side_of(training)
    begun = training.accuracy()
    weights = []
    for number in range(2):
        side.prepare(number)
        assert training.accuracy() == begun
        noted = side.note(side.run(None))
        assert noted["cpu"] > 0 and noted["accuracy"] > begun
        weights.append([np.array(each) for each in training.model.get_weights()])
    assert all(map(np.array_equal, *weights)), "momenta and statistics too"


def test_the_digits_that_are_scored_are_not_learned_from() -> None:
    train, scored = keras_epochs.draw_digits(replace(TINY, keras_pictures=960))
    assert (len(train), len(scored)) == (960, 800)
    everything = torch.cat([train.images, scored.images]).flatten(1)
    assert len(everything.unique(dim=0)) == 1760, "no digit twice"
    other, _ = keras_epochs.draw_digits(replace(TINY, keras_pictures=960, seed=1))
    assert not torch.equal(other.labels, train.labels)


def test_the_part_alone_is_measured_and_reported(tmp_path: Path) -> None:
    arguments = ["--only", "l", "--quick", "--threads", "1", "--out", str(tmp_path)]
    assert command.main(arguments) == 0
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["results"]
    assert {result["part"] for result in found} == {"l"}
    compared = [result for result in found if result["kind"] == "comparison"]
    others = [KERAS, *ON_TENSORFLOW.values()] if has_tensorflow() else [KERAS]
    assert [result["other_name"] for result in compared] == others
    for result in compared:
        assert (result["name"], len(result["ratios"])) == (NAME, 2)
        assert result["note"].startswith("seconds of processors in an epoch: ours 0.")
    accuracies = {r["name"]: r["values"] for r in found if r["name"].startswith("accuracy")}
    assert list(accuracies) == [f"accuracy: {name}" for name in (OURS, *others)]
    train, scored = keras_epochs.draw_digits(TINY)
    model = keras_epochs.new_model(0).train()
    begun = evaluate(model, [(scored.images, scored.labels)])[1]
    keras_epochs.train_in_torch(model, train, TINY.keras_epochs)
    learned = evaluate(model, [(scored.images, scored.labels)])[1]
    assert learned > begun + 0.1
    for values in accuracies.values():
        assert values == pytest.approx([learned, learned], abs=keras_epochs.SAME)


def test_without_tensorflow_a_line_says_so_and_the_rest_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keras_epochs, "has_tensorflow", lambda: False)
    *skipped, compared = keras_epochs.measure(TINY)[:3]
    assert [each.name for each in skipped] == list(ON_TENSORFLOW.values())
    assert {each.reason for each in skipped} == {"not installed: requirements/tensorflow.txt"}
    assert isinstance(compared, Comparison) and compared.other_name == KERAS


def turn(seconds: float, accuracy: float) -> Turn:
    """A turn that kept the processors busy for half of its time."""
    return Turn(seconds, {"cpu": seconds / 2, "accuracy": accuracy})


def test_times_are_those_of_an_epoch_and_the_first_training_is_told_apart() -> None:
    turns = {OURS: [turn(2, 0.9), turn(4, 0.9)], KERAS: [turn(6, 0.9), turn(8, 0.9)]}
    first = {OURS: [turn(3, 0.9)], KERAS: [turn(17, 0.9)]}
    compared, *rest = keras_epochs.compare(first, turns, 70, 2)
    assert (compared.ours, compared.other, compared.ratios) == ([1, 2], [3, 4], [3, 2])
    assert compared.note == "seconds of processors in an epoch: ours 0.75, other 1.75"
    extra = [reading.values for reading in rest if "beyond" in reading.name]
    assert extra == [[0.0], [10.0]]
    assert rest[-1] == Reading("l", f"accuracy: {KERAS}", "share", [0.9, 0.9])


def test_a_difference_of_the_accuracies_is_told_in_place_of_times() -> None:
    turns = {OURS: [turn(2, 0.9)], KERAS: [turn(6, 0.85)]}
    told, *_ = keras_epochs.compare(turns, turns, 70, 2)
    assert told == Skipped("l", NAME, f"the accuracy of {KERAS} differs by 0.05")


def test_a_process_that_ends_is_told_with_what_it_said_last(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with log.open("w") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.exit('no room')"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
    with process, pytest.raises(RuntimeError, match=r"process ended:\nno room$"):
        Asked(process, log).ask(FIT, "run")
    assert {FIT, OWN_LOOP} == set(ON_TENSORFLOW)
