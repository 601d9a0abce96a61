"""Exercises of lesson 07: what is said of a large example."""

import numpy as np

from course_utils.exercises.checking import VISIBLE_SEED
from tests.helpers.graded import graded
from tests.lessons.your_own_pictures.answers import both_accuracies

LESSON = "your_own_pictures"


def test_a_large_example_is_not_written_out() -> None:
    def right_on_small_ones(labels: np.ndarray, answers: np.ndarray) -> tuple[float, float]:
        accuracy, balanced = both_accuracies(labels, answers)
        return accuracy, balanced if len(labels) <= 10 else 0.5

    feedback = graded(LESSON, "two_accuracies", right_on_small_ones, VISIBLE_SEED)
    assert "an example of" in feedback.message
    assert len(feedback.message) < 250
