"""The checks of lesson 00: right answers pass, each known wrong one gets its own hint."""

from collections.abc import Callable
from typing import Any

import pytest

from course_utils.lessons.start_here.exercises import check_gains_more, check_share_right


@pytest.mark.parametrize(
    "answer",
    [
        lambda answers, labels: (answers == labels).float().mean().item(),
        lambda answers, labels: (answers == labels).float().mean(),
        lambda answers, labels: (
            sum(a == b for a, b in zip(answers.tolist(), labels.tolist(), strict=True))
            / len(labels)
        ),
    ],
)
def test_share_right_takes_every_right_answer(answer: Callable[..., Any]) -> None:
    assert check_share_right(answer).status == "right"


@pytest.mark.parametrize(
    ("answer", "misconception"),
    [
        (lambda answers, labels: 100 * (answers == labels).float().mean().item(), "per-cent"),
        (lambda answers, labels: (answers == labels).sum().item(), "count"),
        (lambda answers, labels: (answers != labels).float().mean().item(), "error-rate"),
        (lambda answers, labels: (answers == labels).mean(), "error"),
        (lambda answers, labels: answers == labels, "not-one-number"),
    ],
)
def test_share_right_names_the_wrong_idea(answer: Callable[..., Any], misconception: str) -> None:
    feedback = check_share_right(answer)
    assert (feedback.status, feedback.misconception) == ("wrong", misconception)


def test_share_right_left_blank_is_unanswered() -> None:
    assert check_share_right(lambda answers, labels: None).status == "unanswered"


def test_gains_more() -> None:
    assert check_gains_more("pixels").status == "right"
    assert check_gains_more(...).status == "unanswered"
    assert check_gains_more("features").misconception == "level-for-gain"
    assert check_gains_more("both").misconception == "not-an-option"
