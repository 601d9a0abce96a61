"""Values of parameters as one writes them on the command line, one or several."""

import json
import re
from collections.abc import Sequence
from typing import Any

PYTHON_WORDS = {"True": True, "False": False, "None": None}
RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")
MOST = 100_000  # values of one parameter; more is a slip of the finger


def read_value(text: str) -> Any:
    """A number, truth value, null or list as YAML and JSON write it; anything else is text."""
    if text in PYTHON_WORDS:
        return PYTHON_WORDS[text]
    try:
        return json.loads(text)
    except ValueError:
        return text


def read_values(text: str) -> list[Any]:
    """The values that ``text`` names: ``0..9``, both ends included, or ``40,80``, or one.

    Lists as values stand in a list: ``[[1, 5], [1, 20]]``.

    Raises:
        ValueError: If there is none, or a range runs backwards.
    """
    whole = read_value(text)
    if isinstance(whole, list):
        return check_values(text, whole)
    values: list[Any] = []
    for part in text.split(","):
        if found := RANGE.fullmatch(part.strip()):
            first, last = map(int, found.groups())
            if not first <= last < first + MOST:
                raise ValueError(f"{part!r} is no range: write the lower end first, such as 0..9")
            values += range(first, last + 1)
        elif part.strip():
            values.append(read_value(part.strip()))
    return check_values(text, values)


def check_values(text: object, values: Sequence[Any]) -> list[Any]:
    """``values``, each once; a ValueError that shows ``text`` if there are none."""
    if not values:
        raise ValueError(f"no values in {text!r}: write them as 0..9, as 40,80 or as [[1, 5], [2]]")
    once = {json.dumps(value, sort_keys=True): value for value in values}
    return list(once.values())
