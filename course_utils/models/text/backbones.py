"""Pretrained language models by name."""

from pathlib import Path

from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.pretrained import load_language_model
from course_utils.models.text.transformer import Transformer

DOCSTRINGS = Path(__file__).parents[1] / "weights" / "docstrings_backbone.pt"


def open_language_model(name: str) -> tuple[Transformer, Tokenizer]:
    """The language model called ``name`` in eval mode, and its tokenizer.

    Args:
        name: ``"docstrings"``, the one that comes with the workbook.

    Raises:
        ValueError: If there is no such model.
        OSError: If its file is missing.
    """
    if name == "docstrings":
        return load_language_model(DOCSTRINGS)
    raise ValueError(f'there is no language model {name!r}; there is "docstrings"')
