"""What a check says of an answer: right, wrong and why, or not answered yet."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


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


def known_error(messages: Mapping[str, str], misconception: str) -> Feedback:
    """A wrong answer whose idea is known, with what to tell those who hold it."""
    return wrong(messages[misconception], misconception)


def unanswered(message: str = "Replace the dots, then run the cell again.") -> Feedback:
    """The stub as it was given."""
    return Feedback("unanswered", message)


class NotYetError(Exception):
    """Stops a cell whose answer is not right; Jupyter shows the feedback in place of a stack."""

    def __init__(self, feedback: Feedback) -> None:
        super().__init__(repr(feedback))

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def require_right(feedback: Feedback) -> Feedback:
    """The feedback on a right answer, to be shown.

    Raises:
        NotYetError: On any other answer, since graders take a cell without an error for passed.
    """
    if feedback.status != "right":
        raise NotYetError(feedback)
    return feedback


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """The learner's function on ``arguments``; an error in it becomes a ``Feedback``.

    The caller tells the two apart by ``isinstance(result, Feedback)``. A function that returns
    nothing or ``...``, as the stubs do, counts as not answered.
    """
    try:
        result = function(*arguments)
    except NotImplementedError:
        return unanswered()
    except Exception as error:  # whatever the learner's code does, the lesson goes on
        return wrong(f"Your function stopped with {type(error).__name__}{_words(error)}", "error")
    if result is None:
        return unanswered("Your function returns nothing yet: let it return the answer.")
    return unanswered() if result is ... else result


def _words(error: Exception) -> str:
    """What an error says, if it can say it."""
    try:
        return f": {error}"
    except Exception:
        return ""


def call_for_number(function: Callable[..., Any], *arguments: Any) -> float | Feedback:
    """``call`` for an answer that must be one number."""
    result = call(function, *arguments)
    return result if isinstance(result, Feedback) else as_one_number(result)


def as_one_number(result: Any, what: str = "Your function returns") -> float | Feedback:
    """What the learner's function returned as a float, or feedback that ``what`` opens."""
    try:
        return float(result.detach() if _is_tensor(result) else result)
    except Exception:  # of whatever the learner's object does when it is asked for a number
        shape = f" of shape {tuple(result.shape)}" if _is_tensor(result) else ""
        kind = f"a {type(result).__name__}{shape}"
        return wrong(f"{what} {kind}; one number is wanted.", "not-one-number")


def _is_tensor(result: Any) -> bool:
    """Whether it is one; where nobody has imported torch, which takes long, nothing is."""
    return "torch" in sys.modules and isinstance(result, sys.modules["torch"].Tensor)


def first_feedback(found: Iterable[Any]) -> Feedback | None:
    """The first of what was found that is feedback in place of an answer, if any is."""
    return next((each for each in found if isinstance(each, Feedback)), None)
