"""Answer of ``budgets``."""

from course_utils.exercises.tables import Table
from course_utils.lessons.fine_tuning.exercises import VERDICTS, observe_budgets

FAIR, UNFAIR, CANNOT_TELL = VERDICTS
RIGHT = {"P": FAIR, "Q": UNFAIR, "R": CANNOT_TELL, "S": FAIR}

ANSWER = Table(
    observe_budgets,
    right=RIGHT,
    praise="First the budgets, then the interval, and only then the mean.",
    opening="Report {part}: ",
    wrong={
        "unequal-tries": RIGHT | {"Q": FAIR},
        "mean-alone": RIGHT | {"R": FAIR},
        "seconds-for-steps": [RIGHT | {report: UNFAIR} for report in "PS"],
        "few-seeds": [RIGHT | {report: CANNOT_TELL} for report in "PS"],
        "steps-across-reports": RIGHT | {"R": UNFAIR},
    },
    messages={
        "unequal-tries": "How many rates could A choose from, and how many B? The best of many "
        "trials is partly the luckiest.",
        "mean-alone": "The mean is higher, but look whether 0 lies within the interval.",
        "seconds-for-steps": "The seconds differ, the steps do not. Which budget was agreed?",
        "few-seeds": "Five repeats are few, but the interval already accounts for that.",
        "steps-across-reports": "A and B took equally many steps. That other reports took fewer "
        "does not matter in this one.",
    },
    otherwise="compare first steps and trials, then read the interval.",
)
