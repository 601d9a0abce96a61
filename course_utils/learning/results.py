"""What a lesson states: a claim that can be checked, a result to collect."""

from IPython.display import display

from course_utils.session import learner

RECORD_TYPE = "application/x-course-record+json"


def claim(statement: str, holds: bool) -> None:
    """Print ``statement`` with a tick if the numbers of this run bear it out, else with a cross."""
    print(f"✓ {statement}" if holds else f"✗ not in this run: {statement}")


def record(lesson: str, headline: str, **values: float | int | str | bool) -> None:
    """Show the result of a lesson, and leave it where a batch run or the learner's map finds it.

    Args:
        lesson: Name of the notebook, without its ending.
        headline: The result in one line, as ``make lessons`` prints it.
        values: The numbers behind it, by name.
    """
    data = {"headline": headline, **values}
    display({RECORD_TYPE: data, "text/plain": headline}, raw=True)
    if learner.is_live():
        learner.keep("lessons", lesson, headline)
