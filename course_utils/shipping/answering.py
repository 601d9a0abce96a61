"""Pictures that nobody labelled, answered by a model that was loaded from its folder."""

import io
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.decoding import read_picture, reading_pictures
from course_utils.data.in_threads import WAITING
from course_utils.data.streamed import StreamedImages
from course_utils.data.unreadable import Unreadable
from course_utils.models.inference import predict
from course_utils.session.cores import usable_cores
from course_utils.shipping.loading import ShippedModel

Picture = str | os.PathLike | bytes  # a file, or the content of one that was uploaded
MOST_AT_ONCE = 64  # pictures: a bar that moves, and batches that keep a processor busy
BYTES_AT_ONCE = 64e6  # of their pixels


@dataclass(frozen=True)
class Answers:
    """What a model says of N pictures.

    Args:
        probs: (N, K), float32 on the CPU, with the model's temperature; nan for a picture that
            could not be read.
        problems: Why not, and the way out, by the picture's place.
    """

    probs: Tensor
    problems: dict[int, str]


def predict_pictures(model: ShippedModel, pictures: Sequence[Picture]) -> Answers:
    """What ``model`` says of ``pictures``, however many; what cannot be read is told apart.

    Args:
        model: From ``load_model``.
        pictures: Paths, or contents of files.
    """
    found = (some for _, some in answer_in_batches(model, pictures))
    return put_together(found, len(model.class_names))


def put_together(batches: Iterable[Answers], num_classes: int) -> Answers:
    """The answers of all ``batches`` in one, problems at the places that they have there."""
    probs, problems, start = [torch.empty(0, num_classes)], {}, 0
    for some in batches:
        probs.append(some.probs)
        problems |= {start + place: why for place, why in some.problems.items()}
        start += len(some.probs)
    return Answers(torch.cat(probs), problems)


def answer_in_batches(
    model: ShippedModel, pictures: Sequence[Picture], most: int = MOST_AT_ONCE
) -> Iterator[tuple[Tensor, Answers]]:
    """Pixels (B, C, H, W), uint8, and answers, batch by batch: no more is in memory at a time.

    Args:
        model: From ``load_model``.
        pictures: As above.
        most: Pictures of a batch, fewer where they are large.
    """
    pixels = model.channels * model.image_size**2
    size = max(1, min(most, math.floor(BYTES_AT_ONCE / pixels)))
    for start in range(0, len(pictures), size):
        images, problems = read_for(model, pictures[start : start + size])
        probs = answer(model, images)
        probs[list(problems)] = math.nan
        yield images, Answers(probs, problems)


def read_for(model: ShippedModel, pictures: Sequence[Picture]) -> tuple[Tensor, dict[int, str]]:
    """Pixels as the model takes them, and why a picture could not be read, by its place.

    Returns:
        (N, C, H, W), uint8, 0 for what could not be read; the problems.
    """

    def read_one(picture: Picture) -> Tensor | Unreadable:
        file = io.BytesIO(picture) if isinstance(picture, bytes) else picture
        found = read_picture(file, model.image_size, model.channels)
        return found if isinstance(found, Unreadable) else torch.from_numpy(found).permute(2, 0, 1)

    shape = (len(pictures), model.channels, model.image_size, model.image_size)
    images, problems = torch.zeros(shape, dtype=torch.uint8), {}
    with reading_pictures(), ThreadPoolExecutor(usable_cores() + WAITING) as pool:
        for place, found in enumerate(pool.map(read_one, pictures)):
            if isinstance(found, Unreadable):
                problems[place] = "{}; {}".format(*found.value)
            else:
                images[place] = found
    return images, problems


def answer(model: ShippedModel, images: Tensor | StreamedImages) -> Tensor:
    """Probabilities (N, K) of pictures (N, C, H, W), with the model's temperature."""
    return (predict(model.network, images) / model.temperature).softmax(dim=1)


def shipped_features(model: ShippedModel, images: Tensor | StreamedImages) -> Tensor:
    """Features (N, D) of pictures (N, C, H, W), in which like pictures lie near one another."""
    return predict(model.network.backbone, images)
