"""The list of candidates follows from counted work and numbers of pictures alone."""

from collections import Counter

import numpy as np
import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.data.headers import Headers
from course_utils.lessons.your_own_pictures.candidates import (
    Candidate,
    count_looks,
    default_backbones,
    default_sizes,
    make_plan,
    smaller_parts,
    usual_rate,
)
from course_utils.lessons.your_own_pictures.opening import Source
from course_utils.lessons.your_own_pictures.rounds import Rounds
from course_utils.models.residual import Backbone

COSTS = {("net", 8): 10, ("net", 16): 40, ("net", 4): 3}
ROUNDS = Rounds(
    LabelledImages(torch.zeros(90, 1, 1, 1), torch.arange(90) % 2, ("a", "b")),
    torch.arange(90) % 3,
)


def source(side: int, kind: str = "PNG L") -> Source:
    headers = Headers(np.full((4, 2), side), Counter({kind: 4}), 4)
    return Source("folder:x", None, side, headers)


def plan(most_work: float, **others: object):  # noqa: ANN201
    given = {"num_trained": 2, "num_epochs": None, "num_smaller": 1} | others
    return make_plan(COSTS, ROUNDS, most_work=most_work, **given)


def test_tiny_grey_pictures_get_the_letters_and_others_a_network_of_photographs() -> None:
    assert default_backbones("auto", source(8)) == ["letters"]
    assert default_backbones("auto", source(17)) == ["resnet18"]
    assert default_backbones("auto", source(8, "PNG RGB")) == ["resnet18"]
    assert default_backbones("auto", Source("cifar10", None, 32, None)) == ["resnet18"]
    assert default_backbones("letters, resnet50", source(8)) == ["letters", "resnet50"]


@pytest.mark.parametrize(
    ("backbone", "side", "sizes"),
    [
        ("letters", 8, [6, 8, 12]),
        ("resnet18", 32, [64, 96, 128]),
        ("resnet18", 300, [64, 96, 128, 160, 224]),
        ("resnet18", 10, [64]),
    ],
)
def test_sizes_follow_from_the_pictures(backbone: str, side: int, sizes: list[int]) -> None:
    assert default_sizes(None, backbone, side) == sizes
    assert default_sizes([40], backbone, side) == [40]


def test_work_by_hand() -> None:
    # Features: 53 each for 90; learning: 2 candidates of 3 * 180 + 90 looks, a refit of 3 * 90,
    # 2 epochs at the dearest. A smaller part takes as many steps: it costs what a candidate does.
    learned = (2 + 1) * (3 * 180 + 90) + 3 * 90
    assert count_looks(ROUNDS, 3) == learned
    assert plan(1e9, num_epochs=2).work == 53 * 90 + 2 * 40 * learned


def test_with_less_work_there_are_fewer_epochs_and_dear_networks_stay_frozen() -> None:
    rich = plan(1e9)
    assert rich.networks == rich.trainable == (("net", 4), ("net", 8), ("net", 16))
    assert set(rich.epochs.values()) == {6} and not rich.left_out
    tight = plan(rich.work - 1)
    assert tight.epochs == {("net", 4): 6, ("net", 8): 6, ("net", 16): 5}
    looks = count_looks(ROUNDS, 3)
    poor = plan(53 * 90 + 4 * 40 * looks - 1)  # too little for four epochs of the dearest
    assert poor.networks == rich.networks and not poor.left_out
    assert poor.trainable == (("net", 4), ("net", 8)) and poor.epochs["net", 16] == 0
    assert all(each.work <= most for each, most in ((tight, rich.work), (poor, rich.work)))


def test_features_take_a_third_of_the_work_and_the_cheapest_is_always_kept() -> None:
    third = 3 * 53 * 90
    assert not plan(third).left_out
    assert plan(third - 1).left_out == (("net", 16),)
    least = plan(1)
    assert least.networks == least.trainable == (("net", 4),)
    assert least.epochs == {("net", 4): 4}
    assert plan(1, num_epochs=5).epochs == {("net", 4): 5}


def test_a_learning_curve_of_fewer_than_three_points_is_refused() -> None:
    assert smaller_parts([2, 4, 8]) == [8, 4, 2]
    assert smaller_parts([1, 2, 3]) == [3, 2]
    with pytest.raises(ValueError, match=r"curve_parts must hold two numbers .* got \[2\]: with"):
        smaller_parts([2])
    with pytest.raises(ValueError, match=r"got \[1, 2\]: with"):
        smaller_parts([1, 2])


def test_a_candidate_says_what_it_is() -> None:
    assert str(Candidate("letters", 8, 0.001)) == "letters 8 px, frozen, penalty 0.001"
    varied = Candidate("letters", 8, 0.001, 0.003, True)
    assert str(varied) == "letters 8 px, all weights at 0.003, pictures varied"
    assert varied.network == ("letters", 8)


def test_larger_networks_learn_at_a_lower_rate_and_in_many_steps_at_a_lower_one_still() -> None:
    small, large = Backbone(), Backbone(width=64)
    assert usual_rate(small, 84) == usual_rate(small, 10_000) == 0.003
    assert [usual_rate(large, steps) for steps in (10, 100, 1000, 10_000)] == [
        0.001,
        0.001,
        0.0003,
        0.0001,
    ]
