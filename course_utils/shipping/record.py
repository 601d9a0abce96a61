"""The file ``model.json``: all of a model but its weights, refused once a byte has changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

from course_utils.files import DamagedFileError

WEIGHTS, RECORD, LEARNED_FROM, CARD = (
    "model.safetensors",
    "model.json",
    "learned_from.txt",
    "README.md",
)
CLASSIFICATION, DETECTION = "image-classification", "object-detection"  # as model hubs name them
SEGMENTATION = "semantic-segmentation"  # to hubs a kind of image-segmentation
TEXTS, SOUNDS = "text-classification", "audio-classification"
FORMAT, FORMAT_WITH_TASK = 1, 2  # the first is of classifiers alone, and says no task
# How the loader brings a picture to its size (data/decoding.py), a text to a row of tokens
# (models/text/streams.py), and a file of sound to a picture (data/sounds). Whoever changes what
# comes out of it gives it another name here, so that older models are refused instead of answering
# differently.
SQUARE, WHOLE = "middle-square-bilinear-1", "whole-longer-side-bilinear-1"
ROWS, WORD = "end-first-cut-behind-1", "trimmed-log-mel-full-width-1"
WAVE = "mean-of-channels-1"  # for encoders of Hugging Face, which prepare sounds themselves
RECIPES = {  # of each task, first the most common
    CLASSIFICATION: (SQUARE,),
    DETECTION: (WHOLE,),
    SEGMENTATION: (WHOLE,),
    TEXTS: (ROWS,),
    SOUNDS: (WORD, WAVE),
}
IN_WORDS = {
    SQUARE: (
        "upright by its EXIF tag; 8 bits deep; white where it is transparent; the middle square, "
        "by Pillow's ImageOps.fit, bilinear; then divided by 255"
    ),
    WHOLE: (
        "upright by its EXIF tag; 8 bits deep; white where it is transparent; whole, its longer "
        "side scaled to the size below, by Pillow's resize, bilinear; then divided by 255"
    ),
    ROWS: (
        "without blanks at both ends; as tokens, behind the one that begins every text; what is "
        "behind the length below is cut off"
    ),
    WORD: (
        "the mean of all channels, at the rate below, without the silence at both ends; as a "
        "picture of how strong each band of pitch is (log-mel), stretched to one width, and "
        "brought to one mean and one spread; then divided by 255"
    ),
    WAVE: "the mean of all channels, at the rate below; then as the encoder's own files say",
}
WORKBOOK = "pretrain-finetune-validate"
PACKAGES = ("torch", "torchvision", "pillow", "numpy", "safetensors")
PACKAGES_FOR_TEXTS = ("torch", "numpy", "safetensors")
PACKAGES_FOR_SOUNDS = ("torch", "scipy", "numpy", "safetensors")
HUGGING_FACE = ("transformers", "tokenizers")  # for models of theirs, too


def format_for(task: str) -> dict[str, Any]:
    """What a record for ``task`` begins with."""
    if task == CLASSIFICATION:  # as older workbooks read it
        return {"format": FORMAT}
    return {"format": FORMAT_WITH_TASK, "task": task}


def versions_here(packages: Iterable[str]) -> dict[str, str]:
    """Versions of the workbook and of those ``packages`` that are here."""
    found = {"workbook": version(WORKBOOK), "python": python_version()}
    for name in packages:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def write_record(content: Mapping[str, Any], file: Path) -> None:
    """Write ``content`` and its checksum to ``file``.

    Raises:
        ValueError: If JSON cannot hold it, such as a number that is not finite.
    """
    try:
        file.write_bytes(_encode(content))
    except (TypeError, ValueError) as error:
        raise ValueError(f"the report of a model holds what JSON cannot: {error}") from error


def read_record(file: Path, task: str | None = None) -> dict[str, Any]:
    """What ``write_record`` wrote.

    Args:
        file: Of a model folder.
        task: What the model must be for; None for any.

    Raises:
        FileNotFoundError: If there is no such file.
        DamagedFileError: If a byte of it has changed.
        ValueError: If it is of a format, a task or a preprocessing that is not known here, or for
            another task.
    """
    if not file.is_file():
        raise FileNotFoundError(
            f"{file.parent} is no model folder: there is no {file.name} in it. Lessons 07 to 11 "
            "write one"
        )
    content = file.read_bytes()
    try:
        record = json.loads(content)
        found_format, checksum = record["format"], record.pop("checksum")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(file) from error
    if found_format not in (FORMAT, FORMAT_WITH_TASK):
        raise ValueError(
            f"{file} has the format {found_format!r}, and this workbook reads formats {FORMAT} and "
            f"{FORMAT_WITH_TASK}: get the workbook that wrote it"
        )
    if _encode(record) != content or not checksum:
        raise _damaged(file)
    _refuse_other_work(record, file, task)
    return record


def task_of(record: Mapping[str, Any]) -> str:
    """What the model is for, one of ``RECIPES``."""
    return record.get("task", CLASSIFICATION)


def inputs_for(task: str) -> str:
    """What a model for ``task`` is asked about, in the plural; the record has it under this."""
    return {TEXTS: "texts", SOUNDS: "sounds"}.get(task, "pictures")


def _refuse_other_work(record: Mapping[str, Any], file: Path, task: str | None) -> None:
    """Refuse a model for another ``task``, or one whose inputs are prepared otherwise."""
    found = task_of(record)
    if found not in RECIPES or task not in (None, found):
        raise ValueError(
            f"{file.parent} holds a model for {found!r}, and this works with models for "
            f"{' and '.join(map(repr, RECIPES)) if task is None else repr(task)}"
        )
    what = inputs_for(found)
    if record[what]["recipe"] not in RECIPES[found]:
        raise ValueError(
            f"{file} asks for {what} prepared by {record[what]['recipe']!r}, and this workbook "
            f"prepares them by {RECIPES[found][0]!r}: answers would differ. Get the workbook that "
            "wrote it"
        )


def differences(record: Mapping[str, Any], device: str) -> list[str]:
    """Which versions, or what else that may change an answer, differ from those at saving."""
    there = record["versions"]
    here = versions_here(name for name in there if name not in ("workbook", "python"))
    found = [
        f"{name} {there[name]} (here {here[name]})"
        for name in there
        if name in here and name not in ("numpy", "safetensors") and there[name] != here[name]
    ]
    computed = record["computed"]
    if computed["device"] != device:
        found.append(f"on {computed['device']} (here {device})")
    if computed["compiled"]:
        found.append("by a compiled model (here not compiled)")
    return found


def sha256_of(file: Path) -> str:
    """Of the content of ``file``, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _encode(content: Mapping[str, Any]) -> bytes:
    """``content`` with its checksum, always the same bytes for the same content."""
    # ASCII alone: names of classes may hold what no encoding can, such as halves of signs.
    bare = json.dumps(content, indent=1, allow_nan=False)
    checksum = hashlib.sha256(bare.encode()).hexdigest()
    return (json.dumps({**content, "checksum": checksum}, indent=1) + "\n").encode()


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError(
        f"{file} was changed or damaged after it was saved, so nothing in it can be relied on: "
        "copy the model folder again"
    )
