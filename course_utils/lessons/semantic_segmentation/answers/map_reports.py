"""Answer of ``map_reports``: which reports of segmenters give the number that they name."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.semantic_segmentation.exercises import MAP_VERDICTS, observe_map_reports

STANDS, PAPER, SCENES, TRUTH, KNOWN, PIXELS, LEFT_OUT = MAP_VERDICTS
RIGHT = {
    "P": STANDS,
    "Q": PAPER,
    "R": SCENES,
    "S": TRUTH,
    "T": KNOWN,
    "U": PIXELS,
    "V": LEFT_OUT,
    "W": STANDS,
    "X": STANDS,
}
any_fault_of = but_for_one(RIGHT, MAP_VERDICTS)

ANSWER = Table(
    observe_map_reports,
    right=RIGHT,
    praise="One matrix, all pixels, true maps, new digits, and scenes as n.",
    opening="Report {part}: ",
    wrong={
        "logits-may-not-be-scaled": RIGHT | {"P": TRUTH},
        "too-strict": any_fault_of("P"),
        "nearly-all-right": RIGHT | {"Q": STANDS},
        "misread-Q": any_fault_of("Q"),
        "scene-by-scene": RIGHT | {"R": STANDS},
        "misread-R": any_fault_of("R"),
        "same-for-both": RIGHT | {"S": STANDS},
        "misread-S": any_fault_of("S"),
        "new-scenes-suffice": RIGHT | {"T": STANDS},
        "misread-T": any_fault_of("T"),
        "narrow-is-good": RIGHT | {"U": STANDS},
        "misread-U": any_fault_of("U"),
        "paper-is-no-class": RIGHT | {"V": STANDS},
        "misread-V": any_fault_of("V"),
        "absent-must-count": any_fault_of("W"),
        "pairs-are-unfair": any_fault_of("X"),
    },
    messages={
        "logits-may-not-be-scaled": "Logits are amounts, so what lies between two of them means "
        "something. The true maps were not touched.",
        "too-strict": "All that was agreed is there. What else is told is done to logits, before "
        "anything is a class.",
        "nearly-all-right": "Nine of ten pixels are paper. What does somebody get who never says "
        "anything else?",
        "misread-Q": "Look at what is scored: each pixel counts the same. What are most of them?",
        "scene-by-scene": "Most scenes show one to three digits. How much of the mean of such a "
        "scene is paper, which is nearly always right?",
        "misread-R": "How many confusion matrices were there: one, or one for each scene?",
        "same-for-both": "Learned and scored on maps with the same mistake, all seems to fit. "
        "Which class lies halfway between a 1 and a 7?",
        "misread-S": "Look at how the maps that count as the truth were made.",
        "new-scenes-suffice": "Each scene is new. Is each digit in it new?",
        "misread-T": "Ask what the segmenter may have met before: scenes, or what stands in them.",
        "narrow-is-good": "Pixels of one digit are right or wrong together. How many things were "
        "drawn by chance: scenes, or pixels?",
        "misread-U": "The score may be fine. Look at its interval, and at what n counts.",
        "paper-is-no-class": "What happens to a segmenter that paints a 3 over the paper all "
        "around a 3?",
        "misread-V": "Some pixels of the scenes never count, neither in training nor in the score. "
        "Which ones?",
        "absent-must-count": "Nobody can be right or wrong about a class that is nowhere. To leave "
        "it out was agreed, and it is said.",
        "pairs-are-unfair": "Two segmenters, one score, one set of scenes, redrawn for both alike. "
        "What does the interval say of 0?",
    },
    otherwise="choose one of the seven answers.",
)
