"""What both libraries begin with, as arrays, and as a file that passes between two processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.lessons.keras_and_tensorflow.network import AS_TORCH, Settings, build, set_weights

# The arrays of a task, in its order.
ARRAYS = ("images", "labels", "val_images", "val_labels", "few_images", "few_labels")
WEIGHTS, MORE = "weights/", "more/"  # how names begin in the file


@dataclass(frozen=True)
class Task:
    """What a trial begins with; pictures (N, H, W, C) from 0 to 1, labels (N,).

    Attributes:
        weights: Of a pretrained network with a head, by the name of the layer, in Keras' order.
        images: For single steps, in this order.
        labels: Of them.
        val_images: To score on.
        val_labels: Of them.
        few_images: (S, m, H, W, C) the training pictures of each of S repeats.
        few_labels: (S, m) of them.
    """

    weights: Mapping[str, Sequence[np.ndarray]]
    images: np.ndarray
    labels: np.ndarray
    val_images: np.ndarray
    val_labels: np.ndarray
    few_images: np.ndarray
    few_labels: np.ndarray

    def untrained(self, settings: Settings = AS_TORCH) -> Any:
        """A Keras network of the right size, with random weights."""
        return build(self.images.shape[1:], self.width, self.num_classes, settings)

    def network(self, settings: Settings = AS_TORCH) -> Any:
        """The same with the weights of the task."""
        model = self.untrained(settings)
        set_weights(model, self.weights)
        return model

    @property
    def width(self) -> int:
        """Channels of the first stage."""
        return self.weights["backbone-0-0"][0].shape[-1]

    @property
    def num_classes(self) -> int:
        """K."""
        return self.weights["head"][0].shape[-1]


def save_task(file: Path, task: Task, more: Mapping[str, np.ndarray]) -> None:
    """Write ``task`` and some arrays more to one file of numpy."""
    arrays = {
        f"{WEIGHTS}{name}/{place}": array
        for name, each in task.weights.items()
        for place, array in enumerate(each)
    }
    arrays |= {name: getattr(task, name) for name in ARRAYS}
    np.savez(file, **arrays, **{MORE + name: array for name, array in more.items()})


def load_task(file: Path) -> tuple[Task, dict[str, np.ndarray]]:
    """What ``save_task`` wrote: the task, and the arrays more."""
    weights: dict[str, list[np.ndarray]] = {}
    with np.load(file) as content:
        for key in content:
            if key.startswith(WEIGHTS):
                name = key.removeprefix(WEIGHTS).rpartition("/")[0]
                weights.setdefault(name, []).append(content[key])
        more = {key.removeprefix(MORE): content[key] for key in content if key.startswith(MORE)}
        return Task(weights, *(content[name] for name in ARRAYS)), more
