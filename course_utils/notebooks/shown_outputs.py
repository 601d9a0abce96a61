"""One way of showing each output on a page: figures with their alternative text, no live control.

The pages of ``make lessons`` and the site show outputs alike.
"""

import re
import struct
from base64 import b64decode
from collections.abc import Callable
from html import escape

import nbformat
from nbformat import NotebookNode

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"
WIDGET_NOTE = "Open the lesson in JupyterLab to move this control."
SHOWN_TYPES = ("image/png", "text/html", "text/markdown", "text/plain")  # the first there is
# Sentences wrap at the page's width, but columns of numbers must stay below one another.
COLUMNS = re.compile(r"\S {2,}\S")
COLUMNS_TAG = "columns"  # the page gets it as the class tag_columns


def prepare_outputs(notebook: NotebookNode, place: Callable[[str, int, int], str]) -> None:
    """Leave one kind of data in every output, figures as HTML, and tag printed tables.

    Args:
        notebook: Is changed.
        place: Gives the address of a picture in base 64, the numbers of its cell and output.
    """
    notebook.metadata.pop("widgets", None)  # the state of live controls, of no use here
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.setdefault("tags", [])
        if any(COLUMNS.search(output.get("text", "")) for output in cell.get("outputs", [])):
            tags.append(COLUMNS_TAG)
        for order, output in enumerate(cell.get("outputs", [])):
            kind = shown_type(output)
            if kind == "image/png":
                png = output.data[kind]
                data = {"text/html": _figure(png, place(png, number, order), alt_of(output))}
            elif kind == WIDGET_TYPE:
                data = {"text/plain": WIDGET_NOTE}
            else:
                data = {kind: output.data[kind]} if kind else {}
            if "data" in output:
                output.data = nbformat.from_dict(data)


def shown_type(output: NotebookNode) -> str | None:
    """The kind of data of an output that a page shows; None where there is none that it can."""
    data = output.get("data", {})
    if WIDGET_TYPE in data and not {"image/png", "text/html"} & set(data):
        return WIDGET_TYPE
    return next((kind for kind in SHOWN_TYPES if kind in data), None)


def alt_of(output: NotebookNode) -> str:
    """The alternative text of a picture, or its plain text where a run gave it no other."""
    alt = output.metadata.get("image/png", {}).get("alt", "").strip()
    return alt or output.data.get("text/plain", "")


def source_of(png: str) -> str:
    """A picture in base 64 as an address that holds it."""
    return f"data:image/png;base64,{''.join(png.split())}"


def _figure(png: str, address: str, alt: str) -> str:
    # Text in a figure 800 pixels wide cannot be read at a phone's width. So a figure shrinks to
    # four fifths, which fits for one diagram, and then moves inside its box.
    width, height = struct.unpack(">II", b64decode(png)[16:24])  # where every PNG file has them
    return (
        f'<div class="figure"><img src="{escape(address)}" alt="{escape(alt)}" '
        f'width="{width}" height="{height}" style="min-width: {round(0.78 * width)}px"></div>'
    )
