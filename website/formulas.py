"""Formulas as MathML, which browsers draw themselves: a Sphinx extension without any script."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from course_utils.notebooks.formulas import formula_to_mathml

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer with Sphinx under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def jupyterlab_anchor(heading: str) -> str:
    """The anchor that JupyterLab gives a heading, so that the lessons' links work here too."""
    return heading.strip().replace(" ", "-")


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_draw(node, "inline"))
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{_draw(node, "block")}</div>')
    raise nodes.SkipNode


def _draw(node: nodes.Element, display: str) -> str:
    mathml = formula_to_mathml(node.astext(), display)
    # The converter passes on a command it does not know as a name with its backslash.
    if mathml.startswith("<code>") or "\\" in mathml:
        logger.warning("this formula cannot be drawn: %s", node.astext().strip(), location=node)
    return mathml
