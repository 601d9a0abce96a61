"""The language model that comes with the workbook is opened by its name."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from course_utils.models.text import backbones
from course_utils.models.text.backbones import open_language_model
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.pretrained import save_language_model
from course_utils.models.text.transformer import Transformer


def test_the_shipped_model_is_read_from_among_the_shipped_weights(
    model: Transformer, tokenizer: Tokenizer, tokens: Tensor,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(backbones, "SHIPPED_FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match="no language model docstrings_"):
        open_language_model("docstrings")
    rounded, _ = save_language_model(model, tokenizer, tmp_path / "docstrings_language_model.pt")
    found, found_tokenizer = open_language_model("docstrings")
    assert torch.equal(found(tokens), rounded(tokens)) and not found.training
    assert found_tokenizer.merges == tokenizer.merges
