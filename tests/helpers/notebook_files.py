"""Notebooks as the tests read and make them: plain JSON, no Jupyter library between."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOTEBOOKS_FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS_FOLDER.glob("[0-9]*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook as it lies in the file."""
    return json.loads(path.read_text(encoding="utf-8"))


def numbered_cells(path: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cells of one kind, ``code`` or ``markdown``, each with a name for messages."""
    for number, cell in enumerate(read_notebook(path)["cells"]):
        if cell["cell_type"] == kind:
            yield f"{path.name}, cell {number}", cell


def text_of(lines: str | list[str]) -> str:
    """Text that a notebook keeps as one string or as a list of lines."""
    return lines if isinstance(lines, str) else "".join(lines)


def source_of(cell: dict[str, Any]) -> str:
    """The source of a cell as one text."""
    return text_of(cell["source"])


def tags_of(cell: dict[str, Any]) -> list[str]:
    """The tags of a cell, most often none."""
    return cell["metadata"].get("tags", [])


def write_notebook(path: Path, *cells: str | tuple[str, str]) -> Path:
    """Write a notebook that was never executed.

    Args:
        path: File to write.
        cells: The source of a code cell; or ``(source, tags)``, where ``tags`` are separated by
            spaces and the tag ``markdown`` makes a Markdown cell.
    """
    made = []
    for number, cell in enumerate(cells):
        source, tags = (cell, "") if isinstance(cell, str) else cell
        made.append({"id": f"cell-{number}", "metadata": {}, "source": source})
        if tags == "markdown":
            made[-1] |= {"cell_type": "markdown"}
        else:
            made[-1] |= {"cell_type": "code", "execution_count": None, "outputs": []}
            made[-1]["metadata"] = {"tags": tags.split()} if tags else {}
    notebook = {"cells": made, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
