"""The tokenizer of a model folder: its own file, or that of the base, proved to be the same."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from course_utils.models.text.byte_pairs import Tokenizer, load_tokenizer, save_tokenizer
from course_utils.models.text.transformer import Transformer
from course_utils.shipping.reading import check_file

TOKENIZER = "tokenizer.json"
# Two tokenizers that cut this alike cut other texts alike, too, as good as always.
PROBE = (
    "The mean of an array, e.g. x_max[0] = -12.5e3; isn't it?\n\n    Returns:\ta tuple (N, D) of "
    "float64 or None. Größe, naïve, 日本語, ½ €, supercalifragilistic HTTPError2024 <br/>!!!"
)


def files_of(tokenizer: Tokenizer) -> dict[str, Callable[[Path], object]]:
    """What to write for ``tokenizer``: its merges, or nothing where it comes with the base."""
    is_own = type(tokenizer) is Tokenizer
    return {TOKENIZER: partial(save_tokenizer, tokenizer)} if is_own else {}


def digest_of(tokenizer: Tokenizer) -> str:
    """64 hexadecimal digits, others for tokenizers that cut texts otherwise."""
    tokens = tokenizer.end, tokenizer.vocab_size, tokenizer.encode(PROBE)
    return hashlib.sha256(repr(tokens).encode()).hexdigest()


def refuse_strange(tokenizer: Tokenizer, model: nn.Module) -> None:
    """Raise ValueError unless ``tokenizer`` belongs to the language model ``model``."""
    is_own = type(model) is Transformer
    fits = tokenizer.vocab_size == model.vocab_size
    if is_own != (type(tokenizer) is Tokenizer) or (is_own and not fits):
        raise ValueError(
            f"the tokenizer, a {type(tokenizer).__name__} of {tokenizer.vocab_size} tokens, does "
            f"not belong to the language model, a {type(model).__name__} of {model.vocab_size}: "
            "give the one that it was opened with"
        )


def read_tokenizer(folder: Path, record: Mapping[str, Any], of_base: Tokenizer | None) -> Tokenizer:
    """The tokenizer of the model in ``folder``.

    Args:
        folder: Of the model.
        record: What its ``model.json`` says.
        of_base: That of its base, where that was opened.

    Raises:
        FileNotFoundError: If its file is missing.
        DamagedFileError: If its file was changed.
        ValueError: If it cuts texts otherwise than at saving.
    """
    tokenizer, file = of_base, folder / TOKENIZER
    if TOKENIZER in record["files"]:
        check_file(file, record["files"][TOKENIZER])
        tokenizer = load_tokenizer(file)
    if tokenizer is None or digest_of(tokenizer) != record["texts"]["tokenizer"]:
        raise ValueError(
            f"the tokenizer of {folder} cuts texts otherwise than when the model was saved, so its "
            "answers would mean nothing: get the base and the packages that it was made with"
        )
    return tokenizer
