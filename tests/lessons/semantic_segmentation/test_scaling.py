"""Maps in another size: no new numbers by the nearest pixel, new ones by numbers in between."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.scenes import digit_scene_maps
from course_utils.lessons.semantic_segmentation.scaling import (
    are_foreign,
    scaled_by_nearest,
    scaled_by_numbers,
    share_of_foreign,
)
from tests.lessons.semantic_segmentation import by_hand

MAPS = digit_scene_maps(1, 6, 1, 0, min_objects=2).val.maps


def of(rows: list[list[int]]) -> Tensor:
    return torch.tensor([rows], dtype=torch.uint8)


@pytest.mark.parametrize("side", [8, 13, 20, 32, 47, 64])
def test_the_nearest_pixel_is_that_in_which_the_middle_lies(side: int) -> None:
    wanted = torch.tensor([by_hand.nearest(rows, side, side) for rows in MAPS.tolist()])
    scaled = scaled_by_nearest(MAPS, side)
    # Some middles lie between two pixels; there rounding decides, but where it is exact.
    is_exact = 64 % side == 0
    clear = [place for place in range(side) if is_exact or (2 * place + 1) * 32 % (2 * side)]
    assert len(clear) > 0.7 * side
    assert torch.equal(scaled[:, clear][:, :, clear].long(), wanted[:, clear][:, :, clear])
    assert scaled.dtype == torch.uint8
    assert share_of_foreign(scaled, MAPS) == 0


@pytest.mark.slow
@pytest.mark.parametrize("side", [8, 16, 32, 64])
def test_numbers_in_between_are_bilinear_and_rounded(side: int) -> None:
    wanted = [by_hand.numbers_between(rows, side, side) for rows in MAPS.tolist()]
    assert scaled_by_numbers(MAPS, side).tolist() == wanted


def test_where_sides_do_not_divide_numbers_agree_but_for_rounding() -> None:
    for rows, scaled in zip(MAPS.tolist(), scaled_by_numbers(MAPS, 21), strict=True):
        exact = np.array(by_hand.between(rows, 21, 21), dtype=float)
        assert np.abs(exact - scaled.numpy()).max() < 0.5 + 1e-5


def test_between_1_and_4_lie_2_and_3() -> None:
    assert scaled_by_numbers(of([[1, 4]]), 4).tolist() == [[[1, 2, 3, 4]] * 2]
    assert scaled_by_nearest(of([[1, 4]]), 4).tolist() == [[[1, 1, 4, 4]] * 2]


def test_the_longer_side_is_given_and_the_other_follows() -> None:
    for scale in (scaled_by_nearest, scaled_by_numbers):
        assert scale(torch.zeros(3, 20, 40, dtype=torch.uint8), 10).shape == (3, 5, 10)
        assert scale(torch.zeros(3, 40, 1, dtype=torch.uint8), 10).shape == (3, 10, 1)


@pytest.mark.parametrize("side", [11, 16])
def test_the_share_counts_ink_of_classes_that_the_same_scene_does_not_show(side: int) -> None:
    scaled = scaled_by_numbers(MAPS, side)
    foreign = ink = 0
    for true, small in zip(MAPS.tolist(), scaled.tolist(), strict=True):
        shown = {number for row in true for number in row}
        numbers = [number for row in small for number in row if number not in (0, IGNORED)]
        ink += len(numbers)
        foreign += sum(number not in shown for number in numbers)
    assert 0 < foreign < ink
    assert share_of_foreign(scaled, MAPS) == pytest.approx(foreign / ink)


def test_what_does_not_count_is_no_ink_but_mixed_with_paper_it_is_foreign() -> None:
    true = of([[0, IGNORED, 2, 2]])
    assert are_foreign(true, true).tolist() == [[[False] * 4]]
    scaled = scaled_by_numbers(true, 2)
    assert scaled.tolist() == [[[128, 2]]]
    assert share_of_foreign(scaled, true) == 0.5
    assert share_of_foreign(of([[0, IGNORED, 2, 3]]), true) == 0.5


def test_paper_is_never_foreign() -> None:
    assert are_foreign(of([[0, 1, 2]]), of([[1, 1, 1]])).tolist() == [[[False, False, True]]]


def test_without_ink_there_is_no_share() -> None:
    empty = torch.zeros(2, 4, 4, dtype=torch.uint8)
    assert math.isnan(share_of_foreign(empty, empty))


def test_what_cannot_be_scaled_is_refused() -> None:
    for scale in (scaled_by_nearest, scaled_by_numbers):
        with pytest.raises(ValueError, match="side must be at least 1 pixel, got 0"):
            scale(MAPS, 0)
        with pytest.raises(ValueError, match=r"got torch.uint8 of shape \(32, 32\)"):
            scale(MAPS[0], 8)
        with pytest.raises(ValueError, match="float32 of shape"):
            scale(MAPS.float(), 8)
    with pytest.raises(ValueError, match="2 scaled maps and 6 true ones"):
        share_of_foreign(MAPS[:2], MAPS)
