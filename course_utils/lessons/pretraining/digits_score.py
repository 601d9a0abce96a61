"""What features are worth for digits: a new head on a few labels, scored on validation digits."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split, take_per_class
from course_utils.models.heads import fit_linear

HEAD_STEPS = 200  # of Adam; ten times as many keep the order of the ways
HEAD_RATE = 0.01


def answer_digits(
    represent: Callable[[Tensor], Tensor], split: Split, labels_per_class: int, repeat: int
) -> Tensor:
    """Answers (V,) for the validation digits, of a head trained on a few labelled training digits.

    Features are brought to one scale first, which takes pictures of the training digits, no labels.

    Args:
        represent: Pictures (N, 1, 8, 8) to features (N, D), whatever they are.
        split: Of the digits; its test digits stay sealed.
        labels_per_class: Labelled training digits of each class.
        repeat: Seed of their draw and of the head's first weights.
    """
    every = represent(split.train.images)
    mean, scale = every.mean(0), every.std()
    few = take_per_class(split.train, labels_per_class, seed=repeat)
    features = (represent(few.images) - mean) / scale
    few = LabelledImages(features, few.labels, few.class_names)
    head = fit_linear(few, HEAD_RATE, repeat, HEAD_STEPS)
    with torch.no_grad():
        return head((represent(split.val.images) - mean) / scale).argmax(1)


def score_on_digits(
    represent: Callable[[Tensor], Tensor], split: Split, labels_per_class: int, repeat: int
) -> float:
    """Accuracy of these answers, from 0 to 1; arguments as above."""
    answers = answer_digits(represent, split, labels_per_class, repeat)
    return (answers == split.val.labels).float().mean().item()
