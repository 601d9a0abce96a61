"""Parts of a data set put together: for the refit, and for the digits in blocks of one writer."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import split_three_ways


def join(first: LabelledImages, second: LabelledImages) -> LabelledImages:
    """The examples of both, those of ``first`` first; their images are in memory.

    Raises:
        ValueError: If their classes differ.
    """
    if first.class_names != second.class_names:
        raise ValueError(f"other classes: {first.class_names} and {second.class_names}")
    images = torch.cat([first.images, second.images])
    return LabelledImages(images, torch.cat([first.labels, second.labels]), first.class_names)


def unsealed_part(
    digits: LabelledImages,
    starts: Sequence[int],
    *,
    seed: int,
    val_fraction: float = 0.5,
    test_fraction: float = 0.35,
) -> tuple[LabelledImages, Tensor]:
    """Training and held-out pictures of a split, and the number of the block of each, (N,).

    The same split is applied to the numbers of the blocks; test pictures stay out.

    Args:
        digits: In the order of their file.
        starts: Place of the first picture of each block, ascending, the first of them 0.
        seed: Of the split.
        val_fraction: Of the split.
        test_fraction: Of the split.
    """
    block = torch.bucketize(torch.arange(len(digits)), torch.tensor(starts), right=True)
    joined = []
    for images in (digits.images, block):
        data = LabelledImages(images, digits.labels, digits.class_names)
        split = split_three_ways(
            data, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
        )
        joined.append(join(split.train, split.val))
    return joined[0], joined[1].images
