"""The parts of the benchmark, each with what measures it."""

from collections.abc import Callable

from benchmark import (
    augmentation,
    detection,
    features,
    imports,
    keras_epochs,
    lessons,
    loops,
    many_runs,
    recipe_sides,
    segmentation,
    text,
)
from benchmark.measurements import Result
from benchmark.settings import Settings

MEASURES: dict[str, Callable[[Settings], list[Result]]] = {
    "a": recipe_sides.measure,
    "b": augmentation.measure,
    "c": loops.measure,
    "d": features.measure,
    "ef": lessons.measure,  # one run of a lesson gives both
    "g": imports.measure,
    "h": many_runs.measure,
    "i": detection.measure,
    "j": segmentation.measure,
    "k": text.measure,
    "l": keras_epochs.measure,
}
