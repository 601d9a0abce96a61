"""Answers of the rooms that write known ideas in other forms, too: on several seeds, and fast."""

import time
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from course_utils.exercises.checking import VISIBLE_SEED, checks_in
from tests.helpers.graded import graded

pytestmark = pytest.mark.slow

SEEDS = [VISIBLE_SEED, 1, 2]
ROOMS = Path(__file__).resolve().parents[1] / "lessons"
ANSWERS: dict[str, ModuleType] = {
    file.parent.name: module
    for file in sorted(ROOMS.glob("*/answers.py"))
    if hasattr(module := import_module(f"tests.lessons.{file.parent.name}.answers"), "OTHER_FORMS")
}
every_exercise = pytest.mark.parametrize(
    ("lesson", "exercise"),
    [(lesson, exercise) for lesson, answers in ANSWERS.items() for exercise in answers.RIGHT],
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("lesson", "exercise", "idea", "answer"),
    [(lesson, *form) for lesson, answers in ANSWERS.items() for form in answers.OTHER_FORMS],
)
def test_a_known_idea_in_another_form_gets_the_same_hint(
    lesson: str, exercise: str, idea: str, answer: Any, seed: int
) -> None:
    assert graded(lesson, exercise, answer, seed).misconception == idea


@pytest.mark.parametrize("seed", SEEDS)
@every_exercise
def test_right_answers_are_right_and_known_ideas_known_on_every_seed(
    lesson: str, exercise: str, seed: int
) -> None:
    for name, answer in ANSWERS[lesson].RIGHT[exercise].items():
        feedback = graded(lesson, exercise, answer, seed)
        assert feedback.status == "right", (name, feedback)
    for name, answer in ANSWERS[lesson].WRONG[exercise].items():
        feedback = graded(lesson, exercise, answer, seed)
        assert (feedback.status, feedback.misconception) == ("wrong", name), feedback


@pytest.mark.parametrize(
    ("lesson", "exercise"),
    [(lesson, exercise) for lesson, answers in ANSWERS.items() for exercise in answers.UNNAMED],
)
def test_another_wrong_answer_is_told_what_is_wrong_with_it(lesson: str, exercise: str) -> None:
    for name, answer in ANSWERS[lesson].UNNAMED[exercise].items():
        feedback = graded(lesson, exercise, answer, VISIBLE_SEED)
        assert feedback.status == "wrong", name
        assert 20 < len(feedback.message) < 320, (name, feedback)


@every_exercise
def test_a_check_answers_within_a_second(lesson: str, exercise: str) -> None:
    answers = ANSWERS[lesson]
    right, unnamed = answers.RIGHT[exercise], answers.UNNAMED.get(exercise, {})
    for answer in [next(iter(right.values())), *unnamed.values()]:
        start = time.process_time()
        checks_in(lesson)[exercise](answer)
        assert time.process_time() - start < 1
