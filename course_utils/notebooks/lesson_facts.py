"""What a notebook says of itself in its metadata, under ``workbook``, for those who run it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

FACTS = "workbook"  # in the metadata of a notebook


@dataclass(frozen=True)
class LessonFacts:
    """What many runs of a lesson must know of it.

    Attributes:
        leaves: Parameters that say where the lesson writes what it makes, each with the name that
            the file or folder gets: a backbone, a model.
        times_the_machine: Whether it measures seconds, so that nothing else may run beside it.
        gpu_profile: What its profile "gpu" sets, unless it is given, of data sets and backbones.
    """

    leaves: Mapping[str, str] = field(default_factory=dict)
    times_the_machine: bool = False
    gpu_profile: Mapping[str, Any] = field(default_factory=dict)


def read_facts(notebook: NotebookNode) -> LessonFacts:
    """The facts that stand in the metadata of ``notebook``; the usual ones where none do.

    Raises:
        TypeError: If there is one of an unknown name.
    """
    return LessonFacts(**notebook.metadata.get(FACTS, {}))
