"""Texts as tokens that a language model learns from: one long row, or a row for each text."""

from collections.abc import Iterable

import torch
from torch import Tensor

from course_utils.models.text.any_tokenizer import AnyTokenizer
from course_utils.models.text.padding import pad_rows


def token_stream(tokenizer: AnyTokenizer, texts: Iterable[str]) -> Tensor:
    """All ``texts`` one behind the other: tokens (N,), int64, with ``end`` around each of them.

    Where a tokenizer has another token that begins a text, that stands before each of them.
    """
    between = list(dict.fromkeys([tokenizer.end, tokenizer.start]))
    tokens = [tokenizer.start]
    for text in texts:
        tokens += [*tokenizer.encode(text), *between]
    return torch.tensor(tokens)


def draw_windows(stream: Tensor, length: int, number: int, generator: torch.Generator) -> Tensor:
    """Pieces of a stream (N,) from places drawn at random: (number, length).

    Args:
        stream: Tokens.
        length: Tokens a piece: the context of the model and one more, the last one to predict.
        number: Pieces.
        generator: On the CPU; draws the places.

    Raises:
        ValueError: If the stream is shorter than ``length``.
    """
    num_places = len(stream) - length + 1
    if num_places < 1:
        raise ValueError(
            f"the stream has {len(stream)} tokens, fewer than a window of {length}: take more "
            "text, or a smaller context"
        )
    first = torch.randint(num_places, (number, 1), generator=generator)
    return stream[(first + torch.arange(length)).to(stream.device)]


def text_rows(tokenizer: AnyTokenizer, texts: Iterable[str], longest: int) -> Tensor:
    """A row for each text: tokens (N, T) as its model reads them, filled up with padding.

    Args:
        tokenizer: That of the model.
        texts: N of them.
        longest: Tokens that a row may have; what is beyond is cut off, special ones never.

    Raises:
        ValueError: If there are no texts, or ``longest`` leaves room for none of their tokens.
    """
    if longest < 1:
        raise ValueError(f"longest must be at least 1, got {longest}")
    return pad_rows([tokenizer.as_row(text, longest) for text in texts])
