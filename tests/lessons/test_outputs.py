"""What the lessons have stored: outputs of the code as it is, clean, described, comparable."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_utils.notebooks.exercise_sources import KINDS, find_sources
from course_utils.notebooks.lesson_facts import FACTS
from course_utils.notebooks.refresh import hash_code
from tests.helpers.notebook_files import (
    LESSONS,
    METADATA,
    numbered_cells,
    read_notebook,
    source_of,
    tags_of,
    text_of,
)

MAX_OUTPUT_BYTES = 1_500_000
TAGS = {"parameters", "timing", "nbval-ignore-output", "readme-picture", "result"}
MACHINE_PATH = re.compile(r"/(?:home|tmp|root|work|Users)/|\b[A-Z]:\\\\?\w")
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
every_notebook = pytest.mark.parametrize(
    "path", LESSONS + find_sources(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)


def stored_outputs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every output of a lesson with the name of its cell."""
    for name, cell in numbered_cells(path, "code"):
        for output in cell["outputs"]:
            yield name, output


def words_of(output: dict[str, Any]) -> str:
    """Everything in an output that is text, pictures left out."""
    data = output.get("data", {})
    texts = [text_of(value) for kind, value in data.items() if kind.startswith("text/")]
    return text_of(output.get("text", "")) + "\n".join(texts)


@every_notebook
def test_the_outputs_are_those_of_the_code_as_it_is(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    made_by = notebook.metadata.get("code_sha256")
    assert made_by == hash_code(notebook), f"{path.name}: code changed since, run: make notebooks"


@every_notebook
def test_cells_were_executed_in_order(path: Path) -> None:
    counts = [cell["execution_count"] for _, cell in numbered_cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1)), f"{path.name}: {counts}; make notebooks"


@every_notebook
def test_a_notebook_carries_no_other_metadata(path: Path) -> None:
    notebook = read_notebook(path)
    metadata = dict(notebook["metadata"])
    metadata.pop("code_sha256", None)
    metadata.pop(FACTS, None)  # tests/notebooks/test_lesson_facts.py looks at those
    assert metadata == METADATA, f"{path.name}: run make notebooks"
    for number, cell in enumerate(notebook["cells"]):
        extra = set(cell["metadata"]) - {"tags"}
        if path not in LESSONS:
            extra -= {"nbgrader"}
        assert not extra, f"{path.name}, cell {number}: metadata {extra}; run make notebooks"


@every_notebook
def test_ids_of_cells_are_unique(path: Path) -> None:
    ids = [cell["id"] for cell in read_notebook(path)["cells"]]
    assert len(ids) == len(set(ids)), f"{path.name}: two cells have the same id"


@every_notebook
def test_only_known_tags_are_used(path: Path) -> None:
    # Not raises-exception: papermill called by hand stops there with exit code 1. A lesson shows
    # an error with try and except, and prints its message.
    for number, cell in enumerate(read_notebook(path)["cells"]):
        tags = set(tags_of(cell))
        if path not in LESSONS:
            tags -= {*KINDS, "remarks"}
        assert tags <= TAGS, f"{path.name}, cell {number}: unknown tags {tags - TAGS}"
        if "timing" in tags:
            ignored = "nbval-ignore-output" in tags
            assert ignored, f"{path.name}, cell {number}: needs the tag nbval-ignore-output too"


@every_notebook
def test_nothing_was_written_to_standard_error(path: Path) -> None:
    for name, output in stored_outputs(path):
        assert output.get("name") != "stderr", f"{name}: {words_of(output)[:80]}"


@every_notebook
def test_no_cell_ended_in_an_error(path: Path) -> None:
    for name, output in stored_outputs(path):
        assert output["output_type"] != "error", f"{name}: {output['ename']}"


@every_notebook
def test_outputs_are_small_enough_to_keep(path: Path) -> None:
    sizes = [len(str(output).encode()) for _, output in stored_outputs(path)]
    assert sum(sizes) < MAX_OUTPUT_BYTES, f"{path.name}: {sum(sizes):,} bytes of outputs"


@every_notebook
def test_no_path_of_a_machine_and_no_warning_is_shown(path: Path) -> None:
    shown = [(name, words_of(output)) for name, output in stored_outputs(path)]
    for kind in ("code", "markdown"):
        shown += [(name, source_of(cell)) for name, cell in numbered_cells(path, kind)]
    for name, text in shown:
        found = MACHINE_PATH.search(text)
        assert not found, f"{name}: shows the path {text[found.start() :][:40]!r}"
        assert "Warning" not in text, f"{name}: shows a warning; remove its cause"


@every_lesson
def test_at_least_ten_cells_are_really_compared_by_nbval(path: Path) -> None:
    compared = [
        name
        for name, cell in numbered_cells(path, "code")
        if "nbval-ignore-output" not in tags_of(cell)
        and any(words_of(output).strip() for output in cell["outputs"])
    ]
    assert len(compared) >= 10, f"{path.name}: nbval compares only {len(compared)} cells"


@every_notebook
def test_every_figure_says_in_words_what_it_shows(path: Path) -> None:
    for name, output in stored_outputs(path):
        for kind in output.get("data", {}):
            if kind.startswith("image/"):
                alt = output["metadata"].get(kind, {}).get("alt", "")
                assert len(alt.split()) >= 3, f"{name}: no alternative text; use figures.show"
                words = words_of(output)
                assert not words.startswith("<Figure"), f"{name}: no sentence; use figures.show"
                assert words.strip(), f"{name}: the figure has no text; use figures.show"


@every_notebook
def test_the_words_of_a_figure_are_folded_away_below_it_and_not_printed(path: Path) -> None:
    for name, cell in numbered_cells(path, "code"):
        outputs = cell["outputs"]
        for place, output in enumerate(outputs):
            if "image/png" in output.get("data", {}):
                words = words_of(output)
                (below,) = outputs[place + 1 : place + 2] or [{}]
                folded = f"<details><summary>The same in words</summary><p>{escape(words)}</p>"
                assert words_of(below).startswith(folded), f"{name}: use figures.show"
                printed = [text_of(other.get("text", "")) for other in outputs]
                assert words not in "".join(printed), f"{name}: prints what is folded away"
