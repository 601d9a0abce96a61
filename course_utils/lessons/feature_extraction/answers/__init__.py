"""Answers of lesson 03."""

from collections.abc import Mapping
from typing import Any

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.lessons.feature_extraction.answers.frozen_parts import (
    OTHER,
    freezing_fault,
    pairing_fault,
    training_fault,
)
from course_utils.lessons.feature_extraction.answers.learning_curves import (
    NOTHING,
    first_wrong,
    wrong_idea,
)
from course_utils.lessons.feature_extraction.cases import learning_curves
from course_utils.lessons.feature_extraction.exercises import FREEZE_PARTS, ORDER_SEEDS

ERRORS = {
    "reading": {
        "point-estimate": "0.004 is above zero, but what other differences does the interval "
        "allow?",
        "no-proof-is-equal": "The interval holds zero, but also 0.015. Nothing found is not "
        "nothing there.",
        "nothing-new": "The same heads say the same of the same pictures. Would any of the five "
        "differences change?",
        "confidence": "To be surer with the same data, must you claim more or less?",
    },
    "freeze_first": {
        "weights-learn": "Weights of the first parts still learn.",
        "one-part-less": "This freezes one part too few: the last of the first parts still learns.",
        "one-part-more": "This freezes too much: at least one of the other parts no longer learns.",
        "buffers-move": "No weight of the first parts moves, but something else in them does.",
        "eval-once": "It is frozen until somebody calls train() again.",
        "only-after-train": "It is frozen once somebody has called train(). A forward pass before "
        "that still moves something.",
        "no-gradients": "Nothing can learn any more, not even a head that others put on top: "
        "gradients are off for the whole program.",
        "too-much-frozen": "The first parts hold, but no weight behind them can learn either.",
        "rest-in-eval": "Weights behind the first parts learn, but those parts are stuck in eval "
        "mode.",
        "batch-statistics": "Nothing stored moves, but a picture's features still depend on its "
        "batch.",
        "eval-blocked": "The first parts hold and the rest learns, but `backbone.eval()` no longer "
        "reaches the other parts.",
    },
    "shuffled_features": {
        "gradients": "The features drag the backbone's graph along: no gradients are wanted.",
        "train-mode": "Each label is beside its picture, but a picture's features depend on the "
        "other pictures.",
        "separate-orders": "The features are right, but they stand beside the labels of other "
        "pictures.",
        "labels-stay": "The features are in a new order. What of the labels?",
        "repeats": "Each label is beside its picture, but some pictures come twice and others "
        "not at all.",
        "drift": "What you return is right, but the backbone is no longer what it was: why?",
        "inference-tensors": "Every pair is right, but these are tensors of inference mode: torch "
        "stops with an error when a head is to be trained on them.",
        "not-shuffled": "Every pair is right, but the order is not new.",
        "seed-unused": "Every pair is right, but the same seed gives another order each time.",
    },
    "labels_saved": {
        "accuracy-difference": "That is a gain in accuracy, not in labels.",
        "not-subtracted": "That is what pixels need; how many more is it?",
        "ratio": "That is how many times as many labels pixels need; how many more is it?",
        "nearest-size": "The curve gets there before that measured size.",
        "linear-scale": "You went straight in labels, not on their log scale.",
        "swapped-curves": "You look for the pixels' accuracy on the letters' curve. Which of the "
        "two is to be reached by the other?",
        "clamped": "Here the pixels' curve ends below the target; an end point is no answer.",
        "end-refused": "At the largest size the pixels just equal the target: they do get there.",
        "rounded": "That is rounded. Between sizes the curve is read as it comes, fractions of "
        "labels included.",
        "nothing-for-never": "What is to be returned where pixels never get there? See the text.",
    },
    "frozen_trainer": {
        "head-frozen-too": "The backbone holds, but so does all the rest: the loss depends on "
        "nothing that may learn.",
        "error-silenced": "The error is gone, but the model comes back as it was: nothing in it is "
        "asked for a gradient.",
        "wrong-optimizer": "The head gets gradients but never takes a step.",
        "bias-only": "Of the head only the bias learns.",
        "never-frozen": "Everything in the backbone moves, weights and buffers, as if nothing had "
        "frozen it.",
        "weights-learn": "The running statistics hold, but the weights of the backbone learn.",
        "frozen-too-late": "The backbone is frozen now, but it was not while the steps were taken.",
        "statistics-move": "No weight of the backbone moves, but its buffers do, at every forward "
        "pass.",
        "eval-undone": "The backbone was in eval mode, but not during all forward passes: its "
        "buffers moved. What woke it?",
        "dropout-on": "The backbone comes back bit for bit, but a picture's features differ from "
        "step to step. What in it is random?",
    },
}
BAD_VERDICTS = {"different": "point-estimate", "equal": "no-proof-is-equal"}
BAD_REMEDIES = {"score again": "nothing-new", "99 % interval": "confidence"}


