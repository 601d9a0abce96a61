"""Keras as this workbook uses it: on torch, whatever the settings of the user say."""

import os
import sys
from pathlib import Path
from types import ModuleType

from course_utils.files import PROJECT_FOLDER

# Which library computes: "torch", or "tensorflow" in a process of its own that was started so.
BACKEND_VARIABLE = "WORKBOOK_KERAS_BACKEND"
BACKENDS = ("torch", "tensorflow")
# Keras reads keras.json here, not in the user's home, and keeps here what it downloads.
HOME = PROJECT_FOLDER / "data" / "keras"
_OF_THE_USER = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")  # would cut every training short


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
    os.environ.update(KERAS_BACKEND=backend, KERAS_HOME=str(home))
    if backend == "torch":
        # Where TensorFlow is installed, torch's compiler would load all of it, only to skip it
        # later: seconds, and lines of its log in the lesson.
        sys.modules.setdefault("tensorflow", None)
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
