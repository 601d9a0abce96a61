"""The digits in blocks of one writer each, as far as the order of their labels tells."""

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import split_three_ways


def unsealed_part(
    digits: LabelledImages,
    starts: list[int],
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
    parts = []
    for images in (digits.images, block):
        data = LabelledImages(images, digits.labels, digits.class_names)
        split = split_three_ways(
            data, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
        )
        parts.append((split.train, split.val))
    (train, val), (train_blocks, val_blocks) = parts
    written = LabelledImages(
        torch.cat([train.images, val.images]),
        torch.cat([train.labels, val.labels]),
        digits.class_names,
    )
    return written, torch.cat([train_blocks.images, val_blocks.images])
