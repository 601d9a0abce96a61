"""Formulas become MathML as JupyterLab draws them, or stay as they are written."""

import re

import pytest

from course_utils.notebooks.formulas import formula_to_mathml

UNDER = (
    r'<munder><mrow><mo lspace="0.17em" rspace="0.17em">([^<]*)</mo></mrow>'
    r"<mrow><mi>([^<]*)</mi></mrow></munder>"
)


@pytest.mark.parametrize(
    "tex",
    [
        r"\operatorname*{arg\,min}_\theta L",
        r"\operatorname{arg\,min}_\theta L",
        r"\arg\min_\theta L",
        r"\argmin_\theta L",
    ],
)
def test_every_spelling_of_argmin_gives_one_upright_name_over_its_index(tex: str) -> None:
    mathml = formula_to_mathml(tex, display="block")
    name, index = re.search(UNDER, mathml).groups()
    assert name == "arg&#x02009;min"
    assert index == "&#x003B8;"


@pytest.mark.parametrize("environment", ["align", "align*", "aligned"])
def test_aligned_lines_are_rows_without_numbers(environment: str) -> None:
    tex = rf"\begin{{{environment}}} a &= b \\ c &= d \end{{{environment}}}"
    mathml = formula_to_mathml(tex, display="block")
    assert mathml.count("<mtr>") == 2
    assert "(1)" not in mathml
    assert "<mi>&</mi>" not in mathml


def test_a_formula_the_converter_cannot_read_is_shown_as_it_is_written() -> None:
    assert formula_to_mathml(r"\left( <a", display="inline") == r"<code>\left( &lt;a</code>"
