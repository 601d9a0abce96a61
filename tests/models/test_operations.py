"""The work of a network, counted, against counts by hand."""

import pytest
import torch
from torch import nn

from course_utils.models.classifier import Classifier
from course_utils.models.operations import Operations, count_operations, multiply_adds
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


def test_operations_of_training_by_hand() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 5, 3, stride=2, padding=1),  # 5 x 3 x 3 numbers, each of 3 x 3 x 3
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(45, 7),
    )
    first, last = 2 * 5 * 9 * 27, 2 * 45 * 7
    # On the way back the weights of both, and the numbers between them; pixels need no gradient.
    assert count_operations(model, (3, 6, 6)) == Operations(first + last, 2 * first + 3 * last)


def test_filters_in_groups_cost_three_times_forwards_too() -> None:
    layers = (
        nn.Conv2d(3, 8, 1),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.Conv2d(8, 4, 1, groups=2),
    )
    first, depthwise, last = (2 * 36 * n for n in (3 * 8, 8 * 9, 4 * 4))
    assert count_operations(nn.Sequential(*layers), (3, 6, 6)) == Operations(
        first + depthwise + last, 2 * first + 3 * (depthwise + last)
    )


@pytest.mark.parametrize("width", [4, 32])
def test_training_costs_nearly_three_times_the_pass_forwards(width: int) -> None:
    counted = count_operations(Classifier(Backbone(1, width), 10), (1, 16, 16))
    assert 2.9 < counted.training / counted.forward < 3


def test_attention_is_counted_by_hand() -> None:
    class Attending(nn.Module):
        """Five tokens of eight numbers, as the rows of a picture."""

        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """What the tokens make of one another."""
            tokens = images[:, 0]
            return self.attention(tokens, tokens, tokens, need_weights=False)[0]

    expected = 4 * 5 * 8 * 8 + 2 * 5 * 5 * 8  # four projections, two products of all pairs
    assert multiply_adds(Attending().eval(), torch.zeros(1, 1, 5, 8)) == expected


def test_the_work_is_the_same_in_every_precision() -> None:
    model, half = Classifier(Backbone(1, 4), 3), Classifier(Backbone(1, 4), 3)
    half.backbone.precision = torch.bfloat16
    assert count_operations(half, (1, 8, 8)) == count_operations(model, (1, 8, 8))


def test_counting_leaves_the_model_alone() -> None:
    model = Classifier(Backbone(1, 4), 3).eval().requires_grad_(False)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    count_operations(model, (1, 8, 8))
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    assert not model.training and not any(weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize("shape", [(8, 8), (2, 1, 8, 8), (0, 8, 8)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"shape must be \(C, H, W\), three numbers from 1, got"):
        count_operations(Backbone(), shape)


@pytest.mark.parametrize(("learns", "products"), [(True, 3), (False, 2)])
def test_what_a_batch_norm_learns_needs_a_gradient_of_the_products_behind_it(
    learns: bool, products: int
) -> None:
    model = nn.Sequential(nn.BatchNorm2d(3, affine=learns), nn.Conv2d(3, 4, 3))
    counted = count_operations(model, (3, 8, 8))
    assert counted.forward == 2 * 3 * 4 * 9 * 6 * 6
    assert counted.training == products * counted.forward
