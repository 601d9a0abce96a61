"""Exercises of lesson 02: a diagnosis, rates, the step, two broken loops, a score, a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, call, call_for_number, unanswered, wrong
from course_utils.figures.plots import plot_curves
from course_utils.lessons.pretraining.classes import class_cases, name_pictures
from course_utils.lessons.pretraining.three_runs import THREE_RUNS
from course_utils.lessons.pretraining.trials import (
    EPOCHS,
    SCORINGS,
    TRAININGS,
    averages_of,
    momentum_optimizer,
    run_epochs,
    run_scoring,
    run_training,
    small_network,
    three_batches,
    weights_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_three_runs() -> Axes:
    """Loss curves A, B and C of one small model, equal but for the learning rate."""
    curves = {name: [float(loss) for loss in text.split()] for name, text in THREE_RUNS.items()}
    return plot_curves(curves, x_label="step", y_label="training loss (nats)")


def observe_diagnosis(diagnosis: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The letter chosen, in lower case."""
    if diagnosis is None or diagnosis is ...:
        return unanswered('Write one of the letters, such as diagnosis = "a".')
    if type(diagnosis) is not str:
        return wrong("Write one letter in quotation marks.", "not-a-letter")
    return {"letter": diagnosis.strip(" .()\n").lower()}


check_diagnosis = Check(
    observe_diagnosis,
    "The curve shows a training loss. What would it look like had the answers been learned?",
    "Section 4 learned 64 answers by heart. To what value did that loss fall?",
)


