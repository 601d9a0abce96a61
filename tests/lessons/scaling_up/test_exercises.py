"""Exercises of lesson 13: what their inputs must hold, and what their texts claim."""

import copy
import functools
import math
from collections.abc import Callable
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.data.digits import load_digits
from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.exercises.plain_data import places_in
from course_utils.lessons.scaling_up.exercise_cases import (
    answers_of_ranks,
    batches_in_parts,
    measured_steps,
    plans,
    trainings,
)
from course_utils.lessons.scaling_up.exercises import REPORT_VERDICTS
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.notebooks.exercise_sources import EXERCISES_FOLDER, Exercise, read_exercises
from tests.helpers.graded import graded
from tests.lessons.scaling_up.answers import (
    SCALING_REPORTS,
    grads_but,
    num_right_answers,
    one_order,
    pays_by_counting,
    per_part,
    ranks_by_loop,
    seconds_but,
    told,
    trained_but,
    trained_with_samplers,
)

LESSON = "scaling_up"
SEEDS = [VISIBLE_SEED, 1, 2]
every_seed = pytest.mark.parametrize("seed", SEEDS)


@pytest.fixture(scope="module")
def exercises() -> dict[str, Exercise]:
    """The exercises by their names."""
    source = nbformat.read(EXERCISES_FOLDER / "13_scaling_up.ipynb", as_version=4)
    return {exercise.name: exercise for exercise in read_exercises(source)}


def said(exercises: dict[str, Exercise], name: str, *numbers: str) -> None:
    """Check that the text of an exercise holds these numbers."""
    for number in numbers:
        assert number in exercises[name].about, (name, number)


def test_the_examples_of_ranks_and_of_parts_are_right(exercises: dict[str, Exercise]) -> None:
    indices, correct = answers_of_ranks(VISIBLE_SEED)[0]
    padded = np.concatenate([places[1:] for places in indices]).tolist()
    assert sorted(padded) == sorted([8, 9, *range(6)]), "the second place of each rank"
    assert sum(map(len, indices)) == 16 and len(indices) == 8
    assert num_right_answers(indices, correct) / 16 == 0.9375
    assert ranks_by_loop(indices, correct) == 0.9
    (wrong_place,) = {p for i, c in zip(indices, correct, strict=True) for p in i[~c].tolist()}
    assert wrong_place == 7
    said(exercises, "each_once", "10 examples out over 8", "first 6", "place 7", "0.9375", "is 0.9")
    model, images, labels, part_size = case = batches_in_parts(VISIBLE_SEED)[0]
    assert (images.tolist(), labels.tolist(), part_size) == ([[1], [2], [6]], [0, 0, 1], 2)
    assert model.weight.tolist() == [[0], [0]] and model.bias is None
    assert grads_but()(*case)[0][0].item() == 0.5
    assert grads_but(scale=per_part)(*case)[0][0].item() == 1.125
    means = [
        grads_but()(model, images[k : k + 2], labels[k : k + 2], 2)[0][0].item() for k in (0, 2)
    ]
    assert means == [-0.75, 3]
    said(exercises, "gradient_by_parts", "is 0.5", "-0.75", "has 3.", "1.125")


def test_the_examples_in_seconds_are_right(exercises: dict[str, Exercise]) -> None:
    assert pays_by_counting(*measured_steps(VISIBLE_SEED)[0]) == pytest.approx(12_001, abs=1)
    said(exercises, "compiling_pays", "60.03 s", "0.03 s", "0.015 s", "0.02 s", "12,001 steps")
    processes, run = plans(VISIBLE_SEED)[0]
    seconds, times, best = told()(processes, run)
    assert (processes, best) == ([2, 4], 4)
    assert seconds_but()(1, run) == pytest.approx(0.64)
    assert seconds == pytest.approx([0.4202, 0.3106])
    assert times == pytest.approx([1.523, 2.061], abs=5e-4)
    sent = seconds[0] - seconds_but(seconds=lambda busy, sending, n: busy)(2, run)
    assert sent == pytest.approx(2 * 0.0501)
    said(exercises, "seconds_of_many", "0.64 s", "0.0501 s", "0.4202 s", "1.523", "0.3106 s",
         "2.061", "25,000,000", "0.0001 s", "8 gigabits")  # fmt: skip


