"""A trained model saved as one folder, proved to answer the same before it stands there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from course_utils.data.examples import LabelledImages
from course_utils.data.streamed import StreamedImages
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.shipping.architecture import describe
from course_utils.shipping.card import card_text
from course_utils.shipping.checks import refuse_astray, refuse_names, refuse_temperature
from course_utils.shipping.fingerprint import count_by_class, digests
from course_utils.shipping.loading import read_model
from course_utils.shipping.reading import Shipped
from course_utils.shipping.record import CLASSIFICATION
from course_utils.shipping.score import Score, from_json, to_json
from course_utils.shipping.writing import (
    MOST_APART,
    NUM_TRIED,
    CardTexts,
    Contents,
    write_folder,
)


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
    contents = contents_of(model, describe(model), learned_from, texts, test, temperature, more)
    return write_classifier(folder, model, contents, card_text, read_model, some_of(learned_from))


def contents_of(
    model: Classifier,
    architecture: Mapping[str, Any],
    learned_from: LabelledImages,
    texts: CardTexts,
    test: Score | None,
    temperature: float,
    more: Mapping[str, Any] | None,
) -> Contents:
    """What the folder of a classifier of pictures says besides the weights.

    Args:
        model: As of ``save_model``, like all that follows.
        architecture: What it is made of.
        learned_from: What it learned from.
        texts: For the model card.
        test: How it did.
        temperature: Of its logits.
        more: For the report.

    Raises:
        ValueError: If that would be something false.
    """
    _check(model, architecture["num_classes"], learned_from, test, temperature)
    by_class = count_by_class(learned_from.labels, learned_from.class_names)
    return Contents(
        task=CLASSIFICATION,
        class_names=learned_from.class_names,
        architecture=architecture,
        inputs={
            "image_size": learned_from.images.shape[-1],
            "channels": learned_from.images.shape[1],
        },
        digests=digests(learned_from.images),
        by_class=by_class,
        texts=texts,
        test=None if test is None else to_json(test.beside_guessing(by_class)),
        own={"temperature": float(temperature)},
        more=more,
    )


def write_classifier(
    folder: Path,
    model: Classifier,
    contents: Contents,
    card: Callable[[Mapping[str, Any], Score | None, str], str],
    read: Callable[[Path, str], Shipped],
    tried: Tensor,
) -> Path:
    """Write the folder of a classifier of pictures, whole or not at all; return ``folder``.

    Args:
        folder: As ``check_target`` returned it.
        model: It stays as it is.
        contents: What is told of it.
        card: Makes the model card of the record, the score and the name of the folder.
        read: Reads a folder back for a device.
        tried: Some of what it takes (B, ...), by which it is proved.

    Raises:
        ValueError: If something stands there, or the model cannot be read back as it is.
        OSError: If the folder cannot be written.
    """
    test = None if contents.test is None else from_json(contents.test)
    device = model.head.weight.device.type
    return write_folder(
        folder,
        model,
        contents,
        lambda record: card(record, test, folder.name),
        lambda unfinished: _prove(read(unfinished, device).network, model, tried),
    )


def _check(
    model: Classifier,
    num_classes: int,
    learned_from: LabelledImages,
    test: Score | None,
    temperature: float,
) -> None:
    """Refuse what would make a model folder that says something false."""
    shape = learned_from.images.shape
    if len(shape) != 4 or shape[2] != shape[3] or shape[1] not in (1, 3):
        raise ValueError(
            "learned_from must hold pictures (N, C, H, W) as the loader makes them, square and of "
            f"1 or 3 channels, got {tuple(shape)}"
        )
    tested = None if test is None else test.class_names
    refuse_names("model", num_classes, learned_from.class_names, tested)
    refuse_temperature(temperature)
    refuse_astray(model)


def some_of(learned_from: LabelledImages) -> Tensor:
    """A few of the pictures (B, C, H, W)."""
    images = learned_from.images[: min(NUM_TRIED, len(learned_from))]
    return images.load() if isinstance(images, StreamedImages) else images


def _prove(again: nn.Module, model: Classifier, tried: Tensor) -> None:
    """Refuse to go on unless what was read back answers as ``model`` does."""
    ours, theirs = predict(model, tried), predict(again, tried)
    apart = (ours - theirs).abs().max().item()
    if not apart <= MOST_APART * ours.abs().max().item():
        raise ValueError(
            f"the model that was saved answers otherwise than yours (logits {apart:.3g} apart), so "
            "it was not kept: something in the network is not among its weights"
        )
