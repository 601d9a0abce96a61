"""Exercises of lesson 14: what their inputs must hold, and what their texts and torch say."""

import re
from itertools import pairwise
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from course_utils.evaluation.scores import wilson_interval
from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.lessons.how_long_how_much.exercise_cases import (
    CURVES,
    convolutions,
    learning_curves,
    networks,
    rented_runs,
    trainings,
)
from course_utils.lessons.how_long_how_much.exercises import PROMISE_VERDICTS
from course_utils.notebooks.exercise_sources import EXERCISES_FOLDER, Exercise, read_exercises
from tests.helpers.graded import graded
from tests.lessons.how_long_how_much.answers import (
    COST_PROMISES,
    bytes_by_sums,
    error_as_given,
    error_but,
    forecast_by_lines,
    forecast_on_a_line,
    hours_as_asked,
    operations_by_layers,
    operations_by_places,
)

LESSON = "how_long_how_much"
SEEDS = [VISIBLE_SEED, 1, 2]
every_seed = pytest.mark.parametrize("seed", SEEDS)


@pytest.fixture(scope="module")
def exercises() -> dict[str, Exercise]:
    """The exercises by name."""
    source = nbformat.read(EXERCISES_FOLDER / "14_how_long_how_much.ipynb", as_version=4)
    return {exercise.name: exercise for exercise in read_exercises(source)}


@pytest.fixture(scope="module")
def promises(exercises: dict[str, Exercise]) -> dict[str, tuple[str, str]]:
    """What was measured and what is promised, by letter."""
    rows = re.findall(r"^\| ([P-X]) \| (.+) \| (.+) \|$", exercises["cost_promises"].about, re.M)
    return {letter: (measured, promised) for letter, measured, promised in rows}


def numbers_in(text: str) -> list[float]:
    """All numbers of a text, in order."""
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.?\d*|\.\d+", text)]


def test_the_examples_in_the_texts_are_right(exercises: dict[str, Exercise]) -> None:
    texts = {name: exercise.about for name, exercise in exercises.items()}
    case = convolutions(VISIBLE_SEED)[0]
    assert (case, operations_by_places(*case)) == ((1, 1, 2, 4, 4, 3, 2), 144)
    assert "That is 144 operations in all." in texts["convolution_operations"]
    case = trainings(VISIBLE_SEED)[0]
    assert (case, bytes_by_sums(*case)) == ((1000, 100, 50, 8, 16), 6000)
    assert bytes_by_sums(0, 0, 50, 8, 16) == 800
    assert "it takes 6,000 bytes. Of these, 800 are kept" in texts["training_bytes"]
    forward, learns = [10, 20, 5], [False, False, True]
    assert networks(VISIBLE_SEED)[0] == (forward, [True] * 3, 1, False)
    assert operations_by_layers(forward, [True] * 3, 1, False) == 95
    assert operations_by_layers(forward, learns, 1, False) == 40
    assert operations_by_layers(forward, learns, 10, True) == 130
    for told in ("takes 95 operations", "it takes 40", "then take 130"):
        assert told in texts["training_operations"]
    work, machine = rented_runs(VISIBLE_SEED)[0]
    assert work == {"multiply_adds": 1e9, "examples": 10**6, "epochs": 10}
    assert list(machine.values()) == [2, 100e12, True, 0.2, 0.5, 3.0]
    assert hours_as_asked(work, machine) == pytest.approx((0.8333, 8.0), abs=4e-5)
    assert pytest.approx(hours_as_asked(work, machine)[0]) == 6e16 / 2e13 / 3600
    assert "0.8333 hours, and the price is 8.00" in texts["gpu_hours"]


def test_the_example_of_the_forecast_is_right(exercises: dict[str, Exercise]) -> None:
    sizes, errors, size = learning_curves(VISIBLE_SEED)[0]
    floors = np.array([[0.10], [0.08], [0.06]])
    assert errors == pytest.approx(0.8 * sizes**-0.5 + floors)
    for told in (" .50, .30, .20, ", " .48, .28, .18, ", " .46, .26, .16, ", " 4, 16 and 64 "):
        assert told in exercises["error_at_four"].about
    assert error_but()(sizes, errors, size) == pytest.approx((0.130, 0.080, 0.180), abs=5e-4)
    assert error_as_given(sizes, errors, size)[0] == pytest.approx(0.124, abs=5e-4)
    assert "the error is .130, with the interval [.080, .180]" in exercises["error_at_four"].about
    assert "as it is says .124." in exercises["error_at_four"].about


