"""Part a: the classic recipe as it is often written, against what lesson 06 makes of it.

Both start from the same pictures and pretrained weights in memory and end with a trained head; the
scores on the test pictures, each in eval mode, are not part of the time. Two kindnesses to the
recipe: its pictures are decoded already, and its seed is set, another one in each round.
"""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader

from benchmark.measurements import Comparison, Reading, Result, Side, Turn, alternate, seconds_of
from benchmark.recipe import BATCH_SIZE, Prepared, as_written, ours, preparation
from benchmark.settings import Settings
from course_utils.data.batches import in_memory
from course_utils.data.catalogue import load_examples
from course_utils.data.examples import LabelledImages
from course_utils.data.splits import split_three_ways, take_per_class, take_share
from course_utils.data.streamed import StreamedImages
from course_utils.models.inference import predict
from course_utils.models.pretrained import load_backbone
from course_utils.session.devices import find_precision
from course_utils.session.start import Session

WARM_UP = 8  # pictures of a first turn that is not measured


def load_parts(settings: Settings) -> tuple[LabelledImages, LabelledImages]:
    """Training and test pictures; no picture is in both.

    Raises:
        ValueError: If there is no such data set.
        OSError: If it is not there and cannot be had.
    """
    examples = load_examples(settings.dataset, settings.image_size, settings.data_dir)
    seed = settings.seed
    split = split_three_ways(examples, val_fraction=0.1, test_fraction=0.35, seed=seed)
    train = take_per_class(split.train, settings.train_per_class, seed, at_most=True)
    split.test.decide("the recipe as written and ours, both as they are")
    test = split.test.open()
    test = take_share(test, min(1.0, settings.max_test / len(test)), seed)  # in its own mix
    if isinstance(examples.images, StreamedImages):
        return in_memory(train), in_memory(test)
    return train, test


def side_as_written(train: LabelledImages, test: LabelledImages, settings: Settings) -> Side:
    """The recipe on ``train``; each turn notes the accuracy on ``test``, prepared alike."""
    pretrained = load_backbone(settings.backbone, train.images.shape[1])
    prepare = preparation(settings.habit_size, pretrained)
    prepared, test_loader = Prepared(train, prepare), DataLoader(Prepared(test, prepare), 64)

    def accuracy(model: nn.Module) -> float:
        hits = [predict(model, images).argmax(1) == labels for images, labels in test_loader]
        return torch.cat(hits).float().mean().item()

    return Side(
        prepare=lambda number: (copy.deepcopy(pretrained), settings.seed + number),
        run=lambda given: as_written(given[0], prepared, train.num_classes, given[1]),
        note=accuracy,
    )


def our_side(
    train: LabelledImages, test: LabelledImages, settings: Settings, precision: torch.dtype
) -> Side:
    """Our version on ``train``; each turn notes the accuracy on ``test``."""
    channels = train.images.shape[1]
    pretrained = load_backbone(settings.backbone, channels, settings.our_size)
    session = Session(torch.device("cpu"), settings.data_dir, settings.seed, precision)

    def accuracy(model: nn.Module) -> float:
        logits = predict(model, test.images, BATCH_SIZE)
        return (logits.argmax(1) == test.labels).float().mean().item()

    return Side(
        prepare=lambda number: (copy.deepcopy(pretrained), settings.seed + number),
        run=lambda given: ours(given[0], train, settings.penalty, given[1], session),
        note=accuracy,
    )


def measure(settings: Settings) -> list[Result]:
    """Seconds to a trained head, and test accuracy, on the same pictures."""
    train, test = load_parts(settings)
    precision = find_precision("auto", torch.device("cpu"))

    def sides(train: LabelledImages, test: LabelledImages) -> dict[str, Side]:
        return {
            "as written": side_as_written(train, test, settings),
            "ours": our_side(train, test, settings, precision),
        }

    first = torch.arange(WARM_UP)
    alternate(sides(train[first], test[first]), 1)
    turns = alternate(sides(train, test), settings.rounds)
    facts = settings.as_facts()
    comparison = Comparison(
        "a",
        f"{len(train)} pictures of {facts['dataset']}, {facts['backbone']}",
        "s",
        ours=seconds_of(turns["ours"]),
        other=seconds_of(turns["as written"]),
        other_name=f"the recipe as written, {settings.habit_size} px",
        note=f"ours: {settings.our_size} px, {str(precision).removeprefix('torch.')}",
    )
    return [comparison, *accuracies(turns, len(test))]


def accuracies(turns: dict[str, list[Turn]], num_test: int) -> list[Reading]:
    """What each version scored on the test pictures, by round."""
    return [
        Reading("a", f"{name}: {num_test} test pictures", "accuracy", [turn.note for turn in each])
        for name, each in turns.items()
    ]
