"""The learner's map: what each lesson holds, what of it is done, what is next, and the guesses."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.figures.axes import new_axes, say, show
from course_utils.figures.plots import COLOURS
from course_utils.learning.lessons import MARK, find_lessons
from course_utils.session import learner

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Parts:
    """Names of what a lesson holds besides text, in reading order."""

    guesses: list[str]
    quizzes: list[str]
    exercises: list[str]


def read_parts(lesson: Path) -> Parts:
    """The guesses, quizzes and exercises of a lesson, from its notebook."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    calls = [node for text in code for node in ast.walk(ast.parse(text)) if _has_name(node)]
    named = {
        kind: [call.args[0].value for call in calls if call.func.id == kind]
        for kind in ("ask_guess", "ask_quiz")
    }
    module = lesson.stem.partition("_")[2]
    ids = [cell.get("id", "") for cell in cells]
    exercises = [
        f"{module} {name.removeprefix(MARK).removesuffix('-answer').replace('-', '_')}"
        for name in ids
        if name.startswith(MARK) and name.endswith("-answer")
    ]
    return Parts(named["ask_guess"], named["ask_quiz"], exercises)


def _has_name(node: ast.AST) -> bool:
    """Whether ``node`` is a call of a plain name with text as its first argument."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )


def print_map() -> None:
    """Print a line per lesson, with what is done of what it holds, and then what is next.

    In a batch run nobody has done anything.
    """
    done = {kind: _done(kind) for kind in learner.KINDS}
    done["guesses"] = _met(done["guesses"])
    lessons = {lesson.stem: read_parts(lesson) for lesson in find_lessons()}
    width = max(map(len, lessons))
    print(f"{'lesson':<{width}}  run  guesses  quizzes  exercises")
    for lesson, parts in lessons.items():
        counts = (
            _count(parts.guesses, done["guesses"]),
            _count(parts.quizzes, done["quizzes"]),
            _count(parts.exercises, done["exercises"]),
        )
        run = "yes" if lesson in done["lessons"] else "no"
        print(f"{lesson:<{width}}  {run:<3}  {counts[0]:<7}  {counts[1]:<7}  {counts[2]}")
    print(f"Next: {find_next(lessons, done)}")


def find_next(lessons: Mapping[str, Parts], done: dict[str, dict[str, Any]]) -> str:
    """What to do next: run a lesson to its end, or its first quiz or exercise left open."""
    for lesson, parts in lessons.items():
        if lesson not in done["lessons"]:
            return f"read and run {lesson} to its end"
        for kind in ("quizzes", "exercises"):
            for name in getattr(parts, kind):
                if name not in done[kind]:
                    one = "quiz" if kind == "quizzes" else "exercise"
                    return f"{one} {name.partition(' ')[2]!r} in {lesson}"
    return "your own pictures: lesson 06 with dataset = 'folder:PATH'"


def plot_guesses(kept: dict[str, dict[str, float]]) -> Axes | None:
    """How far off the guesses were that met their truth; None where there are none.

    Args:
        kept: What ``Guess.mark`` remembered, by name.
    """
    met = _met(kept)
    if not met:
        return None
    ax = new_axes(width=7.0)
    places = np.arange(len(met))
    own = 100 * np.array([guess["off"] for guess in met.values()])
    common = 100 * np.array([guess["common_off"] for guess in met.values()])
    ax.plot(places, own, "o-", color=COLOURS[0], label="your guess")
    ax.plot(places, common, "s--", color=COLOURS[1], mfc="none", label="a common guess")
    ax.set_xticks(places, list(met), rotation=30, ha="right", fontsize=8)
    ax.set(ylabel="off the truth (% of the scale)", ylim=(-3, 103))
    ax.legend(fontsize=8)
    sentence = (
        f"{len(met)} guesses met the truth: off by {own.mean():.0f} % of the scale on average"
    )
    say(ax, f"{sentence}; common ones by {common.mean():.0f} %.")
    half = len(met) // 2
    if half:
        say(ax, f"First half: {own[:half].mean():.0f} %. Second half: {own[half:].mean():.0f} %.")
    return ax


def show_guesses() -> None:
    """Show how far off the learner's guesses were, or say that there are none yet."""
    ax = plot_guesses(_done("guesses"))
    if ax is None:
        print("No guess has met its truth yet. Each one that does is drawn here.")
    else:
        show(ax)


def _done(kind: str) -> dict[str, Any]:
    """What is kept of that kind, and nothing in a batch run, which is nobody's."""
    return learner.remembered(kind) if learner.is_live() else {}


def _met(guesses: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Those guesses whose truth was seen, in the order of the lessons."""
    return {name: guess for name, guess in sorted(guesses.items()) if "truth" in guess}


def _count(names: Sequence[str], done: dict[str, Any]) -> str:
    if not names:
        return "-"
    return f"{sum(name in done for name in names)} of {len(names)}"
