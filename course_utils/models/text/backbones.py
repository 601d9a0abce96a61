"""Pretrained language models by name: the one that lesson 10 ships, and those of Hugging Face."""

from pathlib import Path

from torch import nn

from course_utils.models.pretrained import SHIPPED_FOLDER
from course_utils.models.text.any_tokenizer import AnyTokenizer
from course_utils.models.text.huggingface.loading import load_huggingface
from course_utils.models.text.pretrained import load_language_model

SHIPPED = "docstrings"
OF_HUGGING_FACE = "hf:"


def open_language_model(name: str) -> tuple[nn.Module, AnyTokenizer]:
    """A pretrained language model in eval mode, and its tokenizer.

    Args:
        name: ``"docstrings"``, the one that comes with the workbook; or ``"hf:"`` and the path of a
            folder with a model of Hugging Face, or the name of one in this machine's cache.

    Raises:
        ValueError: If there is no such name, or the model cannot be used.
        OSError: If the model is not here.
        ImportError: If it is one of Hugging Face, and transformers is not installed.
    """
    if name == SHIPPED:
        return load_language_model(shipped_file())
    if name.startswith(OF_HUGGING_FACE):
        return load_huggingface(name.removeprefix(OF_HUGGING_FACE))
    raise ValueError(
        f"there is no language model {name!r}: there is {SHIPPED!r}, and models of Hugging Face, "
        "'hf:PATH' of a folder or 'hf:NAME' of one in this machine's cache"
    )


def shipped_file() -> Path:
    """Where the language model is that comes with the workbook."""
    return SHIPPED_FOLDER / f"{SHIPPED}_language_model.pt"
