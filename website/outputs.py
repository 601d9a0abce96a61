"""The outputs of a lesson on the site: its figures in files, and nothing left out."""

from base64 import b64decode
from pathlib import Path

from nbformat import NotebookNode

from course_utils.notebooks.shown_outputs import prepare_outputs, shown_type


def put_figures_into(figures: Path, notebook: NotebookNode, name: str) -> None:
    """Make the outputs of a lesson ready for its page, its pictures in files.

    Args:
        figures: Folder for the pictures.
        notebook: Is changed.
        name: Of the lesson, for names of files and for messages.

    Raises:
        ValueError: If an output cannot be shown, or a picture has no alternative text.
    """
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if "data" in output:
                _refuse_what_cannot_be_shown(output, f"{name}.ipynb, cell {number}")

    def place(png: str, cell: int, output: int) -> str:
        file = figures / f"{name}-{cell}-{output}.png"
        file.write_bytes(b64decode(png))
        return f"{figures.name}/{file.name}"

    prepare_outputs(notebook, place)


def _refuse_what_cannot_be_shown(output: NotebookNode, place: str) -> None:
    kind = shown_type(output)
    if kind is None:
        raise ValueError(f"{place}: an output of {', '.join(output.data)} cannot be shown")
    if kind == "image/png" and not output.metadata.get(kind, {}).get("alt", "").strip():
        raise ValueError(f"{place}: a picture without alternative text; use figures.show")
