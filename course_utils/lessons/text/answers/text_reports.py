"""Answer of ``text_reports``: which reports of language models give the number that they name."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.text.exercises import REPORT_VERDICTS, observe_text_reports

STANDS, OTHER, PADDING, READ, MEAN, TOKENS, CHOSEN = REPORT_VERDICTS
RIGHT = {
    "P": STANDS,
    "Q": OTHER,
    "R": PADDING,
    "S": READ,
    "T": MEAN,
    "U": TOKENS,
    "V": CHOSEN,
    "W": STANDS,
    "X": STANDS,
}
any_fault_of = but_for_one(RIGHT, REPORT_VERDICTS)

ANSWER = Table(
    observe_text_reports,
    right=RIGHT,
    praise="The same bytes, no padding, texts that nobody has read, and texts as n.",
    opening="Report {part}: ",
    wrong={
        "padding-is-forbidden": RIGHT | {"P": PADDING},
        "misread-P": any_fault_of("P"),
        "lower-is-better": RIGHT | {"Q": STANDS},
        "misread-Q": any_fault_of("Q"),
        "the-end-is-a-token": RIGHT | {"R": STANDS},
        "misread-R": any_fault_of("R"),
        "unlabelled-is-unseen": RIGHT | {"S": STANDS},
        "misread-S": any_fault_of("S"),
        "any-mean-will-do": RIGHT | {"T": STANDS},
        "misread-T": any_fault_of("T"),
        "narrow-is-good": RIGHT | {"U": STANDS},
        "misread-U": any_fault_of("U"),
        "the-best-counts": RIGHT | {"V": STANDS},
        "misread-V": any_fault_of("V"),
        "bytes-need-same-tokens": RIGHT | {"W": OTHER},
        "misread-W": any_fault_of("W"),
        "packers-are-no-models": any_fault_of("X"),
    },
    messages={
        "padding-is-forbidden": "Padding may be there. What matters is that it is in no sum and in "
        "no number by which a sum is divided.",
        "misread-P": "All that was agreed is there. What else is told is how texts became rows.",
        "lower-is-better": "Each model is asked something else: how unsure it is at one of its own "
        "tokens. Whose tokens hold more text?",
        "misread-Q": "Look at how the two models cut the texts, and at what a perplexity is "
        "counted for.",
        "the-end-is-a-token": "One end belongs to a text. What do a hundred more of them cost, "
        "once the first is there, and what do they do to the mean?",
        "misread-R": "The texts are fewer than 128 tokens long. What stands in the rest of the "
        "rows, and does it count?",
        "unlabelled-is-unseen": "The model saw no answers, as there are none. But what it is asked "
        "to predict is the text itself.",
        "misread-S": "Put in order what happened: learning, and drawing the texts. What may the "
        "model have met before?",
        "any-mean-will-do": "A text of ten words counts as much here as one of a thousand. Is that "
        "what was agreed?",
        "misread-T": "How often is a sum of bits divided: once, or once for each text?",
        "narrow-is-good": "Tokens of one text are easy or hard together. How many things were "
        "drawn by chance: texts, or tokens?",
        "misread-U": "The score may be fine. Look at its interval, and at what n counts.",
        "the-best-counts": "Of forty numbers the lowest one is low by luck, too. On which texts "
        "was it found, and on which is it reported?",
        "misread-V": "Ask what the 300 texts were used for: for one score, or for something else "
        "before?",
        "bytes-need-same-tokens": "Both models spend bits on the same bytes. How each cuts the "
        "text is its own affair.",
        "misread-W": "Two models, one score, one set of texts, redrawn for both alike. What does "
        "the interval say of 0?",
        "packers-are-no-models": "The size of a packed file is a number of bits, too, for the same "
        "bytes. A rival need not be a network.",
    },
    otherwise="choose one of the seven answers.",
)
