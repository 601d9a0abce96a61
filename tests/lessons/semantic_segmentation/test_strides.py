"""Maps from cells: their shares by plain arithmetic, their best logits by another optimizer."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.scenes import digit_scene_maps
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.scores import score_maps
from course_utils.lessons.semantic_segmentation.strides import (
    MOST_AT_ONCE,
    averaged_at_stride,
    best_at_stride,
    fit_cells,
)
from tests.helpers.maps import random_maps
from tests.lessons.semantic_segmentation import by_hand

pytestmark = pytest.mark.slow

SCENES = digit_scene_maps(1, 12, 1, 0, min_objects=1).val
BOTH = pytest.mark.parametrize("make", [averaged_at_stride, best_at_stride])


def mean_iou(maps: Tensor) -> float:
    return score_maps(confusion_matrices(maps, SCENES.maps, 10), SCENES.class_names).mean_iou


@pytest.mark.parametrize("stride", [2, 3, 4, 5, 8])
def test_shares_are_those_of_plain_arithmetic(stride: int) -> None:
    _, truth = random_maps(6, 0, sizes=((14, 11),))
    maps = averaged_at_stride(torch.stack(truth), stride, 4)
    assert maps.shape == (6, 14, 11) and maps.dtype == torch.uint8
    num_clear = 0
    for true, found in zip(truth, maps, strict=True):
        wanted, clear = by_hand.from_shares(true.tolist(), stride, 4)
        assert (found.numpy() == np.array(wanted))[clear].all()
        num_clear += clear.sum()
    assert num_clear > 0.9 * maps.numel()


@BOTH
def test_cells_of_one_pixel_say_the_map_itself(make: object) -> None:
    assert torch.equal(make(SCENES.maps, 1, 10), SCENES.maps)


@pytest.mark.parametrize("stride", [4, 5])
def test_the_best_logits_are_as_good_as_those_of_another_optimizer(stride: int) -> None:
    truth = SCENES.maps[:4].long()
    fitted = fit_cells(truth, stride, 10)
    other = torch.zeros_like(fitted, requires_grad=True)
    optimizer = torch.optim.LBFGS([other], max_iter=150, line_search_fn="strong_wolfe")

    def loss_of(logits: Tensor) -> Tensor:
        cells = logits.shape[-1]
        enlarged = F.interpolate(logits, (stride * cells, stride * cells), mode="bilinear")
        return F.cross_entropy(enlarged[..., :32, :32], truth)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(other)
        loss.backward()
        return loss

    optimizer.step(closure)
    assert fitted.shape == (4, 11, -(-32 // stride), -(-32 // stride))
    assert loss_of(fitted).item() < 1.05 * loss_of(other).item()


def test_larger_cells_say_less_and_the_best_logits_say_more_than_shares() -> None:
    shares, best = (
        [mean_iou(make(SCENES.maps, stride, 10)) for stride in (2, 4, 8)]
        for make in (averaged_at_stride, best_at_stride)
    )
    assert shares == sorted(shares, reverse=True) and best == sorted(best, reverse=True)
    assert all(more > less + 0.05 for more, less in zip(best, shares, strict=True))


@BOTH
def test_pixels_that_do_not_count_change_nothing_around_them(make: object) -> None:
    maps = torch.zeros(1, 8, 8, dtype=torch.uint8)
    maps[:, :4] = 1
    hidden = maps.clone()
    hidden[:, 0:3] = IGNORED  # a fourth of the upper cells still shows the class
    assert torch.equal(make(hidden, 4, 1), make(maps, 4, 1))
    hidden[:] = IGNORED
    assert not make(hidden, 4, 1).any()


@BOTH
def test_many_maps_are_made_as_each_alone(make: object) -> None:
    maps = torch.zeros(MOST_AT_ONCE + 3, 4, 4, dtype=torch.uint8)
    maps[::2, :3, :2] = 2
    together = make(maps, 2, 2)
    alone = [make(maps[place : place + 1], 2, 2)[0] for place in (0, 1)]
    assert torch.equal(together, torch.stack(alone)[torch.arange(len(maps)) % 2])


@BOTH
def test_it_also_works_where_no_gradients_are_kept(make: object) -> None:
    maps = SCENES.maps[:2]
    with torch.no_grad():
        assert torch.equal(make(maps, 4, 10), make(maps.clone(), 4, 10))
        assert make(maps, 4, 10).any()


@BOTH
def test_what_has_no_cells_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="stride must be at least 1 pixel, got 0"):
        make(SCENES.maps, 0, 10)
    with pytest.raises(ValueError, match=r"got shape \(32, 32\)"):
        make(SCENES.maps[0], 4, 10)
    with pytest.raises(ValueError, match="numbers from 0 to 3, or 255, got"):
        make(SCENES.maps, 4, 3)
