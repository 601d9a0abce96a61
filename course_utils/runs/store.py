"""The folder in which runs are kept: each whole or not there, each once, one command at a time."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from course_utils.console import from_here
from course_utils.files import write_whole
from course_utils.runs.computing import Result

RECORD = "run.json"


class Store:
    """Runs in ``folder``, each in ``LESSON/KEY``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def for_one_command(self) -> Iterator[None]:
        """A block in which no other command keeps runs here; a killed one holds nobody up.

        Raises:
            ValueError: If another one is at it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ValueError(
                f"another command is keeping its runs in {from_here(self.folder)}: wait until it "
                "ends, or name another folder with --out"
            ) from None
        try:
            yield
        finally:
            lock.release()

    def find(self, lesson: str, key: str) -> dict[str, Any] | None:
        """The record of a run, finished or failed; None if it is not there, or not readable."""
        try:
            return json.loads((self.place(lesson, key) / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def keep(self, result: Result) -> None:
        """Put what came of a run in the place of what came of it before.

        Raises:
            OSError: If it cannot be written; what stood there stands there still.
        """
        place = self.place(result.record["lesson"], result.record["key"])
        new, old = (place.with_name(f"{place.name}.{state}") for state in ("new", "old"))
        record = json.dumps(dict(result.record), indent=1, ensure_ascii=False) + "\n"
        shutil.rmtree(new, ignore_errors=True)  # of a command that was killed
        try:
            for name, content in {**result.files, RECORD: record.encode()}.items():
                write_whole(new / name, content)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            raise
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(place, old)
        os.replace(new, place)
        shutil.rmtree(old, ignore_errors=True)

    def place(self, lesson: str, key: str) -> Path:
        """Where the files of a run lie."""
        return self.folder / lesson / key
