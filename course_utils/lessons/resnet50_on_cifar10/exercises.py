"""Exercises of lesson 06: reports to read, features in batches, a head on them, a recipe."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torch import nn
from torch.utils.data import Dataset, TensorDataset

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, call, unanswered, wrong
from course_utils.exercises.plain_data import state_of
from course_utils.exercises.reading import choices
from course_utils.lessons.resnet50_on_cifar10.loss_watch import LossWatch
from course_utils.lessons.resnet50_on_cifar10.trials import (
    BATCH_SIZE,
    NUM_CLASSES,
    NUM_STRIPED,
    as_pair,
    logits_of,
    mixed_pictures,
    striped_pictures,
    watched,
    with_gradients,
    worn_backbone,
)
from course_utils.models.freezing import extract_features

SPEED_VERDICTS = (
    "shown",
    "not shown: one run",
    "not shown: other work",
    "not shown: interval allows the opposite",
)


def observe_speed_report(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report; the words after "not shown:" are enough."""
    in_short = {word.removeprefix("not shown: "): word for word in SPEED_VERDICTS[1:]}
    return choices(answers, "PQRS", SPEED_VERDICTS, in_short)


check_speed_report = Check(
    observe_speed_report,
    "Ask three things, in this order: was the same work done, was it done more than once, "
    "and what does the interval still allow?",
    "Where the numbers of pictures differ, divide the seconds by the pictures first.",
    "Read each claim to its end. One of them says two things, and each needs to be shown.",
)


def observe_possible(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The word for each report."""
    as_words = {"True": "possible", "False": "impossible"}
    return choices(answers, "PQRSTU", ("possible", "impossible"), as_words)


check_possible = Check(
    observe_possible,
    "A picture is right or wrong, so a share is a whole number over the number of pictures.",
    "Multiply the share by the number of pictures, and take the whole numbers on either side.",
    "Divide both again, and round as the report did. Is one of them what is printed?",
)


def observe_bug_hunt(found: Any, seed: int = VISIBLE_SEED) -> Observed:
    """Each line with each kind of fault that was given for it; -1 for what is no line."""
    if found is None or found is ...:
        return unanswered("Name lines and their faults.")
    if not isinstance(found, Mapping):
        return wrong("Write a dictionary: {number of the line: kind}.", "not-a-mapping")
    picks = list(_picks(found))
    return {"picks": picks} if picks else unanswered("Name lines and their faults.")


def _picks(found: Mapping[Any, Any]) -> Iterator[list]:
    for line, kinds in found.items():
        number = _text(line)
        number = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
        for kind in kinds if isinstance(kinds, list | tuple | set) else [kinds]:
            if kind is not None and kind is not ...:
                for name in _text(kind).lower().replace("_", " ").split(","):
                    yield [number, name.strip(" .")]


def _text(answer: Any) -> str:
    try:
        return str(answer).strip()
    except Exception:  # an answer may be anything
        return type(answer).__name__


check_bug_hunt = Check(
    observe_bug_hunt,
    "Which pictures take part in a decision, and should they?",
    "What is computed again although it cannot change, and what moves although it has no gradient?",
    "Which numbers were copied from a recipe for other pictures, another head, more memory?",
    "Look last for what is not there at all: line 0 takes it.",
)


def observe_fair_features(
    function: Callable[[nn.Module, Dataset, int], Any], seed: int = VISIBLE_SEED
) -> Observed:
    """Features and labels that came back, what passed through the backbone, and what became of it.

    Of ``function(backbone, dataset, batch_size)``: features and labels, row by row.

    Beside the numbers: whether they still hang on a graph, or cannot be learned from.
    """
    images, labels = mixed_pictures(seed)
    backbone = worn_backbone(seed, images)
    dataset = TensorDataset(images.clone(), labels.clone())
    with watched(backbone, images, seed) as passes:
        pair = call(as_pair, call(function, backbone, dataset, BATCH_SIZE))
        passes = list(passes)
    if isinstance(pair, Feedback):
        return pair
    features, its_labels = pair
    return {
        "features": features.detach().tolist(),
        "labels": its_labels.detach().tolist(),
        "with_graph": features.requires_grad,
        "is_inference": features.is_inference(),
        "passes": passes,
        "can_learn": any(weights.requires_grad for weights in backbone.parameters()),
        "state": state_of(backbone),
    }


check_fair_features = Check(
    observe_fair_features,
    "Three symptoms are named. Take one at a time: what in a backbone can change although no "
    "optimizer holds it?",
    "Each `for` over a loader that shuffles draws a new order. Can one loop take both?",
    "Compare the number of rows that come back with the number of pictures in the data set. "
    "Which argument of the loader leaves some out?",
    "Before the loop: one line for batch norm, and a context in which no graph is kept.",
)


def observe_cached_head(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Logits of the head, what its losses saw, what passed through the backbone and became of it.

    Of ``function(backbone, images, labels, num_classes)``: a head on cached features.

    The head is given features of the pictures it was to learn from, then of 15 others.
    """
    images, labels = striped_pictures(seed)
    features = extract_features(worn_backbone(seed, images[:NUM_STRIPED]), images)
    images, labels = images[:NUM_STRIPED], labels[:NUM_STRIPED]
    backbone = worn_backbone(seed, images)
    with LossWatch() as losses, watched(backbone, images, seed) as passes:
        head = call(function, backbone, images.clone(), labels.clone(), NUM_CLASSES)
        passes, gradients = list(passes), with_gradients(backbone)
    if isinstance(head, Feedback):
        return {"error": head.message[:280]} if head.misconception == "error" else head
    logits, refusal = logits_of(head, features)
    return {
        "passes": passes,
        "gradients": gradients,
        "state": state_of(backbone),
        "losses_fed": losses.fed,
        "gradients_left": losses.gradients_left,
        "returned": type(head).__name__,
        "logits": logits,
        "refusal": refusal,
        "takes_pictures": logits_of(head, images)[0] is not None,
    }


check_cached_head = Check(
    observe_cached_head,
    "Which mode holds the running statistics, and which context saves the gradients that "
    "nobody needs?",
    "Once the features are there, no line mentions the backbone again: the loop sees features "
    "and labels only.",
    "What comes out of inference mode must be copied with `.clone()`, outside it, before "
    "anything can learn from it.",
    "A few hundred steps on 30 rows of features take a moment. Two epochs are not enough.",
)
