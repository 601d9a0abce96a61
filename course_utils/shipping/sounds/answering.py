"""Sounds that nobody labelled, answered by a classifier that was loaded from its folder."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.wav_files import read_wav
from course_utils.models.sounds.encoders import SoundEncoder
from course_utils.models.sounds.padding import pad_sounds
from course_utils.shipping.answering import MOST_AT_ONCE, Answers, answer, put_together
from course_utils.shipping.sounds.loading import ShippedSoundClassifier

MOST_FOR_ENCODER = 8  # sounds; a large network takes much memory for each
Sound = str | os.PathLike | bytes  # a WAV file, or the content of one


def predict_sounds(model: ShippedSoundClassifier, files: Sequence[Sound]) -> Answers:
    """What ``model`` says of ``files``, however many; what cannot be read is told apart.

    Args:
        model: From ``load_sound_classifier``.
        files: Paths of WAV files, or their contents.
    """
    found = (some for _, some in answer_in_batches(model, files))
    return put_together(found, len(model.class_names))


def answer_in_batches(
    model: ShippedSoundClassifier, files: Sequence[Sound], most: int = MOST_AT_ONCE
) -> Iterator[tuple[Tensor, Answers]]:
    """Pictures of sounds (B, 1, S, S), uint8, and answers, batch by batch.

    Args:
        model: From ``load_sound_classifier``.
        files: As above.
        most: Sounds of a batch, fewer for an encoder.
    """
    most = min(most, MOST_FOR_ENCODER) if model.encoder else most
    for start in range(0, len(files), most):
        heard = read_for(model, files[start : start + most])
        probs = torch.full((len(heard.pictures), len(model.class_names)), math.nan)
        read = [place for place in range(len(probs)) if place not in heard.problems]
        if read:
            taken = pad_sounds(heard.sounds) if model.encoder else heard.pictures[read]
            probs[read] = answer(model, taken)
        yield heard.pictures, Answers(probs, heard.problems)


@dataclass(frozen=True)
class Heard:
    """N files as a model takes them.

    Args:
        pictures: (N, 1, S, S), uint8, 0 for what could not be read.
        sounds: For an encoder the samples (T,) of each that could be read, at the model's rate.
        problems: Why a file could not be read, by its place.
    """

    pictures: Tensor
    sounds: list[Tensor]
    problems: dict[int, str]


def read_for(model: ShippedSoundClassifier, files: Sequence[Sound]) -> Heard:
    """What ``model`` takes of ``files``."""
    shape = (len(files), 1, model.image_size, model.image_size)
    heard = Heard(torch.zeros(shape, dtype=torch.uint8), [], {})
    for place, file in enumerate(files):
        content = file if isinstance(file, bytes) else Path(file)
        try:
            picture = sound_picture(read_wav(content), model.image_size)
            if model.encoder:  # which has its own rate
                heard.sounds.append(_fitting(model.encoder, read_wav(content, model.rate)))
            heard.pictures[place] = picture
        except ValueError as error:
            heard.problems[place] = str(error)
        except MemoryError:
            heard.problems[place] = "not read for lack of memory; close other programs"
    return heard


def _fitting(encoder: SoundEncoder, sound: Tensor) -> Tensor:
    """``sound`` (T,), refused by ValueError if it is too short or too long for ``encoder``."""
    most = encoder.longest or len(sound)
    if not encoder.shortest <= len(sound) <= most:
        seconds = [samples / encoder.rate for samples in (len(sound), encoder.shortest, most)]
        raise ValueError("takes {:.3f} s, and the encoder reads {:.3f} to {:g} s".format(*seconds))
    return sound
