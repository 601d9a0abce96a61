"""Every exercise both ways: right answers pass, however written, and known wrong ones are known.

Each answer is observed and judged as a grader does it: what was observed becomes JSON text in
between, and is judged from that text alone; on the inputs that learners see, and on others.
"""

import ast
import json
from importlib import import_module
from typing import Any

import nbformat
import pytest

from course_utils.exercises.checking import VISIBLE_SEED, answer_to, checks_in, judge
from course_utils.exercises.feedback import Feedback
from course_utils.exercises.tables import Table
from course_utils.learning.lessons import NOTEBOOKS_FOLDER
from course_utils.notebooks.exercise_sources import KINDS, Exercise, find_sources, read_exercises

pytestmark = pytest.mark.slow

OTHER_SEED = 77
# Other inputs are tried where lessons run, so that the quick tests stay quick.
every_seed = pytest.mark.parametrize(
    "seed", [VISIBLE_SEED, pytest.param(OTHER_SEED, marks=pytest.mark.lessons)]
)
SOURCES = find_sources()
EXERCISES = {path.stem[3:]: read_exercises(nbformat.read(path, as_version=4)) for path in SOURCES}
ANSWERS = {lesson: import_module(f"tests.lessons.{lesson}.answers") for lesson in EXERCISES}
every_exercise = pytest.mark.parametrize(
    ("lesson", "exercise"),
    [(lesson, exercise) for lesson, found in EXERCISES.items() for exercise in found],
    ids=[exercise.name for found in EXERCISES.values() for exercise in found],
)


def answers_in(kind: str) -> list[Any]:
    """All answers of one kind, ``RIGHT``, ``WRONG`` or ``UNNAMED``, as test parameters."""
    parameters = []
    for lesson, found in EXERCISES.items():
        for exercise in found:
            for name, answer in getattr(ANSWERS[lesson], kind).get(exercise.name, {}).items():
                label = f"{exercise.name}-{name}"
                parameters.append(pytest.param(lesson, exercise, name, answer, id=label))
    return parameters


def graded(lesson: str, exercise: Exercise, answer: Any, seed: int) -> Feedback:
    """The feedback on an answer, or on a tuple of answers where the check is given several."""
    answers = answer if len(exercise.answers) > 1 else (answer,)
    observed = checks_in(lesson)[exercise.name].observe(*answers, seed)
    if not isinstance(observed, Feedback):
        observed = json.loads(json.dumps(observed))
    return judge(lesson, exercise.name, observed, seed)


def run(exercise: Exercise, source: str, lesson: str) -> Feedback:
    """What the check says after ``source`` ran below the imports and given cells."""
    path = next(path for path in SOURCES if path.stem[3:] == lesson)
    imports = nbformat.read(path, as_version=4).cells[1].source
    scope: dict[str, Any] = {}
    for code in (imports, source):
        exec(compile(code, exercise.name, "exec"), scope)
    return eval(exercise.check, scope)


@every_exercise
def test_the_solution_is_right(lesson: str, exercise: Exercise) -> None:
    assert run(exercise, f"{exercise.stub}\n\n\n{exercise.solution}", lesson).status == "right"


@every_exercise
def test_the_cell_as_given_is_not_answered_yet(lesson: str, exercise: Exercise) -> None:
    assert run(exercise, exercise.stub, lesson).status == "unanswered"


@every_exercise
def test_a_blank_is_not_right(lesson: str, exercise: Exercise) -> None:
    for blank in (None, ..., lambda *_: None, lambda *_: ..., "", {}):
        answer = (blank,) * len(exercise.answers) if len(exercise.answers) > 1 else blank
        assert graded(lesson, exercise, answer, VISIBLE_SEED).status != "right", blank


@every_seed
@pytest.mark.parametrize(("lesson", "exercise", "name", "answer"), answers_in("RIGHT"))
def test_a_right_answer_is_right_however_it_is_written(
    lesson: str, exercise: Exercise, name: str, answer: Any, seed: int
) -> None:
    feedback = graded(lesson, exercise, answer, seed)
    assert feedback.status == "right", feedback


@every_seed
@pytest.mark.parametrize(("lesson", "exercise", "name", "answer"), answers_in("WRONG"))
def test_a_known_wrong_answer_gets_its_own_hint(
    lesson: str, exercise: Exercise, name: str, answer: Any, seed: int
) -> None:
    feedback = graded(lesson, exercise, answer, seed)
    assert (feedback.status, feedback.misconception) == ("wrong", name), feedback
    errors = answer_to(lesson, exercise.name).messages
    assert errors[name] in feedback.message


