"""Trainings by ``fit``, repeated from other starts and on other examples, on either backend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.lessons.keras_and_tensorflow.network import Settings
from course_utils.lessons.keras_and_tensorflow.task import Task
from course_utils.lessons.keras_and_tensorflow.trials import BATCH_SIZE, accuracy_of
from course_utils.models.keras.library import keras

EPSILON, DECAY = 1e-8, 0.01  # of AdamW: torch's, not Keras' 1e-7 and 0.004


@dataclass(frozen=True)
class Repeats:
    """What some repeats of one training gave.

    Attributes:
        printed: (S,) the accuracy that ``fit`` printed for the last epoch.
        val: (S,) accuracy on validation pictures, afterwards.
        weights: All weights and statistics of each repeat, as ``get_weights`` gives them.
    """

    printed: np.ndarray
    val: np.ndarray
    weights: list[list[np.ndarray]]


def adamw(rate: float) -> Any:
    """AdamW with the numbers that torch takes by default."""
    return keras.optimizers.AdamW(rate, weight_decay=DECAY, epsilon=EPSILON)


def compile_for(model: Any, rate: float, from_logits: bool = True) -> None:
    """Make ``model`` ready for ``fit``, as the lesson does it."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(adamw(rate), loss, metrics=["accuracy"])


def compile_once(model: Any, rate: float, from_logits: bool = True) -> Callable[[], None]:
    """Compile ``model`` for several trainings: on TensorFlow that takes longer than one of them.

    Returns:
        What puts the optimizer back to its start, as if it had taken no step; weights stay.
    """
    compile_for(model, rate, from_logits)
    model.optimizer.build(model.trainable_variables)
    unused = [keras.ops.convert_to_numpy(value).copy() for value in model.optimizer.variables]

    def start_anew() -> None:
        for variable, value in zip(model.optimizer.variables, unused, strict=True):
            variable.assign(value)

    return start_anew


def train_repeats(
    model: Any,
    starts: Sequence[Sequence[np.ndarray]],
    task: Task,
    rate: float,
    num_epochs: int,
    batch_size: int = BATCH_SIZE,
    *,
    from_logits: bool = True,
) -> Repeats:
    """Train ``model`` by ``fit`` once from each start, on the examples chosen for that repeat.

    Args:
        model: Any weights; it is left with those of the last repeat.
        starts: For each repeat all weights, as ``get_weights`` gives them.
        task: The pictures, and which are chosen.
        rate: Step size of AdamW.
        num_epochs: Passes over the chosen examples.
        batch_size: Examples per step.
        from_logits: What the loss is told; False is wrong here.
    """
    start_anew = compile_once(model, rate, from_logits)
    printed, val, weights = [], [], []
    pairs = zip(task.few_images, task.few_labels, strict=True)
    for repeat, (start, (images, labels)) in enumerate(zip(starts, pairs, strict=True)):
        model.set_weights(start)
        start_anew()
        keras.utils.set_random_seed(repeat)  # of the order in which fit takes the examples
        history = model.fit(
            images, labels, batch_size=batch_size, epochs=num_epochs, verbose=0
        ).history
        printed.append(history["accuracy"][-1])
        val.append(accuracy_of(model, task.val_images, task.val_labels))
        weights.append(model.get_weights())
    return Repeats(np.array(printed), np.array(val), weights)


def set_momentum(model: Any, momentum: float) -> None:
    """Set the momentum of all batch norms of ``model``, from now on."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum


def with_new_statistics(model: Any, trained: Repeats, task: Task) -> np.ndarray:
    """Accuracies (S,) on validation pictures of trained weights with statistics learned anew.

    All training pictures of a repeat pass once, as one batch, and the batch norms forget what they
    remembered: their momentum is 0 from now on. No weight changes.
    """
    found = []
    set_momentum(model, 0.0)
    for weights, images in zip(trained.weights, task.few_images, strict=True):
        model.set_weights(weights)
        model(images, training=True)
        found.append(accuracy_of(model, task.val_images, task.val_labels))
    return np.array(found)


def new_heads(model: Any, seeds: Sequence[int]) -> list[list[np.ndarray]]:
    """All weights of ``model`` with a new random head, once for each seed, as torch draws it."""
    *others, weight, bias = model.get_weights()
    bound = 1 / np.sqrt(len(weight))
    starts = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        head = [rng.uniform(-bound, bound, part.shape).astype("float32") for part in (weight, bias)]
        starts.append([*others, *head])
    return starts


def from_scratch(task: Task, settings: Settings, seeds: Sequence[int]) -> list[list[np.ndarray]]:
    """Random weights as Keras draws them, once for each seed."""
    starts = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        starts.append(task.untrained(settings).get_weights())
    return starts


def split_off_sorted(
    model: Any, start: Sequence[np.ndarray], task: Task, rate: float, num_epochs: int
) -> float:
    """What ``fit`` prints of validation, with a fifth split off examples sorted by class."""
    at = np.argsort(task.few_labels[0], kind="stable")
    compile_for(model, rate)
    model.set_weights(start)
    return model.fit(
        task.few_images[0][at],
        task.few_labels[0][at],
        batch_size=BATCH_SIZE,
        epochs=num_epochs,
        validation_split=0.2,
        verbose=0,
    ).history["val_accuracy"][-1]


def accuracies_of(model: Any, starts: Sequence[Sequence[np.ndarray]], task: Task) -> np.ndarray:
    """Accuracies (S,) on validation pictures with the weights of each start, nothing trained."""
    found = []
    for start in starts:
        model.set_weights(start)
        found.append(accuracy_of(model, task.val_images, task.val_labels))
    return np.array(found)
