"""What the tests know of a lesson: sizes to run it at, from ``tests/lessons/NAME/sizes.py``."""

from importlib import import_module
from pathlib import Path
from types import ModuleType


def sizes_of(lesson: Path) -> ModuleType:
    """``SMALL``, ``OTHER``, ``GPU_PROFILE``, ``BROWSER``, ``OWN_ROW`` of ``NN_NAME.ipynb``.

    A lesson whose profile "gpu" takes other data than a folder of classes has ``write_dataset``;
    one whose data take seconds to make has ``keep_data``.
    """
    return import_module(f"tests.lessons.{lesson.stem[3:]}.sizes")


def data_dir_of(lesson: Path, folder: Path) -> str:
    """A lesson's ``data_dir``: the new ``folder``, as an earlier run would have left it."""
    if hasattr(sizes_of(lesson), "keep_data"):
        sizes_of(lesson).keep_data(folder)
    return str(folder)