def observe_rates(rates: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The rate given to each curve."""
    if type(rates) is not dict or [*map(type, rates)] != [str] * 3 or set(rates) != set(THREE_RUNS):
        return wrong('Keep the dictionary with the keys "A", "B" and "C".', "keys")
    if any(rate is None or rate is ... for rate in rates.values()):
        return unanswered("Give a rate to each of the three curves.")
    numbers = [call(float, rates[name]) for name in THREE_RUNS]
    if any(isinstance(number, Feedback) for number in numbers):
        return wrong("Give each curve a number.", "not-a-number")
    return {"rates": numbers}


check_rates = Check(
    observe_rates,
    "Section 6 shows such curves. Which rate gave a slow and smooth descent?",
    "Which of the three curves rises above its first value? Steps must be large for that.",
    "Of the two smooth curves, which one could have gone further in the same 60 steps?",
)


@torch.enable_grad()  # whatever another cell switched off, here and below
def observe_one_step(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Loss, with a graph or not, and weights at each of three steps; averages and mode after them.

    Of ``function(model, images, labels, optimizer)``: one update; the loss before it.
    """
    model = small_network(seed)
    optimizer = momentum_optimizer(model, 0.3)
    losses, weights, with_graph = [], [], []

    def one_step(*arguments: Any) -> Any:
        loss = function(*arguments)
        weights.append(weights_of(model))
        with_graph.append(isinstance(loss, Tensor) and loss.requires_grad)
        return loss.detach() if isinstance(loss, Tensor) else loss

    for images, labels in three_batches(seed):
        loss = call_for_number(one_step, model, images, labels, optimizer)
        if isinstance(loss, Feedback):
            # torch's words for weights that changed between the forward and the backward pass
            changed = loss.misconception == "error" and "inplace" in loss.message
            return {"changed_too_early": True} if changed else loss
        losses.append(loss)
    averages = averages_of(model)
    return {
        "changed_too_early": False,
        "training": bool(model.training),
        "weights": weights,
        "losses": losses,
        "num_passes": averages[-1:],
        "averages": averages,
        "keeps_graph": any(with_graph),
    }


check_one_step = Check(
    observe_one_step,
    "Read the five lines in section 4: logits, loss, forget, backward, step.",
    "backward adds to the gradients that are there. When must the old ones be gone?",
    "Return the loss that you took the gradient of, as a number: .item() makes one.",
)


@torch.enable_grad()
def observe_train(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Batches, early and last weights, and batch norm's averages, of each training.

    Of ``function(model, images, labels, optimizer, num_steps, batch_size)``.
    """
    runs = []
    for num_steps, batch_size in TRAININGS:
        run = call(run_training, function, num_steps, batch_size, seed)
        if isinstance(run, Feedback):
            return run
        runs.append(run)
    return {"runs": runs}


check_train = Check(
    observe_train,
    "Print the first three pictures of a batch and their labels. Do they belong together?",
    "How often is an order drawn in one step, and is it the same order each time?",
    "Draw the places once in every step, and use them for the pictures and the labels.",
)


@torch.enable_grad()
def observe_evaluate(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Loss and accuracy of each scoring, what passed through the model, and what is left of it.

    Of ``function(model, images, labels, batch_size)``: mean loss and accuracy.
    """
    scorings = []
    for count, batch_size, training in SCORINGS:
        scoring = call(run_scoring, function, count, batch_size, training, seed)
        if isinstance(scoring, Feedback):
            return scoring
        scorings.append(scoring)
    in_train_mode, in_eval_mode = scorings
    return {
        "same_averages": all(scoring["same_averages"] for scoring in scorings),
        "same_weights": all(scoring["same_weights"] for scoring in scorings),
        "loss": [scoring["loss"] for scoring in scorings],
        "accuracy": [scoring["accuracy"] for scoring in scorings],
        "all_seen": all(scoring["all_seen"] for scoring in scorings),
        "train_mode_kept": in_train_mode["mode_kept"],
        "eval_mode_kept": in_eval_mode["mode_kept"],
        "in_batches": all(scoring["in_batches"] for scoring in scorings),
        "gradients_on": all(scoring["gradients_on"] for scoring in scorings),
        "may_learn": all(scoring["may_learn"] for scoring in scorings),
        "with_gradients": any(scoring["with_gradients"] for scoring in scorings),
    }


check_evaluate = Check(
    observe_evaluate,
    "Batch norm knows two modes. Which one gives a picture the same logits in any batch?",
    'Add up over the examples and divide once. F.cross_entropy has the setting reduction="sum".',
    "model.training says in which mode a model is, and model.train(mode) sets either one.",
    "torch.no_grad() or torch.inference_mode() around the loop keeps gradients away.",
)


@torch.enable_grad()
def observe_three_faults(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Accuracies, weights and batch norm's averages after each training.

    Of ``function(model, images, labels, optimizer, num_epochs, batch_size)``.
    """
    ends = []
    for num_epochs in EPOCHS:
        end = call(run_epochs, function, num_epochs, seed)
        if isinstance(end, Feedback):
            return end
        ends.append(end)
    parts = ("weights", "averages", "accuracies")
    return {part: [end[part] for end in ends] for part in parts}


check_three_faults = Check(
    observe_three_faults,
    "Hold it against the loop of section 4, line by line: what is given to the loss, and "
    "what happens between two updates?",
    "What is in weight.grad when the second backward begins?",
    "Print model.training at the start of each epoch.",
    "F.cross_entropy wants logits; gradients are to be cleared before every backward, and the "
    "mode set before every epoch.",
)


def observe_leave_out(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What becomes of each picture, and of the names of the classes, in several cases.

    Of ``function(examples, names)``: the examples without the classes in ``names``.
    """
    found = []
    for examples, names in class_cases(seed):
        labels = examples.labels.clone()
        result = call(function, examples, names)
        if isinstance(result, Feedback):
            return result
        named = call(name_pictures, result, examples)
        if isinstance(named, Feedback):
            return wrong(
                "Return LabelledImages: the pictures, a tensor of their labels, and the names.",
                "other-kind",
            )
        if named["pictures"] != named["labels"]:
            return wrong(
                "You return {pictures} pictures and {labels} labels.".format(**named), "unequal"
            )
        found.append(named | {"left_alone": torch.equal(examples.labels, labels)})
    parts = ("left_alone", "times", "answers", "class_names", "whole_numbers")
    return {part: [each[part] for each in found] for part in parts}


check_leave_out = Check(
    observe_leave_out,
    "Which names stay, in their old order? The place of a name among those is its new label.",
    "Make a list with one number for each old label: the new label, or -1 where the class goes.",
    "torch.tensor(numbers)[examples.labels] puts every new label in the place of the old one.",
)
