"""What a lesson states: the learner's guess, a claim that can be checked, a result to collect."""

import json
import math
from pathlib import Path

from IPython.display import display

from course_utils.files import write_whole

RECORD_TYPE = "application/x-course-record+json"


def guess(question: str, value: float | None, *, default: float, data_dir: Path) -> float:
    """Keep the learner's guess, or take the default where nobody made one.

    Args:
        question: Short name of what is guessed, the same at every run of the lesson.
        value: The learner's guess; None where nobody is there, as in a batch run.
        default: A guess that many people make; used, and never stored, when ``value`` is None.
        data_dir: Folder whose ``guesses.json`` keeps the guesses.

    Returns:
        The guess to draw on the figure.

    Raises:
        ValueError: If ``value`` is not a number.
    """
    if value is None:
        print(f"No guess yet. The figure shows a common one: {default:g}")
        return float(default)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError(f"a guess must be a number such as {default:g}, got {value!r}")
    kept = read_guesses(data_dir) | {question: float(value)}
    write_whole(data_dir / "guesses.json", json.dumps(kept, indent=1).encode())
    print(f"Your guess, kept for the figure: {value:g}")
    return float(value)


def read_guesses(data_dir: Path) -> dict[str, float]:
    """All guesses the learner has made so far; empty where there is no readable file."""
    try:
        kept = json.loads((data_dir / "guesses.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # deleted or damaged: the learner loses guesses, not a lesson
        return {}
    return kept if isinstance(kept, dict) else {}


def claim(statement: str, holds: bool) -> None:
    """Print ``statement`` with a tick if the numbers of this run bear it out, else with a cross."""
    print(f"✓ {statement}" if holds else f"✗ not in this run: {statement}")


def record(headline: str, **values: float | int | str | bool) -> None:
    """Show the result of a lesson and leave it where a batch run can collect it.

    Args:
        headline: The result in one line, as ``make lessons`` prints it.
        values: The numbers behind it, by name.
    """
    data = {"headline": headline, **values}
    display({RECORD_TYPE: data, "text/plain": headline}, raw=True)
