"""How an answer is checked: first observed, then judged.

Observing runs the learner's code and takes down, as plain data, what it did: results of a function
on several inputs, weights after training. Judging compares that with the truth. The two are apart
so that a grader can observe where foreign code runs, and judge where no foreign code ever ran.

By convention, the exercise ``E`` of a lesson stands in two places of the lesson's room:

- ``exercises.py`` has ``observe_E``, and ``check_E``, a ``Check`` with the hints;
- ``answers/E.py`` has ``ANSWER``, which judges what was observed: a ``Table`` of the right answer
  and of known wrong ones, or ``OwnJudge`` where a table cannot tell. Students of a class get that
  folder as an archive beside it, ``answers.zip``.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from course_utils.exercises.feedback import Feedback, wrong
from course_utils.learning.lessons import ROOMS_FOLDER, find_rooms
from course_utils.session import learner

# What observing found: plain data that JSON can hold, or feedback where nothing could be observed.
Observed = dict[str, Any] | Feedback
VISIBLE_SEED = 0  # of the inputs on which learners check their own answers


class Check:
    """The check of one exercise, to be called with an answer; it has the exercise's hints.

    Args:
        observe: The lesson's ``observe_E``, of the answer or answers and a seed for the inputs.
        hints: Each a step further than the one before.
    """

    def __init__(self, observe: Callable[..., Observed], *hints: str) -> None:
        self.lesson = observe.__module__.split(".")[-2]
        self.name = observe.__name__.removeprefix("observe_")
        self.observe, self.hints = observe, hints
        self.__doc__ = observe.__doc__

    def __call__(self, *answers: Any, seed: int = VISIBLE_SEED) -> Feedback:
        """What to say of an answer on the inputs of ``seed``."""
        return judge(self.lesson, self.name, self.observe(*answers, seed), seed)


class Answer(Protocol):
    """What stands in ``answers/E.py``."""

    messages: Mapping[str, str]  # what to tell those who hold a known wrong idea, by its name

    def judge(self, observed: Mapping[str, Any], seed: int) -> Feedback:
        """What to say of what was observed on the inputs of ``seed``."""


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
        answer = answer_to(lesson, exercise)
    except ModuleNotFoundError:  # where submissions run, there are no answers
        return Feedback("unanswered", "Taken down, and judged afterwards.")
    feedback = answer.judge(observed, seed)
    if feedback.status == "right" and learner.is_live():
        learner.keep("exercises", f"{lesson} {exercise}", True)
    return feedback


def answer_to(lesson: str, exercise: str) -> Answer:
    """The truth of an exercise, and what to say of known wrong ideas.

    Raises:
        ModuleNotFoundError: Where there are no answers, as where submissions run.
    """
    room = import_module(f"course_utils.lessons.{lesson}")
    archive = str(ROOMS_FOLDER / lesson / "answers.zip")
    if archive not in room.__path__:
        room.__path__.append(archive)
    return import_module(f"course_utils.lessons.{lesson}.answers.{exercise}").ANSWER


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
        checks = checks_in(room)
        if exercise in checks:
            return checks[exercise].hints
        known += checks
    raise ValueError(f"no exercise {exercise!r}; there are {', '.join(known)}")


def checks_in(lesson: str) -> dict[str, Check]:
    """The checks in a lesson's room, by the names of their exercises."""
    module = import_module(f"course_utils.lessons.{lesson}.exercises")
    return {each.name: each for each in vars(module).values() if isinstance(each, Check)}
