"""Answer of ``model_card``: what a model card may claim."""

from course_utils.exercises.tables import Table
from course_utils.lessons.your_own_pictures.exercises import CARD_VERDICTS, observe_model_card

MAY, CHOSE, ELSEWHERE, SEEN, BARE, NARROW = CARD_VERDICTS
RIGHT = {
    "P": MAY,
    "Q": CHOSE,
    "R": ELSEWHERE,
    "S": SEEN,
    "T": BARE,
    "U": MAY,
    "V": NARROW,
    "W": MAY,
}

ANSWER = Table(
    observe_model_card,
    right=RIGHT,
    praise="Measured, on pictures that took no part, with n and interval, and no word beyond them.",
    opening="Sentence {part}: ",
    wrong={
        "too-strict": [RIGHT | {"P": word} for word in CARD_VERDICTS[1:]],
        "best-of-many": RIGHT | {"Q": MAY},
        "from-one-place-to-all": RIGHT | {"R": MAY},
        "interval-is-there": [RIGHT | {key: BARE} for key in "QRS"],
        "pretraining-forgotten": RIGHT | {"S": MAY},
        "tried-there": RIGHT | {"S": ELSEWHERE},
        "all-right-is-perfect": RIGHT | {"T": MAY},
        "fitted-is-forbidden": [RIGHT | {"U": word} for word in CARD_VERDICTS[1:]],
        "days-forgotten": RIGHT | {"V": MAY},
        "gaps-are-hidden": [RIGHT | {"W": word} for word in CARD_VERDICTS[1:]],
        "did-not-choose": [RIGHT | {key: CHOSE} for key in "RSTV"],
        "was-tried": [RIGHT | {key: ELSEWHERE} for key in "QTV"],
        "not-seen-before": [RIGHT | {key: SEEN} for key in "QRTV"],
        "interval-is-wide-enough": [RIGHT | {key: NARROW} for key in "QRS"],
        "no-interval-to-be-narrow": RIGHT | {"T": NARROW},
        "single-pictures": RIGHT | {"V": BARE},
    },
    messages={
        "too-strict": "Where from, how many, how sure, opened once: what more could a card say?",
        "best-of-many": "These pictures picked the best of 14. Is its score on them an honest one?",
        "from-one-place-to-all": "Where were all pictures taken, and of what does it speak?",
        "interval-is-there": "It has an interval. Of which birds does it speak, and what had the "
        "model to do with these pictures before?",
        "pretraining-forgotten": "Which pictures did the network learn from, before it came here?",
        "tried-there": "It was tried there, on 2,000 pictures. Had the network met them before?",
        "all-right-is-perfect": "How many mistakes in a hundred do 30 right answers still allow? "
        "The sentence does not say.",
        "fitted-is-forbidden": "Which pictures fitted T, and which judged it? Read it again.",
        "days-forgotten": "Pictures of one day resemble each other. Compare its interval with "
        "that of P.",
        "gaps-are-hidden": "It promises nothing. It says what nobody measured, and may a reader "
        "not know that?",
        "did-not-choose": "Its pictures chose nothing: the candidates were compared on the 300 of "
        "20 days. Something else is in the way.",
        "was-tried": "It speaks of the garden, and of pictures that were taken there. Something "
        "else is in the way.",
        "not-seen-before": "ImageNet's pictures are the ones that the network had seen before. Are "
        "those of this sentence among them, or were they taken in the garden?",
        "interval-is-wide-enough": "Its interval redraws whole days, or each of its pictures has "
        "a day of its own: it is wide enough. Something else is in the way.",
        "no-interval-to-be-narrow": "Which interval? Look for one in the sentence.",
        "single-pictures": "It has an interval. What does it redraw, pictures or days?",
    },
    otherwise="write one of the words for it.",
)