def test_texts_show_a_row_for_each_entry_and_explain_all_verdicts(
    exercises: dict[str, Exercise],
) -> None:
    about = exercises["scaling_reports"].about
    for key in SCALING_REPORTS:
        assert f"\n| {key} | " in about
    for verdict in REPORT_VERDICTS[1:]:
        assert f"\n- *{verdict}*: " in about
    assert set(SCALING_REPORTS.values()) == set(REPORT_VERDICTS)
    for key in plans(VISIBLE_SEED)[0][1]:
        assert f'\n| `"{key}"` | ' in exercises["seconds_of_many"].about


def test_minutes_are_those_of_the_title_and_grow(exercises: dict[str, Exercise]) -> None:
    minutes = [exercise.minutes for exercise in exercises.values()]
    assert minutes == sorted(minutes) and sum(minutes) == 40
    assert {exercise.kind for exercise in exercises.values()} == {"write", "mend", "read"}
    source = (EXERCISES_FOLDER / "13_scaling_up.ipynb").read_text(encoding="utf-8")
    assert "per minute, 40 in all" in source


@every_seed
def test_ranks_answer_every_example_and_some_answer_what_another_has(seed: int) -> None:
    cases = answers_of_ranks(seed)
    padded = []
    for indices, correct in cases:
        joint = np.concatenate(indices)
        assert set(joint.tolist()) == set(range(joint.max() + 1))
        answers: dict[int, bool] = {}
        for place, was in zip(joint.tolist(), np.concatenate(correct).tolist(), strict=True):
            assert answers.setdefault(place, was) == was, "an example is answered alike"
        padded.append(len(joint) > len(answers))
        counts = {len(each) for each in indices}
        assert (len(counts) == 1) == padded[-1], "equal counts where the sampler pads"
    assert padded == [True, True, False, True, False]


@every_seed
def test_later_steps_are_slower_in_some_run_and_one_way_never_pays(seed: int) -> None:
    cases = measured_steps(seed)
    assert {layout for _, layout in cases[1:]} == {"channels first", "channels last"}
    for seconds, layout in cases[1:]:
        for runs in seconds[layout].values():
            usual = np.median(runs[:, 1:], axis=1)
            assert (usual > 1.1 * np.median(usual)).sum() == 1, "one loaded run"
    steps = [pays_by_counting(*case) for case in cases]
    assert [math.isinf(number) for number in steps] == [False] * 5 + [True, False]
    assert min(steps) > 300, "one step more or less is within 2 in 100"


@every_seed
def test_parts_are_uneven_and_gradients_stand_there_from_before(seed: int) -> None:
    cases = batches_in_parts(seed)
    assert any(len(images) % part_size == 0 for _, images, _, part_size in cases)
    assert any(len(images) < part_size for _, images, _, part_size in cases)
    assert sum(len(images) % part_size > 0 for _, images, _, part_size in cases) >= 4
    assert all(weight.grad is not None for model, *_ in cases[1:] for weight in model.parameters())


@every_seed
def test_the_best_number_of_processes_is_not_always_the_largest(seed: int) -> None:
    answers = [(processes, told()(processes, run)[2]) for processes, run in plans(seed)]
    assert [best == max(processes) for processes, best in answers][1:] != [True] * 3
    assert any(1 not in processes for processes, _ in answers)
    assert any(processes != sorted(processes) for processes, _ in answers)
    assert any(run["batch_size"] % n for processes, run in plans(seed) for n in processes)


