"""A trained classifier of sounds saved as one folder, proved to answer the same before that."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.models.classifier import Classifier
from course_utils.shipping.record import HUGGING_FACE, PACKAGES_FOR_SOUNDS, SOUNDS, WAVE, WORD
from course_utils.shipping.saving import contents_of, some_of, write_classifier
from course_utils.shipping.score import Score
from course_utils.shipping.sounds.architecture import (
    describe_sound_classifier,
    has_encoder,
    weights_to_keep,
)
from course_utils.shipping.sounds.card import card_text
from course_utils.shipping.sounds.hearing import known_sound, preparation, preparation_for
from course_utils.shipping.sounds.loading import read_sound_classifier
from course_utils.shipping.writing import CardTexts


def save_sound_classifier(
    folder: Path,
    classifier: Classifier,
    *,
    learned_from: LabelledSounds,
    texts: CardTexts,
    test: Score | None,
    tested_on: LabelledSounds | None = None,
    base: str | None = None,
    temperature: float = 1.0,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``classifier`` to ``folder``, whole or not at all; return ``folder``.

    Args:
        folder: As ``check_target`` returned it.
        classifier: A backbone of the workbook for one channel, or a frozen encoder, with a linear
            head; it stays as it is.
        learned_from: The sounds it learned from: class names and size are taken from here.
        texts: For the model card; ``backbone`` is such as ``"words"``.
        test: How it answered its test sounds; None if there were none. Beside it stands what
            guessing scores that knows only what was learned from.
        tested_on: Those test sounds, of which only the speakers are looked at: the card says
            whether the score holds for people that the model never heard. None where nobody knows.
        base: What the encoder was opened as by ``open_sound_encoder``: the head alone is kept, and
            loading opens the encoder by this name. None for a backbone of the workbook.
        temperature: What its logits are to be divided by, fitted on sounds it had not learned.
        more: What else the report is to hold, anything that JSON can.

    Raises:
        ValueError: If something stands there, or the classifier cannot be read back as it is.
        OSError: If the folder cannot be written.
    """
    _check(learned_from, test, tested_on)
    architecture = describe_sound_classifier(classifier, base)
    is_head = has_encoder(classifier)
    contents = contents_of(classifier, architecture, learned_from, texts, test, temperature, more)
    contents = replace(
        contents,
        task=SOUNDS,
        inputs={**contents.inputs, **(preparation_for(classifier) if is_head else preparation())},
        recipe=WAVE if is_head else WORD,
        weights=weights_to_keep(classifier),
        own={**contents.own, "speakers": count_speakers(learned_from, tested_on)},
        packages=(*PACKAGES_FOR_SOUNDS, *(HUGGING_FACE if is_head else ())),
    )
    tried = known_sound(classifier.backbone.rate) if is_head else some_of(learned_from)
    return write_classifier(folder, classifier, contents, card_text, read_sound_classifier, tried)


def count_speakers(
    learned_from: LabelledSounds, tested_on: LabelledSounds | None
) -> dict[str, int | None]:
    """How many speakers were learned from, tested on, and both; None where nobody knows."""
    learned, tested = _speakers_of(learned_from), _speakers_of(tested_on)
    both = None if learned is None or tested is None else len(learned & tested)
    return {
        "learned_from": None if learned is None else len(learned),
        "tested_on": None if tested is None else len(tested),
        "in_both": both,
    }


def _speakers_of(sounds: LabelledSounds | None) -> set[str] | None:
    """Names of those who speak in ``sounds``."""
    if sounds is None or sounds.speakers is None:
        return None
    return {sounds.speaker_names[place] for place in sounds.speakers.unique().tolist()}


def _check(
    learned_from: LabelledSounds, test: Score | None, tested_on: LabelledSounds | None
) -> None:
    """Refuse what is no sound, and test sounds that are not those of the score."""
    if learned_from.images.ndim != 4 or learned_from.images.shape[1] != 1:
        raise ValueError(
            "learned_from must hold pictures of sounds (N, 1, S, S), got "
            f"{tuple(learned_from.images.shape)}"
        )
    if len(learned_from) == 0:
        raise ValueError("learned_from holds no sounds: give those that the model learned from")
    if tested_on is None:
        return
    if test is None or test.num_pictures != len(tested_on):
        told = "there is no score" if test is None else f"the score is of {test.num_pictures:,}"
        raise ValueError(f"tested_on holds {len(tested_on):,} sounds, and {told}: give both of one")
