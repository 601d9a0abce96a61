"""Texts in files, for tests: folders of classes, tables, and a small package of Python files."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

# All different, and no two nearly alike.
FRUIT = (
    "a ripe apple fell from the old tree",
    "pears keep well in a cool cellar",
    "she squeezed two lemons into the tea",
    "plums turn blue before they are sweet",
    "the banana was green at both ends",
    "cherries stain every white shirt",
)
TOOLS = (
    "hang the hammer above the bench",
    "this saw cuts along the grain only",
    "a loose screw rattled all night",
    "pliers grip what fingers cannot hold",
    "sharpen your chisel before carving",
    "the drill needs a longer cable",
)
CLASSES = {"fruit": FRUIT, "tools": TOOLS}


def write_class_folders(root: Path, classes: Mapping[str, Sequence[str]] = CLASSES) -> str:
    """A folder for each class with a file for each text; returns the name of the data set."""
    for label, texts in classes.items():
        (root / label).mkdir(parents=True, exist_ok=True)
        for place, text in enumerate(texts):
            (root / label / f"{place}.txt").write_text(text, "utf-8")
    return f"texts:{root}"


def write_class_files(root: Path, classes: Mapping[str, Sequence[str]] = CLASSES) -> str:
    """A file for each class with a line for each text."""
    root.mkdir(parents=True, exist_ok=True)
    for label, texts in classes.items():
        (root / f"{label}.txt").write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return f"texts:{root}"


def rows_of(classes: Mapping[str, Sequence[str]] = CLASSES) -> list[list[str]]:
    """Rows of text and class."""
    return [[text, label] for label, texts in classes.items() for text in texts]


def write_table(
    file: Path,
    rows: Sequence[Sequence[str]],
    header: Sequence[str] | None = ("review", "kind"),
    **how: str,
) -> str:
    """A table; ``how`` is what ``csv.writer`` takes, and the encoding."""
    encoding = how.pop("encoding", "utf-8")
    with file.open("w", encoding=encoding, newline="") as opened:
        writer = csv.writer(opened, **how)
        writer.writerows([header, *rows] if header else rows)
    return f"texts:{file}"


def install(
    root: Path, files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, version: str = "1.0"
) -> str:
    """Put a package called ``tinypack`` where Python finds it, with its version; returns its name.

    Its ``__init__.py`` raises: nothing of it may be imported.
    """
    about = root / "tinypack-1.0.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tinypack\nVersion: {version}\n")
    for name, content in {"__init__.py": "raise RuntimeError('imported')\n", **files}.items():
        file = root / "tinypack" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    monkeypatch.syspath_prepend(root)
    return "tinypack"
