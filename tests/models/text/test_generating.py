"""What is written: the same with and without a cache, and as likely as the model says."""

import pytest
import torch
from torch import Tensor

from course_utils.models.text.generating import generate, next_token_probs
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.transformer import Transformer
from tests.helpers.module_state import assert_same_state, state_of


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.5])
@pytest.mark.parametrize("start", [1, 10, 24, 30])
def test_the_tokens_are_the_same_with_and_without_a_cache(
    model: Transformer, tokens: Tensor, temperature: float, start: int
) -> None:
    model.double()  # so that no draw is decided by the last digit
    begun = tokens.repeat(1, 3)[:, :start]
    written = [
        generate(model, begun, 60, temperature=temperature, use_cache=cached,
                 generator=torch.Generator().manual_seed(5))
        for cached in (True, False)
    ]  # fmt: skip
    assert torch.equal(*written)
    assert written[0].shape == (3, start + 60) and torch.equal(written[0][:, :start], begun)
    assert len(written[0][:, start:].unique()) > 5, "the model does not repeat one token"


def test_with_a_cache_each_step_reads_one_token(model: Transformer, tokens: Tensor) -> None:
    read = []
    model.register_forward_hook(lambda _, args, __: read.append(args[0].shape[1]))
    generate(model, tokens, 16)
    assert read == [10] + 14 * [1] + [12], "the context of 24 was full before the last one"
    read.clear()
    generate(model, tokens, 16, use_cache=False)
    assert read == [*range(10, 25), 12]


def test_the_likeliest_token_follows_at_temperature_0(model: Transformer, tokens: Tensor) -> None:
    written = generate(model, tokens, 5, temperature=0)
    for place in range(10, 15):
        likeliest = model.logits(written[:, :place])[:, -1].argmax(dim=-1)
        assert torch.equal(written[:, place], likeliest)


@pytest.mark.slow
def test_tokens_are_drawn_as_often_as_the_model_says(model: Transformer, tokens: Tensor) -> None:
    many = tokens[:1].repeat(20_000, 1)
    drawn = generate(model, many, 1, generator=torch.Generator().manual_seed(0))[:, -1]
    shares = drawn.bincount(minlength=model.vocab_size) / len(many)
    probs = model.logits(tokens[:1])[0, -1].softmax(dim=0)
    assert probs.max() > 0.02
    assert (shares - probs).abs().max() < 4 * (0.25 / len(many)) ** 0.5


def test_temperature_sharpens_and_flattens() -> None:
    logits = torch.tensor([[2.0, 0.0, -1.0], [0.0, 1000.0, -1000.0]])
    torch.testing.assert_close(next_token_probs(logits, 1), logits.softmax(dim=-1))
    torch.testing.assert_close(next_token_probs(logits, 0.5), (2 * logits).softmax(dim=-1))
    assert next_token_probs(logits, 0).tolist() == [[1, 0, 0], [0, 1, 0]]
    for temperature in (1e-45, 1e-30, 1e30):
        probs = next_token_probs(logits, temperature)
        torch.testing.assert_close(probs.sum(dim=-1), torch.ones(2))
    cooling = [next_token_probs(logits, t)[0, 0].item() for t in (5, 1, 0.5, 0.1, 0)]
    assert cooling == sorted(cooling)


def test_the_model_stays_as_it_is_and_the_tokens_can_be_learned_from(
    model: Transformer, tokens: Tensor
) -> None:
    model.train()
    before = state_of(model)
    written = generate(model, tokens, 3)
    assert model.training
    assert_same_state(model, before)
    assert not written.is_inference(), "gradients do not go through such tensors"
    next_token_loss(model, written).backward()
    assert model.tokens.weight.grad is not None


def test_nothing_to_write_leaves_the_text(model: Transformer, tokens: Tensor) -> None:
    assert torch.equal(generate(model, tokens, 0), tokens)


@pytest.mark.parametrize("temperature", [-1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(
    model: Transformer, tokens: Tensor, temperature: float
) -> None:
    with pytest.raises(ValueError, match=f"temperature must be a number from 0, got {temperature}"):
        generate(model, tokens, 1, temperature=temperature)


def test_a_beginning_that_is_none_is_refused(model: Transformer, tokens: Tensor) -> None:
    for begun in (tokens[:, :0], tokens[0]):
        with pytest.raises(ValueError, match=r"tokens must be \(B, T\) with T from 1"):
            generate(model, begun, 1)
    with pytest.raises(ValueError, match="num_tokens must be at least 0, got -1"):
        generate(model, tokens, -1)
