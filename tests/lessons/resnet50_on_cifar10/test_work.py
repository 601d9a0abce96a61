"""The work of a recipe, counted, against counts by hand."""

from itertools import product

import numpy as np
import pytest

from course_utils.lessons.resnet50_on_cifar10.work import all_versions, count_work


def test_the_head_counts_forwards_and_backwards() -> None:
    assert count_work(10, 2, 1000, 3, 7) == 10 * (2 * 1000 + 2 * 3 * 7)


HITS = {on: np.arange(8) < number for number, on in enumerate(product((False, True), repeat=3))}
LOOKS = {(False, False): 50, (False, True): 40, (True, False): 30, (True, True): 20}


def versions() -> dict:
    return all_versions(HITS, LOOKS, b={False: 1000, True: 100}, h=7, m=10)


@pytest.mark.parametrize(
    ("on", "passes", "head_passes", "price"),
    [  # frozen for sure, features once, head converged, size chosen
        ((False, False, False, False), 2, 2, 1000),
        ((True, False, False, False), 2, 2, 1000),
        ((True, True, False, False), 1, 2, 1000),
        ((False, False, False, True), 2, 2, 100),
        ((False, False, True, False), 2 + 50, 2 + 50, 1000),  # two epochs of drift first
        ((True, False, True, False), 30, 30, 1000),
        ((True, True, True, False), 1, 30, 1000),
        ((True, True, True, True), 1, 20, 100),
    ],
)
def test_the_work_of_a_version_by_hand(
    on: tuple[bool, ...], passes: int, head_passes: int, price: int
) -> None:
    assert versions()[on].work == 10 * (passes * price + 2 * head_passes * 7)


def test_twelve_versions_exist_and_features_once_change_no_answer() -> None:
    found = versions()
    assert len(found) == 12
    assert not any(once and not frozen for frozen, once, _, _ in found)
    for (frozen, _, converged, sized), version in found.items():
        assert version.hits is HITS[frozen, converged, sized]