def judge_reading(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the words."""
    verdict, remedy = observed["verdict"], observed["remedy"]
    if verdict in BAD_VERDICTS:
        return known_error(ERRORS["reading"], BAD_VERDICTS[verdict])
    if verdict != "cannot tell":
        return wrong('random_verdict is "different", "equal" or "cannot tell".')
    if remedy in BAD_REMEDIES:
        return known_error(ERRORS["reading"], BAD_REMEDIES[remedy])
    if remedy != "more draws":
        return wrong('random_remedy is "more draws", "score again" or "99 % interval".')
    return right("Zero and 0.015 both fit. More draws bring new differences, and a surer mean.")


def judge_freeze_first(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with what becomes of backbones whose first parts are really frozen."""
    for num_parts, run in zip(FREEZE_PARTS, observed["runs"], strict=True):
        fault = freezing_fault(run, num_parts, seed)
        if fault == OTHER:
            return wrong(
                f"With num_parts = {num_parts}, training does not end where it would with the "
                "first parts held and the others free."
            )
        if fault is not None:
            return known_error(ERRORS["freeze_first"], fault)
    return right("The first parts hold every parameter and buffer through train(); the rest learn.")


def judge_shuffled_features(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with features computed one picture at a time."""
    for run, order_seed in zip(observed["runs"], ORDER_SEEDS, strict=True):
        fault = pairing_fault(run, order_seed, seed)
        if fault == "as-given":
            return unanswered("Both bugs are still there.")
        if fault == "both-bugs":
            return wrong("Both bugs are still there, in another form.")
        if fault == OTHER:
            return wrong("These are not the backbone's features of these pictures.")
        if fault is not None:
            return known_error(ERRORS["shuffled_features"], fault)
    first, again, another = (run["labels"] for run in observed["runs"])
    if first != again:
        return known_error(ERRORS["shuffled_features"], "seed-unused")
    if first == another:
        return wrong("Every pair is right, but the order is the same whatever the seed.")
    return right("One order for both, and features that depend on nothing but their picture.")


def judge_labels_saved(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with interpolation on a log scale."""
    saved, cases = observed["saved"], learning_curves(seed)
    place = first_wrong(saved, cases)
    if place is None:
        return right(
            "Read sideways, on a log scale, and infinite where the curve never gets there."
        )
    idea = wrong_idea(saved, cases, place)
    if idea not in (OTHER, NOTHING):
        return known_error(ERRORS["labels_saved"], idea)
    sizes, *curves, few = cases[place]
    letters, pixels = ([round(accuracy, 3) for accuracy in curve] for curve in curves)
    case = f"With {sizes}, {letters}, {pixels} and few = {few}"
    if saved[place] is not None:
        return wrong(f"{case} it is not {saved[place]:.3g}.")
    if idea == NOTHING:
        return wrong(f"{case} nothing comes back. {ERRORS['labels_saved'][NOTHING]}", NOTHING)
    return wrong(f"{case} nothing comes back.")


def judge_frozen_trainer(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Compare with the same backbone and a head trained on features that never change."""
    fault = training_fault(observed, seed)
    if fault == "as-given":
        return unanswered(
            "It stops as the given cell does: the loss depends on nothing that may learn."
        )
    if fault == OTHER and observed["error"]:
        return wrong(observed["error"], "error")
    if fault == OTHER:
        return wrong(
            "The backbone holds, but the head is not where plain SGD on all pictures brings it "
            "from its first weights in the number of steps that was asked for."
        )
    if fault is not None:
        return known_error(ERRORS["frozen_trainer"], fault)
    return right("The backbone came back bit for bit, and only the head has learned.")
