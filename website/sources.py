"""What Sphinx reads: copies of the lessons made ready for it, their figures, and the index."""

import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.outcomes import read_result, read_title
from course_utils.notebooks.overview import read_minutes, read_row, read_rows
from course_utils.notebooks.pages import lesson_entry
from course_utils.notebooks.run_times import RunTime, read_run_times
from website.outputs import put_figures_into

PICTURES = ("*.png", "*.jpg", "*.svg")
NUMBER_WORDS = {1: "one core", 2: "two cores", 4: "four cores", 8: "eight cores"}
LIST_PLACE = "<!-- list of lessons -->"


def write_sources(project: Path, sources: Path, figures: Path) -> None:
    """Write all that Sphinx needs into ``sources``, and the figures beside the pages to come.

    Args:
        project: Folder with ``README.md`` and ``notebooks``; is only read.
        sources: Made here.
        figures: Folder of that name at the top of the site; made here.

    Raises:
        ValueError: If a lesson lacks a run time, its minutes, a row in the README's table, or
            has an output that cannot be shown.
    """
    folder = project / "notebooks"
    sources.mkdir(parents=True)
    figures.mkdir(parents=True)
    run_times = read_run_times(folder)
    table, entries = read_rows(project), []
    for path in find_lessons(folder=folder):
        if path.stem not in run_times:
            raise ValueError(f"{path.name}: no run time is known; `make notebooks` measures it")
        notebook = nbformat.read(path, as_version=4)
        run_time = describe_run_time(run_times[path.stem])
        ability = read_row(path.stem, table).ability
        entries.append(_entry(path.stem, notebook, ability, run_time))
        _put_below_title(notebook, f'<p class="run-time">Runs in {run_time}.</p>')
        put_figures_into(figures, notebook, path.stem)
        nbformat.write(notebook, sources / path.name)
    for picture in (picture for pattern in PICTURES for picture in folder.glob(pattern)):
        shutil.copy(picture, sources)
    index = (Path(__file__).parent / "index.md").read_text(encoding="utf-8")
    (sources / "index.md").write_text(index.replace(LIST_PLACE, "\n".join(entries)), "utf-8")


def describe_run_time(run_time: RunTime) -> str:
    """Such as ``about 12 s on two cores``."""
    cores = NUMBER_WORDS.get(run_time["cores"], f"{run_time['cores']} cores")
    return f"about {max(1, round(run_time['seconds']))} s on {cores}"


def _entry(name: str, notebook: NotebookNode, ability: str, run_time: str) -> str:
    reading, exercises = read_minutes(notebook, name)
    time = f"{reading} min to read and run, {exercises} for the exercises; runs in {run_time}"
    lines = [("ability", f"After it you can {ability}."), ("time", f"{time}.")]
    return lesson_entry(name, read_title(notebook) or name, lines, read_result(notebook))


def _put_below_title(notebook: NotebookNode, html: str) -> None:
    title, _, rest = notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title}\n\n{html}\n\n{rest.lstrip()}"
