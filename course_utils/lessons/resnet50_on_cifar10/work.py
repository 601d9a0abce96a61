"""The work of a recipe, counted in multiply-adds: the same on every machine, whatever a clock says.

A backbone is passed forwards only, as it is frozen. A head is passed forwards and, for the
gradients of its own weights, backwards, which is as much again.
"""

from collections.abc import Mapping
from itertools import product

import numpy as np

from course_utils.lessons.resnet50_on_cifar10.widgets.repairs import NEEDS_FROZEN, REPAIRS, Version

RECIPE_EPOCHS = 2


def count_work(m: int, p: int, b: int, q: int, h: int) -> int:
    """Multiply-adds of learning a head on a frozen backbone.

    Args:
        m: Pictures to learn from.
        p: Passes of each picture through the backbone.
        b: Multiply-adds of one such pass.
        q: How often the head learns from the features of each picture.
        h: Multiply-adds of one picture's features through the head.
    """
    return m * (p * b + 2 * q * h)


def all_versions(
    hits: Mapping[tuple[bool, bool, bool], np.ndarray],
    looks: Mapping[tuple[bool, bool], int],
    *,
    b: Mapping[bool, int],
    h: int,
    m: int,
) -> dict[tuple[bool, ...], Version]:
    """Answers and work of each combination of the repairs that exists, by which of them are on.

    Args:
        hits: (N,) bool by whether the backbone is frozen for sure, the head converged, and the
            size chosen. To compute features once changes no answer.
        looks: By whether the backbone is frozen for sure and the size chosen: how often a head
            that converges looks at all features.
        b: As in ``count_work``, by whether the size is chosen.
        h: As in ``count_work``.
        m: As in ``count_work``.
    """
    versions = {}
    for on in product((False, True), repeat=len(REPAIRS)):
        frozen, once, converged, sized = on
        if not frozen and any(on[REPAIRS.index(name)] for name in NEEDS_FROZEN):
            continue
        q = looks[frozen, sized] if converged else RECIPE_EPOCHS
        p = 1 if once else q
        drift = RECIPE_EPOCHS if converged and not frozen else 0  # before the head converges
        work = count_work(m, drift + p, b[sized], drift + q, h)
        versions[on] = Version(hits[frozen, converged, sized], work)
    return versions
