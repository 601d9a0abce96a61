"""Paragraphs about the language Python, which Python brings: a new text to go on learning from."""

import ast
from pathlib import Path

from course_utils.data.families import connected
from course_utils.data.groups import is_repeat
from course_utils.data.texts.corpus import Prose
from course_utils.data.texts.near_texts import find_near_texts
from course_utils.data.texts.packages import folder_of, version_of
from course_utils.data.texts.prose import paragraphs

PACKAGE = "pydoc_data"
SHORTEST, LONGEST = 80, 400  # signs of a paragraph


def load_topics() -> Prose:
    """The paragraphs of Python's help, each once; what is held out by file is whole topics.

    They are read from ``pydoc_data/topics.py``, which is not run.

    Raises:
        ModuleNotFoundError: If this Python lacks them.
        ValueError: If that file does not hold what it should.
    """
    found = [
        (said, f"{PACKAGE}/{topic}")
        for topic, text in _read_topics(folder_of(PACKAGE) / "topics.py").items()
        for said in paragraphs(text)
        if SHORTEST <= len(said) <= LONGEST
    ]
    repeats = is_repeat(connected(find_near_texts([said for said, _ in found]), len(found)))
    kept = [one for one, again in zip(found, repeats.tolist(), strict=True) if not again]
    texts, topics = zip(*kept, strict=True)
    num_signs = sum(len(said) for said, _ in found)
    return Prose(texts, topics, {PACKAGE: version_of(PACKAGE)}, num_signs)


def _read_topics(file: Path) -> dict[str, str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            return ast.literal_eval(node.value)
    raise ValueError(f"{file} holds no table of topics; take another Python, 3.10 to 3.13")
