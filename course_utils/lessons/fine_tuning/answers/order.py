"""Answer of ``order``: of many orders, whether a step comes before another that it needs."""

from collections.abc import Mapping

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge

# B load, D new head, A fit the head, E groups, C train all and choose, F open the test set.
MUST_PRECEDE = {  # in the order in which a fault counts
    "test-before-choice": "CF",
    "old-head-fitted": "DA",
    "optimizer-before-head": "DE",
    "all-first": "AC",
    "head-before-backbone": "BD",
    "no-optimizer": "EC",
}
MESSAGES = {
    "test-before-choice": "The test set was opened while the rate was still open.",
    "old-head-fitted": "A head was fitted, and then thrown away for a new one.",
    "optimizer-before-head": "The optimizer was made before the head it must move.",
    "all-first": "The backbone learned from a head that meant nothing yet.",
    "head-before-backbone": "A head was put on a backbone that was not there yet.",
    "no-optimizer": "All weights were trained before their optimizer was made.",
}


def judge(observed: Mapping[str, str], seed: int) -> Feedback:
    """Look for a step that comes before another that it needs."""
    order = observed["order"]
    if order == "":
        return unanswered("Put the six letters in order.")
    if sorted(order) != list("ABCDEF"):
        return wrong("Use each of the letters A to F once.", "not-all-steps")
    for name, (first, later) in MUST_PRECEDE.items():
        if order.index(first) > order.index(later):
            return known_error(MESSAGES, name)
    return right("Head first, then all; and the test set last, when nothing is left to choose.")


ANSWER = OwnJudge(MESSAGES, judge)
