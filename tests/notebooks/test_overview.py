"""Lesson 00's map is made from the README's table and the lessons' own first cells."""

from pathlib import Path

import nbformat
import pytest

from course_utils.notebooks.overview import (
    HALFWAY,
    MAP_HEAD,
    count_minutes,
    put_map_into,
    put_minutes_into,
    put_minutes_into_readme,
)
from tests.helpers.notebook_files import write_notebook

README = """# A

| lesson | after it you can |
|---|---|
| [00 Start](notebooks/00_start.ipynb) | begin |
| [01 Loss](notebooks/01_loss.ipynb) | see $L$ fall |
| [02 More](notebooks/02_more.ipynb) | do more |
"""
MAP = f"The map:\n\n{MAP_HEAD}| [01 Old](01_old.ipynb) | forget | 1 + 2 |\n\nEach stands alone."


def write_lesson(folder: Path, name: str, minutes: str) -> None:
    """Write a lesson that takes ``minutes``."""
    first = f"# {name}\n\n**Minutes:** {minutes} for the exercises; seconds of computing"
    write_notebook(folder / f"{name}.ipynb", (first, "markdown"))


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """Lesson 00, with two lessons beside it and a README above."""
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_lesson(folder, "01_loss", "20 to read and run, 15")
    write_lesson(folder, "02_more", "40 to read and run, 9")
    return write_notebook(folder / "00_start.ipynb", ("# Start", "markdown"), (MAP, "markdown"))


def map_of(start: Path) -> str:
    """The cell of the map, made anew."""
    notebook = nbformat.read(start, as_version=4)
    put_map_into(notebook, start)
    return notebook.cells[1].source


def test_the_rows_are_those_of_the_other_lessons_as_they_are(start: Path) -> None:
    assert map_of(start) == (
        f"The map:\n\n{MAP_HEAD}"
        "| [01 Loss](01_loss.ipynb) | see $L$ fall | 20 + 15 |\n"
        "| [02 More](02_more.ipynb) | do more | 40 + 9 |\n"
        "\nEach stands alone."
    )


def test_a_lesson_without_a_map_is_left_alone(start: Path) -> None:
    lesson = start.with_name("01_loss.ipynb")
    notebook = nbformat.read(lesson, as_version=4)
    put_map_into(notebook, lesson)
    assert notebook == nbformat.read(lesson, as_version=4)


def test_a_lesson_that_lacks_its_row_or_its_minutes_is_named(start: Path) -> None:
    write_lesson(start.parent, "03_new", "5 to read and run, 6")
    with pytest.raises(ValueError, match=r"03_new\.ipynb: no row of the README's table"):
        map_of(start)
    start.with_name("03_new.ipynb").unlink()
    write_lesson(start.parent, "02_more", "no end")
    with pytest.raises(ValueError, match=r"02_more\.ipynb: the first cell has no line"):
        map_of(start)


def test_minutes_are_those_of_words_lines_and_cells_in_each_sitting(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "01_loss.ipynb",
        ("# Loss\n\n**Minutes:** 5 to read and run, 7 for the exercises", "markdown"),
        ("word " * 189 + "$a + b = c$", "markdown"),  # with the first cell 200 words
        ("a = 1\n\n" * 25, "code"),
        (f"{HALFWAY} " + "word " * 99, "markdown"),
        ("<details>" + "hint " * 500 + "</details>", "markdown"),
        ("b = 1\n" * 15, "code"),
        ("### Exercise 1\n\n" + "word " * 500, "markdown"),
        ("## Exercises\n\n" + "word " * 500, "markdown"),
        ("c = 1\n" * 500, "code"),
        ("## Summary\n\n" + "word " * 99, "markdown"),
    )
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[6].id = "exercise-loss-about"  # one that stands in the text of the lesson
    assert count_minutes(notebook) == [5, 2]  # 2 + 25 / 20 + 1 / 4 + 1; 15 / 20 + 1 / 4 + 1
    put_minutes_into(notebook)
    first = notebook.cells[0].source
    assert first.endswith("**Minutes:** 10 to read and run, 7 for the exercises")


def test_the_readme_gets_the_minutes_and_keeps_the_rest(start: Path) -> None:
    readme = start.parents[1] / "README.md"
    write_lesson(start.parent, "00_start", "5 to read and run, 5")
    for reading in (20, 25):  # the second time a row has minutes already
        write_lesson(start.parent, "01_loss", f"{reading} to read and run, 15")
        put_minutes_into_readme(start.parents[1])
        assert readme.read_text(encoding="utf-8") == (
            README.replace("| begin |", "| begin | 5 + 5 |")
            .replace("| see $L$ fall |", f"| see $L$ fall | {reading} + 15 |")
            .replace("| do more |", "| do more | 40 + 9 |")
        )
