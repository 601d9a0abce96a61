"""English sentences out of what is written for a program that makes web pages of it."""

import re
from collections.abc import Iterator

FEWEST_WORDS = 5
LEAST_LETTERS = 0.8  # share of letters and blanks; formulas and tables have less
NO_PROSE = (*"{}\\|", "->", "# ", "://")  # signs of code, formulas and addresses
CODE = re.compile(r"\bdef \w+\(|\):\s")
COMMON = re.compile(  # words without which English sentences are rare
    r"\b(a|an|and|are|as|at|be|by|can|for|from|if|in|is|it|of|on|or|that|the|this|to|when|with)\b",
    re.IGNORECASE,
)
ROLE = re.compile(r":[a-zA-Z][\w:+.-]*:(?=`)")  # :func:`name` and its like
TITLED = re.compile(r"`([^`<]+?)\s*<[^`>]+>`_{0,2}")  # `words <address>`_
LAST_NAME = re.compile(r"~\.?(?:\w+\.)*(?=\w)")  # ~package.module.name shows name alone
MARKS = re.compile(r"`+_{0,2}|\*\*|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)|(?<=\w)_(?=[\s.,;:)]|$)")
FOOTNOTE = re.compile(r"\s*\[[\w#]+\]_?")
SESSION = re.compile(r"^\s*(>>>|\.\.\. |In \[\d+\]:|=+ +=)")  # and tables: up to a blank line
RULE = re.compile(r"^\s*([-=~^+*#\"'_`.:]{3,}|\|)")  # lines that are drawn, and tables
DIRECTIVE = re.compile(r"^\s*\.\. ")
ITEM = re.compile(  # what begins a paragraph of its own
    r"^\s*(?:(?:[-*+•]|\(?\d{1,2}[.)]|\(?[a-h]\))\s+(?=\S)|"
    r"\.\. (?:note|warning|important|tip|hint|attention)::\s*)"
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
NO_END = re.compile(r"\b(?:e\.g|i\.e|cf|vs|etc|Fig|Eq|Sec|al|approx|resp|[A-Z])\.$")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of ``text`` that are English prose, each on one line and without markup.

    Items of a list are paragraphs of their own. Left out are code, sessions, tables, formulas that
    stand alone, and what is too short to be a sentence.
    """
    found = (plain_words(block) for block in _blocks(text.split("\n")))
    return [said for said in found if is_prose(said)]


def _blocks(lines: list[str]) -> Iterator[str]:
    """Lines that belong together, as one; sessions, code and tables are passed over."""
    block: list[str] = []
    in_session, code_beyond = False, None  # blanks before a line; with more of them it is code
    for line in [*lines, ""]:
        depth, is_blank = len(line) - len(line.lstrip()), not line.strip()
        if code_beyond is not None and not is_blank and depth <= code_beyond:
            code_beyond = None
        in_session = not is_blank and (in_session or SESSION.match(line) is not None)
        own = ITEM.sub("", line).strip()
        is_other = is_blank or in_session or code_beyond is not None or RULE.match(line)
        if is_other or DIRECTIVE.match(line) or ITEM.match(line):
            yield " ".join(block)
            block = []
        if is_other:
            continue
        if DIRECTIVE.match(line) and not ITEM.match(line):
            code_beyond = depth
            continue
        block.append(own)
        if own.endswith("::"):
            code_beyond = depth


def plain_words(text: str) -> str:
    """``text`` without the marks of markup, and with one blank between words."""
    text = MARKS.sub("", TITLED.sub(r"\1", ROLE.sub("", text)))
    text = LAST_NAME.sub("", text)
    return " ".join(FOOTNOTE.sub("", text).replace("::", ":").split())


def is_prose(text: str) -> bool:
    """Whether ``text`` reads as English sentences, by its words and the signs in it."""
    if len(text.split()) < FEWEST_WORDS or any(s in text for s in NO_PROSE) or CODE.search(text):
        return False
    letters = sum(sign.isalpha() or sign == " " for sign in text)
    return letters >= LEAST_LETTERS * len(text) and COMMON.search(text) is not None


def sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph; abbreviations such as ``e.g.`` end none."""
    found: list[str] = []
    for piece in SENTENCE_END.split(paragraph):
        if found and NO_END.search(found[-1]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found
