"""Files of Keras models, ``.keras``: read without running anything that they bring along."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from course_utils.files import DamagedFileError
from course_utils.models.keras.library import keras

SUFFIX = ".keras"
# All that the layers of this workbook's models are described by.
LAYERS = {
    "InputLayer",
    "Conv2D",
    "DepthwiseConv2D",
    "Dense",
    "EinsumDense",
    "BatchNormalization",
    "LayerNormalization",
    "ReLU",
    "Activation",
    "Softmax",
    "MaxPooling2D",
    "AveragePooling2D",
    "GlobalAveragePooling2D",
    "ZeroPadding2D",
    "Cropping2D",
    "Permute",
    "Flatten",
    "Dropout",
    "Add",
    "Multiply",
    "Concatenate",
    "Rescaling",
}
KNOWN = {
    "keras.layers": LAYERS,
    "keras.src.models.functional": {"Functional"},
    "keras": {"DTypePolicy", "Functional", "Sequential"},
    "keras.initializers": {"GlorotUniform", "Zeros", "Ones"},
    None: {"__keras_tensor__", "__tuple__"},
}


def content_of(model: Any) -> bytes:
    """The content of the file of a Keras model."""
    with TemporaryDirectory() as folder:
        file = Path(folder, f"model{SUFFIX}")
        model.save(file)
        return file.read_bytes()


def load_safely(file: str | Path) -> Any:
    """The Keras model in ``file``, if it is made of layers like those of this workbook.

    Nothing else is built, so that no code of the file can run; how it was compiled is left out.

    Raises:
        FileNotFoundError: If there is no such file.
        DamagedFileError: If it cannot be read.
        ValueError: If it is no ``.keras`` file, or holds other layers or objects; it names them.
    """
    file = Path(file).expanduser()
    if file.suffix != SUFFIX:
        raise ValueError(
            f"{file} is no {SUFFIX} file: save it in Keras as model.save('my{SUFFIX}')"
        )
    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}")
    config = _config_of(file)
    if foreign := sorted(set(_foreign_in(config))):
        raise ValueError(
            f"{file} holds {', '.join(foreign[:3])}, which no Keras model of this workbook has; "
            "for safety nothing of it is loaded. Save the model of which it was made, without what "
            "was put around it"
        )
    try:
        return keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # damaged bytes raise whatever they happen to mean
        raise _damaged(file) from error


def _config_of(file: Path) -> dict[str, Any]:
    """How the file describes its model, without how it was compiled."""
    try:
        with zipfile.ZipFile(file) as archive:
            config = json.loads(archive.read("config.json"))
        return {key: value for key, value in config.items() if key != "compile_config"}
    except Exception as error:  # as above
        raise _damaged(file) from error


def _foreign_in(config: Any) -> Iterator[str]:
    """The names of all in ``config`` that ``KNOWN`` does not have."""
    inner = config.values() if isinstance(config, dict) else config
    if isinstance(config, dict) and "class_name" in config:
        module, name = config.get("module"), config["class_name"]
        if name not in KNOWN.get(module, ()):
            yield f"{name} of {module}"
    if isinstance(config, dict | list):
        for value in inner:
            yield from _foreign_in(value)


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError(
        f"{file} cannot be read: cut short, damaged, or of a Keras that is not known here. Save or "
        "copy it again"
    )
