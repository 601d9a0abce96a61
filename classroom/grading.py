"""Grades a class: finds submissions, marks those that changed in parallel, enters the marks."""

import json
import resource
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from re import search, sub

import nbformat
import torch
from tqdm import tqdm

from classroom.apart import Limits, workbook_without_answers
from classroom.gradebook import Course
from classroom.handed_in import find_students, printable
from classroom.marking import Result, key_of, mark, place_of, read_result
from classroom.protection import why_not_protected
from classroom.release import add_assignments
from classroom.submissions import Submission, read_submissions
from course_utils.files import write_whole
from course_utils.notebooks.exercise_sources import Exercise, find_sources, read_exercises

JUDGE_BYTES = 6 * 1024**3
Task = tuple[Submission, Sequence[Exercise], int, Limits, str]  # of mark, but for the workbook
Failure = tuple[Submission, str]  # and why


@dataclass
class Graded:
    """A class with its marks."""

    exercises: dict[str, list[Exercise]]  # by lesson
    names: dict[str, str] = field(default_factory=dict)  # as handed in, by nbgrader's name
    remarks: dict[str, list[str]] = field(default_factory=dict)  # on files that are no submission
    results: dict[str, dict[str, Result]] = field(default_factory=dict)  # by student and lesson
    marks: dict[str, dict[str, float]] = field(default_factory=dict)  # by student and exercise
    num_marked: int = 0  # in this run

    def read_students(self, out: Path) -> None:
        """Names and remarks as the last run left them in ``out``."""
        path = out / "students.json"
        if path.exists():
            self.names, self.remarks = json.loads(path.read_text(encoding="utf-8"))

    def save_students(self, out: Path) -> None:
        """Leave names and remarks for the next run, in the order of the names."""
        self.names = dict(sorted(self.names.items(), key=lambda item: item[1]))
        text = json.dumps([self.names, self.remarks], indent=1)
        write_whole(out / "students.json", text.encode())


def grade(folder: Path, out: Path, limits: Limits, workers: int) -> Graded:
    """Grade what lies in ``folder``; what did not change since the last time is not run again.

    Args:
        folder: A folder, archive or notebook per student.
        out: Folder of the class, with its gradebook.
        limits: What one submission may use.
        workers: How many run at once.

    Raises:
        ValueError: If ``folder`` holds no submissions.
    """
    handed_in = find_students(folder, [path.stem for path in find_sources()])
    if why := why_not_protected():
        print(f"Note: {why}", file=sys.stderr)
    course = Course(out)
    add_assignments(course)
    sources = {path.stem: nbformat.read(path, as_version=4) for path in find_sources()}
    exercises = {lesson: read_exercises(source) for lesson, source in sources.items()}
    originals = {lesson: course.released(lesson) for lesson in sources}
    graded, submissions = Graded(exercises), []
    graded.read_students(out)  # who handed in before stays in the class
    for name, files in handed_in.items():
        student = safe_name(name)
        graded.names[student] = printable(name)
        try:
            found, remarks = read_submissions(student, files, originals, exercises)
        except Exception as error:  # whatever one student hands in, the others are graded
            found, remarks = {}, [f"could not be read: {type(error).__name__}"]
        graded.remarks[student] = remarks
        submissions += found.values()
    secret = _secret(out)
    seeds = {(s.student, s.lesson): _hidden_seed(secret, s) for s in submissions}
    keys = {
        (s.student, s.lesson): key_of(s, seeds[s.student, s.lesson], limits) for s in submissions
    }
    tasks = [
        (s, exercises[s.lesson], seeds[s.student, s.lesson], limits, keys[s.student, s.lesson])
        for s in submissions
        if _is_new(course, s, keys[s.student, s.lesson])
    ]
    graded.num_marked = len(tasks)
    with workbook_without_answers() as workbook:
        failed = _mark_all(course, tasks, workbook, workers)
    failed += _enter(course, submissions, keys, out / "entered.json")
    for submission, failure in failed:
        graded.remarks[submission.student].append(f"{submission.lesson}: {failure}")
    graded.save_students(out)
    for student in graded.names:
        kept = {lesson: place_of(course.results_folder, student, lesson) for lesson in sources}
        read = {lesson: read_result(path) for lesson, path in kept.items()}
        graded.results[student] = {lesson: r for lesson, r in read.items() if r is not None}
    graded.marks = course.marks(list(graded.names))
    return graded


