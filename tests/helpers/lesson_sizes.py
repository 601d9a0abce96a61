"""Sizes at which the tests run a lesson, from ``tests/lessons/NAME/sizes.py``."""

from importlib import import_module
from pathlib import Path
from types import ModuleType


def sizes_of(lesson: Path) -> ModuleType:
    """``SMALL``, ``OTHER``, ``GPU_PROFILE`` and ``BROWSER`` of the notebook ``NN_NAME.ipynb``."""
    return import_module(f"tests.lessons.{lesson.stem[3:]}.sizes")
