"""Answer of ``first_loss``."""

from course_utils.exercises.tables import Table
from course_utils.lessons.pretraining_loss.exercises import observe_first_loss

RIGHT = {"2.30": "a", "0.0": "c", "7.9": "b"}

ANSWER = Table(
    observe_first_loss,
    right=RIGHT,
    praise="ln K is the yardstick: near it, far above it, and far below it say three things.",
    wrong={
        "learning-rate-before-a-step": [RIGHT | {loss: "d"} for loss in RIGHT],
        "shuffled-labels-seen-at-once": [RIGHT | {loss: "e"} for loss in RIGHT],
        "misread-2.30": [RIGHT | {"2.30": letter} for letter in "bc"],
        "misread-0.0": [RIGHT | {"0.0": letter} for letter in "ab"],
        "misread-7.9": [RIGHT | {"7.9": letter} for letter in "ac"],
    },
    messages={
        "learning-rate-before-a-step": "No update has happened yet, so no rate was used.",
        "shuffled-labels-seen-at-once": "An untrained model knows no label, shuffled or not.",
        "misread-2.30": "Look again at 2.30. -ln p = 2.30 gives p = 0.10. How many classes are "
        "there?",
        "misread-0.0": "Look again at 0.0. A loss of 0 means probability 1 for every label, "
        "before anything was learned.",
        "misread-7.9": "Look again at 7.9. exp(-7.9) is about 0.0004: the labels get far less "
        "than an even share.",
    },
    otherwise="Write one letter for each loss.",
)
