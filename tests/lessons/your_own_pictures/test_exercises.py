"""Wrong answers to the exercises of lesson 07 that are written in another way than the table's."""

from typing import Any

import numpy as np
import pytest

from course_utils.exercises.checking import VISIBLE_SEED, checks_in, judge
from course_utils.exercises.feedback import Feedback
from tests.lessons.your_own_pictures.answers import OTHER_FORMS, both_accuracies

LESSON = "your_own_pictures"


def graded(exercise: str, answer: Any, seed: int) -> Feedback:
    """What is said of an answer."""
    observed = checks_in(LESSON)[exercise].observe(answer, seed)
    return observed if isinstance(observed, Feedback) else judge(LESSON, exercise, observed, seed)


@pytest.mark.parametrize("seed", [VISIBLE_SEED, 1, 2])
@pytest.mark.parametrize(("exercise", "idea", "answer"), OTHER_FORMS)
def test_a_known_idea_in_another_form_gets_the_same_hint(
    exercise: str, idea: str, answer: Any, seed: int
) -> None:
    assert graded(exercise, answer, seed).misconception == idea


def test_a_large_example_is_not_written_out() -> None:
    def right_on_small_ones(labels: np.ndarray, answers: np.ndarray) -> tuple[float, float]:
        accuracy, balanced = both_accuracies(labels, answers)
        return accuracy, balanced if len(labels) <= 10 else 0.5

    feedback = graded("two_accuracies", right_on_small_ones, VISIBLE_SEED)
    assert "an example of" in feedback.message
    assert len(feedback.message) < 250
