"""Where the parts of a split lie among its examples."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.data.examples import PARTS, LabelledImages
from course_utils.data.groups import deal_out
from course_utils.data.plain_text import counted


def places_of_parts(
    examples: LabelledImages,
    *,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    what: str = "picture",
) -> tuple[Tensor, Tensor, Tensor]:
    """Places of the training, validation and test examples, each ascending.

    Args:
        examples: N labelled pictures.
        val_fraction: Share of each class for validation, between 0 and 1.
        test_fraction: Share of each class for the sealed test set, between 0 and 1.
        seed: Same seed, same split.
        what: What an example is, for messages.

    Raises:
        ValueError: If the shares leave nothing to train on, or a class is too small to be in
            all three parts; it names the class.
    """
    check_part_fractions(val_fraction, test_fraction)
    generator = torch.Generator().manual_seed(seed)
    pool, given_val, given_test = _given_parts(examples)
    orders, sizes = [], []
    for label, name in enumerate(examples.class_names):
        indices = pool[shuffled_places(examples.labels[pool], label, generator)]
        num_val = 0 if len(given_val) else round(val_fraction * len(indices))
        num_test = 0 if len(given_test) else round(test_fraction * len(indices))
        sizes.append([len(indices) - num_val - num_test, num_val, num_test])
        orders.append(indices)
        wanted = [1, not len(given_val), not len(given_test)]
        if any(size < least for size, least in zip(sizes[-1], wanted, strict=True)):
            raise ValueError(
                f"class {name!r} has {counted(len(indices), what)}, too few for training, "
                f"validation and test; add {what}s or leave the class out"
            )
    drawn = deal_out(orders, sizes, examples.labels, examples.groups)
    _refuse_too_few_groups(examples, drawn, sizes, what)
    train, val, test = (
        torch.cat([given, (drawn == number).nonzero().flatten()]).sort().values
        for number, given in enumerate((pool[:0], given_val, given_test))
    )
    return train, val, test


def check_part_fractions(val_fraction: float, test_fraction: float) -> None:
    """Raise ValueError unless validation and test get a share each, and training the rest."""
    if val_fraction <= 0 or test_fraction <= 0 or val_fraction + test_fraction >= 1:
        raise ValueError(
            "val_fraction and test_fraction must be above 0 and sum to less than 1, "
            f"got {val_fraction} and {test_fraction}"
        )


def shuffled_places(labels: Tensor, label: int, generator: torch.Generator) -> Tensor:
    """Places of the examples with that ``label`` among ``labels`` (N,), in random order."""
    places = (labels == label).nonzero().squeeze(1)
    return places[torch.randperm(len(places), generator=generator)]


def _refuse_too_few_groups(
    examples: LabelledImages, drawn: Tensor, sizes: Sequence[Sequence[int]], what: str
) -> None:
    for label, (name, wanted) in enumerate(zip(examples.class_names, sizes, strict=True)):
        dealt = drawn[examples.labels == label]
        if any(size and not (dealt == part).any() for part, size in enumerate(wanted)):
            raise ValueError(
                f"class {name!r} has {sum(wanted)} {what}s, but those that are no near copies of "
                "one another and in no group together are too few for training, validation and "
                f"test; add {what}s or leave the class out"
            )


def _given_parts(examples: LabelledImages) -> tuple[Tensor, Tensor, Tensor]:
    """Indices to draw from, and those of the validation and test pictures the data set brings."""
    given = examples.parts
    if given is None:
        given = torch.zeros(len(examples), dtype=torch.int64)
    train, val, test = ((given == number).nonzero().flatten() for number in range(len(PARTS)))
    return train, val, test
