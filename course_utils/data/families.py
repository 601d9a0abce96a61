"""Families of pictures that are alike, and which are too large to be copies of one picture."""

import numpy as np
import torch
from torch import Tensor

CHAIN_SHARE = 0.1  # of a class; what joins more is how its pictures are, not copies of one
FEW, FEW_SHARE = 6, 1 / 3  # copies believed in a small class too, if at most a third of it
Family = tuple[int, ...]  # places of pictures that belong together


def families_of(numbers: Tensor) -> list[Family]:
    """Places that have the same number, wherever there are several; ``numbers`` is (N,), int64."""
    shared = (numbers.bincount()[numbers] > 1).nonzero().flatten()
    order = shared[numbers[shared].argsort(stable=True)]
    _, counts = numbers[order].unique_consecutive(return_counts=True)
    return [tuple(family.tolist()) for family in order.split(counts.tolist())]


def connected(pairs: Tensor, num_places: int) -> Tensor:
    """A number for each of N places (N,), the same for those that ``pairs`` (P, 2) connect."""
    from scipy.sparse import coo_array  # here: half a second to import
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(pairs), dtype=bool)
    edges = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(num_places, num_places))
    _, numbers = connected_components(edges, directed=False)
    return torch.from_numpy(numbers).long()


def is_chain(family: Family, labels: Tensor, class_sizes: Tensor) -> bool:
    """Whether ``family`` joins so much of a class that likeness must be the rule in it.

    Digits, scans and drawings do that: each is like the next. More than a tenth of the class is
    too much. In a class of less than 60 it is more than six pictures or than a third of the class;
    two pictures are always believed.

    Args:
        family: Places of pictures.
        labels: Classes of all pictures (N,).
        class_sizes: Pictures of each class (K,).
    """
    sizes = class_sizes.float()
    most = torch.maximum(CHAIN_SHARE * sizes, (FEW_SHARE * sizes).clamp(2, FEW))
    joined = labels[list(family)].bincount(minlength=len(sizes))
    return bool((joined > most).any())


def groups_of_pairs(pairs: Tensor, labels: Tensor) -> Tensor:
    """A number for each of N examples (N,), the same for near copies; chains of too many are none.

    Args:
        pairs: Places that are nearly alike (P, 2).
        labels: Classes (N,).
    """
    groups, sizes = torch.arange(len(labels)), labels.bincount()
    for family in families_of(connected(pairs, len(labels))):
        if not is_chain(family, labels, sizes):
            groups[list(family)] = family[0]
    return groups
