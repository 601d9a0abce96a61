"""Where a model folder goes: checked before work starts, there as a whole or not at all."""

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from course_utils.files import PROJECT_FOLDER, folder_of_this_run, free_disk, size_text

MODEL = "my_model"  # what a folder is called where the learner gives no name
STALE = 3600.0  # seconds after which an unfinished folder is what a killed run left


def find_target(
    save_to: str, data_dir: Path, *, is_built_in: bool
) -> tuple[Path, TemporaryDirectory | None]:
    """Where the model will go, checked before work starts, and what keeps that place alive.

    Args:
        save_to: The learner's parameter; with ``""`` it is a free name in ``data_dir``, or, for
            built-in data, a folder that is gone when nothing refers to the second result.
        data_dir: Folder for files that lessons write.
        is_built_in: Whether the model learns from built-in data.

    Raises:
        ValueError: If something stands there.
        OSError: If it cannot be written.
    """
    if save_to:
        return check_target(save_to), None
    if is_built_in:
        of_this_run = folder_of_this_run(data_dir / "models")
        return check_target(Path(of_this_run.name, MODEL)), of_this_run
    number = 1
    while os.path.lexists(place := data_dir / (MODEL if number == 1 else f"{MODEL}_{number}")):
        number += 1
    return check_target(place), None


def check_target(folder: str | Path) -> Path:
    """The absolute place of a model folder; call it before the work whose result goes there.

    What a killed run left beside it, ``NAME.*.part``, is removed once it is an hour old.

    Args:
        folder: Where the model will go; a relative path starts at the project.

    Raises:
        ValueError: If something stands there already, be it an empty folder.
        OSError: If no folder can be made there.
    """
    target = Path(os.path.abspath(PROJECT_FOLDER / Path(folder).expanduser()))
    refuse_taken(target)
    there = next(place for place in target.parents if os.path.lexists(place))
    if not there.is_dir():
        raise NotADirectoryError(f"{target} cannot be made: {there} is no folder; {WAY_OUT}")
    if not os.access(there, os.W_OK):
        raise PermissionError(f"{target} cannot be made: {there} cannot be written; {WAY_OUT}")
    remove_leftovers(target)
    return target


WAY_OUT = "give another place for the model"


def refuse_taken(target: Path) -> None:
    """Raise ValueError if anything stands at ``target``."""
    if os.path.lexists(target):
        raise ValueError(
            f"{target} is there already, and what stands there is never overwritten: move it away, "
            f"or {WAY_OUT}"
        )


def remove_leftovers(target: Path) -> None:
    """Remove unfinished folders of runs that were killed while they wrote ``target``."""
    ours = re.compile(rf"{re.escape(target.name)}\.[0-9a-f]{{12}}\.\d+\.part")
    with suppress(OSError):
        for place in list(target.parent.iterdir()):
            if ours.fullmatch(place.name) and time.time() - place.stat().st_mtime > STALE:
                shutil.rmtree(place, ignore_errors=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to fill under another name, which becomes ``target`` once the block ends well.

    Raises:
        ValueError: If something stands at ``target``, before the block or after it.
        OSError: If it cannot be written; it says why, and how much room there is.
    """
    refuse_taken(target)
    # Process numbers alone repeat: in containers, and on machines that share a folder.
    once = f"{uuid.uuid4().hex[:12]}.{os.getpid()}"
    unfinished = target.with_name(f"{target.name}.{once}.part")
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        refuse_taken(target)  # another run may have been faster
        os.rename(unfinished, target)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)  # before the room is measured
        raise type(error)(
            f"{target} could not be written: {error.strerror or error}; "
            f"{size_text(free_disk(target.parent))} are free there. Make room, or {WAY_OUT}"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
