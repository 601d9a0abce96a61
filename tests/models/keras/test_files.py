"""Files of Keras models: whole, from anywhere, and without running what they bring along."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_utils.files import DamagedFileError
from course_utils.models.keras.comparing import relative_difference
from course_utils.models.keras.converting import copy_into_torch, to_keras
from course_utils.models.keras.files import content_of, load_safely
from course_utils.models.keras.library import keras
from tests.helpers.module_state import assert_same_state, state_of
from tests.helpers.small_networks import small_network

# numpy since 2.0 asks of tensors what torch does not say; Keras converts them so.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
SHAPE = (3, 32, 32)


def small_file(folder: Path) -> Path:
    """A file of a Keras model with one layer."""
    file = folder / "small.keras"
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save(file)
    return file


@pytest.mark.slow
@pytest.mark.parametrize("family", ["vgg", "mobilenet_v3", "convnext"])
def test_what_is_saved_is_read_back_and_comes_back_to_torch(family: str, tmp_path: Path) -> None:
    network = small_network(family)
    file = tmp_path / "model.keras"
    file.write_bytes(content_of(to_keras(network, SHAPE)))
    model, before = load_safely(file), state_of(network)
    assert relative_difference(network, model, SHAPE, seed=1) < 1e-5
    other = small_network(family, seed=1)
    copy_into_torch(model, other)
    assert_same_state(other, before)


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Write ``file`` anew with another description of its model."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    change(config)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, json.dumps(config) if name == "config.json" else member)
    file.write_bytes(content.getvalue())


def dense_in(config: dict[str, Any]) -> dict[str, Any]:
    """The description of the layer."""
    return config["config"]["layers"][1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: dense_in(c).update(class_name="Lambda"), "Lambda of keras.layers"),
        (lambda c: dense_in(c).update(module="os", class_name="system"), "system of os"),
        (lambda c: dense_in(c).update(class_name="TorchModuleWrapper"), "TorchModuleWrapper of"),
        (lambda c: dense_in(c)["config"].update(
            activation={"module": "builtins", "class_name": "function", "config": "exec"}),
         "function of builtins"),
        (lambda c: dense_in(c)["config"].update(
            activation={"class_name": "__lambda__", "config": {"value": "4wEA"}}),
         "__lambda__ of None"),
        (lambda c: c.update(module="mine", class_name="Net"), "Net of mine"),
    ],
)  # fmt: skip
def test_what_could_run_code_is_not_loaded(
    change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path
) -> None:
    file = small_file(tmp_path)
    changed(file, change)
    with pytest.raises(ValueError, match=f"holds {said}.*nothing of it is loaded"):
        load_safely(file)


def test_how_it_was_compiled_is_left_out(tmp_path: Path) -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    model.compile("adam", "mse")
    model.train_on_batch(np.zeros((2, 4)), np.zeros((2, 2)))
    file = tmp_path / "trained.keras"
    model.save(file)
    changed(file, lambda c: c["compile_config"].update(optimizer={"module": "os"}))
    assert not load_safely(file).compiled


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content.replace(b'"class_name"', b'"class_mane"', 1),
        lambda content: content.replace(b"HDF", b"hdf"),
    ],
)
def test_a_damaged_file_is_named(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = small_file(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DamagedFileError, match=r"small\.keras cannot be read: cut short, damaged"):
        load_safely(file)


def test_another_file_and_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.h5 is no \.keras file"):
        load_safely(tmp_path / "model.h5")
    with pytest.raises(FileNotFoundError, match=r"there is no .*model\.keras"):
        load_safely(tmp_path / "model.keras")
