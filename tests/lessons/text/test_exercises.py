"""Exercises of lesson 10: what their inputs must hold, and what their texts and the package say."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.evaluation.scores import wilson_interval
from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.lessons.text.exam_cases import KINDS, NUM_HELD, exams
from course_utils.lessons.text.exercise_cases import (
    layers_to_adapt,
    padded_batches,
    scored_texts,
    token_rows,
)
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.low_rank import AdaptedLinear, LowRank
from course_utils.models.text.padding import PADDING
from course_utils.models.text.scoring import TextScores
from tests.helpers.graded import graded
from tests.lessons.text.answers import (
    WRONG,
    WithMatrices,
    bits_by_loop,
    exam_by_sets,
    last_by_loop,
    loss_by_ignoring,
    words,
)

LESSON = "text"
SEEDS = [VISIBLE_SEED, 1, 2]


class Giving(nn.Module):
    """A model that says of tokens (B, T) what it was given, logits or features (B, T, ...)."""

    def __init__(self, given: torch.Tensor) -> None:
        super().__init__()
        self.given, self.num_features = given, given.shape[-1]

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Of the first columns, as many as there are tokens."""
        return self.given[:, : tokens.shape[1]]

    logits = forward


def test_the_examples_in_the_texts_are_right() -> None:
    (nats, texts), *_ = scored_texts(VISIBLE_SEED)
    assert (texts, [each.tolist() for each in nats]) == (["no", "né"], [[1.0, 0.5], [2.0]])
    assert bits_by_loop(nats, texts) == pytest.approx(1.0099, abs=5e-5)
    features = torch.arange(6.0).view(2, 3, 1)
    real = torch.tensor([[True, True, False], [False, True, True]])
    assert last_by_loop(features, real).tolist() == [[1], [5]]
    logits = torch.tensor([[[0, 0, 0], [0, np.log(2), 0], [9, 9, 0], [0, 9, 9.0]]])
    loss = loss_by_ignoring(logits, torch.tensor([[2, 1, 0, 0]]), torch.tensor([3]))
    assert loss.item() == pytest.approx((np.log(3) + np.log(4)) / 2)
    layer = nn.Linear(2, 1, bias=False)
    layer.weight.data = torch.tensor([[1.0, 0.0]])
    adapted = WithMatrices(layer, 1, 2.0)
    adapted.a.data, adapted.b.data = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]])
    assert adapted(torch.ones(2)).tolist() == [19]
    assert adapted.merged().weight.tolist() == [[7, 12]]
    right = np.array([True, True, False, True])
    questions = ["How to train a model?", "The model is large.", "Train a net", "Small model"]
    read, score, low, high = exam_by_sets(["Train a small model.", "The model is new"],
                                          questions, right, 3)  # fmt: skip
    assert read.tolist() == [False, True, False, True]
    assert (score, round(low, 3), round(high, 3)) == (0.5, 0.095, 0.905)


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_those_of_the_package(seed: int) -> None:
    for case in exams(seed):
        read, score, *ends = exam_by_sets(*case)
        kept = case[2][~read]
        assert score == kept.mean()
        assert ends == pytest.approx(wilson_interval(int(kept.sum()), len(kept)), rel=1e-4)
    for nats, texts in scored_texts(seed):
        sums, num_bytes = [losses.sum() for losses in nats], [len(t.encode()) for t in texts]
        scores = TextScores(*map(torch.tensor, (sums, list(map(len, nats)), num_bytes)))
        assert bits_by_loop(nats, texts) == pytest.approx(scores.bits_per_byte)
    for logits, tokens, lengths in token_rows(seed):
        rows = tokens.where(torch.arange(tokens.shape[1]) < lengths[:, None], PADDING)
        loss = next_token_loss(Giving(logits), rows)
        torch.testing.assert_close(loss_by_ignoring(logits, tokens, lengths), loss)
    on_right = [case for case in padded_batches(seed) if case[1][:, 0].all()]
    assert len(on_right) == 3
    for features, real in on_right:
        tokens = torch.zeros(real.shape, dtype=torch.int64).where(real, PADDING)
        found = TextFeatures(Giving(features), "last")(tokens)
        assert torch.equal(last_by_loop(features, real), found)
    for layer, rank, alpha, features, *matrices in layers_to_adapt(seed):
        ours, theirs = WithMatrices(layer, rank, alpha), AdaptedLinear(copy.deepcopy(layer))
        theirs.add("task", LowRank(layer, rank, alpha))
        theirs.use("task", 1.0)
        for made in (ours, theirs["task"]):
            made.load_state_dict(dict(zip("ab", matrices, strict=True)), strict=False)
        torch.testing.assert_close(ours(features), theirs(features))
        torch.testing.assert_close(ours.merged().weight, theirs.merge().weight)


