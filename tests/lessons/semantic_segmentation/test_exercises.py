"""Exercises of lesson 09: what their inputs must hold, and what their texts and the package say."""

import numpy as np
import pytest
import torch

from course_utils.data.boxes.examples import IGNORED
from course_utils.evaluation.comparison import compare_over_seeds
from course_utils.evaluation.segmentation.scores import score_maps
from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.lessons.semantic_segmentation.exercise_cases import (
    batches_to_learn,
    batches_with_probs,
    maps_to_shrink,
    matrices,
    segmented_scenes,
)
from course_utils.models.segmentation.losses import PixelLoss
from tests.helpers.graded import graded
from tests.lessons.semantic_segmentation.answers import (
    dice_by_loop,
    loss_by_sum,
    mean_iou_by_loop,
    scenes_by_steps,
    shrink_by_loop,
)

LESSON = "semantic_segmentation"
SEEDS = [VISIBLE_SEED, 1, 2]


def test_the_examples_in_the_texts_are_right() -> None:
    assert mean_iou_by_loop(np.array([[6, 1, 0], [1, 2, 0], [0, 0, 0]])) == pytest.approx(0.625)
    numbers = torch.arange(36).view(6, 6).byte()
    assert shrink_by_loop(numbers, 2, 3).tolist() == [[7, 9, 11], [25, 27, 29]]
    probs = torch.tensor([[[[0.25, 0.5]], [[0.75, 0.5]]]])
    assert dice_by_loop(probs, torch.tensor([[[1, 0]]]))[1].item() == pytest.approx(2 / 3)
    right_a = np.arange(100) < np.array([52, 58, 54, 56])[:, None, None]
    right_b = np.broadcast_to(np.arange(100) < 50, right_a.shape)
    difference, low, high, needed = scenes_by_steps(right_a, right_b, 0.03)
    assert (round(difference, 3), round(low, 3), round(high, 3), needed) == (0.05, 0.009, 0.091, 6)


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_those_of_the_package(seed: int) -> None:
    for (matrix,) in matrices(seed):
        names = [f"class {k}" for k in range(len(matrix))]
        assert score_maps(matrix[None], names).mean_iou == pytest.approx(mean_iou_by_loop(matrix))
    for logits, maps in batches_to_learn(seed):
        loss = PixelLoss(logits.shape[1] - 1)(logits.detach(), maps)["cross_entropy"]
        assert loss.item() == pytest.approx(loss_by_sum(logits, maps).item(), rel=1e-5)
    for probs, maps in batches_with_probs(seed):
        loss = PixelLoss(probs.shape[1] - 1, ["dice"])(probs.log(), maps)["dice"]
        dice = dice_by_loop(probs, maps)[maps.unique()].mean()
        assert loss.item() == pytest.approx(1 - dice.item(), rel=1e-4)
    for right_a, right_b, half_width in segmented_scenes(seed):
        same = compare_over_seeds(right_a.mean((1, 2)), right_b.mean((1, 2)))
        assert scenes_by_steps(right_a, right_b, half_width)[:3] == pytest.approx(
            (same.difference, same.low, same.high)
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_matrices_lack_classes_in_each_way_that_an_answer_may_get_wrong(seed: int) -> None:
    true, found = (
        [matrix.any(axis=axis) for (matrix,) in matrices(seed)] for axis in (1, 0)
    )  # per matrix, (1 + K,)
    both = list(zip(true, found, strict=True))
    assert any((~t & ~f).any() for t, f in both)
    assert any((t & ~f).any() for t, f in both) and any((~t & f).any() for t, f in both)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_middle_of_a_smaller_map_lies_on_an_edge_that_rounding_may_move(seed: int) -> None:
    for classes, *new in maps_to_shrink(seed):
        assert {IGNORED, 5} <= set(classes.flatten().tolist())
        for old, wanted in zip(classes.shape, new, strict=True):
            assert wanted <= old
            middles = [(2 * place + 1) * old / (2 * wanted) for place in range(wanted)]
            on_an_edge = any(middle.is_integer() for middle in middles)
            assert not on_an_edge or old % wanted == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_pictures_hold_what_tells_answers_apart(seed: int) -> None:
    *batches, (_, nothing) = batches_to_learn(seed)
    assert (nothing == IGNORED).all()
    for _, maps in batches:
        counts = (maps != IGNORED).sum(dim=(1, 2))
        assert (counts > 0).all() and (maps == 0).any() and (maps == IGNORED).any()
    *batches, (given, without), (probs, maps) = batches_with_probs(seed)
    assert given[:, -1].min() > 0
    assert not (without == given.shape[1] - 1).any()
    assert probs[:, 2].max() == 0 and not (maps == 2).any()
    for probs, maps in batches:
        assert probs.sum(dim=1) == pytest.approx(1, abs=1e-5)
        assert len(maps.unique()) == probs.shape[1] > len(maps[0].unique())
        assert len(probs) != probs.shape[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_scenes_are_few_and_take_more_or_fewer_to_be_sure(seed: int) -> None:
    scenes = segmented_scenes(seed)
    needed = [scenes_by_steps(*case)[3] for case in scenes]
    assert all(2 < number < 500 for number in needed)
    assert any(number > len(a) for number, (a, *_) in zip(needed, scenes, strict=True))


def test_an_answer_that_changes_the_map_it_was_given_is_still_judged() -> None:
    def careless(classes: torch.Tensor, height: int, width: int) -> torch.Tensor:
        small = shrink_by_loop(classes, height, width)
        classes.zero_()
        return small

    assert graded(LESSON, "shrink", careless, VISIBLE_SEED).status == "right"
