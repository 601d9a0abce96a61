"""Answer of ``saving_claims``: which claims say how many labels are saved."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.speech.exercises import CLAIM_VERDICTS, observe_saving_claims

STANDS, RATIO, SAME, KNOWN, OFF, CANNOT_TELL = CLAIM_VERDICTS
RIGHT = {
    "P": STANDS,
    "Q": RATIO,
    "R": SAME,
    "S": KNOWN,
    "T": OFF,
    "U": CANNOT_TELL,
    "V": STANDS,
    "W": STANDS,
    "X": CANNOT_TELL,
}
any_fault_of = but_for_one(RIGHT, CLAIM_VERDICTS)

ANSWER = Table(
    observe_saving_claims,
    right=RIGHT,
    praise="Read from left to right, at one height, where both curves were measured, and of new "
    "speakers.",
    opening="Claim {part}: ",
    wrong={
        "points-only": any_fault_of("P"),
        "ratio-of-accuracies": RIGHT | {"Q": STANDS},
        "misread-Q": any_fault_of("Q"),
        "same-labels": RIGHT | {"R": STANDS},
        "misread-R": any_fault_of("R"),
        "known-speakers": RIGHT | {"S": STANDS},
        "misread-S": any_fault_of("S"),
        "drawn-on": RIGHT | {"T": STANDS},
        "misread-T": any_fault_of("T"),
        "mean-alone": RIGHT | {"U": STANDS},
        "misread-U": any_fault_of("U"),
        "no-bound-either": RIGHT | {"V": OFF},
        "misread-V": any_fault_of("V"),
        "no-ratio-at-all": RIGHT | {"W": RATIO},
        "misread-W": any_fault_of("W"),
        "not-shown-is-none": RIGHT | {"X": STANDS},
        "misread-X": any_fault_of("X"),
    },
    messages={
        "points-only": "Between two points a curve may be read, on a straight line. Both curves "
        "were measured on both sides, and 0 is in neither interval.",
        "ratio-of-accuracies": "This divides two heights. How many labels lie between the curves "
        "cannot be found at one number of labels.",
        "misread-Q": "Look at what is divided by what, and at what is to be counted.",
        "same-labels": "This is how much better the accuracy is, with as many labels. Asked for is "
        "how many fewer labels do, for the same accuracy.",
        "misread-R": "The difference is right as it stands in the table. Is it one of labels?",
        "known-speakers": "Look where 0.86 stands. People who are new to the program have a table "
        "of their own.",
        "misread-S": "The numbers are read rightly. But from which table, and of whom does the "
        "claim speak?",
        "drawn-on": "Nobody trained with 32 labels. Curves of accuracy become flatter, so a line "
        "that is drawn on may arrive far too early.",
        "misread-T": "Look at how far the curve of scratch was measured.",
        "mean-alone": "Look at the interval of the difference at 1 label. With as many labels "
        "scratch may be the better one.",
        "misread-U": "Both curves are read rightly. How sure is it that one is above the other "
        "there?",
        "no-bound-either": "How much is saved lies off the end. But that some is saved does not: "
        "the two differ at 20 labels.",
        "misread-V": "Nothing is claimed about how much. What do the curves and the interval at 20 "
        "labels say?",
        "no-ratio-at-all": "This divides labels by labels, at one accuracy. 10 in place of 20 is "
        "half.",
        "misread-W": "Read both curves at 0.76, and the interval of the difference at 10 labels.",
        "not-shown-is-none": "The interval reaches from -0.03 to +0.45. It holds no saving, and a "
        "large one, too.",
        "misread-X": "What does an interval that holds 0 say: that there is no difference, or that "
        "none was shown?",
    },
    otherwise="choose one of the six answers.",
)
