"""Answer of ``confused``: statements about a confusion matrix."""

from course_utils.exercises.tables import Table
from course_utils.lessons.your_own_pictures.exercises import observe_confused

HOLDS, NOT = "holds", "does not hold"
RIGHT = {"P": HOLDS, "Q": HOLDS, "R": NOT, "S": HOLDS, "T": NOT, "U": NOT}


def other(key: str) -> dict[str, str]:
    """The right words but for one statement."""
    return RIGHT | {key: NOT if RIGHT[key] == HOLDS else HOLDS}


ANSWER = Table(
    observe_confused,
    right=RIGHT,
    praise="Rows for classes, columns for answers, and always a share, never a bare count.",
    opening="Statement {part}: ",
    wrong={
        "column-for-row": other("P"),
        "row-for-column": other("Q"),
        "fewest-mistakes": other("R"),
        "guessing-forgotten": other("S"),
        "counts-for-shares": other("T"),
        "balanced-by-eye": other("U"),
    },
    messages={
        "column-for-row": "Cats are the first row: how many are there, and how many of them are "
        "answered cat?",
        "row-for-column": "Who gets the answer fox looks down its column: how many foxes are "
        "among all that were called so?",
        "fewest-mistakes": "A small class has few mistakes because it is small. Which share of "
        "each class is recognised?",
        "guessing-forgotten": "Count the dogs among all 270 pictures.",
        "counts-for-shares": "10 of how many dogs, and 8 of how many cats?",
        "balanced-by-eye": "Work out the mean of the three shares, and the accuracy from all 270.",
    },
    otherwise="work it out from the counts.",
)
