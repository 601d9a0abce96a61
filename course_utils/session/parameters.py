"""Parameters of a lesson: which of them papermill set, and whether each value fits its kind."""

import ast
import difflib
import math
import re
from collections.abc import Collection, Iterable
from decimal import Decimal

from IPython import get_ipython

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.IGNORECASE)


def refuse_unknown_parameters(given: Iterable[str], known: Collection[str]) -> None:
    """Stop a misspelt parameter, which papermill would only warn about.

    Raises:
        ValueError: If a name ``given`` is not ``known``; it names the parameter, one that is spelt
            alike, and those there are.
    """
    for name in sorted(set(given) - set(known)):
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise ValueError(
            f"unknown parameter {name!r}. {hint}This lesson has: {', '.join(sorted(known))}"
        )


def injected_names() -> set[str]:
    """Names that papermill's injected cell assigns in the running notebook, if there is one."""
    shell = get_ipython()  # None in a script
    cells = shell.user_ns.get("In", []) if shell is not None else []
    injected = [cell for cell in cells if cell.startswith("# Parameters\n")]
    return {
        target.id
        for cell in injected
        for statement in ast.parse(cell).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def is_whole(value: object) -> bool:
    """Whether ``value`` is a whole number; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and math.isfinite(value)


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise ValueError unless ``value`` is one of ``choices``."""
    if value not in choices:
        allowed = ", ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} must be one of {allowed}, got {value!r}")


def _got(value: object) -> str:
    """``value`` as errors show it, and how to write it where YAML took a number for text."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and NUMBER.fullmatch(text):
            number, _, exponent = text.lower().partition("e")
            written = [f"{Decimal(text):f}"]
            if exponent.startswith("-"):  # YAML wants a point before it
                written.append(f"{number if '.' in number else number + '.0'}e{int(exponent):+d}")
            return f"got {value!r}: {text!r} is text; write {' or '.join(written)}"
    return f"got {value!r}"


def check_count(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a whole number from 1."""
    if not is_whole(value) or value < 1:
        raise ValueError(f"{name} must be a whole number from 1, {_got(value)}")


def check_repeats(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a whole number from 2: one repeat shows no spread."""
    if not is_whole(value) or value < 2:
        raise ValueError(
            f"{name} must be a whole number from 2, since an interval needs two repeats or more, "
            f"{_got(value)}"
        )


def check_optional_count(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a whole number from 1, or None."""
    if value is not None and (not is_whole(value) or value < 1):
        raise ValueError(f"{name} must be a whole number from 1, or None, {_got(value)}")


def check_optional_text(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is text, or None."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be text, or None, got {value!r}")


def check_optional_count_list(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a rising list of whole numbers from 1, or None."""
    if value is not None:
        check_count_list(name, value)


def check_optional_positive_list(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a non-empty list of numbers above 0, or None."""
    if value is not None:
        check_positive_list(name, value)


def check_positive(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a number above 0."""
    if not _is_number(value) or value <= 0:
        raise ValueError(f"{name} must be a number above 0, {_got(value)}")


def check_fraction(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a number strictly between 0 and 1."""
    if not _is_number(value) or not 0 < value < 1:
        raise ValueError(f"{name} must be a number strictly between 0 and 1, {_got(value)}")


def check_share(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a number from 0 to 1, both included."""
    if not _is_number(value) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be a number from 0 to 1, {_got(value)}")


def check_text(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is text."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, got {value!r}")


def check_text_list(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a non-empty list of texts."""
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise ValueError(f"{name} must be a non-empty list of texts, got {value!r}")


def check_optional_column(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` names columns of a table, or is None."""
    columns = value if isinstance(value, list) else [value]
    is_named = all(isinstance(one, str) or (is_whole(one) and one > 0) for one in columns)
    if value is not None and not (columns and is_named):
        raise ValueError(
            f"{name} must be the name of a column, its number from 1, a list of such, or None, "
            f"got {value!r}"
        )


def check_flag(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")


def check_count_list(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a non-empty, rising list of whole numbers from 1.

    Lessons take the first for the fewest and the last for the most, and read between neighbours.
    """
    if not isinstance(value, list) or not value or not all(is_whole(v) and v >= 1 for v in value):
        raise ValueError(
            f"{name} must be a list of whole numbers from 1, such as [1, 5, 20], {_got(value)}; "
            f"papermill takes lists with -y '{name}: [1, 5, 20]'"
        )
    if value != sorted(set(value)):
        raise ValueError(
            f"{name} must be a list that rises, each number once, got {value!r}; write "
            f"{sorted(set(value))}"
        )


def check_inside(name: str, value: int, of: str, values: list[int]) -> None:
    """Raise ValueError unless ``value`` lies from the first to the last of the parameter ``of``."""
    if not values[0] <= value <= values[-1]:
        raise ValueError(
            f"{name} must lie inside {of}, from {values[0]} to {values[-1]}, got {value}: beyond, "
            "nothing is measured"
        )


def check_positive_list(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a non-empty list of numbers above 0."""
    if not isinstance(value, list) or not value or not all(_is_number(v) and v > 0 for v in value):
        raise ValueError(
            f"{name} must be a list of numbers above 0, such as [0.1, 1], {_got(value)}; "
            f"papermill takes lists with -y '{name}: [0.1, 1]'"
        )
