"""Records of runs, as a command keeps them, for those who sum them up or show them."""

from pathlib import Path
from typing import Any

from course_utils.notebooks.execution import Limits
from course_utils.runs.computing import Task


def record_of(seed: int | None = None, **more: Any) -> dict[str, Any]:
    """The record of a run of lesson 90 that went well, but for what is named."""
    parameters = more.pop("parameters", {}) | ({} if seed is None else {"seed": seed})
    return {
        "key": f"{seed or 0:016x}",
        "lesson": "90_tiny",
        "parameters": parameters,
        "environment": {},
        "title": "A tiny lesson",
        "headline": "it ran",
        "values": {},
        "claims": [],
        "error": None,
        "failed_cell": None,
        "seconds": 1.5,
        "place": "here:1",
    } | more


def claim_of(place: str, held: bool, statement: str = "one is less") -> dict[str, Any]:
    """A claim as a record holds it."""
    return {"place": place, "statement": statement, "held": held}


def task_of(lesson: Path, **more: Any) -> Task:
    """A run of this notebook as a task without any needs, but for what is named."""
    facts = {
        "key": "0123456789abcdef",
        "lesson": lesson.stem,
        "notebook": lesson.read_text(encoding="utf-8"),
        "folder": str(lesson.parent),
        "parameters": {},
        "leaves": {},
        "alone": False,
        "device": "cpu",
        "limits": Limits(run_seconds=60),
        "environment": {},
        "needs": {},
    }
    return Task(**(facts | more))
