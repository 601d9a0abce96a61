r"""Formulas as MathML, which browsers draw themselves, without a script from the web."""

import re
from html import escape

from latex2mathml.converter import convert


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
