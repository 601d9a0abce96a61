"""Feedback on an answer: three verdicts, in words, and no answer can stop the lesson."""

import subprocess
import sys

import pytest
import torch

from course_utils.exercises.feedback import (
    Feedback,
    call,
    call_for_number,
    right,
    unanswered,
    wrong,
)


@pytest.mark.parametrize(
    ("feedback", "shown"),
    [
        (right("It is ln 10."), "✓ Right. It is ln 10."),
        (wrong("The sign is off.", "sign"), "✗ Not yet. The sign is off."),
        (unanswered(), "… Not answered yet. Replace the dots, then run the cell again."),
        (unanswered("Choose one."), "… Not answered yet. Choose one."),
    ],
)
def test_feedback_is_shown_as_a_verdict_and_a_reason(feedback: Feedback, shown: str) -> None:
    assert repr(feedback) == shown


def test_each_verdict_carries_its_status_and_its_misconception() -> None:
    assert right("Good.").status == "right"
    assert wrong("Off.").misconception is None
    assert wrong("Off.", "sign") == Feedback("wrong", "Off.", "sign")
    assert unanswered().status == "unanswered"


def test_call_gives_the_result_of_the_learners_function() -> None:
    assert call(lambda a, b: a - b, 5, 3) == 2
    assert call(lambda: 0) == 0
    assert call(lambda: []) == []


def test_a_stub_is_unanswered() -> None:
    assert call(lambda: ...) == unanswered()


def test_a_function_that_returns_nothing_is_told_so() -> None:
    feedback = call(lambda: None)
    assert feedback.status == "unanswered"
    assert "returns nothing" in feedback.message


def test_an_answer_that_must_be_a_number_becomes_one() -> None:
    assert call_for_number(lambda: torch.tensor([0.5])) == 0.5
    feedback = call_for_number(lambda: torch.zeros(4))
    assert feedback.misconception == "not-one-number"
    assert "Tensor of shape (4,)" in feedback.message
    assert call_for_number(lambda: ...) == unanswered()


def test_an_error_in_the_answer_becomes_feedback_that_names_it() -> None:
    feedback = call(lambda x: x + "one", 1)
    assert feedback.status == "wrong" and feedback.misconception == "error"
    assert feedback.message.startswith("Your function stopped with TypeError: unsupported operand")


def test_a_function_that_takes_other_arguments_is_told_so() -> None:
    feedback = call(lambda: 1, "unexpected")
    assert "stopped with TypeError" in feedback.message
    assert "takes 0 positional arguments" in feedback.message


def test_an_answer_without_torch_is_checked_without_it() -> None:
    code = """
import sys
import course_utils.exercises.checking
from course_utils.exercises.feedback import call_for_number
print(call_for_number(lambda: 2), call_for_number(lambda: []), "torch" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    said = "2.0 ✗ Not yet. Your function returns a list; one number is wanted. False\n"
    assert done.stdout == said
