"""Answer of ``speaker_split``: whole speakers in one part, drawn by lot.

No table can tell: speakers may be drawn in any way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.exercises.feedback import Feedback, known_error, right, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.speech.exercise_cases import spoken_takes

MESSAGES = {
    "in-two-parts": "Some takes are in two parts: the model is scored on what it learned from, or "
    "chosen by what it is tested on.",
    "by-word": "Words were drawn and not speakers: the test part has words that are in no other "
    "part. Nobody can learn to name these.",
    "val-and-test": "Training is clean. But validation and test have speakers in common: the model "
    "is chosen by people on whom it is tested.",
    "by-take": "Each speaker is in all three parts, with an equal share of takes. So the score is "
    "one of new takes of known speakers: draw speakers.",
    "cut-through": "Nearly: speakers are drawn, but the cut falls among the takes of one. Count "
    "speakers, not takes, to find where to cut.",
    "by-row": "Takes were shuffled and cut, so that most speakers are in two or three parts. Draw "
    "speakers, and let each bring all takes along.",
    "takes-lost": "No speaker is in two parts, but some takes are in none. Each speaker brings all "
    "takes along.",
    "share-together": "No speaker is in two parts. But validation and test have the share together "
    "here: each of the two is to have it.",
    "swapped": "No speaker is in two parts. But the parts have changed places: those to train on "
    "come first.",
    "not-repeatable": "No speaker is in two parts. But the same seed gives another split the "
    "second time.",
    "no-lot": "No speaker is in two parts. But every seed gives the same speakers: draw them by "
    "lot.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Look for speakers in two parts, then for lost takes, then at the shares and the lots."""
    runs = observed["runs"]
    for run, (labels, speakers, share, _) in zip(runs, spoken_takes(seed), strict=True):
        parts = [np.array(run[name], dtype=int) for name in ("train", "val", "test")]
        name = _leak(parts, labels, speakers, share)
        if name is not None:
            return known_error(MESSAGES, name)
        if sum(map(len, parts)) < len(labels):
            return known_error(MESSAGES, "takes-lost")
        if (feedback := _wrong_share(parts, speakers, share)) is not None:
            return feedback
    if not all(run["again"] for run in runs):
        return known_error(MESSAGES, "not-repeatable")
    if all(other == run["test"] for run in runs for other in run["others"]):
        return known_error(MESSAGES, "no-lot")
    return right("Whole speakers, drawn by lot: the score will be one of people never heard.")


def _leak(
    parts: Sequence[np.ndarray], labels: np.ndarray, speakers: np.ndarray, share: float
) -> str | None:
    """The idea behind what is in two parts; None if no take and no speaker is."""
    if len(np.unique(np.concatenate(parts))) < sum(map(len, parts)):
        return "in-two-parts"
    train, val, test = (set(speakers[part]) for part in parts)
    in_two = (train & val) | (train & test) | (val & test)
    if not in_two:
        return None
    if not set(labels[parts[2]]) & set(labels[parts[0]]):
        return "by-word"
    if len(in_two) <= 2:
        return "cut-through"
    if not train & (val | test):
        return "val-and-test"
    return "by-take" if _is_even(parts, labels, speakers, share) else "by-row"


def _is_even(
    parts: Sequence[np.ndarray], labels: np.ndarray, speakers: np.ndarray, share: float
) -> bool:
    """Whether each speaker, or each word of each speaker, has the share in both held-out parts."""
    for groups in (speakers, 1000 * speakers + labels):
        known, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        held = [np.bincount(group[part], minlength=len(known)) for part in parts[1:]]
        if all((abs(number - share * sizes) <= 1).all() for number in held):
            return True
    return False


def _wrong_share(
    parts: Sequence[np.ndarray], speakers: np.ndarray, share: float
) -> Feedback | None:
    """What to say if a part has not its share of the speakers."""
    train, val, test = (len(set(speakers[part])) for part in parts)
    wanted = share * (train + val + test)
    if abs(val - wanted) < 1 and abs(test - wanted) < 1:
        return None
    if abs(train - wanted) < 1 and (abs(val - wanted) < 1 or abs(test - wanted) < 1):
        return known_error(MESSAGES, "swapped")
    if abs(val + test - wanted) < 1:
        return known_error(MESSAGES, "share-together")
    return wrong(
        f"No speaker is in two parts. But of {train + val + test} speakers a share of {share:.3g} "
        f"is to be in each of validation and test; yours have {val} and {test}."
    )


ANSWER = OwnJudge(MESSAGES, judge)
