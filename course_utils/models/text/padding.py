"""Texts of several lengths in one tensor: the shorter ones are filled up on the right."""

from collections.abc import Sequence

import torch
from torch import Tensor

# No token of any vocabulary, so it is never taken for the end of a text. torch's cross-entropy
# leaves places out that hold it.
PADDING = -100


def pad_rows(rows: Sequence[Sequence[int]]) -> Tensor:
    """Tokens (B, T), int64, T that of the longest row; behind the others stands ``PADDING``.

    Raises:
        ValueError: If there are no rows, or one is empty.
    """
    if not rows:
        raise ValueError("there are no rows of tokens")
    lengths = [len(row) for row in rows]
    if min(lengths) == 0:
        raise ValueError(f"row {lengths.index(0)} holds no token; begin every text with `end`")
    tokens = torch.full((len(rows), max(lengths)), PADDING)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = torch.as_tensor(row)
    return tokens


def is_real(tokens: Tensor) -> Tensor:
    """Where tokens (B, T) are not padding: (B, T), bool."""
    return tokens != PADDING


def count_real(tokens: Tensor) -> Tensor:
    """Tokens in each row of (B, T) that are not padding: (B,), int64.

    Raises:
        ValueError: If a row is padding alone, or padding stands before a token.
    """
    real = is_real(tokens)
    counts = real.sum(dim=1)
    if bool((counts == 0).any()):
        raise ValueError(f"row {int(counts.argmin())} is padding alone: a text has a token")
    if bool((real[:, 1:] & ~real[:, :-1]).any()):
        raise ValueError("padding stands before a token: pad on the right, as pad_rows does")
    return counts
