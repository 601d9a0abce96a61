"""Executed lessons as web pages that need nothing from the network, formulas included.

nbconvert's own pages fetch MathJax and two more scripts from the web, and look another way than
the site. These have formulas as MathML, no script, and the style sheet that the site uses too.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from nbconvert.filters import Highlight2HTML, ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from course_utils.files import write_whole
from course_utils.notebooks.formulas import formula_to_mathml
from course_utils.notebooks.outcomes import Outcome, Picture, read_title
from course_utils.notebooks.shown_outputs import prepare_outputs, source_of

TEMPLATES = Path(__file__).parent / "templates"
STYLE_SHEET = TEMPLATES / "lessons.css"
IN_LIGHT, IN_DARK = "default", "native"  # names of pygments' colours of code, as the site has them


class _PageRenderer(IPythonRenderer):
    """Markdown to HTML with formulas as MathML and links to lessons as links to their pages."""

    def inline_math(self, body: str) -> str:
        return formula_to_mathml(body, display="inline")

    def block_math(self, body: str) -> str:
        return f'<div class="formula">{formula_to_mathml(body, display="block")}</div>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def block_html(self, html: str) -> str:
        # nbconvert's own would close <details> at once, so that nothing is hidden any more.
        return html

    inline_html = block_html

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        # nbconvert's own sets an empty link into it that nothing closes.
        return re.sub(
            r'<a class="anchor-link"[^>]*/>', "", super().heading(text, level, **attributes)
        )

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, re.sub(r"^(\d\d_\w+)\.ipynb", r"\1.html", url), title)


def write_page(notebook: NotebookNode, folder: Path, page: Path) -> None:
    """Write the executed ``notebook`` as one HTML file that loads nothing.

    Args:
        notebook: Is not changed.
        folder: Where the notebook's pictures are looked for.
        page: File to write.
    """
    shown = nbformat.from_dict(notebook)
    prepare_outputs(shown, lambda png, cell, output: source_of(png))
    values = {
        "title": read_title(notebook) or page.stem,
        "cells": shown.cells,
        "markdown": partial(_markdown_to_html, folder=folder),
    }
    write_template("lesson.html", page, values)


def write_index(outcomes: Sequence[Outcome], index: Path) -> None:
    """Write the page that links the lessons and says how each one went."""
    num_failed = sum(outcome.error is not None for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    values = {
        "title": "The lessons as run here",
        "summary": f"{len(outcomes)} run in {seconds:.0f} s, {num_failed} failed.",
        "entries": [_entry_of(outcome) for outcome in outcomes],
    }
    write_template("index.html", index, values)


def lesson_entry(
    lesson: str, title: str, lines: Sequence[tuple[str, str]], picture: Picture | None
) -> str:
    """How an index shows a lesson, as HTML.

    Args:
        lesson: Name of its page without ``.html``.
        title: What links to that page.
        lines: What to say below, each with its class for the style sheet.
        picture: What to show beside them; None for nothing.
    """
    said = "".join(f'<p class="{kind}">{escape(line)}</p>' for kind, line in lines)
    link = f'<p class="title"><a href="{escape(lesson)}.html">{escape(title)}</a></p>'
    image = picture and f'<img src="{source_of(picture.png)}" alt="{escape(picture.alt)}">'
    return f'<li class="lesson"><div>{link}{said}</div>{image or ""}</li>'


def _entry_of(outcome: Outcome) -> str:
    lines = [("time", f"{outcome.seconds:.1f} s")]
    if outcome.headline:
        lines.append(("headline", outcome.headline))
    if outcome.error:
        lines.append(("failed", f"failed: {outcome.error}"))
    lines += [("missed", f"did not hold in this run: {claim}") for claim in outcome.claims_not_held]
    return lesson_entry(outcome.lesson, outcome.title, lines, outcome.picture)


def write_template(template: str, file: Path, values: Mapping[str, Any]) -> None:
    """Write a page from one of the templates, with the style sheet and the colours of code."""
    environment = Environment(
        loader=PackageLoader("course_utils.notebooks"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {"code": Highlight2HTML(), "ansi": ansi2html}
    html = environment.get_template(template).render(values, code_colours=_code_colours())
    write_whole(file, html.encode())


def _code_colours() -> str:
    light, dark = (
        HtmlFormatter(style=style).get_style_defs(".highlight") for style in (IN_LIGHT, IN_DARK)
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _markdown_to_html(
    source: str, attachments: Mapping[str, Any] | None = None, *, folder: Path
) -> str:
    renderer = _PageRenderer(
        escape=False,
        attachments=attachments or {},
        embed_images=True,
        path=str(folder),
        anchor_link_text="",
    )
    return MarkdownWithMath(renderer=renderer).render(source)
