"""Answer of ``clean_source``: which plans of a source keep clear of the target."""

from course_utils.exercises.tables import Table, but_for_one
from course_utils.lessons.speech.exercises import SOURCE_VERDICTS, observe_clean_source

CLEAN, WORDS, ALIKE, VOICE, FITTED, CHOSEN = SOURCE_VERDICTS
RIGHT = {
    "P": CLEAN,
    "Q": ALIKE,
    "R": WORDS,
    "S": VOICE,
    "T": FITTED,
    "U": WORDS,
    "V": CLEAN,
    "W": CLEAN,
    "X": CHOSEN,
}
any_fault_of = but_for_one(RIGHT, SOURCE_VERDICTS)

ANSWER = Table(
    observe_clean_source,
    right=RIGHT,
    praise="Other words, other voices, nothing fitted and nothing chosen on what is tested.",
    opening="Plan {part}: ",
    wrong={
        "misread-P": any_fault_of("P"),
        "spelling-is-sound": RIGHT | {"Q": CLEAN},
        "misread-Q": any_fault_of("Q"),
        "other-voices-will-do": RIGHT | {"R": CLEAN},
        "misread-R": any_fault_of("R"),
        "names-tell-voices": RIGHT | {"S": CLEAN},
        "misread-S": any_fault_of("S"),
        "a-scale-is-harmless": RIGHT | {"T": CLEAN},
        "misread-T": any_fault_of("T"),
        "longer-words-are-others": RIGHT | {"U": CLEAN},
        "misread-U": any_fault_of("U"),
        "any-scale-leaks": RIGHT | {"V": FITTED},
        "misread-V": any_fault_of("V"),
        "useless-is-unclean": any_fault_of("W"),
        "clean-parts-will-do": RIGHT | {"X": CLEAN},
        "misread-X": any_fault_of("X"),
    },
    messages={
        "misread-P": "Words were chosen by their sound, and voices were compared by it. Nothing of "
        "the target is in either.",
        "spelling-is-sound": "The program looked at letters. Everyday words that are spelt "
        "otherwise may sound the same: read a few of them aloud.",
        "misread-Q": "The voices are those of P. Look at how the program knew which words to take "
        "out.",
        "other-voices-will-do": "The voices are others, but the backbone learned to tell the ten "
        "digits apart. Then the claim about *other words* is not tested.",
        "misread-R": "The voices are those of P. Which words does the backbone learn?",
        "names-tell-voices": "A voice is known by how it sounds. The backbone heard a voice that "
        "nobody can tell from one of the target.",
        "misread-S": "The words are those of P. Whom does the backbone hear?",
        "a-scale-is-harmless": "The mean and the spread were computed on test takes, too. What is "
        "fitted on the test knows something of it, however little.",
        "misread-T": "Words and voices are those of P. On which pictures were the numbers "
        "computed that are used?",
        "longer-words-are-others": "Say twenty-one aloud, and listen to its end. Whole digits are "
        "in the source, inside longer words.",
        "misread-U": "The voices are those of P. An added word does not only sound like a digit: a "
        "whole digit is in it.",
        "any-scale-leaks": "Each picture is brought to a scale by its own numbers. No picture "
        "learns anything of another one.",
        "misread-V": "Words and voices are those of P. Is anything computed on more than one "
        "picture?",
        "useless-is-unclean": "There is no word and no voice in it. Whether it helps is another "
        "question, and a clean test is there to answer it.",
        "clean-parts-will-do": "Each backbone is clean. But the test voices chose among the three, "
        "and the best of three scores is lucky, too.",
        "misread-X": "All three sources are like P. What were the four test voices used for?",
    },
    otherwise="choose one of the six answers.",
)
