"""What learners choose, and what their functions answer to several inputs, as plain data."""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def choices(
    answers: Any,
    keys: Iterable[str],
    options: Sequence[str],
    other_spellings: Mapping[str, str] | None = None,
) -> Observed:
    """The option chosen for each of ``keys``; capitals, spaces, brackets and full stops do no harm.

    Args:
        answers: A dictionary of them, if it is as asked.
        keys: In the order in which they are to be judged.
        options: As the exercise offers them.
        other_spellings: Of some options.
    """
    if answers is None or answers is ...:
        return unanswered("Keep the dictionary, and choose for each of its entries.")
    if not isinstance(answers, Mapping):
        return wrong("Keep the dictionary, with an entry for each of its keys.", "not-a-mapping")
    if any(answer is None or answer is ... for answer in answers.values()):
        return unanswered("Choose for each entry, in quotation marks.")
    found = call(lambda: {str(key).strip(): _bare(answer) for key, answer in answers.items()})
    if isinstance(found, Feedback):
        return found
    if set(found) != set(keys := list(keys)):
        return wrong(f"Keep one entry for each of {', '.join(keys)}, and no others.")
    spelt = {option: option for option in options} | (other_spellings or {})
    meant = {_bare(spelling): option for spelling, option in spelt.items()}
    for key in keys:
        if found[key] not in meant:
            offered = ", ".join(f'"{option}"' for option in options)
            return wrong(f"For {key}, write one of {offered}.")
    return {key: meant[found[key]] for key in keys}


def _bare(answer: Any) -> str:
    return "".join(str(answer).lower().split()).strip("().:*")


def as_lists(result: Any) -> list | float | Feedback:
    """The numbers of a tensor, or of what becomes one, as nested lists."""
    try:
        return as_numbers(result).tolist()
    except Exception:  # of whatever the learner's object does when it is asked for numbers
        kind = type(result).__name__
        return wrong(
            f"Your function returns a value of type {kind}; a tensor or an array is wanted.",
            "not-a-tensor",
        )


def of_another_type(result: Any, wanted: str) -> Feedback:
    """What to say of a result that is nothing of the kind."""
    kind = type(result).__name__
    return wrong(f"Your function returns a value of type {kind}; {wanted}.", "another-type")
