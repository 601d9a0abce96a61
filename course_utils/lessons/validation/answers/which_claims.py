"""Answer of ``which_claims``."""

from course_utils.exercises.tables import Table
from course_utils.lessons.validation.exercises import observe_which_claims

CLAIMS = {"P": "b", "Q": "c", "R": "d", "S": "a"}


def any_letter_for(report: str, letters: str = "abcd") -> list[dict[str, str]]:
    """The right letters but for one report."""
    return [CLAIMS | {report: letter} for letter in letters]


ANSWER = Table(
    observe_which_claims,
    right=CLAIMS,
    praise="Who chose, who scored, how many examples: three questions find all of this.",
    wrong={
        "best-on-test-is-honest": CLAIMS | {"P": "a"},
        "predictions-are-not-examples": CLAIMS | {"Q": "a"},
        "overlap-means-equal": CLAIMS | {"R": "a"},
        "opened-once-is-no-choice": CLAIMS | {"S": "b"},
        "small-is-no-mistake": [CLAIMS | {report: "e"} for report in CLAIMS],
        "misread-P": any_letter_for("P"),
        "misread-Q": any_letter_for("Q"),
        "misread-R": any_letter_for("R"),
        "misread-S": any_letter_for("S"),
    },
    messages={
        "best-on-test-is-honest": "In P ten checkpoints competed on the pictures that then score "
        "the winner. Is the best of ten scores an honest one?",
        "predictions-are-not-examples": "In Q the same pictures were asked five times. Did chance "
        "pick 3,000 pictures?",
        "overlap-means-equal": "In R two intervals overlap. That is no proof of equality, nor of "
        "anything else about two models on the same pictures.",
        "opened-once-is-no-choice": "In S the choice was over before the test set was opened, so "
        "its pictures had no say.",
        "small-is-no-mistake": "Few examples make an interval wide, and a wide interval says so. "
        "600 are no mistake.",
        "misread-P": "Look again at P: what was the test set used for, before its score was "
        "reported?",
        "misread-Q": "Look again at Q: from which number of examples was the interval computed?",
        "misread-R": "Look again at R: the numbers may be fine, but what is concluded from them?",
        "misread-S": "Look again at S: who chose, who scored, and how many examples are behind "
        "the interval?",
    },
    otherwise="Write one letter for each report.",
)
