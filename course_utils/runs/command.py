"""The command line of batch runs: which lessons, with which parameters, where."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.console import from_here, replace_unprintable
from course_utils.learning.lessons import find_lessons
from course_utils.notebooks.execution import CELL_SECONDS, Limits
from course_utils.runs.cluster import Tls
from course_utils.runs.many import Where, run_many
from course_utils.runs.once_each import run_lessons
from course_utils.runs.plan import Run, check_parameters, combine, read_plan
from course_utils.runs.values import read_value, read_values
from course_utils.session.cores import usable_cores

DESCRIPTION = """Run lessons one after another and show what each found, or, with --sweep, --runs,
--workers or --cluster, many runs with other parameters. The lessons themselves are only read. A
many-run command can be stopped and given again: what is finished stays."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names; 0 if all ran to their end (and held), else 1."""
    replace_unprintable()
    parser = _parser()
    options = parser.parse_args(arguments)
    limits = Limits(options.timeout, options.run_timeout)
    try:
        if _asks_for_many(options):
            return _run_many(options, limits)
        return _run_each_once(options, limits)
    except (ValueError, ImportError) as error:  # on a line of its own, without all the options
        parser.exit(2, f"{parser.prog}: error: {error}\n")


def _run_each_once(options: argparse.Namespace, limits: Limits) -> int:
    out = options.out or Path("build")
    runs = [Run(lesson, _parameters(options)) for lesson in find_lessons(options.lessons)]
    check_parameters(runs)
    outcomes = run_lessons([run.lesson for run in runs], out, _parameters(options), limits)
    print(f"To read the lessons as run: {from_here(out / 'index.html')}")
    return int(any(outcome.error for outcome in outcomes))


def _run_many(options: argparse.Namespace, limits: Limits) -> int:
    return run_many(
        _many_runs(options),
        options.out or Path("build", "runs"),
        limits,
        Where(_workers(options.workers), options.cluster, _tls(options)),
        again=options.again,
        claims_count=options.claims_must_hold,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m course_utils.batch", description=DESCRIPTION)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02; default: all")
    parser.add_argument("--out", type=Path,
                        help="folder for results: build, or for many runs build/runs")  # fmt: skip
    parser.add_argument("-p", dest="parameters", nargs=2, metavar=("NAME", "VALUE"),
                        action="append", default=[],
                        help="set a parameter: -p seed 1 -p label_counts '[1, 5]'")  # fmt: skip
    parser.add_argument("--timeout", type=int, default=CELL_SECONDS,
                        help=f"seconds that a cell may take ({CELL_SECONDS})")  # fmt: skip
    parser.add_argument("--run-timeout", type=int, help="seconds that a lesson may take; no limit")
    many = parser.add_argument_group("many runs")
    many.add_argument("--sweep", metavar="NAME=VALUES", action="append", default=[],
                      help="a run for each value, and for each combination of several: "
                           "--sweep seed=0..9 --sweep num_steps=40,80")  # fmt: skip
    many.add_argument("--runs", metavar="FILE", type=Path,
                      help="YAML: a list of runs, each lesson:, parameters:, sweep:")  # fmt: skip
    many.add_argument("--workers", default="1", metavar="N",
                      help="runs at a time on this machine, or auto: one a core (1)")  # fmt: skip
    many.add_argument("--cluster", metavar="ADDRESS",
                      help="a Dask scheduler that stands, such as tcp://HOST:8786")  # fmt: skip
    many.add_argument("--tls", nargs=3, metavar=("CA", "CERT", "KEY"),
                      help="files with which to speak to a tls:// scheduler")  # fmt: skip
    many.add_argument("--again", action="store_true", help="repeat runs that are finished")
    many.add_argument("--claims-must-hold", action="store_true",
                      help="fail when a claim of a lesson did not hold in a run")  # fmt: skip
    return parser


def _asks_for_many(options: argparse.Namespace) -> bool:
    return bool(
        options.sweep or options.runs or options.cluster or options.again
        or options.claims_must_hold or options.workers != "1"
    )  # fmt: skip


def _parameters(options: argparse.Namespace) -> dict[str, Any]:
    return {name: read_value(text) for name, text in options.parameters}


def _many_runs(options: argparse.Namespace) -> list[Run]:
    parameters, sweep = _parameters(options), {}
    for text in options.sweep:
        name, equals, values = text.partition("=")
        if not equals or not name:
            raise ValueError(f"--sweep takes NAME=VALUES, such as seed=0..9, got {text!r}")
        if name in sweep or name in parameters:
            raise ValueError(f"{name} is set twice: write all its values in one --sweep")
        sweep[name] = read_values(values)
    if options.runs:
        if options.lessons:
            raise ValueError("name lessons on the command line or in --runs FILE, not in both")
        runs = read_plan(options.runs, parameters, sweep)
    else:
        runs = combine(find_lessons(options.lessons), parameters, sweep)
    check_parameters(runs)
    return runs


def _workers(text: str) -> int:
    if text == "auto":
        return usable_cores()
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"--workers takes a whole number from 1, or auto, got {text!r}")
    return int(text)


def _tls(options: argparse.Namespace) -> Tls | None:
    if options.tls is None:
        return None
    for name in options.tls:
        if not Path(name).is_file():
            raise ValueError(f"--tls names {name!r}, and there is no such file")
    if not (options.cluster or "").startswith("tls://"):
        raise ValueError("--tls belongs to --cluster tls://HOST:PORT")
    return Tls(*options.tls)
