"""What the transformer sees, and that reading bit by bit gives what reading at once gives."""

import copy
import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.padding import PADDING
from course_utils.models.text.transformer import Transformer
from tests.helpers.module_state import assert_same_state, state_of


def attention_by_hand(model: Transformer, features: Tensor) -> Tensor:
    """What the first attention answers to features (T, D), one token and one head at a time."""
    attention = model.blocks[0].attention
    num_tokens, width = features.shape
    size = width // attention.num_heads
    queries, keys, values = (attention.qkv.weight @ features.T).split(width)  # each (D, T)
    mixed = torch.zeros(num_tokens, width)
    for token in range(num_tokens):
        for head in range(attention.num_heads):
            own = slice(head * size, (head + 1) * size)
            scores = queries[own, token] @ keys[own, : token + 1] / size**0.5
            mixed[token, own] = values[own, : token + 1] @ scores.softmax(dim=0)
    return mixed @ attention.out.weight.T


def test_attention_is_that_of_the_formula(model: Transformer) -> None:
    features = torch.randn(7, 16, generator=torch.Generator().manual_seed(0))
    answer = model.blocks[0].attention(features[None])[0]
    torch.testing.assert_close(answer, attention_by_hand(model, features))


def test_a_later_token_never_changes_an_earlier_logit(model: Transformer, tokens: Tensor) -> None:
    before = model.logits(tokens)
    for place in range(1, tokens.shape[1]):
        changed = tokens.clone()
        changed[:, place] = (changed[:, place] + 1) % model.vocab_size
        after = model.logits(changed)
        assert torch.equal(after[:, :place], before[:, :place])
        assert (after[:, place:] != before[:, place:]).any(dim=-1).all(), "and every later one"


def test_without_the_mask_later_tokens_do(model: Transformer, tokens: Tensor) -> None:
    seeing = Transformer(**{**model.architecture, "causal": False})
    seeing.load_state_dict(model.state_dict())
    changed = tokens.clone()
    changed[:, -1] = (changed[:, -1] + 1) % model.vocab_size
    assert (seeing.logits(changed) != seeing.logits(tokens)).any(dim=-1).all()
    with pytest.raises(ValueError, match="only a causal model can keep its past"):
        seeing.new_past()


@pytest.mark.parametrize("cuts", [(), (1,), (4,), range(1, 10), (2, 5, 9)])
def test_reading_bit_by_bit_gives_what_reading_at_once_gives(
    model: Transformer, tokens: Tensor, cuts: tuple
) -> None:
    model.double()
    past = model.new_past()
    parts = [model(tokens[:, first:end], past) for first, end in pairwise([0, *cuts, 10])]
    assert [len(each) for each in past] == [10, 10]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens), rtol=0, atol=1e-12)


def test_padding_changes_nothing_before_it(model: Transformer, tokens: Tensor) -> None:
    padded = F.pad(tokens, (0, 5), value=PADDING)
    torch.testing.assert_close(model.logits(padded)[:, :10], model.logits(tokens))
    model.logits(padded)[:, :10].sum().backward()
    assert model.tokens.weight.grad.isfinite().all()


def test_more_tokens_than_the_context_are_refused(model: Transformer, tokens: Tensor) -> None:
    long = torch.cat([tokens, tokens, tokens], dim=1)
    assert model(long[:, :24]).shape == (3, 24, 16)
    with pytest.raises(ValueError, match="at most 24 tokens can be seen at once, got 25"):
        model(long[:, :25])
    past = model.new_past()
    model(long[:, :20], past)
    with pytest.raises(ValueError, match="at most 24 tokens can be seen at once, got 25"):
        model(tokens[:, :5], past)


def test_the_output_is_tied_to_the_embedding(model: Transformer, tokens: Tensor) -> None:
    expected = model(tokens) @ model.tokens.weight.T
    torch.testing.assert_close(model.logits(tokens), expected)
    assert {name.partition(".")[0] for name in model.state_dict()} == {
        "tokens", "positions", "blocks", "norm"
    }  # fmt: skip


def test_first_weights_know_nothing_yet() -> None:
    torch.manual_seed(0)
    tokens = torch.randint(1024, (3, 11))
    model = Transformer(1024, width=96, num_layers=3, num_heads=4, context=128)
    assert sum(weight.numel() for weight in model.parameters()) == 443_040
    loss = next_token_loss(model, tokens)
    assert loss.item() == pytest.approx(math.log(1024), abs=0.1)
    stds = {name: weight.std().item() for name, weight in model.named_parameters()}
    assert stds["blocks.0.up.weight"] == pytest.approx(0.02, rel=0.02)
    assert stds["blocks.0.down.weight"] == pytest.approx(0.02 / 6**0.5, rel=0.02)


def test_an_untrained_model_is_like_this_one_and_leaves_it(model: Transformer) -> None:
    before = state_of(model)
    fresh = model.untrained()
    assert fresh.architecture == model.architecture
    assert not torch.equal(fresh.tokens.weight, model.tokens.weight)
    assert_same_state(model, before)


def test_it_computes_in_the_precision_it_is_given_and_answers_float32(
    model: Transformer, tokens: Tensor
) -> None:
    exact = model(tokens)
    model.precision = torch.bfloat16
    rough = model(tokens)
    assert rough.dtype == torch.float32 and not torch.equal(rough, exact)
    torch.testing.assert_close(rough, exact, rtol=0.1, atol=0.1)
    past = model.new_past()
    model(tokens[:, :9], past)
    torch.testing.assert_close(model(tokens[:, 9:], past), rough[:, 9:], rtol=0.1, atol=0.1)


def test_its_name_tells_what_its_weights_do_not(model: Transformer) -> None:
    other = Transformer(**{**model.architecture, "num_heads": 4})
    blind = Transformer(**{**model.architecture, "causal": False})
    assert len({str(each) for each in (model, copy.deepcopy(model), other, blind)}) == 3


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"vocab_size": 0}, "vocab_size must be at least 1, got 0"),
        ({"num_layers": 0}, "num_layers must be at least 1, got 0"),
        ({"context": -1}, "context must be at least 1, got -1"),
        ({"width": 10, "num_heads": 4}, "num_heads must divide width, got 4 for 10"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(sizes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Transformer(**{"vocab_size": 9, **sizes})
