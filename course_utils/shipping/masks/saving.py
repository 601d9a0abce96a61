"""A trained segmenter saved as one folder, proved to answer the same before it stands there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.evaluation.segmentation.over_pictures import ScoresOverPictures
from course_utils.models.segmentation.answering import logits_on
from course_utils.shipping.checks import refuse_astray, refuse_names, refuse_size
from course_utils.shipping.fingerprint import digests
from course_utils.shipping.masks.architecture import describe_segmenter
from course_utils.shipping.masks.card import card_text
from course_utils.shipping.masks.loading import read_segmenter
from course_utils.shipping.masks.score import to_json
from course_utils.shipping.record import SEGMENTATION
from course_utils.shipping.writing import (
    MOST_APART,
    NUM_TRIED,
    CardTexts,
    Contents,
    write_folder,
)


def save_segmenter(
    folder: Path,
    model: nn.Module,
    *,
    learned_from: MappedPictures,
    image_size: int | None,
    texts: CardTexts,
    test: ScoresOverPictures | None,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``model`` to ``folder``, whole or not at all; return ``folder``.

    Args:
        folder: As ``check_target`` returned it.
        model: A ``DenseSegmenter`` on a backbone of the workbook, or a ``TorchvisionSegmenter``; it
            stays as it is.
        learned_from: The pictures it learned from, as ``read_maps`` made them: class names and
            channels are taken from here.
        image_size: What ``read_maps`` scaled them to.
        texts: For the model card; ``backbone`` is ``"random"`` where nothing was pretrained.
        test: How it did on its test pictures; None if there were none.
        more: What else the report is to hold, anything that JSON can.

    Raises:
        ValueError: If something stands there, or the model cannot be read back as it is.
        OSError: If the folder cannot be written.
    """
    architecture = describe_segmenter(model)
    tested = None if test is None else test.class_names
    refuse_names("segmenter", 1 + architecture["num_classes"], learned_from.class_names, tested)
    refuse_size("segmenter", learned_from.images, image_size)
    refuse_astray(model)
    contents = Contents(
        task=SEGMENTATION,
        class_names=learned_from.class_names,
        architecture=architecture,
        inputs={"image_size": image_size, "channels": learned_from.images[0].shape[0]},
        digests=digests(learned_from.images),
        by_class=count_pixels(learned_from),
        texts=texts,
        test=None if test is None else to_json(test),
        own={},
        more=more,
    )
    return write_folder(
        folder,
        model,
        contents,
        lambda record: card_text(record, test, folder.name),
        lambda unfinished: _prove(unfinished, model, learned_from),
    )


def count_pixels(pictures: MappedPictures) -> list[int]:
    """Pixels of background and of each class in all maps; those that do not count are in none.

    Raises:
        ValueError: If a map holds a number that is no class; it names the picture.
    """
    total = torch.zeros(IGNORED + 1, dtype=torch.int64)
    for place, file in enumerate(pictures.files):
        counts = pictures.maps[place].flatten().bincount(minlength=len(total))
        strange = counts[len(pictures.class_names) : IGNORED].nonzero().flatten()
        if len(strange):
            raise ValueError(
                f"the map of {file} holds the class {len(pictures.class_names) + int(strange[0])}, "
                f"and there are {len(pictures.class_names)} names, that of class 0 first"
            )
        total += counts
    return total[: len(pictures.class_names)].tolist()


def _prove(folder: Path, model: nn.Module, learned_from: MappedPictures) -> None:
    """Refuse to go on unless what is read back has on some pictures the logits of ``model``.

    Not maps: two that hold nothing but background are equal, whatever their networks are.
    """
    again = read_segmenter(folder, next(model.parameters()).device.type).network
    for place in range(min(NUM_TRIED, len(learned_from))):
        (ours,), (theirs,) = (logits_on(each, [learned_from.images[place]])
                              for each in (model, again))  # fmt: skip
        apart = (ours - theirs).abs().max().item()
        if not apart <= MOST_APART * ours.abs().max().item():
            raise ValueError(
                f"the segmenter that was saved answers otherwise than yours (logits {apart:.3g} "
                "apart), so it was not kept: something in the network is not among its weights"
            )