def all_reduce_in_a_ring(vectors: list[np.ndarray]) -> tuple[list[np.ndarray], int, int]:
    """What each process holds after a ring's rounds, how many there were, and numbers sent by one.

    In each round process n hands one share to process n + 1: first to be added, then to be kept.
    """
    number = len(vectors)
    held = [np.array_split(vector.copy(), number) for vector in vectors]
    rounds = sent = 0
    for phase in ("add", "keep"):
        for k in range(number - 1):
            first = 0 if phase == "add" else 1
            moved = [(n, (n + first - k) % number) for n in range(number)]
            messages = [held[n][share].copy() for n, share in moved]
            for (n, share), message in zip(moved, messages, strict=True):
                there = held[(n + 1) % number]
                there[share] = there[share] + message if phase == "add" else message
            rounds, sent = rounds + 1, sent + len(messages[0])
    return [np.concatenate(shares) for shares in held], rounds, sent


@pytest.mark.parametrize("number", [1, 2, 3, 8])
def test_a_ring_needs_the_rounds_and_sends_the_bytes_that_the_text_counts(number: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((number, 240))
    held, rounds, sent = all_reduce_in_a_ring(list(vectors))
    for each in held:
        assert each == pytest.approx(vectors.sum(axis=0))
    assert rounds == 2 * (number - 1)
    run = {key: 0.0 for key in plans(VISIBLE_SEED)[0][1]}
    run |= {"weights": 240, "gigabits_per_second": 8e-9, "operations_per_second": 1.0}
    assert seconds_but()(number, run) == pytest.approx(4 * sent), "one byte a second"
    run |= {"weights": 0, "seconds_per_message": 1.0}
    assert seconds_but()(number, run) == pytest.approx(rounds)


@pytest.mark.parametrize("train", [trained_but(), trained_with_samplers])
def test_the_mended_training_is_that_of_one_process(train: Callable[..., Any]) -> None:
    for case in trainings(VISIBLE_SEED):
        model, images, labels, num_processes, num_epochs, lot = copy.deepcopy(case)
        alone, seen = copy.deepcopy(model), []

        def augment(some: Tensor, generator: torch.Generator, case: Any = (images, seen)) -> Tensor:
            changed = some + torch.randn(some.shape, generator=generator)
            case[1].append((changed, places_in(case[0], some)))
            return changed

        train(model, images, labels, augment, num_processes, num_epochs, lot)
        for k in range(0, len(seen), num_processes):
            parts, places = zip(*seen[k : k + num_processes], strict=True)
            wanted = labels[torch.tensor(places).ravel()]
            assert len(wanted) == 12
            alone.zero_grad()
            F.cross_entropy(alone(torch.cat(parts)), wanted).backward()
            with torch.no_grad():
                for weight in alone.parameters():
                    weight -= 0.1 * weight.grad
        _assert_close(model, alone)


def _assert_close(model: nn.Module, other: nn.Module) -> None:
    for weight, wanted in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.allclose(weight, wanted, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mended", "left"),
    [
        ({}, None),
        ({"combine": lambda ranks: torch.stack(ranks).mean(0)}, "whole-batch"),
        ({"draw": lambda seed, rank: seed + rank}, "whole-batch"),
        ({"own": lambda batch, rank, number: batch[rank::number]}, "same-order"),
    ],
)
def test_one_fault_mended_of_four_is_told_what_is_left(mended: dict, left: str | None) -> None:
    given = {"own": lambda batch, *_: batch, "shuffled": one_order, "combine": sum,
             "draw": lambda seed, rank: seed}  # fmt: skip
    feedback = graded(LESSON, "two_as_one", trained_but(**given | mended), VISIBLE_SEED)
    assert feedback.misconception == left
    assert feedback.status == ("wrong" if left else "unanswered")


def test_with_all_four_faults_the_loss_falls_as_the_text_says(
    exercises: dict[str, Exercise],
) -> None:
    scope: dict[str, Any] = {"torch": torch, "F": F}
    exec(compile(exercises["two_as_one"].stub, "stub", "exec"), scope)
    digits = load_digits()
    images, labels = digits.images[:120].flatten(1), digits.labels[:120]
    torch.manual_seed(0)
    model = nn.Linear(images.shape[1], 10)
    before = F.cross_entropy(model(images), labels).item()
    scope["train_as_one"](model, images, labels, lambda some, generator: some, 2, 3, 0)
    assert F.cross_entropy(model(images), labels).item() < 0.7 * before


def classifier(dtype: torch.dtype, held: bool) -> nn.Module:
    """A small network in train mode, its batch norms held or live."""
    torch.manual_seed(0)
    model = Classifier(Backbone(1, 8), 10).to(dtype).train()
    for layer in model.modules():
        if held and isinstance(layer, nn.BatchNorm2d):
            layer.eval()
    return model


def average(gradients: Tensor) -> Tensor:
    """The mean over processes, as it should be."""
    return gradients.mean(0)


def add_up(gradients: Tensor) -> Tensor:
    """The sum over processes."""
    return gradients.sum(0)


@functools.cache
def train(
    num_parts: int,
    dtype: torch.dtype,
    *,
    held: bool = True,
    adamw: bool = False,
    combine: Callable[[Tensor], Tensor] = average,
) -> Tensor:
    """The weights after four steps of 32 digits, with the gradients of equal parts combined."""
    model, digits = classifier(dtype, held), load_digits()
    weights = list(model.parameters())
    made = torch.optim.AdamW(weights, 1e-3) if adamw else torch.optim.SGD(weights, 0.05)
    for k in range(0, 4 * 32, 32):
        images, labels = digits.images[k : k + 32].to(dtype), digits.labels[k : k + 32]
        parts = zip(images.chunk(num_parts), labels.chunk(num_parts), strict=True)
        found = [torch.autograd.grad(F.cross_entropy(model(x), y), weights) for x, y in parts]
        for weight, *gradients in zip(weights, *found, strict=True):
            weight.grad = combine(torch.stack(gradients))
        made.step()
    return torch.cat([weight.detach().ravel() for weight in weights])


def apart(dtype: torch.dtype, *, held: bool = True, adamw: bool = False, **options: Any) -> float:
    """By how much one process and two differ in a weight, at most."""
    one = train(1, dtype, held=held, adamw=adamw)
    two = train(2, dtype, held=held, adamw=adamw, **options)
    return (one - two).abs().max().item()


@pytest.mark.slow
def test_reports_on_rounding_are_true() -> None:
    fine, coarse = torch.float64, torch.float32
    finer = torch.finfo(coarse).eps / torch.finfo(fine).eps
    assert finer == pytest.approx(500e6, rel=0.1), "as a message says"
    by_sgd, by_adamw = (  # reports P, Q and X
        [apart(dtype, adamw=adamw) for dtype in (coarse, fine)] for adamw in (False, True)
    )
    for found in (by_sgd, by_adamw):
        assert 0 < found[0] < 1e-4 and found[1] < 1e-5 * found[0]
    assert by_adamw[0] > 5 * by_sgd[0], "report X: further apart than by SGD"
    live = [apart(dtype, held=False) for dtype in (coarse, fine)]  # report R
    added = [apart(dtype, combine=add_up) for dtype in (coarse, fine)]  # report V
    for found in (live, added):
        assert min(found) > 1e-3 and found[0] == pytest.approx(found[1], rel=0.25)


def test_each_rank_stores_statistics_of_its_own_so_the_weights_are_not_all() -> None:
    digits = load_digits()
    ranks = [classifier(torch.float32, held=False) for _ in range(2)]  # report U
    for rank, model in enumerate(ranks):
        model(digits.images[32 * rank : 32 * rank + 32])
    _assert_close(*ranks)
    logits = [model.eval()(digits.images[64:96]) for model in ranks]
    assert (logits[0] - logits[1]).abs().max() > 1e-3


def test_an_answer_that_changes_what_it_was_given_is_still_judged() -> None:
    def careless(model: nn.Module, images: Tensor, labels: Tensor, part_size: int) -> list[Tensor]:
        found = grads_but()(model, images, labels, part_size)
        images.zero_()
        model.weight.data.zero_()
        return found

    assert graded(LESSON, "gradient_by_parts", careless, VISIBLE_SEED).status == "right"
