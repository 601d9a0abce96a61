"""Run lessons as batch jobs: ``python -m course_utils.batch --help`` tells the options."""

import sys

from course_utils.runs.command import main

if __name__ == "__main__":
    sys.exit(main())
