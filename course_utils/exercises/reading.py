"""What learners choose, and what their functions answer to several inputs, as plain data."""

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from course_utils.exercises.checking import Observed
from course_utils.exercises.feedback import Feedback, call, unanswered, wrong
from course_utils.exercises.plain_data import as_numbers


def answers_to(
    function: Callable[..., Any], cases: Iterable[Sequence[Any]], read: Callable[[Any], Any]
) -> Observed:
    """The answers to all ``cases``, or feedback on the first that is none.

    Args:
        function: The learner's; it may change its arguments, which are copies.
        cases: Arguments of each call.
        read: Makes plain data, or feedback, of what the function returns.
    """
    answers: list[Any] = []
    for case in cases:
        result = call(function, *copy.deepcopy(case))
        answer = result if isinstance(result, Feedback) else call(read, result)
        if isinstance(answer, Feedback) and answer.status == "unanswered" and answers:
            return wrong("Some inputs get an answer, and others get nothing back.")
        if isinstance(answer, Feedback):
            return answer
        answers.append(answer)
    return {"answers": answers}


def letters_chosen(answers: Any, keys: Sequence[str], letters: str) -> Observed:
    """The letter chosen for each of ``keys``, in lower case."""
    if not isinstance(answers, dict) or any(a is None or a is ... for a in answers.values()):
        return unanswered("Replace each ... by a letter in quotation marks, such as 'a'.")
    chosen = call(lambda: {str(key): _bare(answer) for key, answer in answers.items()})
    if isinstance(chosen, Feedback):
        return chosen
    if set(chosen) != set(keys):
        return wrong(f"Keep all of {', '.join(keys)}, and no others; set the letters.")
    for key in keys:
        if chosen[key] not in tuple(letters):
            return wrong(f"For {key}, write one letter, {letters[0]} to {letters[-1]}.")
    return {key: chosen[key] for key in keys}


def _bare(answer: Any) -> str:
    return str(answer).strip(" \t\n().:*").lower()


def as_lists(result: Any) -> list | float | Feedback:
    """The numbers of a tensor, or of what becomes one, as nested lists."""
    try:
        return as_numbers(result).tolist()
    except Exception:  # of whatever the learner's object does when it is asked for numbers
        kind = type(result).__name__
        return wrong(f"Your function returns a {kind}; a tensor is wanted.", "not-a-tensor")


def of_another_type(result: Any, wanted: str) -> Feedback:
    """What to say of a result that is nothing of the kind."""
    return wrong(f"Your function returns a {type(result).__name__}; {wanted}.", "another-type")
