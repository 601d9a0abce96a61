"""Answer of ``reading``: a verdict on a difference, and what would make it surer."""

from course_utils.exercises.tables import Table
from course_utils.lessons.feature_extraction.exercises import observe_reading

ANSWER = Table(
    lambda both, seed: observe_reading(*both, seed),
    right=("cannot tell", "more draws"),
    praise="Zero and 0.015 both fit. More draws bring new differences, and a surer mean.",
    wrong={
        "point-estimate": ("different", "more draws"),
        "no-proof-is-equal": ("equal", "more draws"),
        "nothing-new": ("cannot tell", "score again"),
        "confidence": ("cannot tell", "99 % interval"),
    },
    messages={
        "point-estimate": "0.004 is above zero, but what other differences does the interval "
        "allow?",
        "no-proof-is-equal": "The interval holds zero, but also 0.015. Nothing found is not "
        "nothing there.",
        "nothing-new": "The same heads say the same of the same pictures. Would any of the five "
        "differences change?",
        "confidence": "To be surer with the same data, must you claim more or less?",
    },
    otherwise={
        "verdict": 'random_verdict is "different", "equal" or "cannot tell".',
        "remedy": 'random_remedy is "more draws", "score again" or "99 % interval".',
    },
)
