"""Build the lessons as a static site from the executed notebooks; nothing is executed anew."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.console import from_here, replace_unprintable
from website.build import build


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; 0 if nothing is wrong with it, else 1 and a line for every problem."""
    replace_unprintable()
    parser = argparse.ArgumentParser(prog="python -m website", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path("."), metavar="FOLDER",
                        help="holds README.md and notebooks/; default: this folder")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("build"), metavar="FOLDER",
                        help="the site is written into site/ of it; default: build")  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        problems = build(options.project, options.out)
    except ValueError as error:
        problems = [str(error)]
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        print(f"The site was not built. Problems: {len(problems)}", file=sys.stderr)
        return 1
    print(f"To read the site: {from_here(options.out / 'site' / 'index.html')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
