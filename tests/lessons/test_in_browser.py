"""Every lesson in a real JupyterLab: it runs, and all that moves in it answers.

``pytest --screenshots`` keeps pictures in ``build/screenshots/lab``.
"""

import re
import shutil
import statistics
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.helpers.browser.chromium import HOW_TO_INSTALL, find_chromium
from tests.helpers.browser.keyboard import use_keyboard_alone
from tests.helpers.browser.lab import PATIENCE, Lab, becomes
from tests.helpers.browser.notebook_page import (
    Watch,
    copy_notebook,
    failures_in_cells,
    open_notebook,
    run_all,
)
from tests.helpers.browser.widgets import ANY, Pictures, move_all, too_wide
from tests.helpers.lesson_sizes import data_dir_of, sizes_of
from tests.helpers.notebook_files import LESSONS, NOTEBOOKS_FOLDER, read_notebook, source_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=HOW_TO_INSTALL),
]

SCREENSHOTS = NOTEBOOKS_FOLDER.parent / "build" / "screenshots" / "lab"
CALLS = r"(?<!def )\b(?:ask_guess|ask_quiz|explore_\w+)\("  # what shows a widget in a lesson


def kept_pictures(lesson: Path) -> Pictures:
    """A new folder for the screenshots of a lesson."""
    folder = SCREENSHOTS / lesson.stem
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Pictures(folder)


def widgets_called(lesson: Path) -> list[int]:
    """How many widgets each cell of a notebook calls for."""
    return [
        len(re.findall(CALLS, source_of(cell))) if cell["cell_type"] == "code" else 0
        for cell in read_notebook(lesson)["cells"]
    ]


def widgets_missing(page: Page, called: list[int]) -> list[str]:
    """What is amiss in cells that call for another number of widgets than they show."""
    shown = page.evaluate(
        f"() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]"
        f".map(cell => cell.querySelectorAll('{ANY}').length)"
    )
    if len(shown) != len(called):
        return [f"{len(shown)} of {len(called)} cells are on the page"]
    return [
        f"cell {number} calls for {asked} widgets and shows {there}"
        for number, (asked, there) in enumerate(zip(called, shown, strict=True))
        if asked != there
    ]


def say_times(run_seconds: float, answers: list[float]) -> None:
    """Print how long running took and how long explorers took to answer."""
    times = {"run, seconds": round(run_seconds, 1), "answers": len(answers)}
    if answers:
        times["median answer, ms"] = round(statistics.median(answers))
        times["slowest answer, ms"] = round(max(answers))
    print(times)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_and_everything_in_it_answers(
    lesson: Path, lab: Lab, page: Page, tmp_path: Path, keeps_screenshots: bool
) -> None:
    sizes = sizes_of(lesson)
    parameters = sizes.SMALL | sizes.BROWSER | {"data_dir": data_dir_of(lesson, tmp_path)}
    copied = copy_notebook(lesson, lab.root / lesson.name, parameters, with_text=False)
    called = widgets_called(copied)  # now: on a slow machine JupyterLab saves it, a half at a time
    watch, pictures = Watch(), kept_pictures(lesson) if keeps_screenshots else Pictures()
    watch.listen_to(page)
    open_notebook(lab, page, lesson.name)
    start = time.perf_counter()
    run_all(page)
    run_seconds = time.perf_counter() - start
    assert failures_in_cells(page) == []
    # JupyterLab puts cells and widgets on the page when it has nothing else to do.
    becomes(lambda: not widgets_missing(page, called), PATIENCE)
    assert widgets_missing(page, called) == []
    assert page.locator(ANY).count(), f"nothing moves in {lesson.name}"
    answers = move_all(page, pictures)
    use_keyboard_alone(page, pictures)
    say_times(run_seconds, answers)
    assert failures_in_cells(page) == []
    assert too_wide(page, pictures) == []
    assert watch == Watch()
