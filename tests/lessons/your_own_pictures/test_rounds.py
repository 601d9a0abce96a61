"""Which pictures are learned from and which judge: every one once, or a part that is kept."""

import numpy as np
import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.lessons.your_own_pictures.rounds import Rounds, choose_rounds, one_round
from course_utils.lessons.your_own_pictures.scoring import best_epoch, put_together, score_of

LABELS = torch.arange(60) % 2


def examples(**others: torch.Tensor) -> LabelledImages:
    return LabelledImages(torch.zeros(60, 1, 2, 2), LABELS, ("a", "b"), **others)


IS_VAL = torch.arange(60) < 12


def rounds(few: int, **others: torch.Tensor) -> Rounds:
    return choose_rounds(examples(**others), IS_VAL, few=few, num_folds=3, seed=0)


def test_few_pictures_are_dealt_into_folds_and_each_is_held_out_once() -> None:
    dealt = rounds(61)
    assert len(dealt) == 3
    held = torch.cat([places for _, places in dealt])
    assert held.sort().values.equal(torch.arange(60)) and dealt.judged.equal(torch.arange(60))
    for learned, out in dealt:
        assert not torch.isin(learned, out).any() and len(learned) + len(out) == 60
    assert dealt.num_learned == 120
    assert str(dealt) == (
        "3 folds of 60 pictures: each round learns from about 40, and all 60 choose"
    )


@pytest.mark.parametrize("parts", [None, torch.arange(60) % 2])
def test_many_pictures_or_a_part_that_is_brought_make_one_round(
    parts: torch.Tensor | None,
) -> None:
    few = 60 if parts is None else 1000
    single = rounds(few, parts=parts)
    ((learned, held),) = single
    assert held.equal(torch.arange(12)) and learned.equal(torch.arange(12, 60))
    assert single.judged.equal(held) and len(single) == 1
    assert str(single) == "48 pictures to learn from, 12 to choose on"


def test_a_share_keeps_the_rounds_and_their_classes() -> None:
    dealt = rounds(61)
    for (learned, held), (fewer, same) in zip(dealt, dealt.thinned(0.25, 1), strict=True):
        assert held.equal(same) and len(fewer) == 10
        assert torch.isin(fewer, learned).all()
        assert LABELS[fewer].bincount().tolist() == [5, 5]
    groups = torch.arange(60) // 4
    (fewer, _), *_ = rounds(61, groups=groups).thinned(0.2, 0)
    for label in (0, 1):  # as many groups as there can be
        of_class = groups[fewer[LABELS[fewer] == label]]
        assert len(of_class.unique()) == len(of_class) == 4


def test_answers_of_rounds_stand_in_the_order_of_the_pictures() -> None:
    dealt = rounds(61)
    parts = [held.float()[None, :, None].repeat(2, 1, 3) for _, held in dealt]
    together = put_together(dealt, parts)
    assert together.shape == (2, 60, 3)
    assert together[0, :, 0].equal(torch.arange(60).float())
    single = one_round(examples(), IS_VAL)
    assert put_together(single, [torch.zeros(1, 12, 3)]).shape == (1, 12, 3)


def test_the_epoch_with_the_highest_score_is_kept_and_of_equal_ones_that_of_least_loss() -> None:
    right = torch.nn.functional.one_hot(LABELS).float()
    nearly = 9 * right
    nearly[0] *= -1
    assert best_epoch(torch.stack([nearly, right, 5 * right, -right]), LABELS) == 2
    labels, weights = torch.tensor([0, 0, 0, 1]), torch.tensor([1.0, 1.0, 1.0, 9.0])
    majority = torch.tensor([[2.0, 0.0]]).repeat(4, 1)
    tables = torch.stack([majority, majority.flip(1)])
    assert best_epoch(tables, labels) == 0 and best_epoch(tables, labels, weights) == 1


def test_the_balanced_score_counts_classes_the_same() -> None:
    labels = torch.tensor([0] * 8 + [1] * 2)
    some = LabelledImages(torch.zeros(10, 1, 1, 1), labels, ("a", "b"))
    hits = np.array([True] * 8 + [False] * 2)
    assert score_of(hits, some, balanced=False)[0] == 0.8
    score, low, high = score_of(hits, some, balanced=True)
    assert score == 0.5 and low < 0.5 < high
