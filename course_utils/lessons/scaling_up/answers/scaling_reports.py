"""Answer of ``scaling_reports``: what follows from a comparison of two processes with one."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.scaling_up.exercises import REPORT_VERDICTS, observe_scaling_reports

HOLDS, BITS, BATCH_NORM, NOT_ROUNDING, HALF, UNEQUAL = REPORT_VERDICTS
RIGHT = {
    "P": HOLDS,
    "Q": BITS,
    "R": BATCH_NORM,
    "S": HALF,
    "T": HOLDS,
    "U": BATCH_NORM,
    "V": NOT_ROUNDING,
    "W": UNEQUAL,
    "X": HOLDS,
}
any_fault_of = but_for_one(RIGHT, REPORT_VERDICTS)

ANSWER = Table(
    observe_scaling_reports,
    right=RIGHT,
    praise="The same training up to rounding, if batch norm is held. Seconds are measured.",
    opening="Report {part}: ",
    wrong={
        "never-the-same": any_fault_of("P"),
        "bits-are-owed": RIGHT | {"Q": HOLDS},
        "misread-Q": any_fault_of("Q"),
        "averaging-is-all": RIGHT | {"R": HOLDS},
        "misread-R": any_fault_of("R"),
        "two-need-half": RIGHT | {"S": HOLDS},
        "misread-S": any_fault_of("S"),
        "seconds-do-not-add": any_fault_of("T"),
        "weights-are-all": RIGHT | {"U": HOLDS},
        "misread-U": any_fault_of("U"),
        "all-is-rounding": RIGHT | {"V": HOLDS},
        "misread-V": any_fault_of("V"),
        "steps-are-enough": RIGHT | {"W": HOLDS},
        "misread-W": any_fault_of("W"),
        "too-far-for-rounding": any_fault_of("X"),
    },
    messages={
        "never-the-same": "Float64 is finer than float32 by a factor of some 500 million. Did the "
        "difference become smaller by about as much?",
        "bits-are-owed": "A sum in another order is rounded in another way. Two right programs may "
        "differ in the last digits.",
        "misread-Q": "Batch norm is held, and both saw the same examples. What is asked for here "
        "that floats cannot give?",
        "averaging-is-all": "The mean of the gradients is right if each picture's gradient is the "
        "same in both. Does a live batch norm leave it so?",
        "misread-R": "Nothing is measured yet. In which mode is the network, and what does it "
        "compute from its own 32 examples?",
        "two-need-half": "Each computes half. And then? Before the step both need the mean of "
        "their gradients.",
        "misread-S": "The report is about seconds alone. Which of them are left out?",
        "seconds-do-not-add": "Nothing is left out: the computing is measured, and what comes "
        "after it, too. Both processes do them at the same time.",
        "weights-are-all": "A state has more than weights. What has each rank stored in its batch "
        "norms, and from which examples?",
        "misread-U": "The weights are the same, and the examples, too. What else does a network "
        "use in eval mode?",
        "all-is-rounding": "Rounding becomes smaller in finer floats. Did this difference?",
        "misread-V": "Compare both numbers, float32 and float64, with those of report P.",
        "steps-are-enough": "How many examples has each run seen after its 20 steps?",
        "misread-W": "Nothing is said of batch norm, rounding or seconds. Count what each run was "
        "given.",
        "too-far-for-rounding": "AdamW divides by very small numbers, and so rounding grows more. "
        "What do the finer floats say?",
    },
    otherwise="Read this report again: what was compared, in which mode, and what is claimed?",
)
