"""Run the lessons one after another through papermill and show what each found.

The lessons themselves are only read. ``python -m course_utils.notebooks.batch --help`` tells the
options.
"""

import argparse
import dataclasses
import difflib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from papermill.execute import remove_error_markers
from papermill.iorw import write_ipynb
from tqdm import tqdm

from course_utils.console import from_here, replace_unprintable
from course_utils.files import write_whole
from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.outcomes import Outcome, read_outcome
from course_utils.notebooks.pages import write_index, write_page

# Without it every kernel warns that it speaks with this process unencrypted, on this machine.
QUIET_KERNEL = ["--log-level=50"]
CELL_SECONDS = 600  # that a cell may take, here and when the notebooks are executed in place
PYTHON_WORDS = {"True": True, "False": False, "None": None}


class SavesOnce(NBClientEngine):
    """Papermill's engine, but for saving the whole notebook before and after every cell.

    With a hundred cells and their figures, that takes some 7 % of a lesson's time.
    """

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, output_path: str, **options: Any
    ) -> NotebookNode:
        """Execute ``nb`` in place, and save it however that ends."""
        try:
            return super().execute_notebook(nb, kernel_name, **options)
        finally:
            write_ipynb(nb, output_path)


papermill_engines.register("saves once", SavesOnce)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the lessons that the command line names; 0 if all ran to their end, else 1."""
    replace_unprintable()
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.notebooks.batch", description=__doc__
    )
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02; default: all")
    parser.add_argument("--out", type=Path, default=Path("build"), help="folder for the results")
    parser.add_argument("-p", dest="parameters", nargs=2, metavar=("NAME", "VALUE"),
                        action="append", default=[],
                        help="set a parameter: -p seed 1 -p label_counts '[1, 5]'")  # fmt: skip
    parser.add_argument("--timeout", type=int, default=CELL_SECONDS,
                        help=f"seconds that a cell may take ({CELL_SECONDS})")  # fmt: skip
    options = parser.parse_args(arguments)
    parameters = {name: read_value(text) for name, text in options.parameters}
    try:
        lessons = find_lessons(options.lessons)
        refuse_unknown_parameters(lessons, parameters)
        outcomes = run_lessons(lessons, options.out, parameters, options.timeout)
    except ValueError as error:
        parser.error(str(error))
    print(f"To read the lessons as run: {from_here(options.out / 'index.html')}")
    return int(any(outcome.error for outcome in outcomes))


def read_value(text: str) -> Any:
    """A number, truth value, null or list as YAML and JSON write it; anything else is text."""
    if text in PYTHON_WORDS:
        return PYTHON_WORDS[text]
    try:
        return json.loads(text)
    except ValueError:
        return text


def refuse_unknown_parameters(lessons: Sequence[Path], parameters: dict[str, Any]) -> None:
    """Stop a misspelt parameter, which papermill would only warn about.

    Raises:
        ValueError: If a lesson lacks one of ``parameters``; it names both and what there is.
    """
    for lesson in lessons:
        known = papermill.inspect_notebook(lesson)
        for name in parameters:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"Did you mean {close[0]!r}? " if close else ""
                raise ValueError(
                    f"{lesson.stem} has no parameter {name!r}. {hint}It has: {', '.join(known)}"
                )


def run_lessons(
    lessons: Sequence[Path], out: Path, parameters: dict[str, Any], timeout: int
) -> list[Outcome]:
    """Run each lesson, failed ones before it or not, and write pages and ``results.json``.

    Args:
        lessons: Notebooks, in the order in which they run.
        out: Folder for the results; made if it is missing.
        parameters: Values to inject, by name.
        timeout: Seconds that one cell may take.
    """
    out.mkdir(parents=True, exist_ok=True)
    width = max(len(lesson.stem) for lesson in lessons)
    outcomes = []
    with tqdm(lessons, desc="Lessons", unit="lesson", file=sys.stderr) as progress:
        for lesson in progress:
            outcome = run_lesson(lesson, out, parameters, timeout)
            outcomes.append(outcome)
            tqdm.write(_summary(outcome, out, width), file=sys.stdout)
            sys.stdout.flush()
            # After every lesson, so that a run that is stopped leaves what it has.
            _write_results(outcomes, parameters, out)
            write_index(outcomes, out / "index.html")
    return outcomes


def run_lesson(lesson: Path, out: Path, parameters: dict[str, Any], timeout: int) -> Outcome:
    """Run one lesson into ``out``: as ``NAME.ipynb``, or as ``NAME.failed.ipynb``, and a page.

    Raises:
        ValueError: If ``out`` is the folder of the lesson, which would be overwritten.
    """
    if out.resolve() == lesson.resolve().parent:
        raise ValueError("the results must go to another folder than the lessons themselves")
    endings = (".part", "", ".failed")
    unfinished, finished, failed = (out / f"{lesson.stem}{ending}.ipynb" for ending in endings)
    finished.unlink(missing_ok=True)
    failed.unlink(missing_ok=True)
    started = time.perf_counter()
    try:
        error = _execute(lesson, unfinished, parameters, timeout)
        seconds = time.perf_counter() - started
        notebook = remove_error_markers(nbformat.read(unfinished, as_version=4))
        if error := error or _error_in(notebook):
            _explain_on_top(notebook, error)
        nbformat.write(notebook, unfinished)
        os.replace(unfinished, failed if error else finished)
    finally:
        unfinished.unlink(missing_ok=True)
    write_page(notebook, lesson.parent, out / f"{lesson.stem}.html")
    return read_outcome(lesson.stem, notebook, seconds, error)


def _execute(lesson: Path, output: Path, parameters: dict[str, Any], timeout: int) -> str | None:
    """Execute ``lesson`` and say what stopped it other than an error that a cell raised."""
    try:
        papermill.execute_notebook(
            lesson, output, parameters, engine_name="saves once", cwd=lesson.parent,
            kernel_name="python3", language="python", execution_timeout=timeout,
            extra_arguments=QUIET_KERNEL,
            progress_bar={"desc": lesson.stem, "position": 1, "leave": False, "disable": None},
        )  # fmt: skip
    except papermill.PapermillExecutionError:
        return None  # may be an error that the lesson shows on purpose: _error_in decides
    except CellTimeoutError:
        return f"a cell took longer than {timeout} s, the limit that --timeout sets"
    except DeadKernelError:
        return "the kernel died; most often the memory was full"
    except Exception as error:  # whatever it was, the lessons after this one are still tried
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return None


def _error_in(notebook: NotebookNode) -> str | None:
    """The error that stopped the lesson, in one line; None if it ran to its end."""
    for cell in notebook.cells:
        if cell.metadata.get("papermill", {}).get("exception"):
            error = next(output for output in cell.outputs if output.output_type == "error")
            return f"{error.ename}: {error.evalue}".splitlines()[0]
    return None


def _explain_on_top(notebook: NotebookNode, error: str) -> None:
    # What papermill notes about the cells after this one is wrong where the kernel died or a cell
    # took too long: it calls them completed. Only the time of their start tells.
    started = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.papermill.start_time
    ]
    text = f"**This run failed in code cell {len(started)}:** `{error}`"
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))


def _summary(outcome: Outcome, out: Path, width: int) -> str:
    start = f"{outcome.lesson:<{width}}  {outcome.seconds:6.1f} s  "
    if outcome.error:
        where = from_here(out / f"{outcome.lesson}.failed.ipynb")
        return f"{start}FAILED  {outcome.error}  (see {where})"
    num_missed = len(outcome.claims_not_held)
    missed = f"  [claims that did not hold: {num_missed}]" if num_missed else ""
    return f"{start}{outcome.headline or 'ran; it records no result'}{missed}"


def _write_results(outcomes: list[Outcome], parameters: dict[str, Any], out: Path) -> None:
    lessons = [{"ok": outcome.error is None} | dataclasses.asdict(outcome) for outcome in outcomes]
    for lesson in lessons:
        del lesson["picture"]  # stands in the index
    text = json.dumps({"parameters": parameters, "lessons": lessons}, indent=1, ensure_ascii=False)
    write_whole(out / "results.json", (text + "\n").encode())


if __name__ == "__main__":
    sys.exit(main())
