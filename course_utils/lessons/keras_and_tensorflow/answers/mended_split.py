"""Answer of ``mended_split``: the same mix of classes in both parts, drawn by lot.

No table can tell: examples may be drawn in any way.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.keras_and_tensorflow.exercise_cases import Examples, class_by_class
from course_utils.lessons.keras_and_tensorflow.exercises import observe_mended_split

MESSAGES = {
    "apart": "Pictures and labels no longer belong together: they were shuffled apart. Draw places "
    "once, and choose from both by them.",
    "drawn-twice": "Some examples stand in one part twice or more: they were drawn with "
    "replacement.",
    "in-both": "Some examples are in both parts, so the model is validated on what it learned.",
    "lost": "No example is in both parts, but some are in none.",
    "swapped": "The two parts have changed places: those to train on come first.",
    "shuffled-after": "The training part is in another order, and validation is still the end of "
    "the data, with the last classes alone. shuffle=True in fit comes too late in the same way.",
    "larger-part": "A larger end of sorted data only takes more classes away from training.",
    "the-front": "Validation is the front of the data now, with the first classes alone.",
    "class-missing": "Large classes are in both parts now. But a small class is missing in one of "
    "them: draw from each class by itself.",
    "equal-counts": "Each class gives as many examples to validation as any other. It is to give "
    "the same share.",
    "not-repeatable": "The mix is right. But the same seed gives another split the second time.",
    "no-lot": "The mix is right. But every seed gives the same split: draw by lot.",
}
Parts = tuple[Sequence[int], Sequence[int]]  # places to train on and to validate on


def as_given(
    images: np.ndarray, labels: np.ndarray, share: float, seed: int
) -> tuple[np.ndarray, ...]:
    """Cuts off the end, as ``validation_split`` does."""
    cut = len(labels) - round(share * len(labels))
    return images[:cut], labels[:cut], images[cut:], labels[cut:]


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Look for what is no split, then for where it was cut, then at the mix and the lots."""
    if observed == observe_mended_split(as_given, seed):
        return unanswered("This is the function as it was given, or it does the same.")
    runs, cases = observed["runs"], class_by_class(seed)
    for run, (_, labels, _, _) in zip(runs, cases, strict=True):
        for part in ("train", "val"):
            if labels[run[part]].tolist() != run[f"{part}_labels"]:
                return known_error(MESSAGES, "apart")
    splits = [(run["train"], run["val"]) for run in runs]
    for find in (_no_split, _cut_from_the_whole, _swapped, _missing, _other_mix):
        for parts, case in zip(splits, cases, strict=True):
            if (fault := find(parts, case)) is not None:
                return fault if isinstance(fault, Feedback) else known_error(MESSAGES, fault)
    if not all(run["again"] for run in runs):
        return known_error(MESSAGES, "not-repeatable")
    if all(other == sorted(run["val"]) for run in runs for other in run["others"]):
        return known_error(MESSAGES, "no-lot")
    return right("Every class is in both parts, with the same share, and each example in one.")


def _no_split(parts: Parts, case: Examples) -> str | None:
    """What is twice somewhere, in both parts or in none."""
    train, val = parts
    if len(set(train)) < len(train) or len(set(val)) < len(val):
        return "drawn-twice"
    if set(train) & set(val):
        return "in-both"
    return "lost" if len(train) + len(val) < len(case[1]) else None


def _cut_from_the_whole(parts: Parts, case: Examples) -> str | None:
    """Which end of sorted data is the validation part."""
    val, (_, labels, share, _) = sorted(parts[1]), case
    is_sorted = (np.diff(labels) >= 0).all()
    if not is_sorted or not val or any(after - before > 1 for before, after in pairwise(val)):
        return None
    if val[0] == 0:
        return "the-front"
    if val[-1] < len(labels) - 1:
        return None
    return "larger-part" if len(val) > share * len(labels) + 1 else "shuffled-after"


def _swapped(parts: Parts, case: Examples) -> str | None:
    """Whether training has the share."""
    (train, val), (_, labels, share, _) = parts, case
    is_share = abs(len(train) - share * len(labels)) < len(np.unique(labels))
    return "swapped" if is_share and len(train) < len(val) else None


def _missing(parts: Parts, case: Examples) -> str | None:
    """Whether a class is not in both parts."""
    labels = case[1]
    both = set(labels[parts[0]]) & set(labels[parts[1]])
    return "class-missing" if len(both) < len(np.unique(labels)) else None


def _other_mix(parts: Parts, case: Examples) -> str | Feedback | None:
    """Whether a class has more or fewer examples in validation than its share."""
    _, labels, share, _ = case
    sizes, held = np.bincount(labels), np.bincount(labels[parts[1]])
    for label, (size, found) in enumerate(zip(sizes, held, strict=True)):
        if math.floor(share * size) <= found <= max(1, math.ceil(share * size)):
            continue
        if len(set(held)) == 1:
            return "equal-counts"
        return wrong(
            f"Every class is in both parts. But of class {label}, with {size} examples and a share "
            f"of {share}, validation has {found}."
        )
    return None


ANSWER = OwnJudge(MESSAGES, judge)