def safe_name(name: str) -> str:
    """A name that can stand in a path and in a pattern; no two names give the same."""
    safe = sub(r"[^A-Za-z0-9_.-]", "-", name).lstrip(".-") or "student"
    if safe == name and len(safe) <= 60 and not search(r"-[0-9a-f]{16}$", safe):
        return safe
    return f"{safe[:60]}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _secret(out: Path) -> str:
    """What the hidden inputs of a class come from: drawn once, and kept."""
    path = out / "secret.json"
    if not path.exists():
        write_whole(path, json.dumps(secrets.token_hex(16)).encode())
    return json.loads(path.read_text(encoding="utf-8"))


def _hidden_seed(secret: str, submission: Submission) -> int:
    """The seed of hidden inputs: another one for each notebook, so that none can be passed on."""
    text = "\0".join((secret, submission.student, nbformat.writes(submission.notebook)))
    return 1000 + int(sha256(text.encode()).hexdigest()[:6], 16)


def _is_new(course: Course, submission: Submission, key: str) -> bool:
    kept = read_result(place_of(course.results_folder, submission.student, submission.lesson))
    return kept is None or kept.key != key


def _mark_all(course: Course, tasks: Sequence[Task], workbook: Path, workers: int) -> list[Failure]:
    """Mark in parallel, keeping each result as it comes; those that failed, and how."""
    with tqdm(total=len(tasks), desc="Marking", unit="notebook", file=sys.stderr,
              disable=not tasks) as progress:  # fmt: skip
        failed, undone = _mark_together(course, tasks, workbook, workers, progress)
        for task in undone:  # one of them ended its process, and the pool with it
            more, lost = _mark_together(course, [task], workbook, 1, progress)
            failed += more + [(lost_task[0], "it ended the marking") for lost_task in lost]
    return failed


def _mark_together(
    course: Course, tasks: Sequence[Task], workbook: Path, workers: int, progress: tqdm
) -> tuple[list[Failure], list[Task]]:
    """Those that failed, and those that were not done since a process ended."""
    failed, undone = [], []
    # Forking this process would copy torch's locks without its threads. A server that has done
    # nothing but import torch has none, and its forks need not import it again.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker) as pool:
        jobs = {pool.submit(mark, *task, workbook): task for task in tasks}
        for job in as_completed(jobs):
            try:
                job.result().save(course.results_folder)
            except BrokenProcessPool:
                undone.append(jobs[job])
                continue
            except Exception as error:  # one submission must not stop the others
                print(f"{jobs[job][0].student} could not be marked: {error}", file=sys.stderr)
                failed.append((jobs[job][0], f"could not be marked ({type(error).__name__})"))
            progress.update()
    return failed, undone


def _prepare_worker() -> None:
    """One thread each; and little enough memory that a strange observation cannot take it all."""
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_DATA, (JUDGE_BYTES, JUDGE_BYTES))


def _enter(
    course: Course,
    submissions: Iterable[Submission],
    keys: Mapping[tuple[str, str], str],
    path: Path,
) -> list[Failure]:
    """Enter into the gradebook what is not in it yet; those that failed, and how."""
    entered = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    new = []
    for submission in submissions:
        key = keys[submission.student, submission.lesson]
        where = f"{submission.student}/{submission.lesson}"
        if entered.get(where) != key and not _is_new(course, submission, key):
            new.append((where, key, submission))
    failed = []
    for where, key, submission in tqdm(
        new, desc="Entering", unit="notebook", file=sys.stderr, disable=not new
    ):
        try:
            course.grade(submission.student, submission.lesson, submission.notebook)
        except Exception as error:  # the teacher sees why, the others are entered
            print(f"{where} could not be entered: {error}", file=sys.stderr)
            failed.append((submission, "could not be entered into the gradebook"))
            continue
        entered[where] = key
        write_whole(path, json.dumps(entered, indent=1).encode())
    return failed
