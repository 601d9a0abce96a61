"""Folders with a model of Hugging Face: found, and looked at before anything in them is loaded."""

import json
import re
from pathlib import Path
from typing import Any

from course_utils.files import PROJECT_FOLDER, DamagedFileError
from course_utils.models.huggingface.library import cached_file

CONFIG = "config.json"
# Of what turns text into tokens, and sounds into what a network takes; a folder has those it needs.
BESIDE = ("tokenizer_config.json", "preprocessor_config.json", "processor_config.json")
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")  # in one file, or in several
NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")  # such as gpt2, or owner/model
FROM_PICKLES = (
    "a file such as pytorch_model.bin can run code when it is loaded. Where you trust it, load the "
    "model with transformers and call its save_pretrained, which writes model.safetensors"
)


def find_folder(name: str) -> Path:
    """The folder ``name``, or that of the model ``name`` in this machine's cache.

    Nothing is fetched. A relative path starts at the project, as in every parameter of a lesson.

    Raises:
        ValueError: If nothing is named.
        OSError: If there is no such folder; it says how to get the model.
        ImportError: If the cache is to be looked into, and Hugging Face's libraries are missing.
    """
    if not name.strip():
        raise ValueError("hf: is followed by the path of a folder, or the name of a model")
    path = PROJECT_FOLDER / Path(name).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        raise NotADirectoryError(f"{path} is a file: name the folder that holds it")
    if not NAME.fullmatch(name):
        raise FileNotFoundError(f"there is no folder {path}")
    config = cached_file(name, CONFIG)
    if config is None:
        raise FileNotFoundError(
            f"there is no folder {path}, and no model {name!r} in this machine's cache of Hugging "
            "Face, which HF_HOME names. Nothing is fetched here; where there is a network, this "
            f"puts it there: hf download {name}"
        )
    return config.parent


def read_config(folder: Path) -> dict[str, Any]:
    """What ``folder`` says of its model, once nothing was found in it that must not be loaded.

    Raises:
        FileNotFoundError: If it holds no model, or no weights.
        ValueError: If it brings code of its own, or weights only in a form that may run code.
        DamagedFileError: If a file about the model cannot be read.
    """
    if not (folder / CONFIG).is_file():
        raise FileNotFoundError(
            f"{folder} holds no model of Hugging Face: no {CONFIG}{_why(folder)}"
        )
    config = _read(folder / CONFIG)
    settings = {file: _read(folder / file) for file in BESIDE if (folder / file).is_file()}
    for file, content in {CONFIG: config, **settings}.items():
        if content.get("auto_map"):
            raise ValueError(
                f"{folder} brings code of its own, {content['auto_map']} in {file}, and that is "
                "never run: take a model of a kind that transformers itself has"
            )
    if (folder / "adapter_config.json").is_file():
        raise ValueError(f"{folder} holds more than a model{_why(folder)}")
    if in_few_bits := config.get("quantization_config"):
        raise ValueError(
            f"{folder} has weights in few bits, by {in_few_bits.get('quant_method')}: take the "
            "model that it was made from"
        )
    if not any((folder / file).is_file() for file in WEIGHTS):
        others = sorted(path.name for path in folder.glob("*.bin"))
        if others:
            raise ValueError(
                f"{folder} has its weights only in {', '.join(others)}: {FROM_PICKLES}"
            )
        raise FileNotFoundError(f"{folder} has no weights: {WEIGHTS[0]} is missing. Copy it too")
    return config


def _why(folder: Path) -> str:
    if not (folder / "adapter_config.json").is_file():
        return ""
    return (
        ". There is an adapter of peft in it: load that with peft, call merge_and_unload, and save "
        "the whole model to a folder of its own with save_pretrained"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedFileError(f"{path} is not JSON: {error}. Copy it again") from error
    if not isinstance(content, dict):
        raise DamagedFileError(f"{path} says nothing of a model: it is damaged, or another file")
    return content
