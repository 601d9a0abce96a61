"""Loss, accuracy and intervals against hand arithmetic, published examples and simulation."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.evaluation.scores import (
    SHARES,
    accuracy_text,
    evaluate,
    seed_interval,
    wilson_interval,
)
from course_utils.models.inference import eval_mode


@pytest.fixture
def model(small_model: nn.Module) -> nn.Module:
    return small_model


def batches(examples: tuple[Tensor, Tensor], size: int) -> list[tuple[Tensor, Tensor]]:
    images, labels = examples
    return list(zip(images.split(size), labels.split(size), strict=True))


def flags(model: nn.Module) -> list[bool]:
    return [module.training for module in model.modules()]


def test_evaluate_gives_the_hand_worked_loss_and_accuracy() -> None:
    logits = torch.tensor([[math.log(3), 0.0], [0.0, 0.0], [0.0, math.log(3)]])
    labels = torch.tensor([0, 0, 0])  # probabilities of the right class: 3/4, 1/2, 1/4
    loss, accuracy = evaluate(nn.Identity(), [(logits[:2], labels[:2]), (logits[2:], labels[2:])])
    assert loss == pytest.approx(-(math.log(3 / 4) + math.log(1 / 2) + math.log(1 / 4)) / 3)
    assert accuracy == pytest.approx(2 / 3)


def test_evaluate_weights_a_short_last_batch_by_its_examples(
    model: nn.Module, examples: tuple[Tensor, Tensor]
) -> None:
    with eval_mode(model), torch.no_grad():
        logits = model(examples[0])
    whole = F.cross_entropy(logits, examples[1]).item()
    assert evaluate(model, batches(examples, 3))[0] == pytest.approx(whole, rel=1e-6)


def test_evaluate_changes_no_weight_and_no_statistic(
    model: nn.Module, examples: tuple[Tensor, Tensor]
) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    evaluate(model, batches(examples, 3))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_evaluate_gives_every_part_its_training_flag_back(
    model: nn.Module, examples: tuple[Tensor, Tensor]
) -> None:
    model.train()
    model[1].eval()  # a frozen part must not wake up
    before = flags(model)
    evaluate(model, batches(examples, 3))
    assert flags(model) == before


def test_flags_come_back_even_when_the_evaluation_breaks(
    model: nn.Module, examples: tuple[Tensor, Tensor]
) -> None:
    model.train()
    model[1].eval()
    before = flags(model)
    good, wrong = batches(examples, 3)[0], (torch.zeros(1, 5), torch.tensor([0]))
    with pytest.raises(RuntimeError):
        evaluate(model, [good, wrong])
    assert flags(model) == before


def test_evaluate_refuses_a_loader_without_examples(model: nn.Module) -> None:
    with pytest.raises(ValueError, match="no examples"):
        evaluate(model, [])


@pytest.mark.parametrize(
    ("num_correct", "num_examples", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_equals_the_examples_of_newcombe_1998(
    num_correct: int, num_examples: int, low: float, high: float
) -> None:
    assert wilson_interval(num_correct, num_examples) == pytest.approx((low, high), abs=5e-5)


def test_wilson_interval_holds_the_true_accuracy_95_times_in_100() -> None:
    counts = np.random.default_rng(0).binomial(200, 0.93, size=4000)
    ends = {count: wilson_interval(count, 200) for count in set(counts.tolist())}
    covered = np.mean([ends[count][0] <= 0.93 <= ends[count][1] for count in counts.tolist()])
    assert 0.93 < covered < 0.97


@pytest.mark.parametrize(("num_correct", "num_examples"), [(0, 0), (5, 4), (-1, 4), (0.9, 10)])
def test_wilson_interval_refuses_counts_that_cannot_be(
    num_correct: float, num_examples: int
) -> None:
    with pytest.raises(ValueError, match=f"got {num_correct} of {num_examples}"):
        wilson_interval(num_correct, num_examples)


def test_a_confidence_in_per_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1, got 95"):
        wilson_interval(5, 10, confidence=95)
    with pytest.raises(ValueError, match="strictly between 0 and 1, got 95"):
        seed_interval([0.9, 0.8], confidence=95)


def test_seed_interval_equals_the_hand_worked_t_interval() -> None:
    # Mean 0.92, standard deviation 0.02, t = 4.3027 from the table for 2 degrees of freedom.
    half = 4.3027 * 0.02 / math.sqrt(3)
    expected = (0.92, 0.92 - half, 0.92 + half)
    assert seed_interval([0.90, 0.92, 0.94]) == pytest.approx(expected, abs=1e-5)


def test_seed_interval_holds_the_true_mean_95_times_in_100() -> None:
    repeats = np.random.default_rng(0).normal(0.9, 0.02, size=(2000, 5))
    intervals = [seed_interval(scores) for scores in repeats]
    assert 0.93 < np.mean([low <= 0.9 <= high for _, low, high in intervals]) < 0.97


@pytest.mark.parametrize("scores", [[], [0.9], [0.9, math.nan], [[0.9, 0.8]]])
def test_seed_interval_refuses_what_has_no_spread(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="at least 2 finite scores"):
        seed_interval(scores)


def test_accuracy_text_states_accuracy_interval_and_n() -> None:
    assert accuracy_text(558, 600) == "0.930 [0.907, 0.948], n = 600"


def test_the_interval_of_an_accuracy_ends_where_accuracies_end() -> None:
    mean, low, high = seed_interval([0.90, 0.74], within=SHARES)
    assert (low, high) == (0, 1) and mean == pytest.approx(0.82)
    assert seed_interval([0.90, 0.74])[2] == pytest.approx(0.82 + 12.7062 * 0.08)
    inner = seed_interval([0.90, 0.92, 0.94], within=SHARES)
    assert inner == seed_interval([0.90, 0.92, 0.94])
