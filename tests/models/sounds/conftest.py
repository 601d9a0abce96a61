"""Tiny encoders of several kinds: their folders are made once, and each is opened once."""

import copy
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course_utils.models.sounds.encoders import SoundEncoder
from course_utils.models.sounds.huggingface import open_sound_encoder
from tests.helpers.hugging_face import changed_copy
from tests.helpers.sound_encoders import save_tiny_encoder


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder with a tiny encoder of a kind; it is read only."""
    return functools.cache(lambda kind: save_tiny_encoder(tmp_path_factory.mktemp("hf"), kind))


@pytest.fixture(scope="session")
def _opened(folder_of: Callable[[str], Path]) -> Callable[[str], SoundEncoder]:
    return functools.cache(lambda kind: open_sound_encoder(f"hf:{folder_of(kind)}"))


@pytest.fixture
def opened(_opened: Callable[[str], SoundEncoder]) -> Callable[[str], SoundEncoder]:
    """An encoder of a kind, the test's own."""
    return lambda kind: copy.deepcopy(_opened(kind))


@pytest.fixture
def changed(folder_of: Callable[[str], Path], tmp_path: Path) -> Callable[..., Path]:
    """A copy of a kind's folder in which settings of a JSON file are others."""

    def change(kind: str, file: str = "config.json", **settings: Any) -> Path:
        return changed_copy(folder_of(kind), tmp_path / f"changed {kind}", file, **settings)

    return change
