r"""Executed lessons as web pages that need nothing from the network, formulas included.

nbconvert's own pages fetch MathJax and two more scripts from the web. Here formulas become MathML,
which browsers draw themselves, and no script is left.
"""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from course_utils.files import write_whole
from course_utils.notebooks.outcomes import Outcome, read_title

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"
WIDGET_NOTE = "Open the lesson in JupyterLab to move this control."
STYLE = """
body { max-width: 58rem; margin: 0 auto; padding: 0 0.8rem 4rem; overflow-wrap: break-word; }
main img { max-width: 100%; height: auto; }
.formula, .jp-RenderedHTMLCommon table, .jp-OutputArea-output pre { overflow-x: auto; }
.formula { overflow-y: hidden; padding: 0.4rem 0; }
.jp-OutputArea-output pre { white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; }
.jp-RenderedHTMLCommon table { display: block; }
.jp-InputArea-editor { overflow-x: auto; }
mtd[columnalign="right"] { text-align: right; padding-right: 0; }
mtd[columnalign="left"] { text-align: left; padding-left: 0; }
.jp-RenderedHTMLCommon summary { cursor: pointer; }
math { font-size: 1.1em; }
td math { white-space: nowrap; }
.back { display: block; padding: 1rem 0; font-family: sans-serif; }
@media (max-width: 45rem) { .jp-InputPrompt, .jp-OutputPrompt { display: none; } }
"""
TEMPLATE = (
    """{% extends "index.html.j2" %}
{% block html_head_js %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block html_head_css %}<style>"""
    + STYLE
    + """</style>{% endblock %}
{% block body_header %}{{ super() }}<a class="back" href="index.html">All lessons</a>{% endblock %}
{% block data_png %}<div class="jp-RenderedImage jp-OutputArea-output">
<img src="data:image/png;base64,{{ output.data['image/png'] | e }}"
 alt="{{ (output | get_metadata('alt', 'image/png') or output.data['text/plain']) | e }}"></div>
{% endblock %}"""
)
INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The lessons as run here</title><style>
body {{ max-width: 50rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 sans-serif; }}
li {{ margin-bottom: 1rem; }} .missed {{ color: #8a4b00; }} .failed {{ color: #a40000; }}
</style></head><body>
<h1>The lessons as run here</h1>
<p>{summary}</p>
<ol>
{entries}
</ol>
</body></html>
"""


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

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, re.sub(r"^(\d\d_\w+)\.ipynb", r"\1.html", url), title)


class _PageExporter(HTMLExporter):
    """nbconvert's lab page without scripts, and with the alternative text of figures."""

    raw_template = TEMPLATE

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Replace nbconvert's filter of this name, which leaves formulas to a script."""
        renderer = _PageRenderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=True,
            path=context["resources"]["metadata"]["path"],
            anchor_link_text="",
        )
        return MarkdownWithMath(renderer=renderer).render(source)


def formula_to_mathml(tex: str, display: str) -> str:
    """MathML of the formula ``tex``, or its source as code if the converter does not know it.

    Args:
        tex: A formula without its dollar signs.
        display: ``"inline"`` or ``"block"``.
    """
    # Spellings that JupyterLab draws and the converter does not know, as ones that both draw.
    tex = re.sub(r"\\operatorname\*?\{arg\\?[, ]\s*(min|max)\}", r"\\arg\1 ", tex)
    tex = re.sub(r"\\arg\s*\\(min|max)(?![a-z])", r"\\arg\1 ", tex)
    tex = tex.replace(r"\operatorname*", r"\operatorname")
    tex = re.sub(r"(\\(?:begin|end)\{)(?:align|aligned)\}", r"\1align*}", tex)
    if display == "block":  # what a minimum is over stands below it
        below = r"(\\(?:arg)?(?:min|max))\s*_(\{[^{}]*\}|\\[a-zA-Z]+|\w)"
        tex = re.sub(below, r"\\underset{\2}{\1}", tex)
    try:
        mathml = convert(tex.strip(), display=display)
    except Exception:  # the converter has no common error class; a page matters more
        return f"<code>{escape(tex)}</code>"
    # Names of functions: upright, with a thin space before what follows, unless that is a bracket.
    name = r'<m[io](?: movablelimits="true")?>([A-Za-z]+(?:&#x02009;)?[A-Za-z]+)</m[io]>'
    mathml = re.sub(name + r"(?=<mo stretchy)", r'<mo lspace="0.17em" rspace="0">\1</mo>', mathml)
    return re.sub(name, r'<mo lspace="0.17em" rspace="0.17em">\1</mo>', mathml)


def write_page(notebook: NotebookNode, folder: Path, page: Path) -> None:
    """Write the executed ``notebook`` as one HTML file that loads nothing.

    Args:
        notebook: Is not changed.
        folder: Where the notebook's pictures are looked for.
        page: File to write.
    """
    shown = nbformat.from_dict(notebook)
    shown.metadata.pop("widgets", None)
    for cell in shown.cells:
        for output in cell.get("outputs", []):
            if WIDGET_TYPE in output.get("data", {}):
                output.data = nbformat.from_dict({"text/plain": WIDGET_NOTE})
    resources = {"metadata": {"path": str(folder), "name": read_title(notebook) or page.stem}}
    html, _ = _PageExporter().from_notebook_node(shown, resources)
    write_whole(page, html.encode())


def write_index(outcomes: Sequence[Outcome], index: Path) -> None:
    """Write the page that links the lessons and says how each one went."""
    num_failed = sum(outcome.error is not None for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    summary = f"{len(outcomes)} run in {seconds:.0f} s, {num_failed} failed."
    entries = "\n".join(_entry(outcome) for outcome in outcomes)
    write_whole(index, INDEX.format(summary=summary, entries=entries).encode())


def _entry(outcome: Outcome) -> str:
    lines = [
        f'<li><a href="{escape(outcome.lesson)}.html">{escape(outcome.title)}</a>,'
        f" {outcome.seconds:.1f} s"
    ]
    if outcome.headline:
        lines.append(escape(outcome.headline))
    if outcome.error:
        lines.append(f'<span class="failed">failed: {escape(outcome.error)}</span>')
    lines += [
        f'<span class="missed">did not hold in this run: {escape(statement)}</span>'
        for statement in outcome.claims_not_held
    ]
    return "<br>".join(lines) + "</li>"
