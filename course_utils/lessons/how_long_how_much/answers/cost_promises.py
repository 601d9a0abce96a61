"""Answer of ``cost_promises``: what follows from what was measured, and what does not."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.how_long_how_much.exercises import (
    PROMISE_VERDICTS,
    observe_cost_promises,
)

FOLLOWS, FIRST, WARM, BOUND, UNPAID, NO_FLOOR, CHANCE = PROMISE_VERDICTS
RIGHT = {
    "P": FIRST,
    "Q": FOLLOWS,
    "R": WARM,
    "S": FOLLOWS,
    "T": FOLLOWS,
    "U": BOUND,
    "V": UNPAID,
    "W": NO_FLOOR,
    "X": CHANCE,
}
any_fault_of = but_for_one(RIGHT, PROMISE_VERDICTS)

ANSWER = Table(
    observe_cost_promises,
    right=RIGHT,
    praise="A promise is as good as what was measured is like what is promised.",
    opening="Promise {part}: ",
    wrong={
        "every-step-alike": RIGHT | {"P": FOLLOWS},
        "misread-P": any_fault_of("P"),
        "nothing-follows": any_fault_of("Q"),
        "memory-is-disk": RIGHT | {"R": FOLLOWS},
        "misread-R": any_fault_of("R"),
        "second-is-warm": any_fault_of("S"),
        "bounds-say-nothing": any_fault_of("T"),
        "bound-is-enough": RIGHT | {"U": FOLLOWS},
        "misread-U": any_fault_of("U"),
        "computing-is-paid": RIGHT | {"V": FOLLOWS},
        "misread-V": any_fault_of("V"),
        "straight-for-ever": RIGHT | {"W": FOLLOWS},
        "misread-W": any_fault_of("W"),
        "one-for-all": RIGHT | {"X": FOLLOWS},
        "misread-X": any_fault_of("X"),
    },
    messages={
        "every-step-alike": "What was done in step 1, and will not be done again?",
        "misread-P": "Look at which steps were timed, and what came in one of them.",
        "nothing-follows": "The timed steps are like all later ones, files and all, and three "
        "trials agree. Then their seconds may be multiplied.",
        "memory-is-disk": "Where did the 20 GB lie when they were read for the second time? Can "
        "200 GB lie there, too?",
        "misread-R": "Look at what fits into the memory of this machine.",
        "second-is-warm": "When the second reading of 200 GB begins, 64 GB of memory cannot hold "
        "what it needs. Later epochs find the same.",
        "bounds-say-nothing": "A step takes 20 GB at least. What else there is can only add to it.",
        "bound-is-enough": "A step takes 14 GB at least. How much more it takes is not said.",
        "misread-U": "Look at what a lower bound says, and what it does not say.",
        "computing-is-paid": "How long has somebody else no use of this GPU?",
        "misread-V": "Look at which hours are multiplied by the price.",
        "straight-for-ever": "The last step of the forecast is from 2,000 to 128,000. What would "
        "the error come down to with labels without end?",
        "misread-W": "Look at how far beyond the last number of labels the line is drawn.",
        "one-for-all": "The interval says what other test pictures would change. What else will "
        "another training draw?",
        "misread-X": "Look at what was drawn anew in the interval, and what is new in the second "
        "training.",
    },
    otherwise="choose one of the seven answers.",
)
