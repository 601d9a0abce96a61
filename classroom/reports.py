"""What grading writes: one CSV file, a page of feedback per student, and a report on the class."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from classroom.grading import Graded
from classroom.protection import why_not_protected
from classroom.summary import (
    OUTCOMES,
    ExerciseSummary,
    happenings,
    most_points,
    summarise,
    total_of,
)
from course_utils.exercises.checking import answer_to
from course_utils.figures.axes import as_png, new_axes, say, summary_of
from course_utils.figures.plots import COLOURS
from course_utils.files import write_whole

HATCHES = ("", "//", "..", "xx")  # a second sign beside colour
GREY = "#BBBBBB"


def write_reports(graded: Graded, out: Path) -> list[Path]:
    """Write all reports into ``out``; the paths of the CSV file and of the report on the class."""
    pages = Environment(
        loader=PackageLoader("classroom", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for student in graded.names:
        page = pages.get_template("feedback.html").render(_feedback(graded, student))
        write_whole(out / "feedback" / f"{student}.html", page.encode())
    write_whole(out / "marks.csv", _table_of_marks(graded).encode("utf-8-sig"))
    report = pages.get_template("report.html").render(_report(graded))
    write_whole(out / "report.html", report.encode())
    return [out / "marks.csv", out / "report.html", out / "feedback"]


def _table_of_marks(graded: Graded) -> str:
    """Students in rows; points in all, by lesson and by exercise; what happened, in words."""
    exercises = [e for found in graded.exercises.values() for e in found]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        ["student", f"total of {most_points(graded)}"]
        + [f"{lesson} of {most_points(graded, lesson)}" for lesson in graded.exercises]
        + [f"{e.name} of {e.minutes}" for e in exercises]
        + ["what happened"]
    )
    for student, name in graded.names.items():
        marks = graded.marks[student]
        table.writerow(
            [_as_text(name), f"{total_of(graded, student):g}"]
            + [f"{total_of(graded, student, lesson):g}" for lesson in graded.exercises]
            + [f"{marks.get(e.name, 0.0):g}" for e in exercises]
            + [_as_text("; ".join(happenings(graded, student)))]
        )
    return text.getvalue()


def _as_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    # Also after what separates cells in some countries' spreadsheets.
    return re.sub(r"(^|[;,|\t])(\s*)(?=[=+\-@＝＋－＠])", r"\1\2'", " ".join(text.split()))


def _feedback(graded: Graded, student: str) -> dict[str, Any]:
    lessons = []
    for lesson, exercises in graded.exercises.items():
        result = graded.results[student].get(lesson)
        rows = [
            {
                "exercise": exercise,
                "points": graded.marks[student].get(exercise.name, 0.0),
                "verdict": None if result is None else result.verdicts[exercise.name],
            }
            for exercise in exercises
        ]
        lessons.append(
            {
                "name": lesson,
                "handed_in": result is not None,
                "rows": rows,
                "points": total_of(graded, student, lesson),
                "most": most_points(graded, lesson),
            }
        )
    return {
        "student": graded.names[student],
        "points": total_of(graded, student),
        "most": most_points(graded),
        "lessons": lessons,
        "happenings": happenings(graded, student),
    }


def _report(graded: Graded) -> dict[str, Any]:
    summaries = summarise(graded)
    outcomes = plot_outcomes(summaries)
    num_notebooks = sum(len(results) for results in graded.results.values())
    return {
        "num_students": len(graded.names),
        "num_notebooks": num_notebooks,
        "num_marked": graded.num_marked,
        "protection": why_not_protected(),
        "lessons": [(lesson, most_points(graded, lesson)) for lesson in graded.exercises],
        "most": most_points(graded),
        "students": [_row(graded, student) for student in graded.names],
        "outcomes": {"png": as_png(outcomes.figure), "words": summary_of(outcomes.figure)},
        "summaries": summaries,
        "misconceptions": _misconceptions(summaries),
        "stuck": _stuck(summaries),
        "num_sharing": max((len(s.hints) for s in summaries), default=0),
    }


def _row(graded: Graded, student: str) -> dict[str, Any]:
    return {
        "id": student,
        "name": graded.names[student],
        "points": [
            total_of(graded, student, lesson) if lesson in graded.results[student] else None
            for lesson in graded.exercises
        ],
        "total": total_of(graded, student),
        "happenings": happenings(graded, student),
    }


def _misconceptions(summaries: list[ExerciseSummary]) -> list[dict[str, Any]]:
    """The most common first, with what the check says to those who hold them."""
    found = []
    for summary in summaries:
        errors = answer_to(summary.lesson[3:], summary.exercise.name).messages
        found += [
            {"label": summary.label, "name": name, "count": count, "message": errors[name]}
            for name, count in summary.misconceptions.items()
            if name in errors
        ]
    return sorted(found, key=lambda item: -item["count"])


def _stuck(summaries: list[ExerciseSummary]) -> list[ExerciseSummary]:
    """Exercises that fewest who handed in got right, worst first."""
    tried = [s for s in summaries if s.share_right is not None and s.share_right < 1]
    return sorted(tried, key=lambda summary: summary.share_right)[:5]


def plot_outcomes(summaries: list[ExerciseSummary]) -> Any:
    """How many students got each exercise right, wrong, or not done: one bar per exercise."""
    ax = new_axes(width=8.0, height=0.6 + 0.26 * len(summaries))
    labels = [summary.label for summary in summaries]
    left = np.zeros(len(summaries))
    colours = (COLOURS[2], COLOURS[1], COLOURS[4], GREY)
    for outcome, colour, hatch in zip(OUTCOMES, colours, HATCHES, strict=True):
        counts = np.array([summary.outcomes[outcome] for summary in summaries])
        ax.barh(labels, counts, left=left, color=colour, hatch=hatch, edgecolor="w", label=outcome)
        left += counts
    ax.invert_yaxis()
    ax.margins(y=0.01)
    ax.set_xlabel("students")
    ax.set_ylabel("")
    ax.legend(ncols=4, fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0))
    for summary in summaries:
        counts = ", ".join(f"{summary.outcomes[o]} {o}" for o in OUTCOMES if summary.outcomes[o])
        say(ax, f"{summary.label}: {counts}.")
    return ax
