"""Every lesson sees a misspelt parameter of papermill's before it does any work."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from tests.helpers.notebook_files import LESSONS

pytestmark = pytest.mark.lessons

# Runs the cells of each notebook in an IPython of its own, up to the first error. One process does
# for all of them, since importing torch takes seconds.
SCRIPT = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

for cells in json.load(sys.stdin):
    shell = InteractiveShell.instance(history_enabled=False)
    shell._showtraceback = lambda *_: None
    for number, cell in enumerate(cells, start=1):
        error = shell.run_cell(cell, store_history=True).error_in_exec
        if error is not None:
            break
    print("RESULT", json.dumps([number, str(error)]))
    InteractiveShell.clear_instance()
"""


@pytest.fixture(scope="module")
def stops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Where each lesson stopped, by name: how many code cells had begun, and the error."""
    given = [with_parameters(lesson, {"epcohs": 3}) for lesson in LESSONS]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=tmp_path_factory.mktemp("elsewhere"),
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert len(lines) == len(LESSONS), done.stderr
    found = [json.loads(line.removeprefix("RESULT ")) for line in lines]
    return {lesson.stem: tuple(one) for lesson, one in zip(LESSONS, found, strict=True)}


def with_parameters(lesson: Path, parameters: dict[str, int]) -> list[str]:
    """The code cells of a lesson as papermill would have them run."""
    notebook = parameterize_notebook(load_notebook_node(str(lesson)), parameters)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_sees_an_unknown_parameter_before_any_work(
    lesson: Path, stops: dict[str, tuple[int, str]]
) -> None:
    num_cells, error = stops[lesson.stem]
    assert "unknown parameter 'epcohs'" in error
    # Imports, parameters, what was injected, the profile, the session.
    assert num_cells == 5
