"""The source of lesson 11: words that are no digits, and a network that tells them apart."""

import torch
from torch.optim.lr_scheduler import OneCycleLR

from course_utils.data.batches import BatchLoader
from course_utils.data.sounds.augmentation import VarySound
from course_utils.data.sounds.espeak import Speaker
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.microphones import Take, draw_microphone, record, through, uniform
from course_utils.data.sounds.voices import ACCENTS, SOURCE_VOICES, VALIDATION_VOICES
from course_utils.data.sounds.words import SOURCE_WORDS
from course_utils.lessons.speech.trials import answers_right
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.training import train_one_epoch

NUM_WORDS = 12_000
NUM_STEPS, BATCH_SIZE, RATE = 930, 128, 4e-3
ROUNDS = 10  # in which a history has a line


def speak_words(count: int, seed: int, voices: tuple[str, ...] = SOURCE_VOICES) -> LabelledSounds:
    """``count`` of the 200 source words by ``voices``, in any accent, rate and pitch.

    Each is heard through a throat and a microphone of its own.

    Args:
        count: How many are spoken.
        seed: Of what is drawn for each.
        voices: Of eSpeak NG.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
        ValueError: If ``count`` is below 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(len(SOURCE_WORDS), (count,), generator=generator)
    speakers = torch.randint(len(voices), (count,), generator=generator)
    accents = torch.randint(len(ACCENTS), (count,), generator=generator)
    images = []
    with Speaker() as speaker:
        for label, voice, accent in torch.stack([labels, speakers, accents], 1).tolist():
            take = _draw_take(generator)
            name = f"{ACCENTS[accent]}+{voices[voice]}"
            numbers = (take.rate, take.pitch, take.pitch_range)
            sound = speaker.say(SOURCE_WORDS[label], name, *numbers)
            sound = through(sound, draw_microphone(generator), generator)
            images.append(sound_picture(record(sound, take, generator)))
    about = {"speakers": speakers, "speaker_names": tuple(voices), "groups": speakers}
    return LabelledSounds(torch.stack(images), labels, SOURCE_WORDS, **about)


def speak_fresh_words(count: int, seed: int) -> LabelledSounds:
    """The same by voices that no backbone learned from: to choose on, and to say how good it is."""
    return speak_words(count, 1000 + seed, VALIDATION_VOICES)


def pretrain_on_words(
    words: LabelledSounds, seed: int, *, num_steps: int = NUM_STEPS, batch_size: int = BATCH_SIZE
) -> tuple[Classifier, list[float]]:
    """A network that tells ``words`` apart, and its mean loss, in nats, in each round of steps.

    Args:
        words: What it learns from; each time a little other, by ``VarySound``.
        seed: Of the first weights, of the order and of the variations.
        num_steps: Updates of the weights, in rounds of a tenth.
        batch_size: Words a step.

    Raises:
        ValueError: If ``num_steps`` is below 1, or there are no words.
    """
    if num_steps < 1:
        raise ValueError(f"num_steps must be at least 1, got {num_steps}")
    with seeded(seed):
        model = Classifier(Backbone(1), words.num_classes)
    model = model.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.01)
    schedule = OneCycleLR(optimizer, RATE, total_steps=num_steps)
    loader = BatchLoader(words, batch_size, shuffle=True, seed=seed, augment=VarySound(seed))
    history, left = [], num_steps
    while left:
        loader.num_batches = min(left, max(1, num_steps // ROUNDS))
        history.append(train_one_epoch(model, loader, optimizer, schedule))
        left -= loader.num_batches
    return model.eval(), history


def accuracy_on(model: Classifier, words: LabelledSounds) -> float:
    """The share of ``words`` that ``model`` names right."""
    return answers_right(model, words).float().mean().item()


def _draw_take(generator: torch.Generator) -> Take:
    """Any rate and pitch that can be followed: a source should hold more than a target needs."""
    return Take(
        rate=uniform(110, 280, generator),
        pitch=uniform(10, 90, generator),
        pitch_range=uniform(20, 90, generator),
        slope=uniform(-0.5, 0.5, generator),
        noise=10 ** uniform(-3, -1.3, generator),
    )
