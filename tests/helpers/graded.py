"""What a check says of an answer, on inputs of any seed."""

from typing import Any

from course_utils.exercises.checking import checks_in, judge
from course_utils.exercises.feedback import Feedback


def graded(lesson: str, exercise: str, answer: Any, seed: int) -> Feedback:
    """What is said of an answer to an exercise of the room ``lesson``."""
    observed = checks_in(lesson)[exercise].observe(answer, seed)
    return observed if isinstance(observed, Feedback) else judge(lesson, exercise, observed, seed)
