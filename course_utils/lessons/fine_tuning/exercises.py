"""Exercises of lesson 04: order of work, rates by group, fair contests, a lost head, two stages."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, call, unanswered, wrong
from course_utils.exercises.reading import choices
from course_utils.lessons.fine_tuning.trials import (
    DUPLICATES,
    OLD_CLASSES,
    after_one_step,
    group_cases,
    holds_twice,
    new_head_cases,
    small_model,
    small_task,
    snapshot,
    stage_cases,
    watch_steps,
)
from course_utils.models.classifier import Classifier

VERDICTS = ("fair: A is better", "unfair", "cannot tell")


def observe_order(order: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The letters in the order chosen, in capitals."""
    if order is None or order is ...:
        return unanswered("Put the six letters in order.")
    text = call(lambda: str(order).upper())
    if isinstance(text, Feedback):
        return text
    return {"order": "".join(letter for letter in text if "A" <= letter <= "Z")}


check_order = Check(
    observe_order,
    "In a wrong order, one step is undone by a later one, and another does not see what comes "
    "after it. Which two?",
    "Ask of each step what it needs, and which other step makes that. Three of them need a head.",
    "Section 3 says, under Head first, which part must mean something before the backbone learns.",
)


def observe_groups(
    function: Callable[[Classifier, float], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """Weights after one step of SGD with the groups, for each number of classes and rate.

    Of ``function(model, head_lr)``: groups that slow the backbone down.
    """
    ends = []
    for num_classes, rate in group_cases(seed):
        model = small_model(seed, num_classes).double()  # small steps must be told apart
        with warnings.catch_warnings():  # of what the feedback will be about
            warnings.filterwarnings("ignore", DUPLICATES)
            groups = call(function, model, rate)
        if isinstance(groups, Feedback):
            return groups
        images, labels = small_task(seed, num_classes)
        end = after_one_step(model, groups, images.double(), labels)
        if isinstance(end, Feedback):
            return end
        ends.append(end)
    return {"ends": ends}


check_groups = Check(
    observe_groups,
    "A group is a dictionary with the keys params and lr. How many rates are there to give?",
    "Each part of the model lists its own weights: part.parameters().",
    "model.parameters() holds the head, too. No weight may be in two groups.",
)


def observe_budgets(verdicts: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report; "A is better" is enough."""
    return choices(verdicts, "PQRS", VERDICTS, {"A is better": VERDICTS[0]})


check_budgets = Check(
    observe_budgets,
    "Begin with what was agreed: steps and trials. Only a fair contest needs its interval read.",
    "Seconds were not agreed on. And each contest is only between its own A and B.",
    "Does the interval of the difference hold 0? Then these repeats do not tell.",
)


def observe_mended(
    function: Callable[[Classifier, int, float], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """Weights and statistics before training, and after one and two steps.

    Of ``function(model, num_classes, learning_rate)``: a new head that learns. Where the optimizer
    was given weights twice, there is only that.
    """
    runs = []
    for num_classes, rate in new_head_cases(seed):
        model = small_model(seed)
        with torch.random.fork_rng(devices=[]):  # a new head is random
            torch.manual_seed(3000 + seed)
            with warnings.catch_warnings():  # of what the feedback will be about
                warnings.filterwarnings("ignore", DUPLICATES)
                optimizer = call(function, model, num_classes, rate)
        if isinstance(optimizer, Feedback):
            # torch's words for weights that two groups hold
            twice = "more than one parameter group" in optimizer.message
            return {"added_twice": True} if twice else optimizer
        if not isinstance(optimizer, Optimizer):
            return wrong("Return the optimizer: training needs it.", "not-an-optimizer")
        if holds_twice(optimizer):
            return {"added_twice": True}
        run = watch_steps(model, optimizer, *small_task(seed, num_classes))
        if isinstance(run, Feedback):
            return run
        runs.append(run)
    return {"added_twice": False, "runs": runs}


check_mended = Check(
    observe_mended,
    "Which tensors does the optimizer hold when the function returns?",
    "model.parameters() is read once, when the optimizer is made.",
    "Both lines are right as they are. Look at which comes first.",
)


def observe_head_first(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Weights and statistics after stage one alone and after both; or which case stopped, and how.

    Of ``function(model, images, labels, head_steps, all_steps, head_lr)``.

    Until it did, there are the weights and statistics of the cases before.
    """
    ends: list[Any] = []
    for head_steps, all_steps, rate in stage_cases(seed):
        images, labels = small_task(seed, OLD_CLASSES)
        arguments = (images, labels, head_steps, all_steps, rate)
        model = call(function, small_model(seed), *arguments)
        if isinstance(model, Feedback):
            if model.misconception == "error":
                return {"ends": ends, "stopped": model.message}
            return model
        end = snapshot(model)
        if isinstance(end, Feedback):
            return end
        ends.append(end)
    return {"ends": ends}


check_head_first = Check(
    observe_head_first,
    "A stage is a loop of the five lines of lesson 02 without batches. What differs between "
    "the two: the mode of the backbone, and what the optimizer holds.",
    "Eval mode holds the statistics. Weights that no optimizer was given hold still, too.",
    "An optimizer is for one stage. That of stage two is given two groups, as in exercise 3.",
    "A gradient stays on a weight until it is cleared, also on weights that do not move. When "
    "in the loop is it safe to clear them?",
)