@pytest.mark.parametrize("seed", SEEDS)
def test_texts_have_more_bytes_than_letters_and_other_numbers_of_tokens(seed: int) -> None:
    for nats, texts in scored_texts(seed):
        for losses, text in zip(nats, texts, strict=True):
            assert len(losses) <= len(text)
        assert len("".join(texts).encode()) > len("".join(texts))


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_padded_on_either_side_and_some_are_full_or_one_token_long(seed: int) -> None:
    starts, ends, counts, empty = set(), set(), [], []
    for _, real in padded_batches(seed):
        starts |= set(real[:, 0].tolist())
        ends |= set(real[:, -1].tolist())
        counts += (real.sum(dim=1) / real.shape[1]).tolist()
        empty.append((~real.any(dim=0)).any().item())
        steps = real.int().diff(dim=1)
        assert (steps != 0).sum(dim=1).max() <= 1, "tokens stand side by side, at one end"
    assert starts == ends == {True, False}
    assert 1 in counts and min(counts) < 0.3
    assert any(empty), "in one batch the longest row is shorter than the batch"


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_hold_ends_inside_and_rows_without_one(seed: int) -> None:
    for _, tokens, lengths in token_rows(seed):
        rows = [row[:n].tolist() for row, n in zip(tokens, lengths, strict=True)]
        assert any(0 in row[1:-1] for row in rows) and any(row[-1] != 0 for row in rows)
        assert any(len(row) == 1 for row in rows) and any(row[1:] and row[-1] == 0 for row in rows)
        assert max(map(len, rows)) == tokens.shape[1]
        padding = torch.arange(tokens.shape[1]) >= lengths[:, None]
        assert (tokens[padding] == 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_each_exam_holds_questions_that_were_read_and_others(seed: int) -> None:
    for texts, questions, right, n in exams(seed):
        read = exam_by_sets(texts, questions, right, n)[0]
        assert read.mean() == pytest.approx(NUM_HELD / len(KINDS))
        assert 0 < right[~read].mean() < 1
        lengths = [len(words(question)) for question in questions]
        assert min(lengths) < n < max(lengths)
        assert any(text != text.lower() for text in texts)


def train(module: nn.Module, features: torch.Tensor, steps: int) -> None:
    """Draws its answers to 0, with all that it lets learn."""
    learning = [weight for weight in module.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=0.05)
    for _ in range(steps):
        loss = module(features).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_what_is_asked_of_a_layer_is_what_makes_it_learn() -> None:
    layer, rank, alpha, features, *_ = layers_to_adapt(VISIBLE_SEED)[0]
    before = layer.weight.clone()
    losses = {}
    for name, answer in {"right": WithMatrices, **WRONG["low_rank"]}.items():
        if name in ("right", "both-zero"):
            torch.manual_seed(0)
            adapted = answer(layer, rank, alpha)
            start = adapted(features).square().mean().item()
            train(adapted, features, 40)
            losses[name] = adapted(features).square().mean().item() / start
            assert torch.equal(layer.weight, before), "the base stays, bit for bit"
    assert losses["right"] < 0.5 and losses["both-zero"] == 1


def test_an_answer_that_changes_what_it_was_given_is_still_judged() -> None:
    def careless(features: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        found = last_by_loop(features, real)
        features.zero_()
        return found

    assert graded(LESSON, "last_token", careless, VISIBLE_SEED).status == "right"
