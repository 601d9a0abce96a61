"""Answer of ``believable``: which reports of detectors give the number that they name."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.object_detection.exercises import REPORT_VERDICTS, observe_believable

STANDS, TRUTH, CUT, PICTURES, KNOWN, TWO = REPORT_VERDICTS
RIGHT = {
    "P": STANDS,
    "Q": TRUTH,
    "R": CUT,
    "S": PICTURES,
    "T": KNOWN,
    "U": TWO,
    "V": STANDS,
    "W": STANDS,
}
any_fault_of = but_for_one(RIGHT, REPORT_VERDICTS)

ANSWER = Table(
    observe_believable,
    right=RIGHT,
    praise="Right boxes, all of them in one list, on digits that nobody learned from.",
    opening="Report {part}: ",
    wrong={
        "a-little-cut": RIGHT | {"P": CUT},
        "too-strict": any_fault_of("P"),
        "own-truth": RIGHT | {"Q": STANDS},
        "misread-Q": any_fault_of("Q"),
        "serious-ones-only": RIGHT | {"R": STANDS},
        "misread-R": any_fault_of("R"),
        "scene-by-scene": RIGHT | {"S": STANDS},
        "misread-S": any_fault_of("S"),
        "new-scenes-suffice": RIGHT | {"T": STANDS},
        "misread-T": any_fault_of("T"),
        "higher-is-better": RIGHT | {"U": STANDS},
        "misread-U": any_fault_of("U"),
        "empty-is-unfair": any_fault_of("V"),
        "pairs-are-unfair": any_fault_of("W"),
    },
    messages={
        "a-little-cut": "Every list ends somewhere. Below 0.05 hardly a box is right, so nearly "
        "the whole curve is there.",
        "too-strict": "All boxes, scored on digits never seen, n and interval: what more could it "
        "say?",
        "own-truth": "Learned and scored with the same mistake, boxes agree with each other. Do "
        "they agree with the digits?",
        "misread-Q": "Look at the boxes that count as the truth. Where do they end?",
        "serious-ones-only": "Digits that only unsure boxes found count as missed now. The score "
        "of a box already puts it far down the list.",
        "misread-R": "Which boxes were never scored, and what does the curve do without them?",
        "scene-by-scene": "A sure mistake in one scene must stand above unsure right boxes of "
        "another. Where each scene has a list of its own, it does not.",
        "misread-S": "How many lists were ranked: one, or one for each scene?",
        "new-scenes-suffice": "Each scene is new. Is each digit in it new?",
        "misread-T": "Ask what the detector may have met before: scenes, or what stands in them.",
        "higher-is-better": "At which IoU does a box count as right for A, and at which for B?",
        "misread-U": "Each number may be fine. Look at what is put beside what.",
        "empty-is-unfair": "A scene without digits is one where all boxes are wrong. A detector "
        "meets such scenes in use.",
        "pairs-are-unfair": "Two detectors, one measure, one set of scenes, redrawn for both "
        "alike. What does the interval say of 0?",
    },
    otherwise="choose one of the six words.",
)
