"""How well a language model predicts texts, in units that can be compared."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.models.inference import eval_mode
from course_utils.models.text.any_tokenizer import AnyTokenizer
from course_utils.models.text.byte_pairs import to_bytes
from course_utils.models.text.losses import token_losses
from course_utils.models.text.padding import pad_rows


@dataclass(frozen=True)
class TextScores:
    """What predicting N texts cost, text by text.

    Args:
        nats: (N,), float64, the sum over the tokens of a text.
        num_tokens: (N,), int64, without ``end``.
        num_bytes: (N,), int64, of the text in UTF-8.
    """

    nats: Tensor
    num_tokens: Tensor
    num_bytes: Tensor

    @property
    def bits_per_byte(self) -> float:
        """All bits over all bytes: compares models of any tokens, and compressors of files too."""
        return (self.nats.sum() / self.num_bytes.sum()).item() / math.log(2)

    @property
    def perplexity(self) -> float:
        """As unsure as among so many equally likely tokens: compares models of the same tokens."""
        return math.exp((self.nats.sum() / self.num_tokens.sum()).item())


def score_texts(
    model: nn.Module, tokenizer: AnyTokenizer, texts: Sequence[str], batch_size: int = 32
) -> TextScores:
    """Score ``texts``, each by itself and every token once, in eval mode.

    A text longer than the model's context is read in pieces, of which each begins with nothing
    but the last token of the one before: long texts score worse than they would with all of it.

    Args:
        model: A ``Transformer``, or another that has its ``logits`` and ``context``.
        tokenizer: The model's.
        texts: N of them.
        batch_size: Pieces at a time; changes the memory needed, not the scores.

    Raises:
        ValueError: If there is nothing in the texts, or ``batch_size`` is below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    if not any(texts):
        raise ValueError("there is no text to score: is the split empty?")
    pieces = [
        (number, piece)
        for number, text in enumerate(texts)
        for piece in _pieces(tokenizer.as_row(text), model.context)
    ]
    pieces.sort(key=lambda each: len(each[1]))  # so that little of a batch is padding
    device = next(model.parameters()).device
    nats = torch.zeros(len(texts), dtype=torch.float64)
    num_tokens = torch.zeros(len(texts), dtype=torch.int64)
    with eval_mode(model), torch.inference_mode():
        for first in range(0, len(pieces), batch_size):
            numbers, rows = zip(*pieces[first : first + batch_size], strict=True)
            losses = token_losses(model, pad_rows(rows).to(device)).sum(dim=1)  # (B,)
            nats.index_add_(0, torch.tensor(numbers), losses.cpu().double())
            lengths = torch.tensor([len(row) - 1 for row in rows])
            num_tokens.index_add_(0, torch.tensor(numbers), lengths)
    num_bytes = torch.tensor([len(to_bytes(text)) for text in texts])
    return TextScores(nats, num_tokens, num_bytes)


def _pieces(tokens: list[int], context: int) -> Iterator[list[int]]:
    """``tokens`` in pieces of ``context`` and one more, which is the first of the next piece."""
    for first in range(0, len(tokens) - 1, context):
        yield tokens[first : first + context + 1]
