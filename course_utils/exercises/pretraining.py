"""Checks of the exercises of lesson 02: the training step, a broken loop, rates, a diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from course_utils.exercises.feedback import Feedback, right, unanswered, wrong
from course_utils.exercises.training_trials import (
    WRONG_STEPS,
    Step,
    losses_at,
    step,
    task,
    three_steps,
    train_as_given,
    trained,
)
from course_utils.plots import plot_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATES = {"A": 20.0, "B": 0.02, "C": 1.0}


def check_one_step(function: Step) -> Feedback:
    """Whether ``function`` does what the five lines do, over three batches, the last one short."""
    answer = three_steps(function)
    if isinstance(answer, Feedback):
        if "inplace" in answer.message:  # torch's words for weights changed between the two passes
            return wrong(
                "You change the weights between the forward and the backward pass, so that the "
                "gradient would be of other weights than the loss.",
                "step-before-backward",
            )
        return answer
    losses, weights, model = answer
    true_losses, true_weights, _ = three_steps(step)
    if not model.training:
        return wrong("Your step leaves the model in eval mode.", "eval-mode")
    if weights.allclose(true_weights, atol=1e-5):
        if losses.allclose(true_losses, atol=1e-4):
            return right("Three updates, the same weights and losses as the loop of section 4.")
        return wrong("The updates are right; return the mean loss before the update.", "loss")
    for name, (known, message) in WRONG_STEPS.items():
        if weights.allclose(three_steps(known)[1], atol=1e-5):
            return wrong(message, name)
    return wrong("After three steps the weights are not those of the five lines.")


def check_train(function: Callable[..., Any]) -> Feedback:
    """Whether ``function`` trains a small network on random batches of examples."""
    for num_steps, batch_size in ((150, 16), (200, 7)):
        answer = trained(function, num_steps, batch_size)
        if isinstance(answer, Feedback):
            return answer
        given, _ = trained(train_as_given, num_steps, batch_size)
        loss, batches = answer
        if loss == given:
            return unanswered("The loop is as it was: after training, its loss is near ln K.")
        feedback = _look_at_batches(batches, num_steps, batch_size)
        if feedback is not None:
            return feedback
        if loss > 0.7:  # ln 4 is 1.39, the mended loop comes to less than 0.2
            return wrong(
                f"The loss is still {loss:.2f} after training; blind guessing gives 1.39. Is each "
                "label the one of its picture?",
                "pairs-broken",
            )
    return right("Pictures and labels stay together, and the small network learns its examples.")


def check_rates(rates: dict[str, float | None]) -> Feedback:
    """Whether ``rates`` names the learning rate of each curve of ``plot_three_runs``."""
    if not isinstance(rates, dict) or set(rates) != set(RATES):
        return wrong('Keep the dictionary with the keys "A", "B" and "C".', "keys")
    if None in rates.values() or ... in rates.values():
        return unanswered("Give a rate to each of the three curves.")
    if rates == RATES:
        return right("Jumps: too large. Still falling at the end: too small. Low and calm: good.")
    if set(rates.values()) != set(RATES.values()):
        return wrong("Use each of 0.02, 1 and 20 once.", "rates")
    if rates["A"] != RATES["A"]:
        if rates["A"] == RATES["B"]:
            return wrong(
                "A ends high, but not because it is slow: a small step cannot make a loss jump.",
                "high-means-slow",
            )
        return wrong("Look at A again: does a good run jump like that?", "jumps-are-good")
    return wrong(
        "B is smooth, but smooth is not good: where is each curve when the run ends?",
        "smooth-is-good",
    )


def check_diagnosis(diagnosis: str | None) -> Feedback:
    """Whether ``diagnosis`` is the one conclusion that a training loss near ln K allows."""
    if diagnosis in (None, ...):
        return unanswered('Write one of the letters, such as diagnosis = "a".')
    answer = str(diagnosis).strip().lower()
    if answer == "b":
        return right("A training loss at ln K: no rule found, nothing learnt by heart.")
    if answer not in DIAGNOSES:
        return wrong('Answer with "a", "b", "c" or "d".', "letter")
    return wrong(*DIAGNOSES[answer])


def plot_three_runs() -> Axes:
    """Loss curves A, B and C of one small network with the three learning rates of ``RATES``."""
    curves = {name: losses_at(rate) for name, rate in RATES.items()}
    return plot_curves(curves, x_label="step", y_label="training loss (nats)")


DIAGNOSES = {
    "a": ("The same loop learnt the true labels; only the labels were changed.", "loop-broken"),
    "c": (
        "Then the training loss would be small, as it was for one batch learnt by heart.",
        "learnt-by-heart",
    ),
    "d": (
        "Each step had a gradient and moved the weights. A loss that stays is not a network that "
        "stays.",
        "weights-unmoved",
    ),
}


def _look_at_batches(batches: list[Tensor], num_steps: int, batch_size: int) -> Feedback | None:
    if len(batches) != num_steps or any(len(batch) != batch_size for batch in batches):
        return wrong(f"Take {num_steps} steps of {batch_size} examples each.", "other-sizes")
    images, _ = task()
    if any(batch.equal(images[:batch_size]) for batch in batches):
        return wrong(
            "A batch is just the first examples in their order. Draw them at random.", "not-random"
        )
    if len(torch.cat(batches).unique(dim=0)) < len(images):
        return wrong(
            "Some examples never come up. Draw new places at every step, from all examples.",
            "same-batch",
        )
    return None
