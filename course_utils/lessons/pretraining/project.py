"""The project of lesson 02: pretrain without the letters that look like digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch.optim.lr_scheduler import OneCycleLR

from course_utils.data.batches import BatchLoader
from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.letters import draw_letters
from course_utils.data.splits import Split, split_three_ways
from course_utils.evaluation.comparison import SeedComparison, compare_over_seeds
from course_utils.figures.axes import say
from course_utils.figures.plots import plot_repeats
from course_utils.lessons.pretraining.digits_score import answer_digits
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features
from course_utils.models.residual import Backbone
from course_utils.training import train_one_epoch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LeaveOut = Callable[[LabelledImages, Sequence[str]], LabelledImages]

LOOK_ALIKES = "OZSI"  # of 0, 2, 5 and 1
OTHERS = "KXMW"  # as many, which look like no digit: fewer classes alone may matter too
DRAWS = 5  # of labelled digits for each pretraining
LABELS_PER_CLASS = 5
BATCH_SIZE = 128
RATE = 0.2


def pretrain_without(
    leave_out: LeaveOut, num_repeats: int = 5, num_letters: int = 12000, num_steps: int = 150
) -> tuple[SeedComparison, Axes]:
    """Pretrain without the look-alikes, and without four other letters; score both on digits.

    Args:
        leave_out: The answer to the exercise.
        num_repeats: Pretrainings of each kind, with other letters and another start each.
        num_letters: Letters drawn for each, before some are left out.
        num_steps: Optimizer updates of each.

    Returns:
        What the other letters' accuracy minus the look-alikes' says, and a figure of each digit.
    """
    split = split_three_ways(load_digits(), val_fraction=0.2, test_fraction=0.35, seed=0)
    ways = {"without O, Z, S, I": LOOK_ALIKES, "without K, X, M, W": OTHERS}
    right = {way: torch.empty(num_repeats, split.val.num_classes) for way in ways}
    for repeat in range(num_repeats):
        letters = draw_letters(num_letters, repeat)
        for way, names in ways.items():
            backbone = _pretrain(leave_out(letters, names), repeat, num_steps)
            right[way][repeat] = _right_by_digit(backbone, split)
    look_alikes, others = (table.mean(1).tolist() for table in right.values())
    ax = plot_repeats(
        right, x=range(split.val.num_classes), x_label="digit", y_label="accuracy", log_x=False
    )
    ax.set_xticks(range(split.val.num_classes), split.val.class_names)
    comparison = compare_over_seeds(others, look_alikes)
    say(ax, f"A: without K, X, M, W. B: without O, Z, S, I. {comparison}.")
    return comparison, ax


def _pretrain(examples: LabelledImages, seed: int, num_steps: int) -> Backbone:
    torch.manual_seed(seed)
    model = Classifier(Backbone(), examples.num_classes).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=RATE, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    schedule = OneCycleLR(optimizer, RATE, total_steps=num_steps)
    loader = BatchLoader(examples, BATCH_SIZE, shuffle=True, seed=seed, num_batches=num_steps)
    train_one_epoch(model.train(), loader, optimizer, schedule)
    return model.backbone.eval()


def _right_by_digit(backbone: Backbone, split: Split) -> torch.Tensor:
    """Accuracy on each class of validation digits, (K,), mean over draws of labelled digits."""
    represent = partial(extract_features, backbone)
    table = []
    for draw in range(DRAWS):
        right = answer_digits(represent, split, LABELS_PER_CLASS, draw) == split.val.labels
        table.append([right[split.val.labels == k].float().mean() for k in range(10)])
    return torch.tensor(table).mean(0)
