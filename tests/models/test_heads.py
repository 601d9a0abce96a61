"""A linear head on features: it learns, repeats itself, and leaves other random numbers alone."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from course_utils.data.examples import LabelledImages
from course_utils.models.heads import fit_converged, fit_linear


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


def test_a_converged_head_has_the_least_penalised_loss_that_scikit_learn_finds() -> None:
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(120, 5, generator=generator)
    labels = (rows[:, 0] + 0.7 * torch.randn(120, generator=generator) > 0).long()
    labels[rows[:, 1] > 1] = 2
    features = LabelledImages(rows, labels, ("a", "b", "c"))
    head = fit_converged(features, penalty=0.01)
    # Its penalty is half the sum of squares over C, beside the sum of the losses.
    rival = LogisticRegression(C=1 / (2 * 0.01 * 120), max_iter=1000).fit(rows, labels)
    ours = head(rows).detach().softmax(dim=1)
    assert np.allclose(ours, rival.predict_proba(rows.numpy()), atol=0.01)
    assert fit_converged(features, 0.01, seed=5).weight.detach().numpy() == pytest.approx(
        head.weight.detach().numpy(), abs=0.05
    )


def test_a_larger_penalty_makes_smaller_weights() -> None:
    rows = torch.tensor([[-1.0], [1.0]]).repeat(10, 1)
    features = LabelledImages(rows, torch.arange(20) % 2, ("a", "b"))
    sizes = [fit_converged(features, penalty).weight.abs().sum() for penalty in (1, 0.1, 0.01)]
    assert sizes[0] < sizes[1] < sizes[2]
