"""Which tests belong to one lesson."""

from pathlib import Path
from typing import Any

import pytest

from course_utils.learning.lessons import find_lessons


def keep_those_of(wanted: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of ``items`` what does not belong to the lesson called ``wanted``.

    Raises:
        pytest.UsageError: If there is no such lesson.
    """
    try:
        (lesson,) = find_lessons([wanted])
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    config.hook.pytest_deselected(items=[item for item in items if not belongs_to(lesson, item)])
    items[:] = [item for item in items if belongs_to(lesson, item)]


def belongs_to(lesson: Path, item: pytest.Item) -> bool:
    """Whether a test lies in the lesson's room, is of its notebooks, or is given the lesson."""
    room = Path("lessons") / lesson.stem[3:]
    if item.path.parent.match(f"tests/{room}") or item.path.stem == lesson.stem:
        return True
    given = getattr(item, "callspec", None)
    return given is not None and any(names(lesson, value) for value in given.params.values())


def names(lesson: Path, value: Any) -> bool:
    """Whether a parameter of a test is the lesson, one of its files, or something of it."""
    if isinstance(value, Path):
        return value.stem == lesson.stem
    if isinstance(value, str):
        return value in (lesson.stem, lesson.stem[3:])
    return names(lesson, getattr(value, "lesson", None)) if hasattr(value, "lesson") else False
