"""Execute the committed lessons and exercises in place, so that a second run changes no byte.

The exercises of a lesson are first copied into it from their source, its minutes counted, and the
table of lessons copied into lesson 00. Minutes go into the README, too. Once all lessons ran,
``constraints.txt`` keeps the versions of the packages used.
Cells tagged ``timing`` show measured seconds or facts of a machine. Their outputs stay as they are
until some code of their notebook changes, or until ``--remeasure`` asks for new ones. So does the
run time of a lesson in ``run_times.json``, until something in its notebook changes.
"""

import argparse
import hashlib
import sys
import time
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from course_utils.console import replace_unprintable
from course_utils.files import PROJECT_FOLDER, write_whole
from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.constraints import FILE_NAME, write_constraints
from course_utils.notebooks.execution import CELL_SECONDS
from course_utils.notebooks.exercise_sources import (
    EXERCISES_FOLDER,
    put_exercises_into,
    read_exercises,
)
from course_utils.notebooks.lesson_facts import FACTS
from course_utils.notebooks.overview import (
    put_map_into,
    put_minutes_into,
    put_minutes_into_readme,
)
from course_utils.notebooks.run_times import keep_run_time

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh the notebooks that the command line names; 0 if all could be, else 1."""
    replace_unprintable()
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.notebooks.refresh", description=__doc__
    )
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="default: all")
    parser.add_argument("--remeasure", action="store_true", help="renew outputs tagged timing")
    parser.add_argument("--timeout", type=int, default=CELL_SECONDS,
                        help=f"seconds that a cell may take ({CELL_SECONDS})")  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        lessons = find_lessons(options.notebooks)
    except ValueError as error:
        parser.error(str(error))
    sources = [path for lesson in lessons if (path := source_of(lesson)).exists()]
    lessons.sort(key=lambda path: path.stem[:2] == "00")  # last: it counts what the others hold
    all_good = True
    with tqdm([*sources, *lessons], desc="Notebooks", unit="notebook", file=sys.stderr) as progress:
        for path in progress:
            try:
                execute = _refresh_and_time if path in lessons else refresh
                changed = execute(path, options.remeasure, options.timeout)
                result = "changed" if changed else "as it was"
            except ValueError as error:
                all_good, result = False, f"FAILED, left as it was: {error}"
            name = "exercises/" * (path in sources) + path.stem
            tqdm.write(f"{name}  {result}", file=sys.stdout)
            sys.stdout.flush()
    if all_good:
        put_minutes_into_readme(PROJECT_FOLDER)
    if all_good and not options.notebooks:
        print(f"{FILE_NAME}  {'changed' if write_constraints(PROJECT_FOLDER) else 'as it was'}")
    return 0 if all_good else 1


def refresh(path: Path, remeasure: bool = False, timeout: int = CELL_SECONDS) -> bool:
    """Execute the notebook at ``path`` in place; True if that changed the file.

    Args:
        path: Notebook; its kernel runs in the folder where it lies.
        remeasure: Renew the outputs of cells tagged ``timing`` as well.
        timeout: Seconds that one cell may take.

    Raises:
        ValueError: If a cell fails or writes to standard error; the file is then left alone. So it
            is if a part of an exercise, or of the map, is missing where it is made from.
    """
    old_text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(old_text, as_version=4)
    kept = {} if remeasure else _outputs_to_keep(notebook)
    if source_of(path).exists():
        source = nbformat.read(source_of(path), as_version=4)
        put_exercises_into(notebook, read_exercises(source))
    put_minutes_into(notebook)
    put_map_into(notebook, path)
    _execute(notebook, path.parent, timeout)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            _check_outputs(cell, number)
            cell.outputs = kept.get(cell.id, cell.outputs)
            _tidy_outputs(cell)
    _tidy_metadata(notebook)
    _write_readme_picture(notebook, path.parent)
    new_text = nbformat.writes(notebook, version=4) + "\n"
    if new_text != old_text:
        write_whole(path, new_text.encode())
    return new_text != old_text


def _refresh_and_time(lesson: Path, remeasure: bool, timeout: int) -> bool:
    """``refresh`` a lesson, and keep how long that took."""
    started = time.perf_counter()
    changed = refresh(lesson, remeasure, timeout)
    keep_run_time(lesson, time.perf_counter() - started, changed or remeasure)
    return changed


def source_of(lesson: Path) -> Path:
    """Where the exercises of a lesson come from, if it has any."""
    return lesson.parent / EXERCISES_FOLDER.name / lesson.name


def hash_code(notebook: NotebookNode) -> str:
    """SHA-256 of the sources of all code cells, in order."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()


def _outputs_to_keep(notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """Outputs of ``timing`` cells by cell id, if they were made by the code as it is now."""
    if notebook.metadata.get("code_sha256") != hash_code(notebook):
        return {}
    return {
        cell.id: cell.outputs
        for cell in notebook.cells
        if "timing" in _tags(cell) and cell.get("outputs")
    }


def _execute(notebook: NotebookNode, folder: Path, timeout: int) -> None:
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=50"],  # no warning about encryption per kernel
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise ValueError(f"{error.ename}: {error.evalue}".splitlines()[0]) from error
    except CellTimeoutError as error:
        raise ValueError(f"a cell took longer than {timeout} s") from error
    except DeadKernelError as error:
        raise ValueError("the kernel died; most often the memory was full") from error


def _check_outputs(cell: NotebookNode, number: int) -> None:
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            first_line = output.text.strip().splitlines()[0]
            raise ValueError(f"cell {number} writes to standard error: {first_line}")


def _tidy_outputs(cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.output_type == "error":  # the stack shows paths of this machine
            output.traceback = [f"{output.ename}: {output.evalue}"]


def _tidy_metadata(notebook: NotebookNode) -> None:
    facts = notebook.metadata.get(FACTS)
    notebook.metadata = nbformat.from_dict(
        {
            "code_sha256": hash_code(notebook),
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        }
        | ({FACTS: facts} if facts else {})
    )
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        tags = _tags(cell)
        nbgraders = cell.metadata.get("nbgrader")
        kept = {"tags": tags} if tags else {}
        cell.metadata = nbformat.from_dict(kept | ({"nbgrader": nbgraders} if nbgraders else {}))


def _write_readme_picture(notebook: NotebookNode, folder: Path) -> None:
    """Write the figure of the cell tagged ``readme-picture`` to the file that the README shows."""
    for cell in notebook.cells:
        if "readme-picture" in _tags(cell):
            (picture,) = (
                o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})
            )
            write_whole(folder / "result.png", b64decode(picture))


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


if __name__ == "__main__":
    sys.exit(main())
