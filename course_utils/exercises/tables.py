"""Answers judged by a table: the right one, and for each known wrong idea what its holder writes.

What was observed of a learner's answer is compared with what is observed of the answers in the
table, on the same inputs. These are the teacher's own, so they run where answers are judged.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_utils.exercises.checking import Observed
from course_utils.exercises.feedback import Feedback, right, unanswered, wrong


@dataclass(frozen=True)
class Difference:
    """Where an answer first differs from the right one, and from what."""

    part: str  # of what was observed, such as "losses"
    place: int  # in that part if it is a list, else 0
    found: Any  # at that place
    truth: Any
    observed: Mapping[str, Any]  # all of it
    seed: int


Text = str | Callable[[Difference], str]


def but_for_one(
    right: Mapping[str, str], verdicts: Sequence[str]
) -> Callable[[str], list[dict[str, str]]]:
    """What makes, of the name of a report, all answers that find another fault with it.

    Args:
        right: The right verdict on each report.
        verdicts: All there are; the first finds no fault.
    """

    def any_fault_of(report: str) -> list[dict[str, str]]:
        return [{**right, report: word} for word in verdicts[1:] if word != right[report]]

    return any_fault_of


@dataclass(frozen=True)
class Table:
    """The right answer to an exercise, and known wrong ones.

    Parts of what was observed are compared in the order in which the right answer has them. The
    first part that is wrong decides: an idea is recognised by giving the same up to that part.
    Where an answer stands in the table, there may be a list of several.

    Args:
        observe: The exercise's ``observe_E``.
        right: The right answer; a list where others give other numbers and are right too.
        praise: What to say to it.
        remarks: What to add to that, by a part of what was observed that is compared with nothing:
            where it is true, the answer is right and could be better.
        wrong: What those who hold a known wrong idea write, by its name; the first that agrees is
            named.
        messages: What to tell them.
        opening: What to say before that.
        otherwise: What to say of any other wrong answer, or of one by the part that is wrong.
        cases: The inputs of a seed, if the parts are lists of one answer to each; ``{case[0]}`` in
            ``opening`` or ``otherwise`` is then the first argument of the first that is wrong, as
            ``{part}``, ``{found}`` and ``{truth}`` are what ``Difference`` says of it.
        as_given: The answer as learners get it, which counts as not answered.
        say_as_given: What to say of it.
        also: Name of the idea behind a difference, where no answer in the table agrees.
        atol: By how much two numbers may differ.
        rtol: The same as a share of the larger one.
    """

    observe: Callable[..., Observed]
    right: Any
    praise: str
    wrong: Mapping[str, Any]
    messages: Mapping[str, str]
    otherwise: Text | Mapping[str, str]
    opening: Text = ""
    cases: Callable[[int], Sequence[Any]] | None = None
    as_given: Any = field(default_factory=list)
    say_as_given: Text = "This is the function as it was given, or it does the same."
    also: Callable[[Difference], str | None] | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    atol: float = 1e-5
    rtol: float = 1e-4
    _seen: dict[tuple[int, int], tuple[Any, Observed]] = field(
        default_factory=dict, init=False, repr=False
    )

    def judge(self, observed: Mapping[str, Any], seed: int) -> Feedback:
        """What to say of what was observed on the inputs of ``seed``."""
        differences = []
        for answer in _listed(self.right):
            truth = {
                name: part
                for name, part in self._observed(answer, seed).items()
                if name not in self.remarks
            }
            if (found := self._first_difference(observed, truth, seed)) is None:
                said = [text for part, text in self.remarks.items() if observed.get(part)]
                return right(" ".join([self.praise, *said]))
            differences.append(found)
        names = list(truth)
        furthest = max(differences, key=lambda difference: names.index(difference.part))
        so_far = {name: observed.get(name) for name in names[: names.index(furthest.part) + 1]}
        if self._agrees(so_far, self.as_given, seed):
            return unanswered(self._said(self.say_as_given, furthest))
        opening = self._said(self.opening, furthest)
        if (name := self._idea_behind(furthest, so_far)) is not None:
            return wrong(opening + self.messages[name], name)
        by_part = isinstance(self.otherwise, Mapping)
        otherwise = self.otherwise[furthest.part] if by_part else self.otherwise
        return wrong(opening + self._said(otherwise, furthest))

    def _said(self, text: Text, difference: Difference) -> str:
        if not isinstance(text, str):
            return text(difference)
        case = self.cases(difference.seed)[difference.place] if self.cases else None
        return text.format(case=case, **vars(difference))

    def _first_difference(
        self, observed: Mapping[str, Any], truth: Mapping[str, Any], seed: int
    ) -> Difference | None:
        for part, wanted in truth.items():
            if part not in observed:
                return Difference(part, 0, None, wanted, observed, seed)
            for place, (one, other) in enumerate(_paired(observed[part], wanted)):
                if not self.same(one, other):
                    return Difference(part, place, one, other, observed, seed)
        return None

    def _idea_behind(self, difference: Difference, parts: Mapping[str, Any]) -> str | None:
        for name, answers in self.wrong.items():
            if self._agrees(parts, answers, difference.seed):
                return name
        return self.also(difference) if self.also else None

    def _agrees(self, parts: Mapping[str, Any], answers: Any, seed: int) -> bool:
        """Whether one of these answers gives the same in all parts."""
        for answer in _listed(answers):
            given = self._observed(answer, seed)
            if not isinstance(given, Feedback) and all(
                self.same(found, given.get(name)) for name, found in parts.items()
            ):
                return True
        return False

    def _observed(self, answer: Any, seed: int) -> Observed:
        """What an answer of the table itself gives: found once, compared with many a learner's."""
        key = id(answer), seed
        if key not in self._seen:  # the answer is kept too, so that no other gets its id
            self._seen[key] = answer, self.observe(answer, seed)
        return self._seen[key][1]

    def same(self, found: Any, wanted: Any) -> bool:
        """Whether two pieces of plain data agree, numbers but for rounding."""
        if isinstance(wanted, list | tuple):
            return (
                isinstance(found, list | tuple)
                and len(found) == len(wanted)
                and all(map(self.same, found, wanted))
            )
        if isinstance(wanted, bool | str | None) or not _is_number(found):
            return type(found) is type(wanted) and found == wanted
        if math.isnan(wanted):
            return math.isnan(found)
        return math.isclose(found, wanted, rel_tol=self.rtol, abs_tol=self.atol)


@dataclass(frozen=True)
class OwnJudge:
    """Code of its own in place of a table, where no table can tell.

    Args:
        messages: What to tell those who hold a known wrong idea, by its name.
        judge: Says of what was observed, on the inputs of a seed, what to make of it.
    """

    messages: Mapping[str, str]
    judge: Callable[[Mapping[str, Any], int], Feedback]


def _listed(answers: Any) -> Sequence[Any]:
    return answers if isinstance(answers, list) else [answers]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _paired(found: Any, wanted: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of two lists of one length; two other pieces of data as they are."""
    both_lists = isinstance(found, list | tuple) and isinstance(wanted, list | tuple)
    if both_lists and len(found) == len(wanted):
        return zip(found, wanted, strict=True)
    return iter([(found, wanted)])
