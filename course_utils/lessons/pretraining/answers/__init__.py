"""Answers of lesson 02."""

import math
from collections.abc import Mapping
from typing import Any

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.lessons.pretraining.answers.errors import ERRORS
from course_utils.lessons.pretraining.answers.loops import (
    AS_GIVEN,
    PARTLY_MENDED,
    WRONG_STEPS,
    Loop,
    early_weights,
    early_weights_as_given,
    loss_of_trained,
    same,
    same_weights,
    three_steps,
)
from course_utils.lessons.pretraining.answers.loops import one_step as five_lines
from course_utils.lessons.pretraining.answers.scores import judge_accuracies, judge_losses
from course_utils.lessons.pretraining.trials import (
    EPOCHS,
    SCORINGS,
    TRAININGS,
    averages_of,
    small_network,
    used_network,
    weights_of,
)

DIAGNOSES = {"a": "loop-broken", "c": "learnt-by-heart", "d": "weights-unmoved"}
RATES = {"A": 20.0, "B": 0.02, "C": 1.0}
LEARNT = 0.7  # nats; ln 4 is 1.39, the mended loop comes to less than 0.2


def judge_diagnosis(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the letter."""
    letter = observed["letter"]
    if letter == "b":
        return right("A training loss at ln K: no rule found, nothing learnt by heart.")
    if letter not in DIAGNOSES:
        return wrong('Answer with "a", "b", "c" or "d".', "letter")
    return known_error(ERRORS["diagnosis"], DIAGNOSES[letter])


def judge_rates(observed: Mapping[str, float], seed: int) -> Feedback:
    """Compare the rate of each curve."""
    if observed == RATES:
        return right("Jumps: too large. Still falling at the end: too small. Low and calm: good.")
    if sorted(observed.values()) != sorted(RATES.values()):
        return wrong("Use each of 0.02, 1 and 20 once.", "rates")
    if observed["C"] == RATES["A"]:
        return known_error(ERRORS["rates"], "larger-is-better")
    if observed["A"] == RATES["B"]:
        return known_error(ERRORS["rates"], "high-means-slow")
    if observed["A"] == RATES["C"]:
        return known_error(ERRORS["rates"], "jumps-are-good")
    return known_error(ERRORS["rates"], "smooth-is-good")


def judge_one_step(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare losses and weights with those of the five lines over three batches."""
    errors = ERRORS["one_step"]
    if "error" in observed:
        # torch's words for weights that changed between the forward and the backward pass
        if "inplace" in observed["error"]:
            return known_error(errors, "step-before-backward")
        return wrong(observed["error"], "error")
    if not observed["training"]:
        return known_error(errors, "eval-mode")
    truth = three_steps(five_lines, seed)
    if not same(observed["weights"], truth["weights"]):
        for name, step in WRONG_STEPS.items():
            if same(observed["weights"], three_steps(step, seed)["weights"]):
                return known_error(errors, name)
        return wrong("After three steps the weights are not those of the five lines.")
    if same(observed["losses"], truth["after"]):
        return known_error(errors, "loss-after-the-update")
    if not same(observed["losses"], truth["losses"]):
        return wrong("The updates are right; return the mean loss before the update.", "loss")
    if same(observed["averages"], truth["averages"]):
        return right("Three updates, the same weights and losses as the loop of section 4.")
    if observed["averages"][-1:] > truth["averages"][-1:]:  # the number of batches seen
        return known_error(errors, "two-passes")
    return wrong("Weights and losses are right, but the averages of batch norm are not.")


def judge_train(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Repeat the first steps on the batches that were drawn, and see what was learnt."""
    for run, sizes in zip(observed["runs"], TRAININGS, strict=True):
        feedback = _judge_batches(run, *sizes, seed) or _judge_learning(run, *sizes, seed)
        if feedback is not None:
            return feedback
    return right("Pictures and labels stay together, and the small network learns its examples.")


def _judge_batches(
    run: Mapping[str, Any], num_steps: int, batch_size: int, seed: int
) -> Feedback | None:
    batches, errors = run["batches"], ERRORS["train"]
    drawn = {place for batch in batches for place in batch}
    if same(run["early"], early_weights_as_given(3, batch_size, seed)):
        return unanswered("The loop is as it was: after training, its loss is near ln K.")
    if run["weights"] == weights_of(small_network(seed)):
        return known_error(errors, "weights-unmoved")
    if not drawn <= set(range(64)):
        return wrong("Give the network the pictures as they are.", "other-pictures")
    if batches and all(len(batch) == 64 for batch in batches):
        return known_error(errors, "all-at-once")
    if len(batches) != num_steps or any(len(batch) != batch_size for batch in batches):
        sizes = ", ".join(str(size) for size in sorted({len(batch) for batch in batches}))
        return wrong(
            f"Take {num_steps} steps of {batch_size} examples each. Your loop learnt from "
            f"{len(batches)} batches, of these sizes: {sizes or 'none'}.",
            "other-sizes",
        )
    if list(range(batch_size)) in batches:
        return known_error(errors, "not-random")
    return known_error(errors, "same-batch") if len(drawn) < 64 else None


def _judge_learning(
    run: Mapping[str, Any], num_steps: int, batch_size: int, seed: int
) -> Feedback | None:
    early, errors = run["batches"][:3], ERRORS["train"]
    if same(run["early"], early_weights(early, [range(batch_size)] * 3, seed)):
        return known_error(errors, "labels-not-drawn")
    for name, step in WRONG_STEPS.items():
        if same(run["early"], early_weights(early, early, seed, step), atol=1e-3):
            if name in errors:
                return known_error(errors, name)
            return wrong("Pictures and labels stay together, but a line changed that was right.")
    loss = loss_of_trained(run["weights"], run["averages"], seed)
    if loss == math.inf:
        return wrong("Train the network that you are given, as it is.", "other-network")
    if math.isnan(loss):
        return wrong("After training, the weights are no numbers any more.", "other-updates")
    if not loss < LEARNT:
        found = known_error(errors, "pairs-broken")
        return wrong(
            f"The loss is still {loss:.2f} after training. {found.message}", "pairs-broken"
        )
    if not same(run["early"], early_weights(early, early, seed), atol=1e-3):
        return wrong("It learns, but the updates are not those of the loop as it was given.")
    return None


def judge_evaluate(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare both numbers with those of single pictures, then see what became of the model."""
    errors, scorings = ERRORS["evaluate"], observed["scorings"]
    network = used_network(seed)
    if any(scoring["averages"] != averages_of(network) for scoring in scorings):
        return known_error(errors, "no-eval")
    if any(scoring["weights"] != weights_of(network) for scoring in scorings):
        return wrong("Scoring a model must leave its weights alone.", "weights-changed")
    losses, accuracies = ([scoring[kind] for scoring in scorings] for kind in ("loss", "accuracy"))
    feedback = judge_losses(losses, seed) or judge_accuracies(accuracies, seed)
    if feedback is not None:
        is_swapped = not judge_losses(accuracies, seed) and not judge_accuracies(losses, seed)
        return known_error(errors, "swapped") if is_swapped else feedback
    for scoring, (count, batch_size, training) in zip(scorings, SCORINGS, strict=True):
        if sum(scoring["sizes"]) < count:
            return wrong("Give all pictures to the model itself, in batches.", "not-seen")
        if set(scoring["modes"]) != {training}:
            return known_error(errors, "left-in-eval" if training else "always-train-after")
        if max(scoring["sizes"]) > batch_size:
            return known_error(errors, "all-at-once")
        if not scoring["gradients_on"]:
            return known_error(errors, "gradients-left-off")
        if not all(scoring["may_learn"]):
            return known_error(errors, "weights-held")
        if scoring["with_gradients"]:
            return known_error(errors, "with-gradients")
    return right("Every picture counted once, and the model is left as it came.")


def judge_three_faults(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with the mended loop, and with loops that have some of the faults."""
    errors, ends = ERRORS["three_faults"], observed["ends"]

    def ends_of(loop: Loop) -> list[dict[str, list[float]]]:
        return [loop.run(num_epochs, seed) for num_epochs in EPOCHS]

    truth = ends_of(Loop())
    if same_weights(ends, truth):
        if all(same(end[k], t[k]) for end, t in zip(ends, truth, strict=True) for k in t):
            return right("The same weights and accuracies as a loop without faults.")
        loud = ends_of(Loop(score_in_eval=False))
        if all(same(e["averages"], t["averages"]) for e, t in zip(ends, loud, strict=True)):
            return known_error(errors, "scores-in-train-mode")
        return wrong("The weights are right. Return the accuracies in eval mode, as before.")
    if same_weights(ends, ends_of(AS_GIVEN)):
        return unanswered("The loop learns as the one that was given: all three faults are left.")
    for name, loop in PARTLY_MENDED:
        if same_weights(ends, ends_of(loop)):
            return known_error(errors, name)
    return wrong("These are not the weights of the mended loop. Did a line change that was right?")
