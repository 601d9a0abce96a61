"""What a run of a lesson came to: read from the executed notebook."""

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from course_utils.learning.results import RECORD_TYPE
from course_utils.notebooks.shown_outputs import alt_of

RESULT_TAG = "result"  # of the cell whose figure stands for its lesson


@dataclass(frozen=True)
class Picture:
    """A PNG picture in base 64, and what it shows in words."""

    png: str
    alt: str


@dataclass(frozen=True)
class Claim:
    """What a lesson stated, and whether its run bore it out."""

    place: str  # the id of its cell and its number there: the same in every run of a lesson
    statement: str
    held: bool


@dataclass(frozen=True)
class Outcome:
    """What came of running one lesson; ``error`` is None where it ran to its end."""

    lesson: str  # name of the notebook without .ipynb
    title: str
    seconds: float  # from starting the kernel to the last cell
    error: str | None
    headline: str | None  # of the last ``record`` in the lesson
    values: dict[str, Any]  # the other values of that ``record``
    claims_held: list[str]
    claims_not_held: list[str]
    picture: Picture | None  # of its result; None where the run did not come to it


def read_outcome(lesson: str, notebook: NotebookNode, seconds: float, error: str | None) -> Outcome:
    """Collect what the executed ``notebook`` recorded and claimed."""
    claims = read_claims(notebook)
    record = read_record(notebook)
    return Outcome(
        lesson=lesson,
        title=read_title(notebook) or lesson,
        seconds=round(seconds, 1),
        error=error,
        headline=record.pop("headline", None),
        values=record,
        claims_held=[claim.statement for claim in claims if claim.held],
        claims_not_held=[claim.statement for claim in claims if not claim.held],
        picture=read_result(notebook),
    )


def read_title(notebook: NotebookNode) -> str | None:
    """The first heading of the notebook, None where it has none."""
    for cell in notebook.cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and line.startswith("# "):
                return line[2:].strip()
    return None


def read_result(notebook: NotebookNode) -> Picture | None:
    """The figure of the cell tagged ``result``; None where there is none, or none yet."""
    for cell in notebook.cells:
        if RESULT_TAG in cell.metadata.get("tags", []):
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    return Picture(output.data["image/png"], alt_of(output))
    return None


def read_claims(notebook: NotebookNode) -> list[Claim]:
    """Every claim that the executed ``notebook`` ticked or crossed, in its order."""
    claims = []
    for cell in notebook.cells:
        marked = [line for line in _printed_lines(cell) if line.startswith(("✓", "✗"))]
        for number, line in enumerate(marked, start=1):
            place = f"{cell.get('id', '')}:{number}"
            claims.append(Claim(place, _statement_in(line), line.startswith("✓")))
    return claims


def read_record(notebook: NotebookNode) -> dict[str, Any]:
    """What the last ``record`` in the executed ``notebook`` holds; empty where there is none."""
    records = [
        output.data[RECORD_TYPE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if RECORD_TYPE in output.get("data", {})
    ]
    return dict(records[-1]) if records else {}


def _printed_lines(cell: NotebookNode) -> list[str]:
    return [
        line
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
        for line in output.text.splitlines()
    ]


def _statement_in(line: str) -> str:
    return line[1:].strip().removeprefix("not in this run:").strip()
