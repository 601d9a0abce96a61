"""The map counts what a lesson holds and what is done of it, and says what is next."""

import json
from pathlib import Path

import nbformat
import pytest

from course_utils.figures.axes import summary_of
from course_utils.learning import progress
from course_utils.learning.progress import find_next, plot_guesses, print_map, read_parts
from course_utils.notebooks.exercise_sources import find_sources, read_exercises
from course_utils.session import learner
from tests.helpers.notebook_files import LESSONS

FOUR = {
    f"0{n} g": {"guess": 1.0, "truth": 2.0, "off": off, "common_off": 0.5}
    for n, off in enumerate((0.6, 0.4, 0.2, 0.0))
}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_names_begin_with_the_number_of_the_lesson_and_are_unique(path: Path) -> None:
    parts = read_parts(path)
    names = parts.guesses + parts.quizzes
    assert parts.guesses, f"{path.name}: nothing to guess"
    assert parts.quizzes, f"{path.name}: no quiz"
    for name in names:
        assert name.startswith(f"{path.stem[:2]} "), f"{path.name}: {name!r}"
    for group in (parts.guesses, parts.quizzes):
        assert len(group) == len(set(group)), f"{path.name}: {group}"


@pytest.mark.parametrize("source", find_sources(), ids=lambda path: path.stem)
def test_exercises_are_those_of_the_source_by_the_names_of_their_checks(source: Path) -> None:
    exercises = read_exercises(nbformat.read(source, as_version=4))
    lesson = next(path for path in LESSONS if path.stem == source.stem)
    module = source.stem.partition("_")[2]
    names = [f"{module} {exercise.name}" for exercise in exercises]
    assert sorted(read_parts(lesson).exercises) == sorted(names)


def test_at_first_nothing_is_done_and_lesson_00_is_next(
    live: None, capsys: pytest.CaptureFixture[str]
) -> None:
    print_map()
    head, *lines, following = capsys.readouterr().out.splitlines()
    assert head.split() == ["lesson", "run", "guesses", "quizzes", "exercises"]
    assert [line.split()[:2] for line in lines] == [[path.stem, "no"] for path in LESSONS]
    assert following == "Next: read and run 00_start_here to its end"


def test_what_is_done_is_counted(live: None, capsys: pytest.CaptureFixture[str]) -> None:
    parts = read_parts(LESSONS[1])
    learner.keep("lessons", LESSONS[1].stem, "a result")
    learner.keep("guesses", parts.guesses[0], {"guess": 1.0, "truth": 2.0})
    learner.keep("guesses", parts.guesses[1], {"guess": 1.0})
    learner.keep("exercises", parts.exercises[2], True)
    print_map()
    line = capsys.readouterr().out.splitlines()[2]
    held = [len(parts.guesses), len(parts.quizzes), len(parts.exercises)]
    assert line.split() == (
        f"{LESSONS[1].stem} yes 1 of {held[0]} 0 of {held[1]} 1 of {held[2]}".split()
    )


def test_a_batch_run_shows_an_empty_map(
    live: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.keep("lessons", LESSONS[1].stem, "a result")
    monkeypatch.setattr(learner, "is_live", lambda: False)
    print_map()
    assert " yes " not in capsys.readouterr().out


def test_next_is_the_first_thing_left_open() -> None:
    done: dict[str, dict] = {kind: {} for kind in learner.KINDS}
    first, second = LESSONS[:2]
    lessons = {path.stem: read_parts(path) for path in (first, second)}
    parts = lessons[second.stem]
    done["lessons"] = {first.stem: "", second.stem: ""}
    done["quizzes"] = dict.fromkeys(read_parts(first).quizzes)
    name = parts.quizzes[0].partition(" ")[2]
    assert find_next(lessons, done) == f"quiz {name!r} in {second.stem}"
    done["quizzes"] |= dict.fromkeys(parts.quizzes)
    name = parts.exercises[0].partition(" ")[2]
    assert find_next(lessons, done) == f"exercise {name!r} in {second.stem}"
    done["exercises"] = dict.fromkeys(parts.exercises)
    assert "your own pictures" in find_next(lessons, done)


def test_guesses_are_drawn_beside_common_ones_and_compared_by_halves() -> None:
    ax = plot_guesses(FOUR | {"05 open": {"guess": 3.0}})
    own, common = (line.get_ydata() for line in ax.lines)
    assert list(own) == pytest.approx([60, 40, 20, 0])
    assert list(common) == pytest.approx([50] * 4)
    words = summary_of(ax.figure)
    assert (
        "4 guesses met the truth: off by 30 % of the scale on average; common ones by 50 %."
        in words
    )
    assert "First half: 50 %. Second half: 10 %." in words


def test_one_guess_is_drawn_and_none_says_so(
    live: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(plot_guesses({"00 g": FOUR["00 g"]}).lines[0].get_ydata()) == 1
    assert plot_guesses({"05 open": {"guess": 3.0}}) is None
    progress.show_guesses()
    assert "No guess has met its truth yet." in capsys.readouterr().out


def test_calls_by_other_names_are_no_quizzes(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "id": "a", "source": ["ask_quiz(\n", "'07 a')\n", "f(1)"]},
        {"cell_type": "code", "id": "b", "source": "x.ask_quiz('07 b')\nask_guess('07 c', low=0)"},
    ]
    (tmp_path / "07_new.ipynb").write_text(json.dumps({"cells": cells}))
    parts = read_parts(tmp_path / "07_new.ipynb")
    assert (parts.guesses, parts.quizzes, parts.exercises) == (["07 c"], ["07 a"], [])
