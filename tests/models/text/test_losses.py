"""The loss of the next token, and scores of texts, against sums by hand."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.losses import next_token_loss, token_losses
from course_utils.models.text.padding import PADDING
from course_utils.models.text.scoring import score_texts
from course_utils.models.text.transformer import Transformer
from tests.models.text.conftest import TEXTS


def losses_by_hand(model: Transformer, row: list[int]) -> list[float]:
    """Nats of each token of a row but the first, each from the tokens before it alone."""
    found = []
    for place in range(1, len(row)):
        probs = model.logits(torch.tensor([row[:place]]))[0, -1].softmax(dim=0)
        found.append(-probs[row[place]].log().item())
    return found


def test_every_token_is_predicted_from_those_before_it(model: Transformer, tokens: Tensor) -> None:
    expected = torch.tensor([losses_by_hand(model, row) for row in tokens.tolist()])
    torch.testing.assert_close(token_losses(model, tokens), expected)
    torch.testing.assert_close(next_token_loss(model, tokens), expected.mean())


def test_padding_is_not_counted_and_every_token_counts_the_same(
    model: Transformer, tokens: Tensor
) -> None:
    padded = tokens.clone()
    padded[0, 3:] = padded[1, 7:] = PADDING
    rows = [row[row != PADDING].tolist() for row in padded]
    expected = [loss for row in rows for loss in losses_by_hand(model, row)]
    assert len(expected) == 2 + 6 + 9
    loss = next_token_loss(model, padded)
    assert loss.item() == pytest.approx(sum(expected) / len(expected), rel=1e-5)
    assert (token_losses(model, padded) == 0).sum() == 7 + 3


def test_it_can_be_learned_by_heart(tokenizer: Tokenizer) -> None:
    torch.manual_seed(0)
    model = Transformer(tokenizer.vocab_size, width=32, num_layers=1, num_heads=2, context=32)
    row = torch.tensor([[tokenizer.end, *tokenizer.encode("the axis of an array")]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        loss = next_token_loss(model, row)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05
    likeliest = model.logits(row).argmax(dim=-1)
    assert torch.equal(likeliest[:, :-1], row[:, 1:])


def test_rows_with_nothing_to_predict_are_refused(model: Transformer) -> None:
    with pytest.raises(ValueError, match="at least 2 tokens, got 1"):
        token_losses(model, torch.tensor([[1]]))
    with pytest.raises(ValueError, match="no row has two tokens"):
        next_token_loss(model, torch.tensor([[1, PADDING], [2, PADDING]]))


def test_texts_are_scored_by_themselves_and_every_token_once(
    model: Transformer, tokenizer: Tokenizer
) -> None:
    texts = [*TEXTS, "", "z"]
    scores = score_texts(model, tokenizer, texts, batch_size=2)
    for number, text in enumerate(texts):
        tokens, nats = [tokenizer.end, *tokenizer.encode(text)], []
        for first in range(0, len(tokens) - 1, 24):
            nats += losses_by_hand(model, tokens[first : first + 25])
        assert len(nats) == len(tokens) - 1 == scores.num_tokens[number]
        assert scores.nats[number].item() == pytest.approx(sum(nats), rel=1e-5)
        assert scores.num_bytes[number] == len(text.encode())
    assert len(tokenizer.encode(TEXTS[0])) > 25, "one is longer than the context"
    total, num_bytes = scores.nats.sum().item(), len("".join(texts).encode())
    assert scores.bits_per_byte == pytest.approx(total / math.log(2) / num_bytes)
    num_tokens = sum(len(tokenizer.encode(text)) for text in texts)
    assert scores.perplexity == pytest.approx(math.exp(total / num_tokens))


def test_scores_do_not_depend_on_the_batch_or_the_order(
    model: Transformer, tokenizer: Tokenizer
) -> None:
    scores = score_texts(model, tokenizer, TEXTS)
    backwards = score_texts(model, tokenizer, TEXTS[::-1], batch_size=1)
    torch.testing.assert_close(scores.nats, backwards.nats.flip(0), rtol=1e-5, atol=0)


def test_a_model_that_knows_nothing_needs_all_bits_of_its_vocabulary(tokenizer: Tokenizer) -> None:
    model = Transformer(tokenizer.vocab_size, width=4, num_layers=1, num_heads=1, context=8)
    torch.nn.init.zeros_(model.tokens.weight)
    scores = score_texts(model, tokenizer, TEXTS)
    assert scores.perplexity == pytest.approx(tokenizer.vocab_size)
    bits = math.log2(tokenizer.vocab_size) * scores.num_tokens.sum().item()
    assert scores.bits_per_byte == pytest.approx(bits / scores.num_bytes.sum().item())


def test_scoring_leaves_the_model_in_its_mode_and_without_gradients(
    model: Transformer, tokenizer: Tokenizer
) -> None:
    model.train()
    score_texts(model, tokenizer, TEXTS)
    assert model.training and model.tokens.weight.grad is None


def test_nothing_to_score_is_refused(model: Transformer, tokenizer: Tokenizer) -> None:
    for texts in ([], ["", ""]):
        with pytest.raises(ValueError, match="no text to score"):
            score_texts(model, tokenizer, texts)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        score_texts(model, tokenizer, TEXTS, batch_size=0)


def test_torchs_cross_entropy_leaves_padding_out_by_itself() -> None:
    logits, truth = torch.randn(3, 5), torch.tensor([1, PADDING, 2])
    expected = F.cross_entropy(logits[[0, 2]], truth[[0, 2]])
    torch.testing.assert_close(F.cross_entropy(logits, truth), expected)
