"""Exercises of lesson 13: ranks, compiling, parts of a batch, reports, processes, seconds."""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, call, first_feedback, wrong
from course_utils.exercises.plain_data import places_in, state_of
from course_utils.exercises.reading import answers_to, as_lists, choices, of_another_type
from course_utils.lessons.scaling_up.exercise_cases import (
    answers_of_ranks,
    batches_in_parts,
    measured_steps,
    plans,
    trainings,
)

REPORT_VERDICTS = (
    "holds", "equal bits", "batch norm", "not rounding", "half the time", "unequal examples",
)  # fmt: skip


def observe_each_once(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The accuracy that ``function(indices, correct)`` gives for each set of ranks."""
    return answers_to(function, answers_of_ranks(seed), as_one_number)


check_each_once = Check(
    observe_each_once,
    "Write down which examples the eight ranks of the text's example answered. Which of them "
    "stand there twice?",
    "An example that was answered twice was answered alike. So one entry for each place is enough: "
    "a dictionary keeps one, whatever comes in twice.",
    "np.concatenate makes one array of the arrays of all ranks: of the places, and in the same "
    "order of what was right.",
)


def observe_compiling_pays(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The number of steps that ``function(seconds, layout)`` gives for each measurement."""
    return answers_to(function, measured_steps(seed), as_one_number)


check_compiling_pays = Check(
    observe_compiling_pays,
    "Four numbers are enough: the seconds of a first and of a later step, plain and compiled, each "
    "a median.",
    "Compiling costs something once, in the first step. Then each later step gives a little of it "
    "back. How much at once, and how much each time?",
    "What if a compiled step is no faster than a plain one?",
)


def observe_gradient_by_parts(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What ``function(model, images, labels, part_size)`` returns, and if a part was too large."""
    gradients, too_large = [], []
    for model, images, labels, part_size in batches_in_parts(seed):
        sizes: list[int] = []
        model.register_forward_pre_hook(lambda _, given, sizes=sizes: sizes.append(len(given[0])))
        result = call(function, model, images, labels, part_size)
        found = result if isinstance(result, Feedback) else call(_gradients, result, model)
        if isinstance(found, Feedback):
            return found
        gradients.append(found)
        too_large.append(max(sizes, default=0) > part_size)
    return {"gradients": gradients, "too_large": too_large}


def _gradients(result: Any, model: nn.Module) -> list | Feedback:
    """One list of numbers for each parameter of the model."""
    weights = list(model.parameters())
    if not isinstance(result, Sequence) or isinstance(result, str):
        return of_another_type(result, "a list is wanted, a gradient for each parameter")
    if len(result) != len(weights):
        return wrong(f"Your list has {len(result)} gradients, for {len(weights)} parameters.")
    if any(each is None for each in result):
        return wrong("A gradient in your list is None: no backward reached that parameter.")
    if (feedback := first_feedback(found := list(map(as_lists, result)))) is not None:
        return feedback
    for numbers, weight in zip(found, weights, strict=True):
        if (shape := torch.tensor(numbers).shape) != weight.shape:
            return wrong(
                f"A gradient has the shape of its parameter, {tuple(weight.shape)} here; yours has "
                f"{tuple(shape)}."
            )
    return found


check_gradient_by_parts = Check(
    observe_gradient_by_parts,
    "backward adds to what stands in .grad. When is that what you want, and when not?",
    "F.cross_entropy gives the mean over the part that it is given. By how much is that part's "
    "mean to count in the mean of the whole batch, if the last part is smaller?",
    "Let a batch of 10 have parts of 4, 4 and 2. The mean over all is 4/10 of the first mean, 4/10 "
    "of the second and 2/10 of the third.",
)


def observe_scaling_reports(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report."""
    return choices(answers, "PQRSTUVWX", REPORT_VERDICTS)


check_scaling_reports = Check(
    observe_scaling_reports,
    "Ask of each report what exactly was compared: the same examples, in the same mode, and how "
    "many of them?",
    "Rounding becomes smaller by as much as the floats become finer. Another algorithm stays.",
    "What does batch norm compute from the pictures that it is given? And which pictures is it "
    "given where a batch is split?",
)


def observe_two_as_one(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Weights after two trainings by ``function`` of each case, and what augment was given.

    Places of pictures, what was added to them, and which generator drew it, by its number.
    """
    runs = []
    for case in trainings(seed):
        run = _training(function, case)
        again = run if isinstance(run, Feedback) else _training(function, case)
        if isinstance(again, Feedback):
            return again
        runs.append({**run, "again": again["places"] == run["places"]})
    return {"runs": runs}


def _training(function: Callable[..., Any], case: tuple) -> dict[str, Any] | Feedback:
    model, images, labels, *settings = copy.deepcopy(case)
    places: list[list[int]] = []
    noises: list[list] = []
    makers: list[torch.Generator] = []

    def augment(pictures: Tensor, generator: torch.Generator) -> Tensor:
        noise = 0.5 * torch.randn(pictures.shape, generator=generator)
        places.append(places_in(images, pictures))
        noises.append(noise.tolist())
        makers.append(generator)
        return pictures + noise

    result = call(function, model, images.clone(), labels.clone(), augment, *settings)
    if isinstance(result, Feedback):
        return result
    if not isinstance(result, nn.Linear):
        return of_another_type(result, "the trained model is wanted")
    drawn_by = [list(map(id, makers)).index(id(each)) for each in makers]
    return {"places": places, "noises": noises, "makers": drawn_by, "weights": state_of(result)}


check_two_as_one = Check(
    observe_two_as_one,
    "In each step print what every rank is given: which places, and the first number that its "
    "generator draws. What should differ from rank to rank, and what from epoch to epoch?",
    "Two processes share a batch: batch[rank::num_processes] is a part for each rank. The order "
    "must be the same in all processes and another one in each epoch, so it depends on seed and "
    "epoch only.",
    "The gradient of the joint batch is a mean. What is the mean of parts of equal size?",
)


def observe_seconds_of_many(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Seconds, times as fast, and the best number of processes, by ``function(processes, run)``."""
    rows = []
    for processes, run in plans(seed):
        read = partial(_prediction, number=len(processes))
        found = answers_to(function, [(processes, run)], read)
        if isinstance(found, Feedback):
            return found
        rows += found["answers"]
    seconds, times, best = zip(*rows, strict=True)
    return {"seconds": list(seconds), "times": list(times), "best": list(best)}


def _prediction(result: Any, number: int) -> list | Feedback:
    """Two lists of ``number`` numbers, and one number."""
    if not isinstance(result, Sequence) or isinstance(result, str) or len(result) != 3:
        return of_another_type(result, "three things are wanted: seconds, times_as_fast, best")
    found = [*map(as_lists, result[:2]), as_one_number(result[2], "The best number is")]
    if (feedback := first_feedback(found)) is not None:
        return feedback
    for numbers in found[:2]:
        if not isinstance(numbers, list) or len(numbers) != number:
            return wrong(f"For {number} numbers of processes, return a list of {number} numbers.")
    return found


check_seconds_of_many = Check(
    observe_seconds_of_many,
    "Begin with one process: how many operations has its batch, and how many can it make in a "
    "second? Then give the batch to N processes.",
    "All that is sent are gradients: one number for each weight, and a float32 has 4 bytes. Then "
    "count the rounds, and what one process sends in each.",
    "A network's speed is sold in bits. How many bits has a byte?",
)
