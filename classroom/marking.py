"""Marks one submission: runs it apart, judges what was observed, and keeps the result.

Judging happens in this process, which never runs a student's code, on plain data, with torch and
answers that no student's code could reach.
"""

import hashlib
import json
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from classroom.apart import Limits, Run, run_apart
from classroom.handed_in import printable
from classroom.protection import has_bubblewrap
from classroom.submissions import Submission
from course_utils.exercises import checking
from course_utils.exercises.checking import VISIBLE_SEED, answer_to, judge
from course_utils.exercises.feedback import Feedback
from course_utils.files import write_whole
from course_utils.learning.lessons import ROOMS_FOLDER
from course_utils.notebooks.exercise_sources import Exercise, grade_id

JUDGE_SECONDS = 60
MOST_OUTPUTS = 10  # of one cell; the other side gives at most three
MOST_STOPS = 5  # cells of one notebook of which it is said that they stopped
IMPORTS = "imports"  # id of the cell that every other cell stands on
WITHOUT_IMPORTS = "The cell with the imports stopped, and this answer could not run without it."


@dataclass
class Result:
    """What came of one submission."""

    student: str
    lesson: str
    key: str  # of all that the result depends on
    verdicts: dict[str, dict[str, Any]]  # status, message and misconception by exercise
    remarks: list[str]
    hints: dict[str, int] | None
    outputs: list[list[dict[str, Any]]] = field(repr=False)  # of each cell

    def save(self, folder: Path) -> None:
        """Write the result to its place in ``folder``."""
        text = json.dumps(asdict(self), indent=1)
        write_whole(place_of(folder, self.student, self.lesson), text.encode())


def place_of(folder: Path, student: str, lesson: str) -> Path:
    """Where the result of a submission lies."""
    return folder / student / f"{lesson}.json"


