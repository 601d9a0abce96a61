"""Commands as they run for those whose terminal cannot show every character."""

import os
import subprocess
import sys

from course_utils.files import PROJECT_FOLDER


def printed_by(encoding: str, *arguments: str) -> str:
    """What ``python -m ...`` prints to a pipe in that encoding; it must succeed."""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(PROJECT_FOLDER)}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(encoding)
