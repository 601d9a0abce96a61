"""Lessons executed in kernels that do not start, and what is left of those that take too long."""

import asyncio
import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils.notebooks.execution import Executed, Limits, execute_lesson
from tests.helpers.notebook_files import write_notebook

pytestmark = pytest.mark.lessons
# Another program takes the kernel's port, as often as the file says, before the kernel does.
PORT_TAKEN = """
import json, pathlib, socket, sys
left = pathlib.Path({left!r})
number = int(left.read_text())
left.write_text(str(number - 1))
if number > 0:
    about = json.loads(pathlib.Path(sys.argv[sys.argv.index("-f") + 1]).read_text())
    taken = socket.socket()
    taken.bind(("127.0.0.1", about["shell_port"]))
    taken.listen()
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that says how many kernels more will find their port taken."""
    left, spec = tmp_path / "left", tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (tmp_path / "kernel.py").write_text(PORT_TAKEN.format(left=str(left)))
    command = [sys.executable, str(tmp_path / "kernel.py"), "-f", "{connection_file}"]
    about = {"argv": command, "display_name": "python3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(about))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return left


def executed(folder: Path, source: str, limits: Limits = Limits()) -> Executed:  # noqa: B008
    """A notebook of one cell as it ran."""
    lesson = nbformat.read(write_notebook(folder / "a.ipynb", source), as_version=4)
    return execute_lesson(lesson, {}, folder, limits=limits)


def test_a_kernel_whose_port_was_taken_is_started_again(
    taken: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    taken.write_text("1")
    run = executed(tmp_path, "print(6 * 7)")
    assert run.error is None
    assert run.notebook.cells[0].outputs[0].text == "42\n"
    assert taken.read_text() == "-1"
    assert capfd.readouterr() == ("", "")


def test_a_kernel_that_never_starts_is_an_error_with_its_last_words(
    taken: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    taken.write_text("99")
    run = executed(tmp_path, "print(6 * 7)")
    assert run.error.startswith("the kernel did not start: zmq.error.ZMQError: Address already in")
    assert taken.read_text() == "96"  # after three times
    assert capfd.readouterr() == ("", "")


def test_nothing_is_left_waiting_for_a_cell_that_took_too_long(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    from jupyter_core.utils import ensure_event_loop

    run = executed(tmp_path, f"open({os.devnull!r})\nwhile True: pass", Limits(run_seconds=1))
    assert run.error == "the run took longer than 1 s, its limit (--run-timeout)"
    assert asyncio.all_tasks(ensure_event_loop()) == set()
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
