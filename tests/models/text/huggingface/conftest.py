"""Tiny models of several kinds: their folders are made once, and each is loaded once."""

import copy
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course_utils.models.text.backbones import open_language_model
from course_utils.models.text.huggingface.network import HuggingFaceModel
from course_utils.models.text.huggingface.tokenizer import HuggingFaceTokenizer
from tests.helpers.hugging_face import changed_copy, save_tiny

Opened = tuple[HuggingFaceModel, HuggingFaceTokenizer]


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder with a tiny model of a kind; it is read only."""
    return functools.cache(lambda kind: save_tiny(tmp_path_factory.mktemp(kind), kind))


@pytest.fixture(scope="session")
def _opened(folder_of: Callable[[str], Path]) -> Callable[[str], Opened]:
    return functools.cache(lambda kind: open_language_model(f"hf:{folder_of(kind)}"))


@pytest.fixture
def opened(_opened: Callable[[str], Opened]) -> Callable[[str], Opened]:
    """A model of a kind, the test's own, and its tokenizer."""

    def open_own(kind: str) -> Opened:
        model, tokenizer = _opened(kind)
        return copy.deepcopy(model), tokenizer

    return open_own


@pytest.fixture
def library_of(folder_of: Callable[[str], Path]) -> Callable[[str], Any]:
    """The same network as transformers loads it, with the head of a language model or without."""
    transformers = pytest.importorskip("transformers", reason="not installed: requirements/hf.txt")

    def load(kind: str, form: str) -> Any:
        network = getattr(transformers, form).from_pretrained(folder_of(kind))
        return network.eval()

    return load


@pytest.fixture
def changed(folder_of: Callable[[str], Path], tmp_path: Path) -> Callable[..., Path]:
    """A copy of a kind's folder in which settings of a JSON file are others."""

    def change(kind: str, file: str = "config.json", **settings: Any) -> Path:
        return changed_copy(folder_of(kind), tmp_path / f"changed {kind}", file, **settings)

    return change
