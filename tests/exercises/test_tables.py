"""A table names the idea behind an answer by what it gives, up to the first part that is wrong."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from course_utils.exercises.checking import Observed
from course_utils.exercises.feedback import Feedback, as_one_number
from course_utils.exercises.reading import answers_to, choices
from course_utils.exercises.tables import Difference, Table, but_for_one

ROUNDING = 1e-9


def observe_powers(function: Callable[[int], Any], seed: int) -> Observed:
    """The function of small numbers, and then of large ones."""
    found = answers_to(function, [(n,) for n in (seed + 2, 3, 10, 20)], as_one_number)
    if isinstance(found, Feedback):
        return found
    return {"small": found["answers"][:2], "large": found["answers"][2:]}


def stops(n: int) -> float:
    """An answer that cannot be observed."""
    raise RuntimeError(n)


def say_where(difference: Difference) -> str:
    """Where an answer first differs."""
    return f"{difference.part} {difference.place}: {difference.found}, not {difference.truth}"


SQUARES = Table(
    observe_powers,
    right=lambda n: n**2,
    praise="A square.",
    as_given=lambda n: 0,
    wrong={
        "stops": stops,
        "doubles": [lambda n: 2 * n, lambda n: 2 * n + 1],
        "cut-off": lambda n: min(n**2, 100),
        "never": lambda n: math.inf,
        "nothing": lambda n: math.nan,
    },
    messages={
        name: f"{name}!" for name in ("stops", "doubles", "cut-off", "never", "nothing", "huge")
    },
    also=lambda difference: "huge" if difference.found > 1e6 else None,
    otherwise=say_where,
)


def judged(function: Callable[[int], Any], seed: int = 0) -> tuple[str, str | None, str]:
    """What the table says of a function, as of one that another process observed."""
    feedback = SQUARES.judge(json.loads(json.dumps(observe_powers(function, seed))), seed)
    return feedback.status, feedback.misconception, feedback.message


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda n: n + n, "doubles"),
        (lambda n: n + n + 1, "doubles"),
        (lambda n: n + n if n < 9 else 0, "doubles"),  # what follows the wrong part does not count
        (lambda n: n * n if n < 10 else 100, "cut-off"),
        (lambda n: math.inf, "never"),
        (lambda n: math.nan, "nothing"),
        (lambda n: n**2 if n < 20 else 2e6, "huge"),
    ],
)
def test_the_idea_behind_an_answer_is_named(function: Callable[[int], Any], name: str) -> None:
    assert judged(function, seed=1) == ("wrong", name, f"{name}!")


def test_of_ideas_that_give_the_same_the_first_is_named() -> None:
    both = {"turned": lambda n: -n, "below": lambda n: -abs(n)}
    messages = {name: f"{name}!" for name in both}
    table = Table(observe_powers, abs, "Right.", both, messages, "Wrong.")
    assert table.judge(observe_powers(lambda n: -n, 0), 0).misconception == "turned"


def test_right_is_right_but_for_rounding() -> None:
    assert judged(lambda n: n * n * (1 + ROUNDING)) == ("right", None, "A square.")
    assert judged(lambda n: n * n * 1.01)[0] == "wrong"


def test_the_first_place_that_differs_is_told() -> None:
    told = judged(lambda n: n * n if n != 20 else 8)
    assert told == ("wrong", None, "large 1: 8.0, not 400.0")
    # right in the first part, as no idea with a fault there is: "cut-off" is wrong at 20 alone
    assert judged(lambda n: n * n if n != 10 else 8)[1] is None


def test_the_answer_as_it_was_given_is_none() -> None:
    assert judged(lambda n: 0.0)[0] == "unanswered"


def test_what_is_said_of_it_may_be_made_of_where_it_differs() -> None:
    table = replace(SQUARES, say_as_given=say_where)
    feedback = table.judge(observe_powers(lambda n: 0, 0), 0)
    assert (feedback.status, feedback.message) == ("unanswered", "small 0: 0.0, not 4.0")


def test_other_right_answers_are_right_too() -> None:
    either = Table(observe_powers, [lambda n: n, lambda n: -n], "Either.", {}, {}, "Neither.")
    for function, status in ((lambda n: n, "right"), (lambda n: -n, "right"), (abs, "right")):
        assert either.judge(observe_powers(function, 0), 0).status == status
    assert either.judge(observe_powers(lambda n: n if n < 9 else -n, 0), 0).message == "Neither."


def test_a_wrong_answer_is_compared_with_the_right_one_that_it_agrees_with_longest() -> None:
    squares_or_roots = [lambda n: n**2, lambda n: n**0.5]
    for rights in (squares_or_roots, squares_or_roots[::-1]):
        table = Table(observe_powers, rights, "Either.", {}, {}, say_where)
        told = table.judge(observe_powers(lambda n: n**2 if n < 9 else 5, 0), 0).message
        assert told == "large 0: 5.0, not 100.0"


@pytest.mark.parametrize(
    ("found", "wanted"),
    [(1, True), (True, 1), ("1", 1), (None, 0), ([1], [1, 1]), (1, [1]), (5, math.inf), ({}, 1)],
)
def test_pieces_of_data_of_two_kinds_are_not_the_same(found: Any, wanted: Any) -> None:
    assert not SQUARES.same(found, wanted)


@pytest.mark.parametrize("data", [{}, {"small": 4}, {"small": [4]}, {"small": [[4], 9]}, {"x": 1}])
def test_data_of_another_form_is_wrong(data: dict[str, Any]) -> None:
    table = Table(observe_powers, abs, "Right.", {}, {}, "Wrong.")
    assert table.judge(data, 0).status == "wrong"


def test_choices_are_read_however_they_are_spelt() -> None:
    def read(answers: Any) -> Any:
        found = choices(answers, "PQ", ("a", "not b: c"), {"c": "not b: c"})
        return found if isinstance(found, dict) else (found.status, found.message)

    assert read({"Q": "(C)", " P": " a."}) == {"P": "a", "Q": "not b: c"}
    assert read({"P": "A", "Q": "Not b:c"}) == {"P": "a", "Q": "not b: c"}
    assert read({"P": "a", "Q": ...})[0] == read(None)[0] == "unanswered"
    assert read(["a", "c"]) == ("wrong", "Keep the dictionary, with an entry for each of its keys.")
    assert read({"P": "a"}) == ("wrong", "Keep one entry for each of P, Q, and no others.")
    assert read({"P": "a", "Q": "b"}) == ("wrong", 'For Q, write one of "a", "not b: c".')


def test_what_is_said_may_name_the_case_and_depend_on_the_part() -> None:
    by_part = {"small": "{case} gives {found}.", "large": "Large: {truth}, not {found}."}
    table = Table(
        observe_powers,
        right=abs,
        praise="Right.",
        wrong={"minus": lambda n: -n},
        messages={"minus": "The sign."},
        opening="Of the {part}: ",
        otherwise=by_part,
        cases=lambda seed: (seed + 2, 3),
    )

    def told(function: Callable[[int], Any]) -> str:
        return table.judge(observe_powers(function, 0), 0).message

    assert told(lambda n: n if n != 3 else 7) == "Of the small: 3 gives 7.0."
    assert told(lambda n: n if n != 10 else 7) == "Of the large: Large: 10.0, not 7.0."
    assert told(lambda n: -n) == "Of the small: The sign."


def test_a_remark_is_added_to_the_praise_and_decides_nothing() -> None:
    def observe(answer: int, seed: int) -> Observed:
        return {"is_long": answer > 9, "last": answer % 10}

    remarks = {"is_long": "But long."}
    table = Table(observe, 7, "Seven.", {}, {}, "Not seven.", remarks=remarks)
    for answer, said in ((7, "Seven."), (17, "Seven. But long."), (18, "Not seven.")):
        assert table.judge(observe(answer, 0), 0).message == said


def test_the_tables_own_answers_are_observed_once_for_each_seed() -> None:
    calls = []

    def observe(answer: int, seed: int) -> Observed:
        calls.append((answer, seed))
        return {"sum": answer + seed}

    table = Table(observe, 7, "Seven.", {"six": 6, "five": 5}, {"five": "Two more."}, "No.")
    for seed in (0, 0, 1):
        assert table.judge({"sum": 5 + seed}, seed).message == "Two more."
    assert sorted(calls) == [(a, seed) for a in (5, 6, 7) for seed in (0, 1)]


def test_all_answers_but_one_are_made_for_the_report_that_is_named() -> None:
    right = {"P": "holds", "Q": "late"}
    any_fault_of = but_for_one(right, ("holds", "late", "small"))
    assert any_fault_of("P") == [{"P": "late", "Q": "late"}, {"P": "small", "Q": "late"}]
    assert any_fault_of("Q") == [{"P": "holds", "Q": "small"}]
