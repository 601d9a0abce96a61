"""Sounds that nobody labelled, answered by a classifier that was loaded from its folder."""

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.wav_files import read_wav
from course_utils.shipping.answering import MOST_AT_ONCE, Answers, answer
from course_utils.shipping.sounds.loading import ShippedSoundClassifier

Sound = str | os.PathLike | bytes  # a WAV file, or the content of one


def predict_sounds(model: ShippedSoundClassifier, files: Sequence[Sound]) -> Answers:
    """What ``model`` says of ``files``, however many; what cannot be read is told apart.

    Args:
        model: From ``load_sound_classifier``.
        files: Paths of WAV files, or their contents.
    """
    probs, problems, start = [torch.empty(0, len(model.class_names))], {}, 0
    for _, some in answer_in_batches(model, files):
        probs.append(some.probs)
        problems |= {start + place: why for place, why in some.problems.items()}
        start += len(some.probs)
    return Answers(torch.cat(probs), problems)


def answer_in_batches(
    model: ShippedSoundClassifier, files: Sequence[Sound], most: int = MOST_AT_ONCE
) -> Iterator[tuple[Tensor, Answers]]:
    """Pictures of sounds (B, 1, S, S), uint8, and answers, batch by batch.

    Args:
        model: From ``load_sound_classifier``.
        files: As above.
        most: Sounds of a batch.
    """
    for start in range(0, len(files), most):
        pictures, problems = read_for(model, files[start : start + most])
        probs = answer(model, pictures)
        probs[list(problems)] = math.nan
        yield pictures, Answers(probs, problems)


def read_for(
    model: ShippedSoundClassifier, files: Sequence[Sound]
) -> tuple[Tensor, dict[int, str]]:
    """Pictures as the model takes them, and why a sound could not be read, by its place.

    Returns:
        (N, 1, S, S), uint8, 0 for what could not be read; the problems.
    """
    shape = (len(files), 1, model.image_size, model.image_size)
    pictures, problems = torch.zeros(shape, dtype=torch.uint8), {}
    for place, file in enumerate(files):
        content = file if isinstance(file, bytes) else Path(file)
        try:
            pictures[place] = sound_picture(read_wav(content), model.image_size)
        except ValueError as error:
            problems[place] = str(error)
        except MemoryError:
            problems[place] = "not read for lack of memory; close other programs"
    return pictures, problems
