"""Examples dealt into folds, so that each is held out once."""

import numpy as np
import torch
from torch import Tensor

from course_utils.data.class_mix import count_classes
from course_utils.data.examples import LabelledImages


def deal_folds(examples: LabelledImages, num_folds: int, seed: int) -> Tensor:
    """The fold of each example (N,), int64: classes dealt evenly, each group into one fold.

    Where a class has fewer groups than ``num_folds``, there are as many folds as it has groups.

    Args:
        examples: N, with or without ``groups``.
        num_folds: At least 2.
        seed: Same seed, same folds.

    Raises:
        ValueError: If a class has only one group, so that whoever learns without it never sees the
            class; it names the class.
    """
    from sklearn.model_selection import (  # here: it takes a second to import
        StratifiedGroupKFold,
        StratifiedKFold,
    )

    labels = examples.labels.numpy()
    groups = np.arange(len(labels)) if examples.groups is None else examples.groups.numpy()
    num_groups = [len(np.unique(groups[labels == label])) for label in range(examples.num_classes)]
    fewest = int(np.argmin(num_groups))
    if num_groups[fewest] < 2:
        raise ValueError(
            f"class {examples.class_names[fewest]!r} has {int(count_classes(examples)[fewest])} "
            "pictures to learn from and to choose on, all of one group: one group or picture "
            "cannot be in both; add pictures, or leave the class out"
        )
    num_folds = min(num_folds, num_groups[fewest])
    is_alone = len(np.unique(groups)) == len(groups)
    dealer = (StratifiedKFold if is_alone else StratifiedGroupKFold)(
        num_folds, shuffle=True, random_state=seed
    )
    fold = torch.empty(len(labels), dtype=torch.int64)
    given = {} if is_alone else {"groups": groups}
    for number, (_, held_out) in enumerate(dealer.split(labels, labels, **given)):
        fold[torch.from_numpy(held_out)] = number
    return fold