@every_seed
def test_operations_of_convolutions_are_those_that_torch_counts(seed: int) -> None:
    for case in convolutions(seed):
        batch, in_channels, out_channels, height, width, size, stride = case
        images = torch.empty(batch, in_channels, height, width, device="meta")
        weight = torch.empty(out_channels, in_channels, size, size, device="meta")
        with FlopCounterMode(display=False) as counter:
            F.conv2d(images, weight, stride=stride, padding=size // 2)
        assert operations_by_places(*case) == counter.get_total_flops()
    sides = {side % 2 for case in convolutions(seed) for side in case[3:5]}
    assert sides == {0, 1}


def test_the_bound_counts_what_torch_stores() -> None:
    """Bytes of a step: of all parameters, gradients, AdamW's numbers, and what autograd keeps."""
    model = nn.Sequential(nn.Linear(20, 64), nn.Tanh(), nn.Linear(64, 32), nn.Tanh(),
                          nn.Linear(32, 5))  # fmt: skip
    model[0].requires_grad_(False)
    parameters = {weight.untyped_storage().data_ptr() for weight in model.parameters()}
    batch, kept = 48, {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        loss = model(torch.randn(batch, 20)).square().sum(dim=1)
        optimizer = torch.optim.AdamW(model.parameters())
        loss.sum().backward()
    optimizer.step()
    stored = sum(weight.nbytes for weight in model.parameters())
    stored += sum(w.grad.nbytes for w in model.parameters() if w.grad is not None)
    stored += sum(
        found[name].nbytes
        for found in optimizer.state.values()
        for name in ("exp_avg", "exp_avg_sq")
    )
    # Of each example: the input of each layer that learns, what tanh gave, and the answers.
    numbers = 64 + 32 + 5
    sizes = [sum(weight.numel() for weight in part.parameters()) for part in (model, model[2:])]
    assert bytes_by_sums(*sizes, numbers, batch, 32) == stored + sum(kept.values())


def linear_chain(forward: list[int], learns: list[bool]) -> nn.Sequential:
    """Layers without a bias, whose operations for one example are as asked, in hundreds."""
    widths = [5 * forward[0], 10, *(5 * work for work in forward[1:])]
    layers = [nn.Linear(widths[0], widths[1], bias=False)]
    for work in forward[1:]:
        layers.append(nn.Linear(10, 5 * work, bias=False))
        layers.append(nn.AdaptiveAvgPool1d(10))  # no operations are counted of it
    for layer, does in zip([each for each in layers if isinstance(each, nn.Linear)], learns,
                           strict=True):  # fmt: skip
        layer.requires_grad_(does)
    return nn.Sequential(*layers)


@pytest.mark.parametrize("letters", ["lll", "ffl", "fll", "lfl", "lff", "flfl", "ffffl"])
@pytest.mark.parametrize("cached", [False, True])
def test_operations_of_training_are_those_that_torch_counts(letters: str, cached: bool) -> None:
    forward, learns = [2 + 2 * place for place in range(len(letters))], [c == "l" for c in letters]
    model = linear_chain(forward, learns)
    first, epochs = learns.index(True), 3
    cut = 0 if first == 0 else 2 * first - 1  # behind the first layer each brings a pooling
    front, behind = model[:cut], model[cut:]
    images = torch.randn(1, 5 * forward[0])
    with FlopCounterMode(display=False) as counter:
        features = front(images)
        for epoch in range(epochs):
            if epoch and not cached:
                features = front(images)
            behind(features).sum().backward()
    wanted = operations_by_layers(forward, learns, epochs, cached)
    assert counter.get_total_flops() == 100 * wanted


@every_seed
def test_networks_have_frozen_layers_everywhere(seed: int) -> None:
    learns = [tuple(each[1]) for each in networks(seed)]
    assert any(each[0] and not all(each) for each in learns), "behind the first that learns"
    assert any(not each[0] and not each[-1] for each in learns)
    assert all(True in each for each in learns)
    assert {cached for *_, cached in networks(seed)} == {True, False}
    bits, frozen = zip(*((case[4], case[1] < case[0]) for case in trainings(seed)), strict=True)
    assert set(bits) == {16, 32, 64} and set(frozen) == {True, False}
    assert {machine["sparse"] for _, machine in rented_runs(seed)} == {True, False}


def test_texts_show_a_row_for_each_entry_and_explain_all_verdicts(
    exercises: dict[str, Exercise], promises: dict[str, tuple[str, str]]
) -> None:
    assert set(promises) == set(COST_PROMISES)
    for verdict in PROMISE_VERDICTS[1:]:
        assert f"\n- *{verdict}*: " in exercises["cost_promises"].about
    assert set(COST_PROMISES.values()) == set(PROMISE_VERDICTS)


def test_the_arithmetic_of_the_promises_is_right(promises: dict[str, tuple[str, str]]) -> None:
    found = {letter: [numbers_in(text) for text in row] for letter, row in promises.items()}
    (first, last, seconds, _), (steps, minutes) = found["P"]
    assert seconds / (last - first + 1) * steps / 60 == minutes == 50
    (first, last, seconds, least, most), (steps, minutes) = found["Q"]
    assert seconds / (last - first + 1) * steps / 60 == minutes == 10
    assert least <= seconds <= most
    (part, seconds), (whole, promised) = found["R"]
    assert seconds / part * whole == promised == 100
    assert part < 64 < whole, "one fits into the memory of the text, the other does not"
    (whole, seconds), (again, promised) = found["S"]
    assert (whole, seconds) == (again, promised) and whole > 64
    assert found["T"][0][0] > found["T"][1][0] == found["U"][1][0] > found["U"][0][0]
    (computing, rented, price), (promised,) = found["V"]
    assert computing * price == promised < rented * price
    sizes_and_errors, (size, error) = found["W"]
    sizes, errors = np.split(np.array(sizes_and_errors), 2)
    assert forecast_on_a_line(sizes, errors, size) == pytest.approx(error, abs=5e-4)
    ratios = [after / before for before, after in pairwise(errors)]
    assert max(ratios) - min(ratios) < 0.01, "a straight line in logarithms"
    (_, wrong, tested, share, low, high), (_, _, _, again_low, again_high) = found["X"]
    assert (wrong / tested, low, high) == (share, again_low, again_high)
    interval = wilson_interval(int(wrong), int(tested))
    assert interval == pytest.approx((low, high), abs=5e-4)


def test_the_hours_of_resnet50_in_the_remark_are_right(exercises: dict[str, Exercise]) -> None:
    from torchvision.models import resnet50  # here: it takes a second to import

    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        resnet50().eval()(torch.empty(1, 3, 224, 224))
    multiply_adds = counter.get_total_flops() / 2
    remark = exercises["gpu_hours"].remarks
    assert f"{multiply_adds / 1e9:.2f}e9 multiply-adds" in remark
    work = {"multiply_adds": multiply_adds, "examples": 1_281_167, "epochs": 90}
    machine = {"gpus": 8, "peak": 312e12, "sparse": False, "share": 0.15, "idle_hours": 0,
               "price": 0}  # fmt: skip
    assert f"says {hours_as_asked(work, machine)[0]:.1f} hours" in remark
    for told in ("1,281,167 examples", "90 epochs", "8 GPUs", "15 % of 312e12"):
        assert told in remark


@every_seed
def test_the_function_as_given_promises_too_much_and_the_mended_one_does_not(seed: int) -> None:
    cases = learning_curves(seed)
    for (sizes, scale, power, floor, *_), case in zip(CURVES, cases[1:], strict=True):
        as_given, (error, low, high) = error_as_given(*case)[0], error_but()(*case)
        assert 0 < low < error < high
        if floor > 0:
            assert as_given < 0.85 * error and as_given < low
            assert error == pytest.approx(scale * case[2] ** -power + floor, rel=0.15)
        else:
            unbounded = [forecast_by_lines(case[0], row, case[2]) for row in case[1]]
            assert np.mean(unbounded) < 0.9 * error, "with floors below 0"
        assert len(sizes) == case[1].shape[1] and case[2] > sizes[-1]
    assert any(case[2] == 4 * case[0][-1] for case in cases)
    assert any(case[2] != 4 * case[0][-1] for case in cases)


def test_a_forecast_as_given_with_another_interval_is_told_so() -> None:
    def half_mended(sizes: np.ndarray, errors: np.ndarray, size: int) -> tuple[float, ...]:
        error = error_as_given(sizes, errors, size)[0]
        return error, error - 0.01, error + 0.01

    feedback = graded(LESSON, "error_at_four", half_mended, VISIBLE_SEED)
    assert feedback.status == "unanswered"
    assert "The forecast is that of the function as it was given" in feedback.message


@pytest.mark.parametrize(
    ("exercise", "answer", "named"),
    [
        ("convolution_operations", lambda *case: 1, "it takes 144 operations; yours are 1."),
        ("training_bytes", lambda *case: 1, "it takes 6,000 bytes; yours are 1."),
        ("training_operations", lambda *case: 1, "it takes 95 operations; yours are 1."),
        ("gpu_hours", lambda *case: (5, 5), "the hours should be 0.8333; yours: 5."),
        ("error_at_four", lambda *case: (0.5, 0, 1), "should be 0.1300; yours is 0.5000."),
        ("error_at_four", error_but(half=lambda found: 0.02), "lie 0.0497 below and 0.0497 above"),
    ],
)
def test_an_answer_that_is_wrong_in_another_way_is_told_where(
    exercise: str, answer: Any, named: str
) -> None:
    feedback = graded(LESSON, exercise, answer, VISIBLE_SEED)
    assert named in feedback.message and feedback.misconception is None


def test_an_answer_that_changes_what_it_was_given_is_still_judged() -> None:
    def careless(work: dict, machine: dict) -> tuple[float, float]:
        found = hours_as_asked(work, machine)
        work.clear()
        machine["gpus"] = 0
        return found

    assert graded(LESSON, "gpu_hours", careless, VISIBLE_SEED).status == "right"
