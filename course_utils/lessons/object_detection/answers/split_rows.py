"""Answer of ``split_rows``: whole clips in one part or the other, drawn by lot.

No table can tell: clips may be drawn in any way.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.object_detection.exercise_cases import Row, clip_rows
from course_utils.lessons.object_detection.exercises import observe_split_rows

MESSAGES = {
    "by-row": "Rows of one picture are in both parts: boxes were drawn by lot. The detector is "
    "tested on pictures that it learned from.",
    "by-picture": "No picture is in both parts now, but a clip is. The frames of a clip show the "
    "same things in nearly the same places.",
    "by-name": "Pictures of one name stay together, and 0001.jpg of one clip has nothing to do "
    "with 0001.jpg of another. What belongs together is the clip.",
    "in-both": "Some rows are in both parts.",
    "rows-lost": "Nothing leaks, but some rows are in neither part. Each clip goes into one part "
    "with all its rows.",
    "swapped": "Nothing leaks. The two parts have changed places: test_share is the share to test "
    "on, and the rows to learn from come first.",
    "not-repeatable": "Nothing leaks. But the same seed gives another split the second time.",
    "no-lot": "Nothing leaks. But every seed gives the same clips: draw them by lot.",
}


def as_given(rows: Sequence[Row], test_share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Draws rows."""
    order = np.random.default_rng(seed).permutation(len(rows))
    num_test = round(test_share * len(rows))
    return [rows[k] for k in order[num_test:]], [rows[k] for k in order[:num_test]]


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Look for what is in both parts, then for what is lost, then at the lots."""
    if observed == observe_split_rows(as_given, seed):
        return unanswered("This is the function as it was given, or it does the same.")
    for run, (rows, share, _) in zip(observed["runs"], clip_rows(seed), strict=True):
        fault = _fault_of(run["train"], run["test"], rows, share)
        if fault is not None:
            return fault
    runs = observed["runs"]
    if not all(run["again"] for run in runs):
        return known_error(MESSAGES, "not-repeatable")
    if all(other == run["test"] for run in runs for other in run["others"]):
        return known_error(MESSAGES, "no-lot")
    return right("Whole clips, drawn by lot: what the test shows was never learned from.")


def _fault_of(
    train: Sequence[int], test: Sequence[int], rows: Sequence[Row], share: float
) -> Feedback | None:
    """What is wrong with one split into rows at these places; None if nothing is."""

    def seen_by(*keys: str) -> set:
        """What of the test part, known by these keys, is in training, too."""
        of_train, of_test = (
            {tuple(rows[k][key] for key in keys) for k in part} for part in (train, test)
        )
        return of_train & of_test

    if set(train) & set(test):
        return known_error(MESSAGES, "in-both")
    if seen_by("clip", "picture"):
        return known_error(MESSAGES, "by-row")
    if seen_by("clip"):
        return known_error(MESSAGES, "by-picture" if seen_by("picture") else "by-name")
    if len(train) + len(test) < len(rows):
        return known_error(MESSAGES, "rows-lost")
    if _is_share(test, rows, share):
        return None
    if _is_share(train, rows, share):
        return known_error(MESSAGES, "swapped")
    clips = len({rows[k]["clip"] for k in test}), len({row["clip"] for row in rows})
    return wrong(
        f"Nothing leaks, but with test_share {share:g} the test part has {clips[0]} of {clips[1]} "
        "clips."
    )


def _is_share(part: Sequence[int], rows: Sequence[Row], share: float) -> bool:
    """Whether a part has that share of the clips, or of the rows, but for one clip."""
    sizes = Counter(row["clip"] for row in rows)
    of_clips = len({rows[k]["clip"] for k in part}) / len(sizes)
    of_rows = len(part) / len(rows)
    one_clip, largest_clip = 1.01 / len(sizes), max(sizes.values()) / len(rows)
    return abs(of_clips - share) < one_clip or abs(of_rows - share) <= largest_clip


ANSWER = OwnJudge(MESSAGES, judge)
