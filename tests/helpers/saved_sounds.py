"""A small classifier of sounds, what it learned from, and such sounds as files."""

from functools import cache
from pathlib import Path

import numpy as np
import torch

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.wav_files import read_wav
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.shipping.score import Score
from course_utils.shipping.sounds.saving import save_sound_classifier
from course_utils.shipping.writing import CardTexts
from tests.helpers.sound_files import wav, word

NAMES = ("rise", "fall")
SPEAKERS = ("anna", "ben", "cleo", "dan", "eva")
LEARNED, TESTED = SPEAKERS[:3], SPEAKERS[3:]
TAKES, NUM_STEPS = 6, 40
TEXTS = CardTexts("Tones that rise or fall.", "There was one.", "Anything else.", "words", "mit")


def tone(label: int, speaker: str, take: int, rate: int = 8000) -> np.ndarray:
    """A sound (T,) of a class, of which no two are the same."""
    rising = word(100 * SPEAKERS.index(speaker) + take, rate=rate)
    return rising if label == 0 else rising[::-1]


@cache
def labelled_sounds(speakers: tuple[str, ...] = LEARNED, first: int = 0) -> LabelledSounds:
    """What some speakers said, takes from ``first`` on."""
    all_of = [
        (label, speaker, take)
        for label in range(len(NAMES))
        for speaker in speakers
        for take in range(first, first + TAKES)
    ]
    labels, numbers, takes = zip(
        *((label, SPEAKERS.index(speaker), take) for label, speaker, take in all_of), strict=True
    )
    pictures = [sound_picture(read_wav(wav(tone(*each)))) for each in all_of]
    spoke = torch.tensor(numbers)
    return LabelledSounds(
        torch.stack(pictures), torch.tensor(labels), NAMES,
        groups=spoke, speakers=spoke, speaker_names=SPEAKERS, takes=torch.tensor(takes),
    )  # fmt: skip


@cache
def trained_on_sounds() -> Classifier:
    """One that learned for a moment; whoever changes it copies it."""
    learn = labelled_sounds()
    with seeded(0):
        model = Classifier(Backbone(1, 4), len(NAMES)).train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
        for _ in range(NUM_STEPS):
            loss = torch.nn.functional.cross_entropy(model(learn.images / 255), learn.labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


def score_of(right: tuple[int, int] = (11, 10), over: int | None = 2) -> Score:
    """The score of a test on twelve sounds of each class."""
    wrong = ("fall", "rise", 12 - right[1])
    groups = None if over is None else (over, 0.75, 1.0)
    return Score(NAMES, right, (12, 12), (wrong,), groups)


def save_sounds(folder: Path, **more: object) -> Path:
    """The folder of that classifier."""
    options = {
        "learned_from": labelled_sounds(), "texts": TEXTS, "test": score_of(),
        "tested_on": labelled_sounds(TESTED), "temperature": 1.3,
    } | more  # fmt: skip
    model = options.pop("classifier", None) or trained_on_sounds()
    return save_sound_classifier(folder, model, **options)


def write_tones(
    folder: Path, speakers: tuple[str, ...] = TESTED, first: int = 0, **how: object
) -> list[Path]:
    """Write what they said as WAV files into a folder a class; the files."""
    files = []
    for label, name in enumerate(NAMES):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for speaker in speakers:
            for take in range(first, first + TAKES):
                files.append(folder / name / f"{name}_{speaker}_{take}.wav")
                files[-1].write_bytes(wav(tone(label, speaker, take), **how))
    return files