@every_exercise
def test_each_idea_in_a_table_is_known_by_what_the_table_says_its_holders_write(
    lesson: str, exercise: Exercise
) -> None:
    table = answer_to(lesson, exercise.name)
    for name, answers in table.wrong.items() if isinstance(table, Table) else ():
        answers = answers if isinstance(answers, list) else [answers]
        observed = [table.observe(answer, VISIBLE_SEED) for answer in answers]
        assert name in [table.judge(each, VISIBLE_SEED).misconception for each in observed]


@pytest.mark.parametrize(("lesson", "exercise", "name", "answer"), answers_in("UNNAMED"))
def test_any_other_wrong_answer_is_wrong_and_takes_no_known_hint(
    lesson: str, exercise: Exercise, name: str, answer: Any
) -> None:
    feedback = graded(lesson, exercise, answer, VISIBLE_SEED)
    errors = answer_to(lesson, exercise.name).messages
    assert feedback.status == "wrong", feedback
    assert feedback.misconception not in errors, feedback


@every_exercise
def test_there_are_enough_answers_of_each_kind(lesson: str, exercise: Exercise) -> None:
    answers = ANSWERS[lesson]
    assert len(answers.RIGHT[exercise.name]) >= 2, "another way to the right answer"
    assert len(answers.WRONG[exercise.name]) >= 3, "wrong answers with a hint of their own"
    errors = answer_to(lesson, exercise.name).messages
    assert set(answers.WRONG[exercise.name]) == set(errors), "every hint is given by some answer"
    assert len(set(errors.values())) == len(errors), "two wrong ideas share one hint"


def test_there_are_at_least_sixty_wrong_answers() -> None:
    wrong = [found for answers in ANSWERS.values() for found in answers.WRONG.values()]
    assert sum(map(len, wrong)) >= 60


@every_exercise
def test_hints_come_in_steps_and_do_not_hold_the_solution(lesson: str, exercise: Exercise) -> None:
    hints = checks_in(lesson)[exercise.name].hints
    assert len(hints) >= 2
    lines = [line.strip() for line in exercise.solution.splitlines() if len(line.strip()) > 25]
    errors = answer_to(lesson, exercise.name).messages
    for text in (*hints, *errors.values()):
        assert 15 <= len(text) <= 320, text
        assert not any(line in text for line in lines), text


def stands_before_the_section(lesson: str, exercise: Exercise) -> bool:
    """Whether an exercise stands in the text of its lesson, before the section of exercises."""
    (path,) = NOTEBOOKS_FOLDER.glob(f"[0-9][0-9]_{lesson}.ipynb")
    before = path.read_text(encoding="utf-8").partition('"## Exercises')[0]
    return f"### Exercise {exercise.number} {exercise.title} " in before


@pytest.mark.parametrize("lesson", EXERCISES)
def test_a_lesson_has_exercises_of_three_kinds_from_short_to_long(lesson: str) -> None:
    found = EXERCISES[lesson]
    assert len(found) >= 3
    assert {exercise.kind for exercise in found} == set(KINDS)
    placed = [exercise for exercise in found if stands_before_the_section(lesson, exercise)]
    assert found[: len(placed)] == placed, "those in the text come first, as they are met first"
    minutes = [exercise.minutes for exercise in found[len(placed) :]]
    assert minutes == sorted(minutes)
    minutes = sorted(exercise.minutes for exercise in found)
    assert 2 <= minutes[0] <= 4 and 12 <= minutes[-1] <= 20
    assert [exercise.number for exercise in found] == list(range(1, len(found) + 1))
    for exercise in found:
        assert "Trains: " in exercise.about, f"{exercise.name}: say what it trains"


def test_names_of_exercises_and_of_answers_are_not_used_twice() -> None:
    names = [exercise.name for found in EXERCISES.values() for exercise in found]
    assert len(names) == len(set(names))
    for found in EXERCISES.values():
        answers = [answer for exercise in found for answer in exercise.answers]
        assert len(answers) == len(set(answers))


def test_each_exercise_is_where_its_name_says() -> None:
    for lesson, found in EXERCISES.items():
        checks = checks_in(lesson)
        assert set(checks) == {exercise.name for exercise in found}
        for exercise in found:
            assert answer_to(lesson, exercise.name).messages
            assert exercise.check.startswith(f"check_{exercise.name}(")
            assert ast.parse(exercise.check).body[0].value.keywords == []
