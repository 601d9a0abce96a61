"""A trained model saved as one folder, proved to answer the same before it stands there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_utils.data.examples import LabelledImages
from course_utils.data.streamed import StreamedImages
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.shipping.architecture import describe
from course_utils.shipping.card import card_text
from course_utils.shipping.checks import refuse_astray, refuse_names, refuse_temperature
from course_utils.shipping.fingerprint import count_by_class, digests
from course_utils.shipping.loading import read_model
from course_utils.shipping.record import CLASSIFICATION
from course_utils.shipping.score import Score, to_json
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
    _check(model, learned_from, test, temperature)
    by_class = count_by_class(learned_from.labels, learned_from.class_names)
    test = None if test is None else test.beside_guessing(by_class)
    contents = Contents(
        task=CLASSIFICATION,
        class_names=learned_from.class_names,
        architecture=describe(model),
        inputs={
            "image_size": learned_from.images.shape[-1],
            "channels": learned_from.images.shape[1],
        },
        digests=digests(learned_from.images),
        by_class=by_class,
        texts=texts,
        test=None if test is None else to_json(test),
        own={"temperature": float(temperature)},
        more=more,
    )
    return write_folder(
        folder,
        model,
        contents,
        lambda record: card_text(record, test, folder.name),
        lambda unfinished: _prove(unfinished, model, learned_from),
    )


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
    tested = None if test is None else test.class_names
    refuse_names("model", num_classes, learned_from.class_names, tested)
    refuse_temperature(temperature)
    refuse_astray(model)


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