def read_result(path: Path) -> Result | None:
    """The result in a file; None if there is none that can be read."""
    try:
        return Result(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def key_of(submission: Submission, seed: int, limits: Limits) -> str:
    """A hash of the submission and of everything else that decides its result."""
    parts = [nbformat.writes(submission.notebook), repr(submission.remarks), repr(limits)]
    parts += [repr(submission.hints), str(seed), str(has_bubblewrap()), _own_code()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _own_code() -> str:
    """The code that observes, judges and marks."""
    folders = [Path(checking.__file__).parent, ROOMS_FOLDER, Path(__file__).parent]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return "\0".join(path.read_text(encoding="utf-8") for path in paths)


def mark(
    submission: Submission,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    key: str,
    workbook: Path,
) -> Result:
    """Run and judge a submission.

    Args:
        submission: Rebuilt on the student version.
        exercises: Those of its lesson.
        seed: Of the inputs that students do not see beforehand.
        limits: What the run may use.
        key: Kept with the result.
        workbook: What ``workbook_without_answers`` made.

    Raises:
        RuntimeError: If not even the first cell began, which is for the teacher to look into.
    """
    module = submission.lesson[3:]
    cells = [_job_cell(cell) for cell in submission.notebook.cells]
    jobs = [{"name": e.name, "lesson": module, "answers": e.answers} for e in exercises]
    run = run_apart(cells, jobs, (VISIBLE_SEED, seed), limits, workbook)
    if run.failure:  # before any code of the student: no fault of theirs
        raise RuntimeError(f"nothing ran: {run.failure}")
    verdicts = {e.name: _verdict(e, module, run, submission.notebook, seed) for e in exercises}
    return Result(
        student=submission.student,
        lesson=submission.lesson,
        key=key,
        verdicts={name: asdict(feedback) for name, feedback in verdicts.items()},
        remarks=submission.remarks + _events(run, submission.notebook, verdicts, limits),
        hints=submission.hints,
        outputs=_outputs(submission.notebook, run, verdicts),
    )


def _job_cell(cell: NotebookNode) -> dict[str, str]:
    if cell.cell_type != "code":
        return {}
    name = grade_id(cell) or ""
    if name.startswith("test_"):
        return {"exercise": name.removeprefix("test_")}
    return {"code": cell.source}


def _verdict(
    exercise: Exercise, lesson: str, run: Run, notebook: NotebookNode, seed: int
) -> Feedback:
    """Right if it is right on both sets of inputs; else what to say of the first that is not."""
    found = run.observed.get(exercise.name, {})
    for inputs in (VISIBLE_SEED, seed):
        feedback = judged(lesson, exercise.name, found.get(inputs), inputs)
        if feedback.status == "right":
            continue
        if inputs != VISIBLE_SEED:
            return _wrong_on_others(feedback, lesson, exercise.name)
        return _with_error_of_cell(feedback, exercise, run, notebook)
    return feedback


def _wrong_on_others(feedback: Feedback, lesson: str, exercise: str) -> Feedback:
    """What may be said of inputs that nobody is to see: no numbers, and no words of the code."""
    known = answer_to(lesson, exercise).messages.get(feedback.misconception or "", "")
    message = f"Right on the inputs of the check, not on others. {known}".strip()
    return Feedback("wrong", message, feedback.misconception or "visible-inputs-only")


def judged(lesson: str, exercise: str, found: Any, seed: int) -> Feedback:
    """Feedback on what foreign code made of an answer, which may be anything at all."""
    try:
        if "data" in found:
            with _time_limit():
                told = judge(lesson, exercise, found["data"], seed)
            return Feedback(told.status, printable(str(told.message)), told.misconception)
        status = "unanswered" if found["status"] == "unanswered" else "wrong"
        name = found["name"]
        is_name = isinstance(name, str) and re.fullmatch(r"[a-z0-9-]{1,40}", name)
        return Feedback(status, printable(str(found["message"])), name if is_name else None)
    except Exception:  # whatever is in it, it is not what an answer gives
        message = "Nothing came back that could be judged." if found else "It did not run."
        return Feedback("wrong", message, "error")


@contextmanager
def _time_limit() -> Iterator[None]:
    """TimeoutError after a time in which any honest observation is judged."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, JUDGE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _with_error_of_cell(
    feedback: Feedback, exercise: Exercise, run: Run, notebook: NotebookNode
) -> Feedback:
    """Add the error in the cell of the answer, if it did not run to its end."""
    without_imports = _lacks_imports(run, notebook)
    for place, cell in enumerate(notebook.cells):
        if grade_id(cell) == exercise.name:
            how = run.stopped.get(place) or _error_in(run, place)
            if without_imports and "NameError: " in f"{how} {feedback.message}":
                return Feedback("wrong", WITHOUT_IMPORTS, "imports-stopped")
            if how:
                message = f"The cell of your answer {how}. {feedback.message}"
                return Feedback("wrong", printable(message), "error")
    return feedback


def _lacks_imports(run: Run, notebook: NotebookNode) -> bool:
    """Whether the cell with the imports stopped, so that names are missing everywhere below."""
    return any(
        cell.id == IMPORTS and _error_in(run, place) for place, cell in enumerate(notebook.cells)
    )


def _error_in(run: Run, place: int) -> str | None:
    """How a cell stopped, if it stopped with an error."""
    for output in run.outputs.get(place, []):
        if output.get("output_type") == "error":
            how = f"stopped with {output.get('ename')}: {output.get('evalue')}"
            return printable(how.removesuffix(": "))
    return None


def _events(
    run: Run, notebook: NotebookNode, verdicts: Mapping[str, Feedback], limits: Limits
) -> list[str]:
    """What happened while it ran, in words."""
    events = []
    # A wrong verdict tells the error in its own cell.
    told = {name for name, feedback in verdicts.items() if feedback.status != "right"}
    without_imports = _lacks_imports(run, notebook)
    for place, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        how = None if name in told else _error_in(run, place)
        if how and "NameError: " in how and without_imports:
            continue  # the cause is told
        if how and "KeyboardInterrupt" not in how:
            imports = "the imports cell" if cell.id == IMPORTS else None
            events.append(f"{imports or name or f'cell {place + 1}'} {how}; the rest was run")
    del events[MOST_STOPS:]
    for place, how in sorted(run.stopped.items()):
        name = grade_id(notebook.cells[place]) or ""
        what = f"the answer {name.removeprefix('test_')}" if name else f"cell {place + 1}"
        events.append(f"{what} {how}; the rest was run without it")
    for place, outputs in sorted(run.outputs.items()):
        for output in outputs:
            if output.get("ename") == "KeyboardInterrupt":
                what = grade_id(notebook.cells[place]) or f"cell {place + 1}"
                events.append(f"{what} took longer than {limits.seconds:g} s and was interrupted")
            if "more characters" in str(output.get("text", ""))[-40:]:
                events.append(f"cell {place + 1} printed too much; the rest was left out")
    return events


def _outputs(
    notebook: NotebookNode, run: Run, verdicts: Mapping[str, Feedback]
) -> list[list[dict[str, Any]]]:
    """Outputs of each cell, with the verdict under each test."""
    filled = []
    for place, cell in enumerate(notebook.cells):
        name = (grade_id(cell) or "").removeprefix("test_")
        if cell.cell_type == "code" and grade_id(cell) == f"test_{name}":
            filled.append([_verdict_output(verdicts[name])])
        else:
            outputs = [_clean(output) for output in run.outputs.get(place, [])[:MOST_OUTPUTS]]
            filled.append([output for output in outputs if output is not None])
    return filled


def _verdict_output(feedback: Feedback) -> dict[str, Any]:
    """An output for which nbgrader gives all points; an error, for which it gives none."""
    text = repr(feedback)
    if feedback.status == "right":
        return {"output_type": "stream", "name": "stdout", "text": text}
    return {"output_type": "error", "ename": "NotYetError", "evalue": text, "traceback": [text]}


def _clean(output: Any) -> dict[str, Any] | None:
    """An output made of plain text only; None if it is nothing of the kind."""
    if not isinstance(output, dict):
        return None
    if output.get("output_type") == "error":
        name, text = (printable(str(output.get(part))) for part in ("ename", "evalue"))
        trace = [printable(str(line)) for line in list(output.get("traceback", []))[:10]]
        return {"output_type": "error", "ename": name, "evalue": text, "traceback": trace}
    if output.get("name") in ("stdout", "stderr"):
        text = str(output.get("text"))[:100_000].encode("utf-8", "replace").decode("utf-8")
        return {"output_type": "stream", "name": output["name"], "text": text}
    return None
