"""A tokenizer of Hugging Face that offers what the workbook's own does."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor


class HuggingFaceTokenizer:
    """Text to tokens and back.

    ``start`` begins a text and ``end`` says where one is over; they may be the same. No text holds
    them: where one spells a special token out, it is encoded as any other characters.

    Args:
        inside: A tokenizer of transformers.
        vocab_size: That of the model, which may have room for more tokens than there are.
        causal: Whether the model reads from left to right. Then a text is ``start`` and its tokens;
            otherwise what ``inside`` makes of it, such as [CLS] ... [SEP].

    Raises:
        ValueError: If it knows no words, has tokens that the model lacks, or none that ends a text.
    """

    def __init__(self, inside: Any, vocab_size: int, causal: bool) -> None:
        if len(inside) <= len(set(inside.all_special_ids)):
            raise ValueError("there is no vocabulary of a tokenizer beside the model: copy it too")
        if len(inside) > vocab_size:
            raise ValueError(
                f"the tokenizer has {len(inside)} tokens and the model {vocab_size}: they do not "
                "belong together, or the model was not resized when tokens were added"
            )
        self.inside, self.vocab_size, self.causal = inside, vocab_size, causal
        self.start = _first(inside.bos_token_id, inside.cls_token_id, inside.eos_token_id)
        self.end = _first(inside.eos_token_id, inside.sep_token_id, inside.bos_token_id)
        if self.start is None or self.end is None:
            raise ValueError(
                "the tokenizer names no token that ends a text: set its eos_token and save it again"
            )

    @property
    def pad(self) -> int:
        """What stands where there is no token; ``end`` where the tokenizer names none."""
        return _first(self.inside.pad_token_id, self.end)

    @property
    def pads_left(self) -> bool:
        """Whether padding stands before a text."""
        return self.inside.padding_side == "left"

    def encode(self, text: str) -> list[int]:
        """The tokens of ``text``, without special ones."""
        return self._tokens(text, add_special_tokens=False)

    def as_row(self, text: str, longest: int | None = None) -> list[int]:
        """The tokens of ``text`` that a model reads, with special ones.

        Args:
            text: Any.
            longest: Tokens that the row may have; what is beyond is cut off, special ones never.

        Raises:
            ValueError: If ``longest`` leaves no room for a token of the text.
        """
        if self.causal:
            return [self.start, *self.encode(text)][:longest]
        num_special = self.inside.num_special_tokens_to_add()
        if longest is not None and longest <= num_special:
            raise ValueError(
                f"longest must be above {num_special}, the special tokens of a row, got {longest}"
            )
        return self._tokens(text, truncation=longest is not None, max_length=longest)

    def decode(self, tokens: Sequence[int] | Tensor) -> str:
        """The text of ``tokens`` (T,); special ones are left out.

        It may differ from what was encoded, where the tokenizer drops capitals or blanks.

        Raises:
            ValueError: If a number is no token.
        """
        tokens = tokens.tolist() if isinstance(tokens, Tensor) else list(tokens)
        for token in tokens:
            if not 0 <= token < self.vocab_size:
                raise ValueError(f"tokens must be from 0 to {self.vocab_size - 1}, got {token}")
        return self.inside.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )

    def _tokens(self, text: str, **options: Any) -> list[int]:
        return self.inside(text, split_special_tokens=True, **options)["input_ids"]


def _first(*tokens: int | None) -> int | None:
    return next((token for token in tokens if token is not None), None)
