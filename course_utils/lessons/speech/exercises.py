"""Exercises of lesson 11: two on speakers, claims, sources, two faults, and bands of pitch."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, first_feedback, wrong
from course_utils.exercises.reading import answers_to, as_lists, choices, of_another_type
from course_utils.lessons.speech.exercise_cases import heard_answers, power_frames, spoken_takes
from course_utils.lessons.speech.score_cases import recordings

CLAIM_VERDICTS = (
    "stands",
    "ratio of accuracies",
    "same labels",
    "known speakers",
    "off the end",
    "cannot tell",
)
SOURCE_VERDICTS = (
    "clean",
    "target words",
    "sounds alike",
    "target voice",
    "fitted on the target",
    "chosen on the test",
)


def observe_speaker_split(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Of ``function(labels, speakers, share, seed)``: the places in each part, for each case.

    Each case is asked twice, and then with three other seeds, whose test parts are taken down.
    """
    runs = []
    for labels, speakers, share, lot in spoken_takes(seed):
        lots = (lot, lot, lot + 1, lot + 2, lot + 3)
        cases = [(labels, speakers, share, chance) for chance in lots]
        found = answers_to(function, cases, lambda result, who=speakers: _three_parts(result, who))
        if isinstance(found, Feedback):
            return found
        parts, again, *others = found["answers"]
        run = dict(zip(("train", "val", "test"), parts, strict=True))
        runs.append({**run, "again": again == parts, "others": [other[2] for other in others]})
    return {"runs": runs}


def _three_parts(result: Any, speakers: np.ndarray) -> list[list[int]] | Feedback:
    """The places in three parts, each sorted."""
    is_three = hasattr(result, "__len__") and not isinstance(result, str | dict)
    if not is_three or len(result) != 3:
        return wrong("Return three parts: the places to train on, to validate on, to test on.")
    found = [_places(part, speakers) for part in result]
    return first_feedback(found) or found


def _places(part: Any, speakers: np.ndarray) -> list[int] | Feedback:
    try:
        values = np.asarray(list(part)).ravel()
        places = values.astype(int).tolist()
    except (TypeError, ValueError, RuntimeError, OverflowError):
        kind = type(part).__name__
        return wrong(f"One part is a value of type {kind}; a list of places is wanted.", "no-list")
    if values.dtype == bool:
        return wrong("Return the places themselves, such as [0, 3], not True and False.", "mask")
    if places and set(places) <= set(speakers.tolist()):
        return wrong("These are numbers of speakers. Return the places of their takes.", "speakers")
    if places != values.tolist() or any(not 0 <= place < len(speakers) for place in places):
        return wrong(f"Places are whole numbers from 0 to {len(speakers) - 1} here.", "no-places")
    if len(set(places)) < len(places):
        return wrong("Some places stand in one part more than once.", "twice")
    return sorted(places)


check_speaker_split = Check(
    observe_speaker_split,
    "What is to be drawn by lot: takes, or those who spoke them? Each of these brings all its "
    "takes along.",
    "np.unique(speakers) is a list of them. Bring it into a random order, and cut that into three "
    "pieces.",
    "np.isin(speakers, piece) says of each take whether its speaker is in a piece. np.flatnonzero "
    "makes places of True and False.",
)


def observe_speaker_interval(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The mean and the ends of the interval that ``function(right, speakers)`` gives."""
    return answers_to(function, heard_answers(seed), _three_numbers)


def _three_numbers(result: Any) -> list[float] | Feedback:
    try:
        numbers = [float(part) for part in result]
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(result, "three numbers are wanted: mean, low, high")
    if len(numbers) != 3:
        return wrong(f"Return mean, low and high; yours are {len(numbers)} numbers.")
    return numbers


check_speaker_interval = Check(
    observe_speaker_interval,
    "First make one number of each speaker: the share of his or her takes that was answered "
    "rightly. How many numbers are there now?",
    "The mean of S numbers has a standard error: their standard deviation, with ddof=1, divided by "
    "the root of S.",
    "Few speakers say little about how far speakers lie apart. So the standard error is not taken "
    "1.96 times, but student_t.ppf(0.975, S - 1) times.",
)


def observe_saving_claims(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each claim."""
    return choices(answers, "PQRSTUVWX", CLAIM_VERDICTS)


check_saving_claims = Check(
    observe_saving_claims,
    "Labels saved lie between the curves from left to right, at one height. Put your finger on "
    "that height, and read off where each curve reaches it.",
    "Ask of each claim: from which table, at which accuracy, and does each curve reach it where "
    "something was measured?",
    "Where the interval of the difference holds 0, the two may be equal, or either may be better. "
    "Nothing is saved for sure there, and nothing is refuted.",
)


def observe_clean_source(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each planned source."""
    return choices(answers, "PQRSTUVWX", SOURCE_VERDICTS)


check_clean_source = Check(
    observe_clean_source,
    "For each plan, go through words, voices, numbers that were fitted, and what was chosen. Did "
    "any of it come from the test?",
    "Say the ten digits aloud. Which everyday words sound like one of them? Which longer words "
    "have one inside?",
    "A voice is a sound and not a name. And a source that helps nobody may be clean all the same.",
)


def observe_mended_scores(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The accuracy and the setting that ``function`` gives for each set of recordings."""
    found = answers_to(function, recordings(seed), _setting_and_accuracy)
    if isinstance(found, Feedback):
        return found
    settings, accuracies = zip(*found["answers"], strict=True)
    return {"accuracy": list(accuracies), "setting": list(settings)}


def _setting_and_accuracy(result: Any) -> list[float] | Feedback:
    parts = list(result) if hasattr(result, "__iter__") else []
    if isinstance(result, str | dict) or len(parts) != 2:
        return of_another_type(result, "two numbers are wanted: the setting and the accuracy")
    found = [as_one_number(part, "A part of what you return is") for part in parts]
    return first_feedback(found) or found


check_mended_scores = Check(
    observe_mended_scores,
    "Print np.unique(names), and the names of those whose takes the head learns from. Should all "
    "of them be there?",
    "np.char.lower(names) makes all letters small. Do this before the parts are made.",
    "The setting is chosen by one part, and the accuracy is reported of another one. Which takes "
    "may choose, if those of the test may not?",
)


def observe_mel_bands(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What ``function(power, num_bands, rate)`` gives for each set of frames, as lists."""
    cases = power_frames(seed)
    found = answers_to(function, cases, as_lists)
    if isinstance(found, Feedback):
        return found
    for (power, num_bands, _), answer in zip(cases, found["answers"], strict=True):
        wanted, shape = (num_bands, power.shape[1]), np.shape(answer)
        if shape != wanted:
            return wrong(
                f"For power of shape {tuple(power.shape)} and {num_bands} bands the answer has the "
                f"shape {wanted}; yours has {shape}.",
                "turned" if shape == wanted[::-1] else None,
            )
    return found


check_mel_bands = Check(
    observe_mel_bands,
    "Begin with the edges. Turn 0 and rate / 2 into mels, take num_bands + 2 numbers equally far "
    "apart between the two, and turn these back into Hz.",
    "Each band goes up on a straight line from its low edge to its middle, and down to its high "
    "edge. The smaller one of the two lines is the triangle, where it is above 0.",
    "With triangles as rows of a matrix (num_bands, F), one product with the power adds up all "
    "frequencies. The logarithm comes last.",
)
