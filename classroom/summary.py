"""What a class did, counted: by exercise, by misconception, by hint."""

from collections import Counter
from dataclasses import dataclass, field

from classroom.grading import Graded
from course_utils.notebooks.exercise_sources import Exercise

OUTCOMES = ("right", "wrong", "unanswered", "not handed in")


@dataclass
class ExerciseSummary:
    """How a class did on one exercise."""

    lesson: str
    exercise: Exercise
    outcomes: Counter[str] = field(default_factory=Counter)  # students by OUTCOMES
    misconceptions: Counter[str] = field(default_factory=Counter)  # students by name
    hints: list[int] = field(default_factory=list)  # opened by each who shares it

    @property
    def label(self) -> str:
        """Number and name, such as ``02.3 evaluate``."""
        return f"{self.lesson[:2]}.{self.exercise.number} {self.exercise.name}"

    @property
    def share_right(self) -> float | None:
        """Share of those who handed in whose answer is right; None if nobody did."""
        num_handed_in = sum(self.outcomes.values()) - self.outcomes["not handed in"]
        return self.outcomes["right"] / num_handed_in if num_handed_in else None


def summarise(graded: Graded) -> list[ExerciseSummary]:
    """One summary per exercise, in the order of the lessons."""
    summaries = []
    for lesson, exercises in graded.exercises.items():
        for exercise in exercises:
            summary = ExerciseSummary(lesson, exercise)
            for results in graded.results.values():
                _count(summary, results.get(lesson))
            summaries.append(summary)
    return summaries


def _count(summary: ExerciseSummary, result: object) -> None:
    name = summary.exercise.name
    if result is None:
        summary.outcomes["not handed in"] += 1
        return
    verdict = result.verdicts[name]
    summary.outcomes[verdict["status"]] += 1
    if verdict["misconception"] is not None:
        summary.misconceptions[verdict["misconception"]] += 1
    if result.hints is not None:
        summary.hints.append(result.hints.get(name, 0))


def total_of(graded: Graded, student: str, lesson: str | None = None) -> float:
    """Points of a student, in one lesson or in all."""
    return sum(
        graded.marks[student].get(exercise.name, 0.0)
        for name, exercises in graded.exercises.items()
        for exercise in exercises
        if lesson in (None, name)
    )


def most_points(graded: Graded, lesson: str | None = None) -> int:
    """Points that can be had, in one lesson or in all."""
    return sum(
        exercise.minutes
        for name, exercises in graded.exercises.items()
        for exercise in exercises
        if lesson in (None, name)
    )


def happenings(graded: Graded, student: str) -> list[str]:
    """All that was odd about what a student handed in, and that happened when it ran."""
    found = list(graded.remarks[student])
    for lesson, result in graded.results[student].items():
        found += [f"{lesson}: {remark}" for remark in result.remarks]
        found += [
            f"{lesson}: {name}: {verdict['message']}"
            for name, verdict in result.verdicts.items()
            if verdict["misconception"] == "error"
        ]
    return found
