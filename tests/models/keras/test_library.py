"""Keras as the workbook imports it: the user's settings change nothing, TensorFlow stays out."""

import gc
import importlib.util
import json
import os
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from course_utils.models.keras.library import BACKEND_VARIABLE, compute_on, import_keras, keras

LIBRARY = "from course_utils.models.keras.library import keras\n"
# What a training does, and with which settings.
LOOK = """
import sys
import numpy as np
inputs = keras.Input((4, 4, 1))
means = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(inputs))
model = keras.Model(inputs, keras.layers.Dense(2)(means))
model.compile("sgd", "mse")
history = model.fit(np.zeros((4, 4, 4, 1)), np.zeros((4, 2)), batch_size=1, epochs=3, verbose=0)
keras.utils.set_random_seed(0)
model.save(sys.argv[1])
print(keras.config.backend(), keras.config.floatx(), keras.config.image_data_format(),
      keras.config.epsilon(), model.dtype, len(history.epoch), "tensorflow" in sys.modules)
"""


def run(code: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What a process prints that has these variables besides."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_no_setting_of_the_users_changes_anything(tmp_path: Path) -> None:
    settings = {"floatx": "float64", "image_data_format": "channels_first", "epsilon": 1e-3}
    file = tmp_path / ".keras" / "keras.json"
    file.parent.mkdir()
    file.write_text(json.dumps({**settings, "backend": "jax"}))
    found = run(
        LIBRARY + LOOK,
        str(tmp_path / "model.keras"),
        HOME=str(tmp_path),
        USERPROFILE=str(tmp_path),
        KERAS_HOME=str(file.parent),
        KERAS_BACKEND="jax",
        KERAS_MAX_EPOCHS="1",
        KERAS_MAX_STEPS_PER_EPOCH="1",
    )
    assert found.stderr == ""
    assert found.stdout.split() == "torch float32 channels_last 1e-07 float32 3 False".split()  # noqa: SIM905
    assert json.loads(file.read_text()) == {**settings, "backend": "jax"}


def test_another_backend_that_was_imported_before_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="Keras runs on jax here already, torch was wanted"):
        import_keras()


def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, "jax")
    with pytest.raises(ValueError, match=r"must be one of \('torch', 'tensorflow'\), got 'jax'"):
        import_keras()


def test_a_second_call_gives_the_same_and_tensorflow_stays_out() -> None:
    before = list(sys.meta_path)
    assert import_keras() is keras and sys.meta_path == before
    assert "tensorflow" not in sys.modules
    is_here = PathFinder.find_spec("tensorflow") is not None
    said = f"never loaded.*{BACKEND_VARIABLE}=tensorflow" if is_here else "No module named"
    with pytest.raises(ModuleNotFoundError, match=said):
        importlib.import_module("tensorflow")
    assert (importlib.util.find_spec("tensorflow") is not None) == is_here, "all may see it"
    assert importlib.util.find_spec("torch").origin is not None, "nothing else is kept out"


@pytest.mark.slow
def test_a_device_that_was_chosen_stays() -> None:
    compute_on("meta")
    try:
        gc.collect()  # a scope that nothing holds would end here
        assert keras.ops.zeros(1).device.type == "meta"
        compute_on("cpu")
        assert keras.ops.zeros(1).device.type == "cpu"
    finally:
        compute_on("cpu")
