"""The gradient of a batch in parts: by the formula the whole one's, by others not."""

import pytest
import torch
import torch.nn.functional as F

from course_utils.data.examples import LabelledImages
from course_utils.lessons.scaling_up.parts import gradient, relative_difference
from course_utils.models.classifier import Classifier

SIZES = [20, 20, 8]


def test_at_once_it_is_the_gradient_of_the_mean_loss(
    model: Classifier, digits: LabelledImages
) -> None:
    found = gradient(model, digits.images, digits.labels, [48], [1.0])
    loss = F.cross_entropy(model(digits.images), digits.labels)
    expected = torch.autograd.grad(loss, list(model.parameters()))
    assert torch.equal(found, torch.cat([each.flatten() for each in expected]))


def test_parts_weigh_what_they_hold(model: Classifier, digits: LabelledImages) -> None:
    model = model.double()
    given = model, digits.images.double(), digits.labels
    whole = gradient(*given, [48], [1.0])
    by_formula = gradient(*given, SIZES, [n / 48 for n in SIZES])
    mean_of_means = gradient(*given, SIZES, [1 / 3] * 3)
    assert relative_difference(by_formula, whole) < 1e-12
    assert relative_difference(mean_of_means, whole) > 1e-3
    undivided = gradient(*given, [12] * 4, [1.0] * 4)
    assert undivided.norm() / whole.norm() == pytest.approx(4, rel=1e-9)


def test_gradients_of_an_earlier_call_do_not_count(
    model: Classifier, digits: LabelledImages
) -> None:
    first, second = (
        gradient(model, digits.images, digits.labels, SIZES, [1.0] * 3) for _ in range(2)
    )
    assert torch.equal(first, second)


def test_a_part_without_a_weight_is_refused(model: Classifier, digits: LabelledImages) -> None:
    with pytest.raises(ValueError, match="zip"):
        gradient(model, digits.images, digits.labels, SIZES, [1.0, 1.0])


def test_a_difference_is_a_share_of_the_second() -> None:
    assert relative_difference(torch.tensor([3.0, 4.0]), torch.tensor([0.0, 2.0])) == pytest.approx(
        13**0.5 / 2
    )
