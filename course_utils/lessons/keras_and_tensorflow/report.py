"""All that the lesson measures of Keras on one backend, as one table of numbers."""

from collections.abc import Mapping

import numpy as np

from course_utils.data.plain_text import columns_of
from course_utils.lessons.keras_and_tensorflow import training, trials
from course_utils.lessons.keras_and_tensorflow.network import Settings
from course_utils.lessons.keras_and_tensorflow.task import Task
from course_utils.models.keras.library import keras

NUM_STEPS = 20  # that both libraries take from equal weights
Report = dict[str, float | list[float] | str]


def apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, as a share of the largest of ``theirs``."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def report(
    task: Task,
    torch_side: Mapping[str, np.ndarray],
    rate: float,
    num_epochs: int,
    scratch_epochs: int,
) -> Report:
    """Measure Keras on the backend of this process.

    Args:
        task: Where both libraries begin.
        torch_side: What torch gave for it, by name: ``logits`` of the validation pictures,
            ``gradient`` of the first batch, and the weights ``after_32`` and ``after_64`` some
            steps in so many bits.
        rate: Step size of AdamW in the trainings by ``fit``.
        num_epochs: Passes of fine-tuning over the few examples.
        scratch_epochs: Passes from scratch.
    """
    return {
        "versions": f"Keras {keras.__version__} on {keras.backend.backend()}",
        **beside_torch(task, torch_side),
        **traps(task, rate, num_epochs),
        **_trainings(task, rate, num_epochs, scratch_epochs),
    }


def beside_torch(task: Task, torch_side: Mapping[str, np.ndarray]) -> Report:
    """The part of ``report`` that compares with torch; arguments as there."""
    images, labels = task.images[: trials.BATCH_SIZE], task.labels[: trials.BATCH_SIZE]
    model = task.network()
    found: Report = {
        "logits": apart(trials.logits_of(model, task.val_images), torch_side["logits"]),
        "gradient": apart(trials.gradient_of(model, images, labels), torch_side["gradient"]),
    }
    model = task.network()  # whose statistics have not moved
    after = trials.take_steps(model, task.images, task.labels, NUM_STEPS)[-1]
    found[f"{NUM_STEPS} steps, 32 bits"] = apart(after, torch_side["after_32"])
    with trials.float64():
        after = trials.take_steps(task.network(), task.images, task.labels, NUM_STEPS)[-1]
    found[f"{NUM_STEPS} steps, 64 bits"] = apart(after, torch_side["after_64"])
    return found


def traps(task: Task, rate: float, num_epochs: int) -> Report:
    """The part of ``report`` about defaults; arguments as there."""
    model, images = task.network(), task.images[: trials.BATCH_SIZE]
    logits = trials.logits_of(model, task.val_images)
    (start,) = training.new_heads(model, [0])
    return {
        "loss": trials.loss_of(task.val_labels, logits),
        "loss, logits not told": trials.loss_of(task.val_labels, logits, from_logits=False),
        "statistics move": trials.statistics_moved(task.network(), images, frozen=False),
        "statistics move, frozen": trials.statistics_moved(model, images, frozen=True),
        "validation_split, sorted": training.split_off_sorted(model, start, task, rate, num_epochs),
    }


def _trainings(task: Task, rate: float, num_epochs: int, scratch_epochs: int) -> Report:
    repeats = range(len(task.few_labels))
    tuned = task.network()
    starts = training.new_heads(tuned, repeats)
    fine_tuned = training.train_repeats(tuned, starts, task, rate, num_epochs)
    settings = Settings(momentum=0.99)
    slow, starts = task.untrained(settings), training.from_scratch(task, settings, repeats)
    scratch = training.train_repeats(slow, starts, task, rate, scratch_epochs)
    again = training.with_new_statistics(slow, scratch, task)
    return {
        "fine-tuned": fine_tuned.val.tolist(),
        "from scratch, printed": scratch.printed.tolist(),
        "from scratch": scratch.val.tolist(),
        "from scratch, new statistics": again.tolist(),
    }


# What the rows of the table say, by the key of a report.
WORDS = {
    "logits": "logits: share of the largest by which they are off torch's",
    "gradient": "gradient of the first batch: the same",
    f"{NUM_STEPS} steps, 32 bits": f"weights after {NUM_STEPS} steps in 32 bits: the same",
    f"{NUM_STEPS} steps, 64 bits": f"weights after {NUM_STEPS} steps in 64 bits: the same",
    "loss": "loss",
    "loss, logits not told": "loss without from_logits=True",
    "statistics move": "running statistics move in one batch by",
    "statistics move, frozen": "and with trainable=False by",
    "validation_split, sorted": "validation accuracy that validation_split gives",
    "fine-tuned": "fine-tuned by fit: accuracy on validation pictures",
    "from scratch, printed": "from scratch, momentum 0.99: what fit printed",
    "from scratch": "from scratch, momentum 0.99: validation pictures",
    "from scratch, new statistics": "the same weights, statistics learned anew: the same",
}


def table_of(reports: Mapping[str, Report]) -> str:
    """The reports side by side as text, a line for each row; lists as mean, lowest and highest.

    Args:
        reports: By what stands above the column; a row that one of them lacks has a gap there.
    """
    cells = [["", *reports]]
    for key, words in WORDS.items():
        cells.append([words, *(_cell(each.get(key)) for each in reports.values())])
    return columns_of(cells)


def _cell(value: float | list[float] | str | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return f"{np.mean(value):.3f} ({min(value):.3f} to {max(value):.3f}, {len(value)} repeats)"
    return f"{value:.3f}" if value == 0 or abs(value) >= 0.001 else f"{value:.1g}"
