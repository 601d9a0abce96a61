"""Answer of ``rates``: which of three rates gave which curve."""

from course_utils.exercises.tables import Table
from course_utils.lessons.pretraining.exercises import observe_rates


def rates(a: float, b: float, c: float) -> dict[str, float]:
    """A rate for each curve."""
    return {"A": a, "B": b, "C": c}


RATES = rates(20.0, 0.02, 1.0)

ANSWER = Table(
    observe_rates,
    right=RATES,
    praise="Jumps: too large. Still falling at the end: too small. Low and calm: good.",
    wrong={
        "larger-is-better": [rates(0.02, 1.0, 20.0), rates(1.0, 0.02, 20.0)],
        "high-means-slow": rates(0.02, 20.0, 1.0),
        "jumps-are-good": rates(1.0, 20.0, 0.02),
        "smooth-is-good": rates(20.0, 1.0, 0.02),
    },
    messages={
        "larger-is-better": "You gave the largest rate to the curve that ends lowest. In section "
        "6, did the largest steps go furthest down?",
        "high-means-slow": "A ends high, but not because it is slow: a small step cannot make a "
        "loss jump.",
        "jumps-are-good": "Look at A again: does a good run jump like that?",
        "smooth-is-good": "B is smooth, but smooth is not good: where is each curve when the run "
        "ends?",
    },
    otherwise="Use each of 0.02, 1 and 20 once.",
    atol=0,
    rtol=0,
)
