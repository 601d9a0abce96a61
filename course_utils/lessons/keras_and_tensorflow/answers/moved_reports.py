"""Answer of ``moved_reports``: what follows from what was seen, in which library."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.keras_and_tensorflow.exercises import (
    REPORT_VERDICTS,
    observe_moved_reports,
)

HOLDS, INFERENCE, CHANGING, NO_EFFECT, NOT_IN_TORCH, NOT_ROUNDING, UNSEEN = REPORT_VERDICTS
RIGHT = {
    "P": HOLDS,
    "Q": INFERENCE,
    "R": CHANGING,
    "S": NO_EFFECT,
    "T": HOLDS,
    "U": NOT_IN_TORCH,
    "V": HOLDS,
    "W": NOT_ROUNDING,
    "X": UNSEEN,
}
any_fault_of = but_for_one(RIGHT, REPORT_VERDICTS)

ANSWER = Table(
    observe_moved_reports,
    right=RIGHT,
    praise="What was seen in one mode, or in one library, is claimed of no other.",
    opening="Report {part}: ",
    wrong={
        "never-equal": any_fault_of("P"),
        "equal-so-equal": RIGHT | {"Q": HOLDS},
        "misread-Q": any_fault_of("Q"),
        "loss-of-the-end": RIGHT | {"R": HOLDS},
        "misread-R": any_fault_of("R"),
        "eval-everywhere": RIGHT | {"S": HOLDS},
        "misread-S": any_fault_of("S"),
        "statistics-drift": any_fault_of("T"),
        "frozen-is-frozen": RIGHT | {"U": HOLDS},
        "misread-U": any_fault_of("U"),
        "too-far-for-rounding": any_fault_of("V"),
        "all-is-rounding": RIGHT | {"W": HOLDS},
        "misread-W": any_fault_of("W"),
        "learned-nothing": RIGHT | {"X": HOLDS},
        "misread-X": any_fault_of("X"),
    },
    messages={
        "never-equal": "Logits up to 10 that differ by 4e-6 agree to the last digits of float32. "
        "And nothing is claimed about training.",
        "equal-so-equal": "Two settings of batch norm only matter in training. What was compared "
        "in inference cannot show them.",
        "misread-Q": "Nothing was trained yet when the two were compared. Of what does the claim "
        "speak?",
        "loss-of-the-end": "After each batch the weights are others. Whose losses did fit average?",
        "misread-R": "Look at when each of the losses was computed that the printed number is the "
        "mean of.",
        "eval-everywhere": "This call does something in torch. What decides in Keras whether "
        "dropout is on?",
        "misread-S": "A Keras model has this method only because it is a module of torch, too. "
        "What does Keras ask?",
        "statistics-drift": "This would be a fault in torch. In Keras a batch norm that is not "
        "trainable also works as in inference.",
        "frozen-is-frozen": "No gradient comes any more. But running statistics never needed one: "
        "what moves them in torch?",
        "misread-U": "It is the plan of T in other words. Are both words about the same things?",
        "too-far-for-rounding": "A tenth is much. But where floats are finer by nine digits, the "
        "difference shrank by seven: another algorithm would have stayed.",
        "all-is-rounding": "float64 is finer by nine digits. What would rounding of these be, "
        "after so few steps?",
        "misread-W": "Hold W against V. Which of the two differences went away?",
        "learned-nothing": "Which classes has the model learned, and which are asked for in the "
        "last fifth of sorted examples?",
        "misread-X": "Look at where the last fifth of sorted examples comes from.",
    },
    otherwise="choose one of the seven answers.",
)
