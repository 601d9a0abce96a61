"""Answer of ``standardise``: both parts on the scale of the training pictures."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.tables import Table
from course_utils.lessons.validation.exercises import observe_standardise

Scale = tuple[str | None, str | None]  # whose mean and whose spread: "train", "val", "both"
Standardise = Callable[[Tensor, Tensor], list[Tensor]]
OF_TRAIN = ("train", "train")
ALL_AXES, BY_PIXEL = (0, 1, 2, 3), (0,)


def scaled(train: Scale, val: Scale, axes: tuple[int, ...], correction: int = 1) -> Standardise:
    """A function that puts training and validation pictures on these scales."""

    def standardise(train_images: Tensor, val_images: Tensor) -> list[Tensor]:
        both = torch.cat([train_images, val_images])
        sources = {"train": train_images, "val": val_images, "both": both}
        parts = []
        for images, (of_mean, of_spread) in ((train_images, train), (val_images, val)):
            mean = sources[of_mean].mean(axes) if of_mean else 0
            spread = sources[of_spread].std(axes, correction=correction) if of_spread else 1
            parts.append((images - mean) / spread)
        return parts

    return standardise


def every_way(train: Scale, val: Scale) -> list[Standardise]:
    """Over all values or pixel by pixel, and with either divisor of the variance."""
    return [scaled(train, val, axes, c) for axes in (ALL_AXES, BY_PIXEL) for c in (1, 0)]


def in_the_wrong_order(standardise: Standardise) -> Standardise:
    """The same with the two parts the wrong way round."""
    return lambda train, val: standardise(train, val)[::-1]


RIGHT = every_way(OF_TRAIN, OF_TRAIN)
ANSWER = Table(
    observe_standardise,
    right=RIGHT,
    praise="Mean and spread are fitted on training pictures and applied to both.",
    as_given=every_way(("both", "both"), ("both", "both"))[:2],
    wrong={
        "everything": every_way(("both", "both"), ("both", "both")),
        "own-statistics": every_way(OF_TRAIN, ("val", "val")),
        "from-validation": every_way(("val", "val"), ("val", "val")),
        "untouched": every_way(OF_TRAIN, (None, None)),
        "spread-leaks": every_way(("train", "both"), ("train", "both")),
        "mean-leaks": every_way(("both", "train"), ("both", "train")),
        "val-on-both": every_way(OF_TRAIN, ("both", "both")),
        "not-divided": every_way(("train", None), ("train", None)),
        "swapped": [in_the_wrong_order(standardise) for standardise in RIGHT],
    },
    messages={
        "everything": "Mean and spread still saw validation examples, if now pixel by pixel.",
        "own-statistics": "Validation pictures got a scale of their own, which the model never "
        "learns; and one new picture alone would have no such scale.",
        "from-validation": "Mean and spread come from the validation pictures.",
        "untouched": "The validation pictures did not change: the model would see them on another "
        "scale than the one it was trained on.",
        "spread-leaks": "The mean is mended; the spread still saw validation examples.",
        "mean-leaks": "The spread is mended; the mean still saw validation examples.",
        "val-on-both": "The training pictures are right. The validation pictures are still on the "
        "scale of all pictures, themselves included.",
        "not-divided": "The mean is taken away, and rightly; the spread is left as it was.",
        "swapped": "The two parts are returned in the wrong order. Training pictures first.",
    },
    otherwise="Subtract a mean, then divide by a standard deviation; the same two for both.",
    atol=1e-3,
)
