"""What all model folders have in common when they are written: weights, record, digests, card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from course_utils.shipping.architecture import describe_computing
from course_utils.shipping.fingerprint import write_digests
from course_utils.shipping.record import (
    CARD,
    IN_WORDS,
    LEARNED_FROM,
    PACKAGES,
    RECIPES,
    RECORD,
    WEIGHTS,
    format_for,
    inputs_for,
    sha256_of,
    versions_here,
    write_record,
)
from course_utils.shipping.targets import whole_folder

NUM_TRIED = 8  # pictures or texts by which a saved model is proved
# Of the largest logit: the last digits of mixed precision and of compiled models. Another
# architecture, or weights in other places, differ by more.
MOST_APART = 0.02


@dataclass(frozen=True)
class CardTexts:
    """What only the lesson knows, in its own words, plain or Markdown.

    Args:
        data: What the pictures or texts are, where they come from, how they were split.
        choice: The candidates, the score that chose, what choosing is worth, what was refit.
        untried: What the model was never tried on.
        backbone: The lesson's parameter, such as ``"letters"`` or ``"resnet50"``; ``"random"``
            where nothing was pretrained.
        license: An id for the header of the card, such as ``"mit"``; None leaves it out.
    """

    data: str
    choice: str
    untried: str
    backbone: str
    license: str | None = None


@dataclass(frozen=True)
class Contents:
    """What a model folder says besides the weights.

    Args:
        task: What the model is for, as in ``RECIPES``.
        class_names: In the order of what it tells.
        architecture: What an untrained network like it is made of.
        inputs: To what pictures or texts are brought, such as ``{"image_size": 32}``.
        digests: Of the N that it learned from.
        by_class: What it learned from, counted by class.
        texts: For the model card.
        test: How it did at its test, as JSON holds it; None if it was never tested.
        own: What only models for this task have, such as a temperature.
        more: What else the report is to hold, anything that JSON can.
        weights: Those to keep, by name; None for all of the network's.
        files: What else belongs to the model, by name: writes it to the path that it is given.
        packages: What may change its answers.
        recipe: How inputs are prepared, as in ``RECIPES``; None for the most common one.
    """

    task: str
    class_names: Sequence[str]
    architecture: Mapping[str, Any]
    inputs: Mapping[str, Any]
    digests: Sequence[str]
    by_class: Sequence[int]
    texts: CardTexts
    test: Mapping[str, Any] | None
    own: Mapping[str, Any]
    more: Mapping[str, Any] | None
    weights: Mapping[str, Tensor] | None = None
    files: Mapping[str, Callable[[Path], object]] = field(default_factory=dict)
    packages: Sequence[str] = PACKAGES
    recipe: str | None = None


def write_folder(
    folder: Path,
    network: nn.Module,
    contents: Contents,
    card: Callable[[Mapping[str, Any]], str],
    prove: Callable[[Path], None],
) -> Path:
    """Write a model folder, whole or not at all; return ``folder``.

    Args:
        folder: As ``check_target`` returned it.
        network: It stays as it is.
        contents: What is told of it.
        card: Makes the model card of what ``model.json`` holds.
        prove: Refuses to go on unless what is read back from a folder answers as ``network`` does.

    Raises:
        ValueError: If something stands there, JSON cannot hold the contents, or ``prove`` refuses.
        OSError: If the folder cannot be written.
    """
    with whole_folder(folder) as unfinished:
        weights = write_weights(contents.weights or network.state_dict(), unfinished)
        for name, write in contents.files.items():
            write(unfinished / name)
        files = {name: sha256_of(unfinished / name) for name in contents.files}
        fingerprint = write_digests(contents.digests, unfinished / LEARNED_FROM)
        record = _record_of(network, contents, {"weights": weights, "files": files}, fingerprint)
        write_record(record, unfinished / RECORD)
        (unfinished / CARD).write_text(card(record), encoding="utf-8")
        prove(unfinished)
    return folder


def _record_of(
    network: nn.Module,
    contents: Contents,
    written: Mapping[str, Mapping[str, str]],
    fingerprint: str,
) -> dict[str, Any]:
    """All that ``model.json`` holds."""
    what = inputs_for(contents.task)
    recipe = contents.recipe or RECIPES[contents.task][0]
    return {
        **format_for(contents.task),
        "class_names": list(contents.class_names),
        "architecture": dict(contents.architecture),
        what: {**contents.inputs, "recipe": recipe, "in_words": IN_WORDS[recipe]},
        **contents.own,
        "computed": describe_computing(network),
        "versions": versions_here(contents.packages),
        "learned_from": {
            what: len(contents.digests),
            "by_class": list(contents.by_class),
            "fingerprint": fingerprint,
        },
        **written,
        "report": {
            "texts": asdict(contents.texts),
            "test": contents.test,
            "more": dict(contents.more or {}),
        },
    }


def write_weights(weights: Mapping[str, Tensor], folder: Path) -> dict[str, str]:
    """Write ``weights`` into ``folder``; return what the record says of the file."""
    apart = {
        name: tensor.detach().cpu().contiguous().clone()  # as safetensors wants them
        for name, tensor in weights.items()
    }
    content = safetensors.torch.save(apart, {"format": "pt"})
    (folder / WEIGHTS).write_bytes(content)  # safetensors' own files only we could read
    return {"file": WEIGHTS, "sha256": sha256_of(folder / WEIGHTS)}
