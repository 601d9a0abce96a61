"""Part l: an epoch of fine-tuning by our loop, by Keras' ``fit`` and by a loop of TensorFlow.

All begin with the same weights of the shipped letters network and a new head, take the same batches
of digits in the same order at each epoch, with the same optimizer and as many threads. Keras on
torch runs in this process, TensorFlow in a second one; they take turns. What each needs for its
first training, in which TensorFlow traces its graphs, is told apart. Each turn notes the accuracy
on other digits, which says whether the sides did the same work: rounding grows in training, so that
weights are equal for some steps only, as the tests show.
"""

import time
from contextlib import ExitStack
from statistics import median

import torch
from torch import nn

from benchmark.keras_sides import BATCH_SIZE, FIT, OWN_LOOP, RATE, Fit, Worked, side_of
from benchmark.measurements import (
    Comparison,
    Reading,
    Result,
    Side,
    Skipped,
    Turn,
    alternate,
    seconds_of,
    spread,
)
from benchmark.settings import Settings
from benchmark.tensorflow_process import tensorflow_sides
from course_utils.data.batches import BatchLoader, in_memory
from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.evaluation.scores import evaluate
from course_utils.lessons.keras_and_tensorflow.carrying import layer_weights
from course_utils.lessons.keras_and_tensorflow.other_backend import has_tensorflow
from course_utils.lessons.keras_and_tensorflow.task import Task
from course_utils.models.classifier import Classifier
from course_utils.models.keras.axes import channels_last
from course_utils.models.pretrained import load_backbone
from course_utils.training import train_one_epoch

OURS, KERAS = "ours", "Keras' fit on torch"
ON_TENSORFLOW = {FIT: "Keras' fit on TensorFlow", OWN_LOOP: "a loop of TensorFlow"}
NUM_SCORED = 800  # digits, the last ones
SAME = 0.03  # how far the accuracies may lie apart
TITLE = "an epoch of {} digits"


def measure(settings: Settings) -> list[Result]:
    """Seconds of an epoch on all sides, of the first training, and the accuracies."""
    train, scored = draw_digits(settings)
    task = make_task(train, scored, settings.seed)
    epochs = settings.keras_epochs
    sides = {
        OURS: torch_side(train, scored, epochs, settings.seed),
        KERAS: side_of(Fit(task, epochs)),
    }
    missing: list[Result] = []
    with ExitStack() as until_the_end:
        if has_tensorflow():
            threads = torch.get_num_threads()
            others = until_the_end.enter_context(tensorflow_sides(task, epochs, threads, settings))
            sides |= {ON_TENSORFLOW[name]: side for name, side in others.items()}
        else:
            missing = [Skipped("l", name, "not installed: requirements/tensorflow.txt")
                       for name in ON_TENSORFLOW.values()]  # fmt: skip
        first = alternate(sides, 1)
        turns = alternate(sides, settings.rounds)
    return [*missing, *compare(first, turns, len(train), epochs)]


def draw_digits(settings: Settings) -> tuple[LabelledImages, LabelledImages]:
    """Digits to learn from, in a random order, and others to score on."""
    digits = in_memory(load_digits())
    last = len(digits) - NUM_SCORED
    generator = torch.Generator().manual_seed(settings.seed)
    order = torch.randperm(last, generator=generator)[: settings.keras_pictures]
    return digits[order], digits[torch.arange(last, len(digits))]


def new_model(seed: int) -> Classifier:
    """The shipped letters network with a new head; the same weights at each call."""
    torch.manual_seed(seed)
    return Classifier(load_backbone("letters"), 10)


def make_task(train: LabelledImages, scored: LabelledImages, seed: int) -> Task:
    """What Keras gets: weights, and pictures in the order of the batches."""
    images, labels = channels_last(train.images), train.labels.numpy()
    val_images, val_labels = channels_last(scored.images), scored.labels.numpy()
    weights = layer_weights(new_model(seed))
    return Task(weights, images, labels, val_images, val_labels, images[None], labels[None])


def torch_side(train: LabelledImages, scored: LabelledImages, num_epochs: int, seed: int) -> Side:
    """A turn of the workbook's loop on a fresh model."""

    def run(model: nn.Module) -> tuple[nn.Module, float]:
        start = time.process_time()
        train_in_torch(model, train, num_epochs)
        return model, time.process_time() - start

    def note(done: tuple[nn.Module, float]) -> Worked:
        model, seconds = done
        return {"cpu": seconds, "accuracy": evaluate(model, BatchLoader(scored, 512))[1]}

    return Side(run, lambda _: new_model(seed).train(), note)


def train_in_torch(model: nn.Module, train: LabelledImages, num_epochs: int) -> None:
    """Pass over the pictures in their order."""
    loader = BatchLoader(train, BATCH_SIZE)
    optimizer = torch.optim.AdamW(model.parameters(), RATE)
    for _ in range(num_epochs):
        train_one_epoch(model, loader, optimizer)


def compare(
    first: dict[str, list[Turn]], turns: dict[str, list[Turn]], num_pictures: int, num_epochs: int
) -> list[Result]:
    """Our loop against the others; an accuracy that differs is told in place of times.

    Args:
        first: A turn of each side, its first.
        turns: Those of all rounds.
        num_pictures: Of an epoch.
        num_epochs: Of a turn.
    """
    name = TITLE.format(num_pictures)
    seconds = {key: [s / num_epochs for s in seconds_of(each)] for key, each in turns.items()}
    cpu = {key: median(t.note["cpu"] / num_epochs for t in each) for key, each in turns.items()}
    right = {key: [t.note["accuracy"] for t in each] for key, each in turns.items()}
    found: list[Result] = []
    for key in turns:
        if key == OURS:
            continue
        gap = abs(median(right[key]) - median(right[OURS]))
        if gap > SAME:
            found.append(Skipped("l", name, f"the accuracy of {key} differs by {gap:.2g}"))
            continue
        note = f"seconds of processors in an epoch: ours {cpu[OURS]:.3g}, other {cpu[key]:.3g}"
        found.append(Comparison("l", name, "s", seconds[OURS], seconds[key], key, note=note))
    for key, each in first.items():
        extra = seconds_of(each)[0] - num_epochs * spread(seconds[key]).median
        what = f"first training beyond a later one: {key}"
        found.append(Reading("l", what, "s", [max(0.0, extra)]))
    accuracies = [Reading("l", f"accuracy: {key}", "share", right[key]) for key in turns]
    return found + accuracies
