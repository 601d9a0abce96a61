"""Docstrings of Python files, found by parsing the files and without running them."""

import ast
import inspect
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LEAST = 80  # signs of a text that is no docstring; what is shorter is a label rather than prose
SPEAKING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Docstring:
    """One text.

    Args:
        line: Where it begins in its file, from 1.
        text: Its lines, moved to the left as far as they go together.
    """

    line: int
    text: str


def read_docstrings(file: Path) -> list[Docstring]:
    """All docstrings of a Python file and other long texts in it, from its top to its end.

    numpy and torch hand what they say about functions written in C to a function that adds it, so
    texts of several lines count, too. What this Python cannot parse holds none.

    Raises:
        OSError: If the file cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of signs behind a backslash, in the files of others
        try:
            tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
        except (SyntaxError, ValueError):
            return []
    found = {text.lineno: text.value for node in ast.walk(tree) for text in _texts_of(node)}
    return [Docstring(line, inspect.cleandoc(found[line])) for line in sorted(found)]


def _texts_of(node: ast.AST) -> Iterator[ast.Constant]:
    """The docstring of what ``node`` defines, or ``node`` itself if it is a long text."""
    if isinstance(node, SPEAKING) and node.body and isinstance(node.body[0], ast.Expr):
        first = node.body[0].value
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first
    elif (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(node.value) >= LEAST
        and "\n" in node.value
    ):
        yield node
