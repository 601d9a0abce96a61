"""The work of a network, counted, against counts by hand."""

import torch
from torch import nn

from course_utils.models.operations import multiply_adds
from course_utils.models.residual import Backbone


def test_multiply_adds_of_a_convolution_and_a_layer_by_hand() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 5, 3, padding=1),  # 5 x 6 x 6 numbers, each of 3 x 3 x 3
        nn.Flatten(),
        nn.Linear(180, 7),
    )
    expected = 5 * 36 * 27 + 180 * 7
    for count in (1, 4):
        assert multiply_adds(model, torch.zeros(count, 3, 6, 6)) == expected
    assert model.training


def test_the_work_grows_with_the_square_of_the_size() -> None:
    one = torch.zeros(1, 1, 8, 8)
    small, large = (multiply_adds(Backbone(width=4, input_size=size), one) for size in (8, 32))
    assert large == 16 * small
