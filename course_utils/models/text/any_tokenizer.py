"""What every tokenizer of the lesson offers, the workbook's own and those of Hugging Face."""

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor


class AnyTokenizer(Protocol):
    """Text to tokens and back.

    Args:
        start: Token that begins a text.
        end: Token that says where a text is over; it may be the same.
        vocab_size: Tokens there are, those that no text holds among them.
    """

    start: int
    end: int
    vocab_size: int

    def encode(self, text: str) -> list[int]:
        """The tokens of ``text``, without ``start`` and ``end``."""

    def as_row(self, text: str, longest: int | None = None) -> list[int]:
        """The tokens of ``text`` that a model reads, ``longest`` at most."""

    def decode(self, tokens: Sequence[int] | Tensor) -> str:
        """The text of ``tokens`` (T,)."""
