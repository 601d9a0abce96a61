"""Docstrings are found without running anything, and come apart into prose by section and name."""

from pathlib import Path

import pytest

from course_utils.data.texts.docstrings import read_docstrings
from course_utils.data.texts.packages import SOURCE, folder_of, python_files, version_of
from course_utils.data.texts.passages import take_apart
from course_utils.data.texts.prose import is_prose, paragraphs, plain_words, sentences
from tests.helpers.text_files import install

NUMPY = """Scale a picture to a new size.

The mean of all pixels stays, as :func:`~tiny.mean` says [1]_.

Parameters
----------
image : ndarray of shape (h, w)
    The picture that is to be scaled.

    White is one, and black is zero.
*sizes: int or a list of int, optional
    How large each side will be.

Returns
-------
scaled : ndarray of shape (h, w)
    The picture in its new size.

Raises
------
ValueError
    If there is a side of no length.

Notes
-----
It is slow for very large pictures. Use it once.

Examples
--------
>>> this is the code of an example in here
and this is what it prints for the reader
"""
TORCH = """Average the losses of a batch.

Args:
    input (Tensor): the scores of a batch, as a network gives them.
    weight (Tensor, optional): how much each class counts
        in the sum of all losses.

Returns:
    the mean of the losses over the batch

.. note::
    This is the same as a sum that is divided by the number of examples.

Shape:
    - Input: of any shape that there is in the world

This line is a text of its own again.
"""


def taken(docstring: str) -> list[tuple[str, str, str]]:
    return [(p.section, p.name, p.text) for p in take_apart(docstring, "a.py:1")]


def test_sections_and_names_of_numpys_style() -> None:
    assert taken(NUMPY) == [
        ("Summary", "", "Scale a picture to a new size."),
        ("Text", "", "The mean of all pixels stays, as mean says."),
        ("Parameters", "image", "The picture that is to be scaled."),
        ("Parameters", "image", "White is one, and black is zero."),
        ("Parameters", "*sizes", "How large each side will be."),
        ("Returns", "scaled", "The picture in its new size."),
        ("Raises", "ValueError", "If there is a side of no length."),
        ("Notes", "", "It is slow for very large pictures. Use it once."),
    ]


def test_sections_and_names_of_torchs_style() -> None:
    assert taken(TORCH) == [
        ("Summary", "", "Average the losses of a batch."),
        ("Parameters", "input", "the scores of a batch, as a network gives them."),
        ("Parameters", "weight", "how much each class counts in the sum of all losses."),
        ("Returns", "", "the mean of the losses over the batch"),
        ("Text", "", "This is the same as a sum that is divided by the number of examples."),
        ("Text", "", "This line is a text of its own again."),
    ]


def test_docstrings_and_long_texts_are_found_in_order(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    text = "A text that is handed to a function, as numpy does\nwith what is written in C. " * 2
    file.write_text(
        f'raise RuntimeError\nadd(f, """{text}""")\n'
        f'def f():\n    """First.\n\n    Second.\n    """\n    """Not\na docstring."""\n'
        'class C:\n    """One line."""\n# """A text that is handed to no function at all."""\n'
        f'x = "{"a long text on one line that is handed to a function " * 2}"\n'
    )
    found = read_docstrings(file)
    assert [docstring.line for docstring in found] == [2, 6, 13]
    assert found[0].text == text and found[1].text == "First.\n\nSecond."
    assert found[2].text == "One line."


@pytest.mark.parametrize("content", ["def f(:\n", "x = 1\x00"])
def test_what_python_cannot_parse_holds_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.py").write_text(content)
    assert read_docstrings(tmp_path / "a.py") == []


def test_code_tables_and_directives_are_no_prose() -> None:
    said = paragraphs(
        "Before the code of an example::\n\n    if this is the code: return a part of it\n\n"
        "===  ====\nthis is a row of the table\n===  ====\n\n"
        ".. versionadded:: 1.2\n   This is of no use to the reader of a text.\n\n"
        "- One of the items of a list\n  that goes on.\n- Another one of the items in it.\n"
    )
    assert said == [
        "Before the code of an example:",
        "One of the items of a list that goes on.",
        "Another one of the items in it.",
    ]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("``x`` and `y` in **all**, *each* [3]_", "x and y in all, each"),
        (
            "see :class:`~a.b.C`, :ref:`the guide <here>` or `pages <a.b>`_",
            "see C, the guide or pages",
        ),
        ("a * b of the grid_points is_", "a * b of the grid_points is"),
    ],
)
def test_marks_go_and_words_stay(marked: str, plain: str) -> None:
    assert plain_words(marked) == plain


@pytest.mark.parametrize(
    "text",
    [
        "for a in {b: c}: return it to the caller",
        "f(a, b, c) -> the result of it all",
        "def mean(a, b): return the mean of it",
        "Too short a text",
        "12.5 0.33 (7, 8) [1, 2, 3] is 44.1 55.2 [66]",
        "Fast Fourier transform library functions",
        "see https://example.org for all of it",
    ],
)
def test_what_is_not_prose(text: str) -> None:
    assert not is_prose(text) and is_prose("If it is given, the mean of x > 0 is used.")


def test_sentences_end_where_they_end() -> None:
    said = "Use it, e.g. For nets, in Fig. 3. Then stop! What for? No."
    assert sentences(said) == [
        "Use it, e.g. For nets, in Fig. 3.",
        "Then stop!",
        "What for?",
        "No.",
    ]


def test_only_public_files_are_read_and_none_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["b.py", "_a.py", "_core/c.py", "_own/d.py", "sub/tests/e.py", "sub/f.py", "sub/g.txt"]
    package = install(tmp_path, dict.fromkeys(names, ""), monkeypatch, "2.5")
    root = folder_of(package)
    found = [file.relative_to(root).as_posix() for file in python_files(package)]
    assert found == ["__init__.py", "_a.py", "_core/c.py", "b.py", "sub/f.py"]
    assert version_of(package) == "2.5"


def test_a_package_that_is_missing_is_named_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("course_utils.data.texts.packages.find_spec", lambda name: None)
    for package, way_out in {"sklearn": "pip install scikit-learn", "pydoc_data": "Python"}.items():
        with pytest.raises(ModuleNotFoundError, match=f"{package} is not installed.*{way_out}"):
            folder_of(package)


def test_the_source_packages_are_installed() -> None:
    assert all(python_files(package) and version_of(package) for package in SOURCE)
