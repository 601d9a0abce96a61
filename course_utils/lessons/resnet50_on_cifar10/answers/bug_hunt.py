"""Answer of ``bug_hunt``: faults of the recipe, and lines of it that are wrongly accused."""

from collections.abc import Mapping
from typing import Any

from course_utils.exercises.feedback import Feedback, right, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.classic_recipe import BUG_KINDS, RECIPE

PARTS = ((1, 8), (9, 14), (15, 26), (27, 30))  # first and last line: data, model, training, test
NUM_SERIOUS = 6  # the first six faults weigh most: all must be found
NUM_WANTED = 8  # of all
FAULTS = {  # kind: lines it may be pinned to, the plainest first; 0 is for what is missing
    "batch norm moves": (17, 20, 27, 28, 0),
    "input size by habit": (4,),
    "features recomputed": (20, 16, 18, 5, 7, 28),
    "head not converged": (16, 14),
    "test set chooses": (29, 28, 30, 6, 15),
    "no validation set": (0, 5, 6, 8, 28, 29),
    "tiny batches": (7,),
    "misleading running loss": (25, 15, 23, 24, 26),
    "deprecated argument": (9,),
    "no seed": (0, 7, 12),
    "no device": (0, 9, 12, 18, 20, 28),
}
SOUND = (27,)  # a line that is fine itself, though a fault of its block may be pinned to it
ABSENT = {  # kind that the recipe is free of, whichever line is accused: misconception
    "gradients pile up": "zero-grad-blamed",
    "softmax forgotten": "softmax-wanted",
    "new layer frozen": "new-layer-blamed",
    "mean of batch means": "batch-means-blamed",
}
INNOCENT = {  # misconception: lines that are accused, and of what
    "freezing-blamed": ((10, 11), ("batch norm moves",)),
    "scale-blamed": ((3,), ("input size by habit",)),
    "step-blamed": ((21, 22), ("head not converged", "batch norm moves")),
    "no-grad-blamed": ((27,), ("head not converged",)),
}
MESSAGES = {
    "zero-grad-blamed": "Line 19 clears what earlier steps left, so nothing piles up.",
    "softmax-wanted": "CrossEntropyLoss takes logits and does the softmax itself; a second would "
    "blunt the loss.",
    "new-layer-blamed": "A layer made after the freezing is free, and line 14 hands it to the "
    "optimizer.",
    "batch-means-blamed": "Fours divide 50,000, so no batch is short; and line 29 joins all "
    "pictures, then averages.",
    "freezing-blamed": "This holds every parameter, as it should. What moves is not a parameter.",
    "scale-blamed": "The weights were learned on this scale, so new pictures need it.",
    "step-blamed": "Gradients, then a step of the head alone: as it should be.",
    "no-grad-blamed": "Nothing learns from these pictures, so gradients would be waste.",
    "innocent-line": "This line is fine: the repaired recipe has it, too.",
    "wrong-kind": "This line deserves a question, but of another kind.",
    "not-missing": "That line is for what is missing. Some line does what you name.",
    "no-such-line": "Write {line: kind}, with lines as in the recipe, or 0 for what is missing.",
    "unknown-kind": "Write the kind as the cell above prints it.",
    "serious-missing": "Of the six that weigh most, some are not among them yet.",
    "light-missing": "They include the six that weigh most. Among the lighter ones, look for what "
    "is slow, out of date, misleading, or cannot be repeated.",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Right if the serious faults and some others are found, and nothing is wrongly accused."""
    picks = [(line, kind) for line, kind in observed["picks"]]
    seen = {kind for line, kind in picks if line in FAULTS.get(kind, ())}
    count = f"{len(seen)} of {len(FAULTS)} faults found."
    for line, kind in picks:
        if line not in FAULTS.get(kind, ()):
            name = _accusation(line, kind)
            where = f"Line {line}, {kind[:40]!r}: " if line >= 0 else ""
            return wrong(f"{count} {where}{MESSAGES[name]}", name)
    missing = [kind for kind in list(FAULTS)[:NUM_SERIOUS] if kind not in seen]
    if missing:
        where = f"Look {_part_of(FAULTS[missing[0]][0])}."
        message = f"{count} {MESSAGES['serious-missing']} {where}"
        return wrong(message, "serious-missing")
    if len(seen) < NUM_WANTED:
        return wrong(f"{count} {MESSAGES['light-missing']}", "light-missing")
    return right(f"{count} They include the six that weigh most.")


def _accusation(line: int, kind: str) -> str:
    """Which wrong idea says that ``line`` has the fault ``kind``."""
    if not 0 <= line <= len(RECIPE.splitlines()):
        return "no-such-line"
    if kind not in BUG_KINDS:
        return "unknown-kind"
    if kind in ABSENT:
        return ABSENT[kind]
    for name, (lines, kinds) in INNOCENT.items():
        if line in lines and kind in kinds:
            return name
    if line == 0:
        return "not-missing"
    deserves_one = line not in SOUND and any(line in lines for lines in FAULTS.values())
    return "wrong-kind" if deserves_one else "innocent-line"


def _part_of(line: int) -> str:
    first, last = next((part for part in PARTS if part[0] <= line <= part[1]), (0, 0))
    return f"at lines {first} to {last}" if line else "for what is not there at all (line 0)"


ANSWER = OwnJudge(MESSAGES, judge)
