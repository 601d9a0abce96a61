"""A trained model saved as one folder, proved to answer the same before it stands there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import nn

from course_utils.data.examples import LabelledImages
from course_utils.data.streamed import StreamedImages
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.shipping.architecture import describe, describe_computing
from course_utils.shipping.card import card_text
from course_utils.shipping.fingerprint import count_by_class, write_digests
from course_utils.shipping.loading import read_model, weights_of
from course_utils.shipping.record import (
    CARD,
    FORMAT,
    IN_WORDS,
    LEARNED_FROM,
    RECIPE,
    RECORD,
    WEIGHTS,
    sha256_of,
    versions_here,
    write_record,
)
from course_utils.shipping.score import Score, to_json
from course_utils.shipping.targets import whole_folder

NUM_TRIED = 8  # pictures by which a saved model is proved
# Of the largest logit: the last digits of mixed precision and of compiled models. Another
# architecture, or weights in other places, differ by more.
MOST_APART = 0.02


@dataclass(frozen=True)
class CardTexts:
    """What only the lesson knows, in its own words, plain or Markdown.

    Args:
        data: What the pictures are, where they come from, how they were split.
        choice: The candidates, the score that chose, what choosing is worth, what was refit.
        untried: What the model was never tried on.
        backbone: The lesson's parameter, such as ``"letters"`` or ``"resnet50"``.
        license: An id for the header of the card, such as ``"mit"``; None leaves it out.
    """

    data: str
    choice: str
    untried: str
    backbone: str
    license: str | None = None


def save_model(
    folder: Path,
    model: Classifier,
    *,
    learned_from: LabelledImages,
    texts: CardTexts,
    test: Score | None,
    temperature: float = 1.0,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``model`` to ``folder``, whole or not at all; return ``folder``.

    Args:
        folder: As ``check_target`` returned it.
        model: A backbone of the workbook with a linear head; it stays as it is.
        learned_from: The pictures it learned from, as the loader made them: class names, size and
            channels are taken from here.
        texts: For the model card.
        test: How it answered its test pictures; None if there were none. Beside it stands what
            guessing scores that knows only what was learned from.
        temperature: What its logits are to be divided by, fitted on pictures it had not learned.
        more: What else the report is to hold, anything that JSON can.

    Raises:
        ValueError: If something stands there, or the model cannot be read back as it is.
        OSError: If the folder cannot be written.
    """
    _check(model, learned_from, test, temperature)
    with whole_folder(folder) as unfinished:
        weights = write_weights(model, unfinished)
        learning = _describe_learning(learned_from, unfinished / LEARNED_FROM)
        test = None if test is None else test.beside_guessing(learning["by_class"])
        record = {
            "format": FORMAT,
            "class_names": list(learned_from.class_names),
            "architecture": describe(model),
            "pictures": _describe_pictures(learned_from),
            "temperature": float(temperature),
            "computed": describe_computing(model),
            "versions": versions_here(),
            "learned_from": learning,
            "weights": weights,
            "report": {
                "texts": asdict(texts),
                "test": None if test is None else to_json(test),
                "more": dict(more or {}),
            },
        }
        write_record(record, unfinished / RECORD)
        card = card_text(record, test, folder.name)
        (unfinished / CARD).write_text(card, encoding="utf-8")
        _prove(unfinished, model, learned_from)
    return folder


def write_weights(network: nn.Module, folder: Path) -> dict[str, str]:
    """Write the weights of ``network`` into ``folder``; return what the record says of the file."""
    content = safetensors.torch.save(weights_of(network), {"format": "pt"})
    (folder / WEIGHTS).write_bytes(content)  # safetensors' own files only we could read
    return {"file": WEIGHTS, "sha256": sha256_of(folder / WEIGHTS)}


def _describe_pictures(examples: LabelledImages) -> dict[str, Any]:
    """How a file becomes what the model takes."""
    _, channels, _, image_size = examples.images.shape
    return {
        "image_size": image_size,
        "channels": channels,
        "recipe": RECIPE,
        "in_words": IN_WORDS,
    }


def _describe_learning(learned_from: LabelledImages, file: Path) -> dict[str, Any]:
    """What was learned from, whose digests are written to ``file``."""
    return {
        "pictures": len(learned_from),
        "by_class": count_by_class(learned_from.labels, learned_from.class_names),
        "fingerprint": write_digests(learned_from.images, file),
    }


def _check(
    model: Classifier, learned_from: LabelledImages, test: Score | None, temperature: float
) -> None:
    """Refuse what would make a model folder that says something false."""
    shape, num_classes = learned_from.images.shape, describe(model)["num_classes"]
    if len(shape) != 4 or shape[2] != shape[3] or shape[1] not in (1, 3):
        raise ValueError(
            "learned_from must hold pictures (N, C, H, W) as the loader makes them, square and of "
            f"1 or 3 channels, got {tuple(shape)}"
        )
    names = learned_from.class_names
    if num_classes != len(names) or len(set(names)) != len(names):
        raise ValueError(
            f"the model tells {num_classes} classes, and there are {len(set(names))} different "
            f"names in {list(names)[:5]}: each class needs its own"
        )
    if test is not None and test.class_names != tuple(names):
        raise ValueError("the test score and the training pictures have other classes or orders")
    if not temperature > 0 or temperature == float("inf"):
        raise ValueError(f"temperature must be a number above 0, got {temperature}")
    refuse_astray(model)


def refuse_astray(network: nn.Module) -> None:
    """Raise ValueError if not all weights of ``network`` are finite numbers."""
    for name, tensor in network.state_dict().items():
        if not tensor.isfinite().all():
            raise ValueError(
                f"the weights {name!r} hold numbers that are not finite: the training went astray, "
                "and such a model answers nothing; lower the learning rate"
            )


def _prove(folder: Path, model: Classifier, learned_from: LabelledImages) -> None:
    """Refuse to go on unless what is read back answers some pictures as ``model`` does."""
    images = learned_from.images[: min(NUM_TRIED, len(learned_from))]
    if isinstance(images, StreamedImages):
        images = images.load()
    device = model.head.weight.device.type
    ours, theirs = predict(model, images), predict(read_model(folder, device).network, images)
    apart = (ours - theirs).abs().max().item()
    if not apart <= MOST_APART * ours.abs().max().item():
        raise ValueError(
            f"the model that was saved answers otherwise than yours (logits {apart:.3g} apart), so "
            "it was not kept: something in the network is not among its weights"
        )
