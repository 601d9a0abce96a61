"""Answer of ``two_as_one``: processes that train what one process with the joint batch would.

No table can tell: order and changes of the pictures may be drawn in any way.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.scaling_up.answers.process_steps import (
    BATCH_SIZE,
    COMBINED,
    as_given,
    mean,
    same_weights,
    weights_after,
)
from course_utils.lessons.scaling_up.exercise_cases import Training, trainings
from course_utils.lessons.scaling_up.exercises import observe_two_as_one

MESSAGES = {
    "whole-batch": "Every rank takes the whole batch, so all of them do the same work. Each is to "
    "take a part of its own.",
    "batch-of-its-own": "Every rank takes 12 examples of its own, so the joint batch is larger "
    "than the 12 of one process: fewer steps, and another training.",
    "orders-of-their-own": "In some step two ranks have an example in common. Each has its own "
    "order, so parts of one batch do not fit together.",
    "same-order": "The parts are right. But in every epoch the batches are the same: the order "
    "must know of the epoch. In torch's sampler that is what set_epoch is for.",
    "same-changes": "Ranks add the same noise to their pictures: their generators begin with the "
    "same seed.",
    "one-generator": "Two ranks draw from one generator. Real processes share none: each would "
    "make its own with that seed, and all would draw the same.",
    "changes-come-again": "The ranks differ, but the noise of a step comes again in a later one. "
    "Make each generator once, before the first epoch.",
    "not-repeatable": "The same seed draws another order the second time. Real processes draw it "
    "each by itself, so theirs would not agree.",
    "summed": "The parts are right. But gradients are added up and not averaged: each step is "
    "num_processes times too long.",
    "divided-twice": "The parts are right. But the mean of the gradients is divided once more.",
    "one-rank": "The parts are right. But only the gradient of one rank is used in each step.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Look at what the ranks were given, then at what was added, then at the weights."""
    runs, cases = observed["runs"], trainings(seed)
    given = observe_two_as_one(as_given, seed)["runs"]
    if all(map(_does_the_same, runs, given)):
        return unanswered("This is the function as it was given, or it does the same.")
    for find in (_parts, _epochs, _changes, _again, _gradients):
        for run, case in zip(runs, cases, strict=True):
            if (fault := find(run, case)) is not None:
                return fault if isinstance(fault, Feedback) else known_error(MESSAGES, fault)
    return right("The processes share each batch, and their steps are those of one process.")


def _does_the_same(run: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return run["places"] == other["places"] and same_weights(run["weights"], other["weights"])


def _steps_of(run: Mapping[str, Any], case: Training) -> Iterator[list[list[int]]]:
    """Of each step the places that the ranks were given."""
    num_processes = case[3]
    for start in range(0, len(run["places"]), num_processes):
        yield run["places"][start : start + num_processes]


def _parts(run: Mapping[str, Any], case: Training) -> str | Feedback | None:
    """Whether the ranks of a step share a batch of 12."""
    for step in _steps_of(run, case):
        if any(-1 in part for part in step):
            return wrong("augment is given pictures that are none of those that were given.")
        joint = list(chain(*step))
        if len(step[0]) == BATCH_SIZE:
            alike = all(sorted(part) == sorted(step[0]) for part in step)
            return "whole-batch" if alike else "batch-of-its-own"
        if len(set(joint)) < len(joint):
            return "orders-of-their-own"
    return _number_of_parts(run, case)


def _number_of_parts(run: Mapping[str, Any], case: Training) -> Feedback | None:
    """Whether augment was called as often as there are parts, and with as many pictures."""
    _, images, _, num_processes, num_epochs, _ = case
    wanted = len(images) // BATCH_SIZE * num_epochs * num_processes
    sizes = {len(part) for part in run["places"]}
    if len(run["places"]) == wanted and sizes == {BATCH_SIZE // num_processes}:
        return None
    return wrong(
        f"With {num_processes} processes, {len(images)} examples and {num_epochs} epochs augment "
        f"is to be called {wanted} times, for {BATCH_SIZE // num_processes} pictures each time. "
        f"Yours: {len(run['places'])} times, for {', '.join(map(str, sorted(sizes))) or 'none'}."
    )


def _epochs(run: Mapping[str, Any], case: Training) -> str | Feedback | None:
    """Whether each epoch has every example once, in other batches than before."""
    num_steps = len(case[1]) // BATCH_SIZE
    batches = [frozenset(chain(*step)) for step in _steps_of(run, case)]
    epochs = [batches[k : k + num_steps] for k in range(0, len(batches), num_steps)]
    if any(len(frozenset().union(*epoch)) < len(case[1]) for epoch in epochs):
        return wrong("In some epoch an example comes twice, and another one not at all.")
    return "same-order" if len({frozenset(epoch) for epoch in epochs}) < len(epochs) else None


def _changes(run: Mapping[str, Any], case: Training) -> str | None:
    """Whether some noise was added twice, by two ranks of a step or in two steps, or might be."""
    num_processes, seen = case[3], set()
    first = [str(noise[0]) for noise in run["noises"]]
    for start in range(0, len(first), num_processes):
        step = set(first[start : start + num_processes])
        if len(step) < num_processes:
            return "same-changes"
        if len(set(run["makers"][start : start + num_processes])) < num_processes:
            return "one-generator"
        if step & seen:
            return "changes-come-again"
        seen |= step
    return None


def _again(run: Mapping[str, Any], case: Training) -> str | None:
    """Whether the same seed draws the same order."""
    return None if run["again"] else "not-repeatable"


def _gradients(run: Mapping[str, Any], case: Training) -> str | Feedback | None:
    """Which gradients would lead to these weights."""
    reached = partial(same_weights, run["weights"])
    if reached(weights_after(run, case, mean)):
        return None
    for name, ways in COMBINED.items():
        if any(reached(weights_after(run, case, way)) for way in ways):
            return name
    return wrong(
        "The parts are right. But the weights are not those of one process with the joint batch: "
        "its gradient is the mean over all 12 examples, and the learning rate is 0.1."
    )


ANSWER = OwnJudge(MESSAGES, judge)
