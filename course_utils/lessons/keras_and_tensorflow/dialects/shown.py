"""The page of the other dialect: the code beside this file, one column a dialect, as a table.

What is shown is cut out of the files that the tests run, so that it cannot differ from them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from textwrap import dedent

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course_utils.lessons.keras_and_tensorflow.dialects.steps import DIALECTS, STEPS, Step

CAPTION = "The same recipe in three dialects"
# In JupyterLab code has the colours of its editor; on a page .highlight has those of the page.
COLOURS = {
    "keyword": "k kc kn nd",
    "operator": "o ow",
    "number": "mi mf",
    "string": "s1 s2",
    "comment": "c1",
    "def": "nf",
}
DOT = '<span class="o">.</span>'
TABLE = "display:table;table-layout:fixed;width:100%;min-width:44rem"  # wider than a phone
CELL = "text-align:left;vertical-align:top;white-space:normal"
SAME = {2: "In both columns the same lines:", 3: "In all columns the same lines:"}
CODE = "font-size:12px;line-height:1.45;margin:0;padding:2px;white-space:pre-wrap;overflow-x:hidden"
CODE += ";overflow-wrap:break-word"


@dataclass(frozen=True)
class Shown:
    """The table, and the same as text; displayed by Jupyter as the last value of a cell."""

    html: str
    markdown: str
    plain: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html, "text/markdown": self.markdown, "text/plain": self.plain}


def show_dialects() -> Shown:
    """Pretraining, head, fine-tuning and validation in three dialects, side by side."""
    return Shown(_as_html(), _as_markdown(), _as_plain())


def lines_of(dialect: str, function: str) -> str:
    """The lines inside a function, without its docstring and its imports.

    Args:
        dialect: A key of ``DIALECTS``.
        function: Name of a function of that module.
    """
    source, found = _find(dialect, function)
    hidden = [node for node in found.body if _is_hidden(node)]
    first = max((node.end_lineno for node in hidden), default=found.body[0].lineno - 1)
    return dedent("\n".join(source.splitlines()[first : found.end_lineno])).strip("\n")


def call_of(step: Step) -> str:
    """How the function of a step is called, which is the same in each dialect."""
    _, found = _find(next(iter(DIALECTS)), step.function)
    return f"{step.function}({', '.join(arg.arg for arg in found.args.args)})"


def _find(dialect: str, function: str) -> tuple[str, ast.FunctionDef]:
    source = Path(__file__).with_name(f"{dialect}.py").read_text(encoding="utf-8")
    (found,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    return source, found


def _is_hidden(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def _as_html() -> str:
    rules = "".join(
        f".jp-OutputArea .dialects .{kind}{{color:var(--jp-mirror-editor-{name}-color)}}"
        for name, kinds in COLOURS.items()
        for kind in kinds.split()
    )
    heads = "".join(f'<th scope="col" style="{CELL}">{escape(each)}</th>'
                    for each in DIALECTS.values())  # fmt: skip
    rows = "\n".join(_as_rows(step) for step in STEPS)
    return (
        f'<div class="dialects" style="overflow-x:auto"><style>{rules}</style>'
        f'<table style="{TABLE}"><caption>{CAPTION}</caption>'
        f"<thead><tr>{heads}</tr></thead>\n{rows}</table></div>"
    )


def _as_rows(step: Step) -> str:
    """A row with the title of a step, one with its code, one with what differs."""
    codes = groupby(lines_of(dialect, step.function) for dialect in DIALECTS)
    cells = "".join(_as_cell(code, columns=len(list(same))) for code, same in codes)
    wide = f'colspan="{len(DIALECTS)}" style="{CELL}"'
    return (
        f'<tbody><tr><th scope="rowgroup" {wide}>{escape(step.title)}: '
        f"<code>{call_of(step)}</code></th></tr>\n<tr>{cells}</tr>\n"
        f"<tr><td {wide}><b>What differs:</b> {escape(step.differs)}</td></tr></tbody>"
    )


def _as_cell(code: str, columns: int) -> str:
    """A cell of code, across the columns of all neighbours that write the same."""
    note = f"<p style='margin:2px'>{SAME[columns]}</p>" if columns > 1 else ""
    return (
        f'<td colspan="{columns}" style="{CELL}">{note}<div class="highlight"><pre style="{CODE}">'
        f"{''.join(_hanging(code))}</pre></div></td>"
    )


def _hanging(code: str) -> Iterator[str]:
    """Each line in colours; what does not fit into its column goes on further to the right."""
    coloured = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    coloured = coloured.replace(DOT, f"{DOT}<wbr>")  # a line may break behind a dot
    for line, plain in zip(coloured.splitlines(), code.splitlines(), strict=True):
        hang = len(plain) - len(plain.lstrip()) + 2
        style = f"display:block;padding-left:{hang}ch;text-indent:-{hang}ch"
        yield f'<span style="{style}">{line or " "}</span>'


def _as_markdown() -> str:
    parts = [f"**{CAPTION}**"]
    for step in STEPS:
        parts.append(f"**{step.title}**: `{call_of(step)}`")
        for dialect, name in DIALECTS.items():
            parts.append(f"{name}:\n\n```python\n{lines_of(dialect, step.function)}\n```")
        parts.append(f"What differs: {step.differs}")
    return "\n\n".join(parts)


def _as_plain() -> str:
    parts = [CAPTION]
    for step in STEPS:
        parts.append(f"== {step.title}: {call_of(step)}")
        for dialect, name in DIALECTS.items():
            parts.append(f"-- {name}\n{lines_of(dialect, step.function)}")
        parts.append(f"What differs: {step.differs}")
    return "\n\n".join(parts)
