"""One way of showing each output: figures with their alternative text, no live control."""

import re
import struct
from base64 import b64decode
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.notebooks.pages import WIDGET_NOTE, WIDGET_TYPE

# Sentences wrap at the page's width, but columns of numbers must stay below one another.
COLUMNS = re.compile(r"\S {2,}\S")
COLUMNS_TAG = "columns"  # the page gets it as the class tag_columns
SHOWN_TYPES = ("image/png", "text/html", "text/markdown", "text/plain")  # the first there is


def prepare_outputs(notebook: NotebookNode, name: str, figures: Path) -> None:
    """Leave one kind of data in every output, move pictures into files, and tag printed tables.

    Args:
        notebook: Is changed.
        name: Of the lesson, for names of files and for messages.
        figures: Folder for the pictures.

    Raises:
        ValueError: If an output cannot be shown, or a picture has no alternative text.
    """
    notebook.metadata.pop("widgets", None)  # the state of live controls, of no use here
    for number, cell in enumerate(notebook.cells):
        if any(COLUMNS.search(output.get("text", "")) for output in cell.get("outputs", [])):
            cell.metadata.setdefault("tags", []).append(COLUMNS_TAG)
        for order, output in enumerate(cell.get("outputs", [])):
            if "data" in output:
                place = f"{name}.ipynb, cell {number}"
                picture = figures / f"{name}-{number}-{order}.png"
                output.data = nbformat.from_dict(_choose(output, place, picture))


def _choose(output: NotebookNode, place: str, picture: Path) -> dict[str, str]:
    data = output.data
    if WIDGET_TYPE in data and not {"image/png", "text/html"} & set(data):
        return {"text/plain": WIDGET_NOTE}
    kind = next((kind for kind in SHOWN_TYPES if kind in data), None)
    if kind is None:
        raise ValueError(f"{place}: an output of {', '.join(data)} cannot be shown")
    if kind != "image/png":
        return {kind: data[kind]}
    alt = output.metadata.get(kind, {}).get("alt", "").strip()
    if not alt:
        raise ValueError(f"{place}: a picture without alternative text; use figures.show")
    content = b64decode(data[kind])
    picture.write_bytes(content)
    return {"text/html": _figure(picture, content, alt)}


def _figure(picture: Path, content: bytes, alt: str) -> str:
    # Text in a figure 800 pixels wide cannot be read at a phone's width. So a figure shrinks to
    # four fifths, which fits for one diagram, and then moves inside its box.
    width, height = struct.unpack(">II", content[16:24])  # where every PNG file has them
    return (
        f'<div class="figure"><img src="{picture.parent.name}/{picture.name}" '
        f'alt="{escape(alt)}" width="{width}" height="{height}" '
        f'style="min-width: {round(0.78 * width)}px"></div>'
    )
