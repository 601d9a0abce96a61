"""Keras as this workbook uses it: on torch, whatever the settings of the user say."""

import os
import sys
from contextlib import ExitStack
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from course_utils.files import PROJECT_FOLDER

# Which library computes: "torch", or "tensorflow" in a process of its own that was started so.
BACKEND_VARIABLE = "WORKBOOK_KERAS_BACKEND"
BACKENDS = ("torch", "tensorflow")
# Keras reads keras.json here, not in the user's home, and keeps here what it downloads.
HOME = PROJECT_FOLDER / "data" / "keras"
_OF_THE_USER = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")  # would cut every training short


class WithoutTensorFlow(MetaPathFinder, Loader):
    """Keeps TensorFlow out of this process, though all may see whether it is installed.

    None in ``sys.modules`` would keep it out, too. But from its name there Keras concludes that it
    was loaded, and no layer that prepares data, such as Rescaling, would work.
    """

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """This object itself for TensorFlow, where it is installed; nothing for all others."""
        is_here = name == "tensorflow" and PathFinder.find_spec(name) is not None
        return ModuleSpec(name, self) if is_here else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Refuse.

        Raises:
            ModuleNotFoundError: Always.
        """
        raise ModuleNotFoundError(
            f"TensorFlow is never loaded beside torch here: start a process with {BACKEND_VARIABLE}"
            "=tensorflow",
            name=spec.name,
        )

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: there is no module."""


def import_keras(home: Path = HOME) -> ModuleType:
    """The module ``keras``, with settings that do not depend on the user's own.

    Floats have 32 bits, channels come last, and the small number that Keras adds here and there is
    1e-7, as on a machine where nobody has changed them.

    Raises:
        ValueError: If the variable names another backend.
        RuntimeError: If Keras was imported before, on another backend.
    """
    backend = os.environ.get(BACKEND_VARIABLE, "torch")
    if backend not in BACKENDS:
        raise ValueError(f"{BACKEND_VARIABLE} must be one of {BACKENDS}, got {backend!r}")
    for name in _OF_THE_USER:
        os.environ.pop(name, None)
    # A GPU that is found would be taken unasked, and torch computes elsewhere: see ``compute_on``.
    os.environ.update(KERAS_BACKEND=backend, KERAS_HOME=str(home), KERAS_TORCH_DEVICE="cpu")
    if backend == "torch":
        # Where TensorFlow is installed, Keras would load all of it to set a seed or to save a
        # model: seconds, and lines of its log in the lesson.
        if not any(isinstance(finder, WithoutTensorFlow) for finder in sys.meta_path):
            sys.meta_path.insert(0, WithoutTensorFlow())
    else:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors, no news
    import keras

    if keras.backend.backend() != backend:
        raise RuntimeError(
            f"Keras runs on {keras.backend.backend()} here already, {backend} was wanted: restart "
            "the kernel, and let the lesson import it"
        )
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    return keras


keras = import_keras()


_device = ExitStack()  # what Keras calls a scope ends as soon as nothing refers to it


def compute_on(device: str) -> None:
    """Let Keras on torch compute on ``device``, such as "cuda", from now on; at first, the CPU."""
    _device.close()
    _device.enter_context(keras.device(device))
