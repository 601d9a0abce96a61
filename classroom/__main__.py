"""Hand out exercises and grade them: ``python -m classroom release`` and ``... grade FOLDER``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from classroom.apart import Limits
from classroom.grading import grade
from classroom.release import release
from classroom.reports import write_reports
from classroom.summary import happenings
from course_utils.console import replace_unprintable
from course_utils.session.cores import usable_cores


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; 0 if it could be done."""
    replace_unprintable()
    parser = argparse.ArgumentParser(prog="python -m classroom", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    releasing = commands.add_parser("release", help="make students.zip and teacher's notebooks")
    grading = commands.add_parser("grade", help="mark submissions, write marks and feedback")
    grading.add_argument("folder", type=Path, help="a folder, archive or notebook per student")
    grading.add_argument("--seconds", type=float, default=30, help="for one cell or exercise")
    grading.add_argument("--memory", type=int, default=4096, help="megabytes for one submission")
    grading.add_argument("--workers", type=int, default=usable_cores(), help="how many at once")
    for command in (releasing, grading):
        command.add_argument("--out", type=Path, default=Path("class"), help="folder of the class")
    options = parser.parse_args(arguments)
    if options.command == "release":
        for path in release(options.out):
            print(path)
        return 0
    for name in ("seconds", "memory", "workers"):
        if not getattr(options, name) > 0:
            parser.error(f"--{name} must be above 0, got {getattr(options, name)}")
    limits = Limits(seconds=options.seconds, memory_mb=options.memory)
    try:
        graded = grade(options.folder, options.out, limits, options.workers)
    except ValueError as error:
        parser.error(str(error))
    written = write_reports(graded, options.out)
    num_odd = sum(bool(happenings(graded, student)) for student in graded.names)
    print(
        f"{len(graded.names)} students; {graded.num_marked} notebooks were run, the others had not"
    )
    print(f"changed. For {num_odd} students the report says that something happened.")
    print(*written, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
