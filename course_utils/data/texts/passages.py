"""A docstring taken apart: which section a passage stands in, and which parameter it describes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.data.texts.prose import paragraphs

RULED = re.compile(r"^\s*[-=]{3,}\s*$")  # the line below a heading of numpy's and scipy's
COLON = re.compile(  # headings of torch and torchvision
    r"^(Args?|Arguments|Keyword args|Keyword arguments|Parameters|Attributes|Returns?|Yields|"
    r"Raises|Notes?|Warnings?|Shape|Inputs?|Outputs?|Examples?|References|See also):{1,2}$",
    re.IGNORECASE,
)
NUMPY_ENTRY = re.compile(
    r"^(\*{0,2}[A-Za-z_][\w.]*(?:, *\*{0,2}[A-Za-z_][\w.]*)*)(?: ?:(?: .*)?)?$"
)
GOOGLE_ENTRY = re.compile(r"^(\*{0,2}[A-Za-z_]\w*)(?: *\([^)]*\) ?:|:) +(?=\S)")
MORE_THAN_A_TYPE = 4  # words
# One name for each section that holds prose, whatever those who wrote it call it.
SECTIONS = {
    **dict.fromkeys(("parameters", "other parameters", "args", "arg", "arguments"), "Parameters"),
    **dict.fromkeys(("keyword args", "keyword arguments", "inputs", "input"), "Parameters"),
    "attributes": "Attributes",
    **dict.fromkeys(("returns", "return", "yields", "outputs", "output"), "Returns"),
    **dict.fromkeys(("raises", "warns"), "Raises"),
    **dict.fromkeys(("notes", "note", "warnings", "warning"), "Notes"),
}
OF_ENTRIES = ("Parameters", "Attributes", "Returns", "Raises")
SUMMARY, TEXT = "Summary", "Text"


@dataclass(frozen=True)
class Passage:
    """One paragraph of prose.

    Args:
        where: The file as seen from its package and the line of its docstring, ``fft/_fft.py:12``.
        section: Summary, Text, or one of the values of ``SECTIONS``.
        name: The parameter or what else the entry is about; empty where there is none.
        text: The paragraph, on one line.
    """

    where: str
    section: str
    name: str
    text: str


def take_apart(docstring: str, where: str) -> list[Passage]:
    """The passages of one docstring, in order; sections such as Examples hold none."""
    found = []
    for heading, is_ruled, lines in _sections(docstring.split("\n")):
        section = SECTIONS.get(heading.lower()) if heading else TEXT
        if section is None:
            continue
        is_list = section in OF_ENTRIES
        entries = _entries(lines, is_ruled) if is_list else [("", lines)]
        for name, body in entries:
            for text in paragraphs("\n".join(body)):
                is_first = section == TEXT and not found
                found.append(Passage(where, SUMMARY if is_first else section, name, text))
    return found


def _sections(lines: list[str]) -> Iterator[tuple[str, bool, list[str]]]:
    """Each section's heading (none at the beginning), whether it is ruled, and the lines below."""
    heading, was_ruled, body = "", False, []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        is_ruled = bool(line.strip() and RULED.match(below) and not RULED.match(line))
        colon = None if is_ruled else COLON.match(line)
        is_over = line[:1].strip() and not was_ruled and heading and _is_set_in(body)
        if is_ruled or colon or is_over:
            yield heading, was_ruled, body
            heading = line.strip() if is_ruled else colon[1] if colon else ""
            was_ruled, body = is_ruled, []
        if not (is_ruled or colon or RULED.match(line)):
            body.append(line)
    yield heading, was_ruled, body


def _is_set_in(body: list[str]) -> bool:
    """Whether a section begins further in than its heading, as torch's do, and has begun."""
    filled = [line for line in body if line.strip()]
    return bool(filled) and filled[0][0] == " "


def _entries(lines: list[str], is_ruled: bool) -> Iterator[tuple[str, list[str]]]:
    """Each entry of a list of parameters: its name and the lines that describe it."""
    filled = [line for line in lines if line.strip()]
    edge = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    name, body = "", []
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) == edge:
            yield name, body
            name, body = _begin(line, edge, is_ruled)
        else:
            body.append(line)
    yield name, body


def _begin(line: str, edge: int, is_ruled: bool) -> tuple[str, list[str]]:
    """What the first line of an entry names, and what it says of it already.

    ``name : type`` is numpy's, below a ruled heading, and says nothing yet; ``name (type): words``
    is torch's. Without a type, what follows torch's colon must be a few words.
    """
    said = line.strip()
    google = None if is_ruled else GOOGLE_ENTRY.match(said)
    numpy = NUMPY_ENTRY.match(said)
    if google and (google[0].count("(") or len(said[google.end() :].split()) >= MORE_THAN_A_TYPE):
        return google[1], [" " * edge + said[google.end() :]]
    return (numpy[1], []) if numpy else ("", [line])
