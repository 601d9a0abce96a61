"""Language models in files: rounded once, then the same for everyone, and refused when damaged."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from course_utils.files import DamagedFileError
from course_utils.models.freezing import fingerprint
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.lora import add_adapter
from course_utils.models.text.pretrained import load_language_model, save_language_model
from course_utils.models.text.transformer import Transformer
from tests.models.text.conftest import TEXTS


@pytest.fixture
def path(model: Transformer, tokenizer: Tokenizer, tmp_path: Path) -> Path:
    """A saved model."""
    save_language_model(model, tokenizer, tmp_path / "small.pt", num_steps=7)
    return tmp_path / "small.pt"


def test_a_model_comes_back_rounded_to_half_precision(
    model: Transformer, tokenizer: Tokenizer, tokens: Tensor, path: Path
) -> None:
    again, tokenizer_again = load_language_model(path)
    assert fingerprint(again) == fingerprint(model.half().float())
    assert again.architecture == model.architecture and not again.training
    assert again(tokens).dtype == torch.float32
    assert tokenizer_again.merges == tokenizer.merges
    assert tokenizer_again.encode(TEXTS[1]) == tokenizer.encode(TEXTS[1])
    num_weights = sum(weight.numel() for weight in model.parameters())
    assert path.stat().st_size < 2 * num_weights + 20_000


def test_what_is_returned_is_what_others_will_read(
    model: Transformer, tokenizer: Tokenizer, path: Path
) -> None:
    saved, _ = save_language_model(model, tokenizer, path)
    assert fingerprint(saved) == fingerprint(load_language_model(path)[0]) != fingerprint(model)


def test_the_card_says_what_it_was_given(path: Path) -> None:
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["num_steps"] == 7 and card["architecture"]["context"] == 24
    assert card["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_model_of_bytes_alone_can_be_saved(tmp_path: Path) -> None:
    model = Transformer(257, width=4, num_layers=1, num_heads=1, context=8)
    _, tokenizer = save_language_model(model, Tokenizer([]), tmp_path / "bytes.pt")
    assert tokenizer.merges == []


def test_a_damaged_file_and_a_missing_card_are_found(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(DamagedFileError, match=r"small.pt has SHA-256 .*damaged"):
        load_language_model(path)
    path.with_suffix(".json").unlink()
    with pytest.raises(FileNotFoundError, match=r"small.json is missing"):
        load_language_model(path)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"there is no language model small.pt in"):
        load_language_model(path)


@pytest.mark.parametrize("key", ["architecture", "merges", "state", "more"])
def test_a_file_of_something_else_is_refused(path: Path, key: str) -> None:
    content = torch.load(path, weights_only=True)
    content[key] = torch.tensor([[97, 98]])
    torch.save(content, path)
    card = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(DamagedFileError, match=r"small.pt does not hold a language model"):
        load_language_model(path)


def test_what_does_not_belong_together_is_refused_before_it_is_written(
    model: Transformer, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    path = tmp_path / "new.pt"
    with pytest.raises(ValueError, match="the model has 287 tokens and the tokenizer 257"):
        save_language_model(model, Tokenizer([]), path)
    add_adapter(model, "mine")
    with pytest.raises(ValueError, match="such as adapters: merge or remove them"):
        save_language_model(model, tokenizer, path)
    large = model.untrained()
    large.norm.weight.data[0] = 1e6
    with pytest.raises(ValueError, match=r"'norm.weight' are not all finite numbers in float16"):
        save_language_model(large, tokenizer, path)
    assert list(tmp_path.iterdir()) == []
