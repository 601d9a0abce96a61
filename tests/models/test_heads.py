"""A linear head on features: it learns, repeats itself, and leaves other random numbers alone."""

import torch

from course_utils.data.examples import LabelledImages
from course_utils.models.heads import fit_linear


def test_a_head_learns_to_tell_two_sides_apart_and_repeats_itself() -> None:
    rows = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    flat = LabelledImages(rows, torch.tensor([0, 0, 1, 1]), ("a", "b"))
    head = fit_linear(flat, rate=0.1)
    assert head(flat.images).argmax(dim=1).tolist() == [0, 0, 1, 1]
    assert torch.equal(head.weight, fit_linear(flat, rate=0.1).weight)
    assert not torch.equal(head.weight, fit_linear(flat, rate=0.1, seed=1).weight)


def test_other_random_numbers_stay_as_they_were() -> None:
    data = LabelledImages(torch.eye(2), torch.tensor([0, 1]), ("a", "b"))
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    fit_linear(data, num_steps=1)
    assert torch.equal(torch.rand(2), expected)
