"""How a file of sound became what the network saw, in words that JSON holds.

Whoever changes that way later must find older models refused: they would answer wrongly.
"""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.data.sounds import log_mel
from course_utils.data.sounds.wav_files import read_wav
from course_utils.models.classifier import Classifier
from course_utils.models.huggingface.safely import same
from course_utils.models.inference import predict
from course_utils.shipping.sounds.architecture import has_encoder

NUMBERS = ("RATE", "FRAME", "HOP", "LOWEST", "HIGHEST", "FLOOR", "QUIET", "MIDDLE", "STEPS")
PROBE = "probe"  # the picture of one known sound
PROBE_RATE = 22_050  # another than the network's, so that the probe is resampled
NEAR = 1  # of 255: by so much, a rounding on another processor may change a picture


def preparation() -> dict[str, Any]:
    """The numbers by which sounds become pictures here, and the picture of one known sound."""
    numbers = {name.lower(): getattr(log_mel, name) for name in NUMBERS}
    return {**numbers, PROBE: _probe_picture().numpy().tobytes().hex()}


def preparation_for(classifier: Classifier) -> dict[str, Any]:
    """The same for a head on an encoder: its rate, and the logits of one known sound."""
    rate = classifier.backbone.rate
    return {"rate": rate, PROBE: predict(classifier, known_sound(rate))[0].tolist()}


def refuse_other_preparation(
    record: Mapping[str, Any], classifier: Classifier, folder: Path
) -> None:
    """Raise ValueError if ``classifier`` hears sounds otherwise here than when it was saved.

    Args:
        record: What its ``model.json`` says.
        classifier: With its weights.
        folder: Of the model, for the message.
    """
    then = record["sounds"]
    if has_encoder(classifier):
        now = preparation_for(classifier)
        if then["rate"] != now["rate"] or not same(*map(torch.tensor, (then[PROBE], now[PROBE]))):
            raise ValueError(
                f"the encoder hears a known sound otherwise here than when {folder} was made: its "
                "answers would differ. Get the same version of transformers, and all its files"
            )
        return
    now = preparation()
    changed = [
        f"{name} {then.get(name)} (here {now[name]})"
        for name in map(str.lower, NUMBERS)
        if then.get(name) != now[name]
    ]
    if not changed and not _are_near(then[PROBE], now[PROBE]):
        changed = ["a known sound gave another picture"]
    if changed:
        raise ValueError(
            f"sounds become other pictures here than when {folder} was made: {', '.join(changed)}. "
            "Answers would differ; get the workbook that wrote it"
        )


def _are_near(one: str, other: str) -> bool:
    """Whether two pictures, as hexadecimal digits of bytes, are the same but for roundings."""
    first, second = (
        np.frombuffer(bytes.fromhex(text), np.uint8).astype(int) for text in (one, other)
    )
    return first.shape == second.shape and bool((abs(first - second) <= NEAR).all())


def _probe_picture() -> Tensor:
    """The picture (1, size, size), uint8, of the probe."""
    return log_mel.sound_picture(read_wav(_probe()))


def known_sound(rate: int) -> Tensor:
    """The probe, samples (1, T) at ``rate``."""
    return read_wav(_probe(), rate)[None]


@cache
def _probe() -> bytes:
    """A WAV file of two channels: a tone that rises to 3,500 Hz and dies away into silence."""
    from scipy.io import wavfile  # here: takes a tenth of a second to import

    time = torch.arange(round(0.6 * PROBE_RATE), dtype=torch.float64) / PROBE_RATE  # seconds
    phase = 2 * torch.pi * (80 * time + 0.5 * 5700 * time**2)
    tone = (phase.sin() + 0.5 * (2.5 * phase).sin()) * (-8 * time).exp() / 2
    channels = torch.stack([tone, 0.3 * tone.roll(40)], dim=1)  # (T, 2), the second an echo
    content = io.BytesIO()
    wavfile.write(content, PROBE_RATE, (32767 * channels).round().to(torch.int16).numpy())
    return content.getvalue()
