"""Answer of ``speed_report``."""

from course_utils.exercises.tables import Table
from course_utils.lessons.resnet50_on_cifar10.exercises import SPEED_VERDICTS, observe_speed_report

SHOWN, ONE_RUN, OTHER_WORK, EITHER_WAY = SPEED_VERDICTS
RIGHT = {"P": ONE_RUN, "Q": OTHER_WORK, "R": SHOWN, "S": EITHER_WAY}

ANSWER = Table(
    observe_speed_report,
    right=RIGHT,
    praise="Same work, same result, several runs in turn: then a ratio is shown.",
    opening="Report {part}: ",
    wrong={
        "one-run-enough": RIGHT | {"P": SHOWN},
        "interval-cures-all": RIGHT | {"Q": SHOWN},
        "runs-not-read": RIGHT | {"Q": ONE_RUN},
        "download-counted": RIGHT | {"R": OTHER_WORK},
        "warm-up-counted": RIGHT | {"R": ONE_RUN},
        "ratio-of-equals": RIGHT | {"R": EITHER_WAY},
        "unseen-is-equal": RIGHT | {"S": SHOWN},
        "other-word": [RIGHT | {report: word} for report in RIGHT for word in SPEED_VERDICTS],
    },
    messages={
        "one-run-enough": "Would A be ahead again next time? Nothing here tells.",
        "interval-cures-all": "The ratio is sure, but it is the ratio of what? Work out the "
        "seconds per picture.",
        "runs-not-read": "Both were repeated. What differs besides A and B?",
        "download-counted": "The download is in none of the runs that count.",
        "warm-up-counted": "The runs left out have a reason. How many are left?",
        "ratio-of-equals": "Which ratio have two that are equally fast? Is it in the interval?",
        "unseen-is-equal": "It claims two things. Which losses of accuracy does the interval "
        "still allow?",
        "other-word": "Same work first, then the number of runs, and then the interval.",
    },
    otherwise="write one of the words for it.",
)
