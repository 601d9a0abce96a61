"""Answer of ``diagnosis``."""

from course_utils.exercises.tables import Table
from course_utils.lessons.pretraining.exercises import observe_diagnosis

ANSWER = Table(
    observe_diagnosis,
    right="b",
    praise="A training loss at ln K: no rule found, nothing learned by heart.",
    wrong={"loop-broken": "a", "learned-by-heart": "c", "weights-unmoved": "d"},
    messages={
        "loop-broken": "The same loop learned the true labels; only the labels were changed.",
        "learned-by-heart": "Then the training loss would be small, as it was for one batch "
        "learned by heart.",
        "weights-unmoved": "Each step had a gradient and moved the weights. A loss that stays is "
        "not a network that stays.",
    },
    otherwise='Answer with "a", "b", "c" or "d".',
)
