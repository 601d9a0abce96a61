"""What all model folders have in common when they are written: weights, record, digests, card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from course_utils.shipping.architecture import describe_computing
from course_utils.shipping.fingerprint import Images, write_digests
from course_utils.shipping.record import (
    CARD,
    IN_WORDS,
    LEARNED_FROM,
    RECIPES,
    RECORD,
    WEIGHTS,
    format_for,
    sha256_of,
    versions_here,
    write_record,
)
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


@dataclass(frozen=True)
class Contents:
    """What a model folder says besides the weights.

    Args:
        task: What the model is for, as in ``RECIPES``.
        class_names: In the order of what it tells.
        architecture: What an untrained network like it is made of.
        image_size: Pixels that pictures were brought to; None for pictures as they are.
        channels: C of those pictures.
        images: N pictures that it learned from.
        by_class: What it learned from, counted by class.
        texts: For the model card.
        test: How it did at its test, as JSON holds it; None if it was never tested.
        own: What only models for this task have, such as a temperature.
        more: What else the report is to hold, anything that JSON can.
    """

    task: str
    class_names: Sequence[str]
    architecture: Mapping[str, Any]
    image_size: int | None
    channels: int
    images: Images
    by_class: Sequence[int]
    texts: CardTexts
    test: Mapping[str, Any] | None
    own: Mapping[str, Any]
    more: Mapping[str, Any] | None


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
        weights = write_weights(network, unfinished)
        fingerprint = write_digests(contents.images, unfinished / LEARNED_FROM)
        record = _record_of(network, contents, weights, fingerprint)
        write_record(record, unfinished / RECORD)
        (unfinished / CARD).write_text(card(record), encoding="utf-8")
        prove(unfinished)
    return folder


def _record_of(
    network: nn.Module, contents: Contents, weights: Mapping[str, str], fingerprint: str
) -> dict[str, Any]:
    """All that ``model.json`` holds."""
    return {
        **format_for(contents.task),
        "class_names": list(contents.class_names),
        "architecture": dict(contents.architecture),
        "pictures": {
            "image_size": contents.image_size,
            "channels": contents.channels,
            "recipe": RECIPES[contents.task],
            "in_words": IN_WORDS[RECIPES[contents.task]],
        },
        **contents.own,
        "computed": describe_computing(network),
        "versions": versions_here(),
        "learned_from": {
            "pictures": len(contents.images),
            "by_class": list(contents.by_class),
            "fingerprint": fingerprint,
        },
        "weights": dict(weights),
        "report": {
            "texts": asdict(contents.texts),
            "test": contents.test,
            "more": dict(contents.more or {}),
        },
    }


def write_weights(network: nn.Module, folder: Path) -> dict[str, str]:
    """Write the weights of ``network`` into ``folder``; return what the record says of the file."""
    content = safetensors.torch.save(weights_of(network), {"format": "pt"})
    (folder / WEIGHTS).write_bytes(content)  # safetensors' own files only we could read
    return {"file": WEIGHTS, "sha256": sha256_of(folder / WEIGHTS)}


def weights_of(network: nn.Module) -> dict[str, Tensor]:
    """The weights as a file of safetensors takes them: apart from one another, on the CPU."""
    return {
        name: tensor.detach().cpu().contiguous().clone()
        for name, tensor in network.state_dict().items()
    }


def refuse_names(
    model: str, num_classes: int, names: Sequence[str], tested: Sequence[str] | None
) -> None:
    """Raise ValueError unless each class has a name of its own, the same at the test.

    Args:
        model: What the model is called in the message, such as ``detector``.
        num_classes: As many as need a name.
        names: Of the classes.
        tested: Those of the test; None if there was none, or it did not name them.
    """
    if num_classes != len(names) or len(set(names)) != len(names):
        raise ValueError(
            f"the {model} tells {num_classes} classes, and there are {len(set(names))} different "
            f"names in {list(names)[:5]}: each class needs its own"
        )
    if tested is not None and tuple(tested) != tuple(names):
        raise ValueError("the test score and the training pictures have other classes or orders")


def refuse_size(model: str, images: Sequence[Tensor], image_size: int | None) -> None:
    """Raise ValueError unless there are whole pictures, read at ``image_size``."""
    if len(images) == 0:
        raise ValueError(
            f"learned_from holds no pictures: give those that the {model} learned from"
        )
    longer = max(images[0].shape[1:])
    if image_size is not None and longer != image_size:
        raise ValueError(
            f"the pictures that were learned from have a longer side of {longer} pixels, and "
            f"image_size is {image_size}: give the size that they were read at"
        )


def refuse_astray(network: nn.Module) -> None:
    """Raise ValueError if not all weights of ``network`` are finite numbers."""
    for name, tensor in network.state_dict().items():
        if not tensor.isfinite().all():
            raise ValueError(
                f"the weights {name!r} hold numbers that are not finite: the training went astray, "
                "and such a model answers nothing; lower the learning rate"
            )
