"""Runs one submission; started by ``apart``, in a process that holds nothing worth taking.

Reads one JSON object from standard input and writes one per line to standard output. What it writes
is what foreign code made of it: ``judged`` takes it for data, and for nothing else.
"""

import io
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

from IPython.core.interactiveshell import InteractiveShell

from course_utils.exercises.checking import checks_in

MEGABYTE = 1024 * 1024
MOST_PROCESSES = 250  # threads among them; the kernel does not hold root to it


class CappedText(io.StringIO):
    """Keeps the first ``limit`` characters of what is written, and counts the rest."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.dropped = limit, 0

    def write(self, text: str) -> int:
        """Keep what fits."""
        room = max(self.limit - self.tell(), 0)
        super().write(text[:room])
        self.dropped += len(text) - len(text[:room])
        return len(text)

    @property
    def shown(self) -> str:
        """What was kept, with a note where something was not."""
        note = f"\n... {self.dropped} more characters" if self.dropped else ""
        return self.getvalue() + note


class Shell(InteractiveShell):
    """IPython without a window, in which ``%matplotlib`` of any kind is nothing to stop at."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Leave it at figures that are drawn and shown to nobody."""
        return gui, "agg"


def main() -> None:
    """Run the cells of a job and observe the exercises among them."""
    job = json.load(sys.stdin)
    channel = _take_channel()
    _limit_resources(job["memory_mb"])
    observers = {exercise["name"]: _observer(exercise) for exercise in job["exercises"]}
    shell = Shell.instance(history_enabled=False, colors="nocolor")
    _tell(channel, ready=True)
    for number, cell in enumerate(job["cells"]):
        if number in job["skip"]:
            continue
        _tell(channel, begins=number)
        if "exercise" in cell:
            _observe(channel, shell, observers[cell["exercise"]], job)
        elif "code" in cell:
            _tell(channel, cell=number, outputs=_run_cell(shell, cell["code"], job))
    _tell(channel, done=True)
    os._exit(0)  # whatever threads or exit handlers the code has left


def _take_channel() -> TextIO:
    """Standard output for this program alone; what the code prints goes elsewhere."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return channel


def _limit_resources(memory_mb: int) -> None:
    for kind, most in (
        (resource.RLIMIT_DATA, memory_mb * MEGABYTE),
        (resource.RLIMIT_FSIZE, 64 * MEGABYTE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, MOST_PROCESSES),
    ):
        resource.setrlimit(kind, (most, most))


def _tell(channel: TextIO, **what: Any) -> None:
    channel.write(json.dumps(what) + "\n")
    channel.flush()


def _observer(exercise: dict[str, Any]) -> dict[str, Any]:
    """The exercise with the function that observes it, taken before any foreign code runs."""
    return exercise | {"observe": checks_in(exercise["lesson"])[exercise["name"]].observe}


def _run_cell(shell: InteractiveShell, code: str, job: dict[str, Any]) -> list[dict[str, Any]]:
    """Outputs of one cell as a notebook keeps them; an error is one of them."""
    shell._showtraceback = _show_nothing  # errors come back as outputs of their own
    with _captured(job) as (printed, warned), _time_limit(job["seconds"]):
        result = shell.run_cell(code, store_history=True)
    outputs = [
        {"output_type": "stream", "name": name, "text": text.shown}
        for name, text in (("stdout", printed), ("stderr", warned))
        if text.shown
    ]
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        outputs.append(_as_output(error))
    return outputs


def _observe(
    channel: TextIO, shell: InteractiveShell, exercise: dict[str, Any], job: dict[str, Any]
) -> None:
    """Take down what the learner's answer does, once for each seed."""
    absent = [name for name in exercise["answers"] if name not in shell.user_ns]
    for seed in job["seeds"]:
        if absent:
            found = _no_answer(f"There is no {absent[0]}: its cell did not run to its end.")
        else:
            answers = [shell.user_ns[name] for name in exercise["answers"]]
            with _captured(job):
                found = _observed(exercise["observe"], answers, seed, job["seconds"])
        _tell(channel, observed=exercise["name"], seed=seed, found=found)


def _observed(
    observe: Callable[..., Any], answers: list[Any], seed: int, seconds: float
) -> dict[str, Any]:
    try:
        with _time_limit(seconds):
            found = observe(*answers, seed)
        if isinstance(found, dict):
            return {"data": found}
        return {"status": found.status, "message": found.message, "name": found.misconception}
    except KeyboardInterrupt:
        return _no_answer(f"Your answer took longer than {seconds:.0f} s and was stopped.")
    except SystemExit:
        return _no_answer("Your answer ends Python by sys.exit or exit.")
    except BaseException as error:  # whatever it is, the other exercises are still to come
        return _no_answer(f"Your answer stopped with {type(error).__name__}: {error}")


def _no_answer(message: str) -> dict[str, Any]:
    return {"status": "wrong", "message": message[:500], "name": "error"}


@contextmanager
def _captured(job: dict[str, Any]) -> Iterator[tuple[CappedText, CappedText]]:
    texts = CappedText(job["output_limit"]), CappedText(job["output_limit"])
    with redirect_stdout(texts[0]), redirect_stderr(texts[1]):
        yield texts


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """KeyboardInterrupt after ``seconds``; code that swallows it is stopped from outside."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _show_nothing(*_: Any) -> None:
    """In place of IPython's traceback, whose lines hold paths of this machine."""


def _as_output(error: BaseException) -> dict[str, Any]:
    name, text = type(error).__name__, str(error)[:500]
    lines = [
        f"line {frame.lineno} of {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-3:]
    ]
    shown = [f"{name}: {text}", *lines]
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": shown}


if __name__ == "__main__":
    main()
