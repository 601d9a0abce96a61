"""What features are worth for digits, and the project without letters that look like digits."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split, split_three_ways
from course_utils.figures.axes import summary_of
from course_utils.lessons.pretraining import project
from course_utils.lessons.pretraining.digits_score import answer_digits, score_on_digits
from tests.lessons.pretraining.answers import leave_out


@pytest.fixture(scope="module")
def split() -> Split:
    """The digits, as lesson 02 splits them."""
    return split_three_ways(load_digits(), val_fraction=0.2, test_fraction=0.35, seed=0)


def as_pixels(images: Tensor) -> Tensor:
    return images.flatten(1)


def test_pixels_name_most_digits_and_a_constant_names_none(split: Split) -> None:
    assert score_on_digits(as_pixels, split, 5, repeat=0) > 0.75
    noise = torch.Generator().manual_seed(0)

    def nothing(images: Tensor) -> Tensor:
        return torch.randn(len(images), 8, generator=noise)

    assert score_on_digits(nothing, split, 5, repeat=0) < 0.25


def test_answers_follow_the_repeat_and_nothing_else(split: Split) -> None:
    first = answer_digits(as_pixels, split, 2, repeat=0)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    assert answer_digits(as_pixels, split, 2, repeat=0).equal(first)
    assert torch.rand(1).equal(expected)
    assert not answer_digits(as_pixels, split, 2, repeat=1).equal(first)
    right = (first == split.val.labels).float().mean().item()
    assert score_on_digits(as_pixels, split, 2, repeat=0) == right


def test_a_larger_scale_of_the_features_changes_no_answer(split: Split) -> None:
    larger = answer_digits(lambda images: 1000 * as_pixels(images), split, 5, repeat=0)
    same = larger == answer_digits(as_pixels, split, 5, repeat=0)
    assert same.float().mean() > 0.99


@pytest.mark.slow
def test_the_project_pretrains_without_each_four_and_draws_each_digit() -> None:
    left_out = []

    def noting(examples: LabelledImages, names: Sequence[str]) -> LabelledImages:
        left_out.append(names)
        return leave_out(examples, names)

    comparison, ax = project.pretrain_without(noting, 2, num_letters=600, num_steps=4)
    assert left_out == ["OZSI", "KXMW"] * 2
    assert comparison.num_seeds == 2
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list("0123456789")
    look_alikes, others = (line.get_ydata().mean() for line in ax.lines)
    assert comparison.mean_a == pytest.approx(others, abs=1e-6)
    assert comparison.mean_b == pytest.approx(look_alikes, abs=1e-6)
    assert str(comparison) in summary_of(ax.figure)
