"""What a check says of an answer: right, wrong and why, or not answered yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Feedback:
    """The verdict on one answer.

    Args:
        status: ``"right"``, ``"wrong"`` or ``"unanswered"``.
        message: One to three sentences for the learner.
        misconception: Short name of the known wrong idea that was recognised, if one was.
    """

    status: str
    message: str
    misconception: str | None = None

    def __repr__(self) -> str:
        opening = {"right": "✓ Right.", "wrong": "✗ Not yet.", "unanswered": "… Not answered yet."}
        return f"{opening[self.status]} {self.message}"


def right(message: str) -> Feedback:
    """A correct answer, with what it shows."""
    return Feedback("right", message)


def wrong(message: str, misconception: str | None = None) -> Feedback:
    """A wrong answer, with the idea behind it where that is known."""
    return Feedback("wrong", message, misconception)


def unanswered(message: str = "Replace the dots, then run the cell again.") -> Feedback:
    """The stub as it was given."""
    return Feedback("unanswered", message)


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """The learner's function on ``arguments``; an error in it becomes a ``Feedback``.

    The caller tells the two apart by ``isinstance(result, Feedback)``. A function that returns
    nothing or ``...``, as the stubs do, counts as not answered.
    """
    try:
        result = function(*arguments)
    except Exception as error:  # whatever the learner's code does, the lesson goes on
        return wrong(f"Your function stopped with {type(error).__name__}: {error}", "error")
    if result is None:
        return unanswered("Your function returns nothing yet: let it return the answer.")
    return unanswered() if result is ... else result


def call_for_number(function: Callable[..., Any], *arguments: Any) -> float | Feedback:
    """``call`` for an answer that must be one number."""
    result = call(function, *arguments)
    if isinstance(result, Feedback):
        return result
    try:
        return float(result)
    except (TypeError, ValueError, RuntimeError):
        shape = f" of shape {tuple(result.shape)}" if isinstance(result, Tensor) else ""
        kind = f"a {type(result).__name__}{shape}"
        return wrong(f"Your function returns {kind}; one number is wanted.", "not-one-number")
