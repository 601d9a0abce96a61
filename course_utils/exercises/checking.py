"""How an answer is checked: first observed, then judged.

Observing runs the learner's code and takes down, as plain data, what it did: results of a function
on several inputs, weights after training. Judging compares that with the truth. The two are apart
so that a grader can observe where foreign code runs, and judge where no foreign code ever ran.

By convention, the exercise ``E`` of lesson ``NN_L`` has ``observe_E``, ``check_E`` and
``HINTS["E"]`` in ``course_utils.lessons.L.exercises``, and ``judge_E`` and ``ERRORS["E"]`` (what to
tell those who hold a known wrong idea, by its name) in ``course_utils.lessons.L.answers``. Students
of a class get that folder as an archive beside it, ``answers.zip``.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from course_utils.exercises.feedback import Feedback, wrong
from course_utils.learning.lessons import ROOMS_FOLDER, find_rooms
from course_utils.session import learner

# What observing found: plain data that JSON can hold, or feedback where nothing could be observed.
Observed = dict[str, Any] | Feedback
VISIBLE_SEED = 0  # of the inputs on which learners check their own answers


def judge(lesson: str, exercise: str, observed: Observed, seed: int = VISIBLE_SEED) -> Feedback:
    """What to say of an answer.

    Args:
        lesson: Room of the lesson in ``course_utils.lessons``.
        exercise: Name of the exercise.
        observed: What ``observe_<exercise>`` took down with the same ``seed``.
        seed: Of the inputs, so that the truth is that of the same inputs.
    """
    if isinstance(observed, Feedback):  # "right" can only be what the learner's code made up
        return observed if observed.status != "right" else wrong("That is feedback, no answer.")
    try:
        answers = answers_of(lesson)
    except ModuleNotFoundError:  # where submissions run, there are no answers
        return Feedback("unanswered", "Taken down, and judged afterwards.")
    feedback = getattr(answers, f"judge_{exercise}")(observed, seed)
    if feedback.status == "right" and learner.is_live():
        learner.keep("exercises", f"{lesson} {exercise}", True)
    return feedback


def answers_of(lesson: str) -> ModuleType:
    """The truth of the exercises of a lesson, and what to say of known wrong ideas.

    Raises:
        ModuleNotFoundError: Where there are no answers, as where submissions run.
    """
    room = import_module(f"course_utils.lessons.{lesson}")
    archive = str(ROOMS_FOLDER / lesson / "answers.zip")
    if archive not in room.__path__:
        room.__path__.append(archive)
    return import_module(f"course_utils.lessons.{lesson}.answers")


class Hints(str):
    """Text of some hints, shown as it is and not in quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def show_hints(exercise: str, how_many: int) -> Hints:
    """The first hints of an exercise, each a step further than the one before.

    Args:
        exercise: Name of the exercise.
        how_many: 0 shows none and says how many there are.

    Raises:
        ValueError: If there is no such exercise, or ``how_many`` is no number of hints.
    """
    hints = hints_of(exercise)
    if type(how_many) is not int or how_many < 0:
        raise ValueError(f"how_many must be 0 to {len(hints)}, got {how_many!r}")
    if how_many == 0:
        return Hints(f"There are {len(hints)} hints. Put 1 in place of 0 for the first.")
    shown = [f"Hint {n} of {len(hints)}: {hint}" for n, hint in enumerate(hints[:how_many], 1)]
    return Hints("\n\n".join(shown))


def hints_of(exercise: str) -> tuple[str, ...]:
    """All hints of an exercise, in steps.

    Raises:
        ValueError: If there is no such exercise.
    """
    known: list[str] = []
    for room in find_rooms():
        hints = getattr(import_module(f"course_utils.lessons.{room}.exercises"), "HINTS", {})
        if exercise in hints:
            return hints[exercise]
        known += hints
    raise ValueError(f"no exercise {exercise!r}; there are {', '.join(known)}")
