"""The part of ``python -m course_utils.predict`` for sounds: classes in a table, and a report."""

import argparse

from course_utils.shipping.classes import Kind, name_classes
from course_utils.shipping.sounds.answering import answer_in_batches
from course_utils.shipping.sounds.finding import ENDINGS, conversion, sounds_to_answer
from course_utils.shipping.sounds.loading import load_sound_classifier

SOUND = Kind(
    "sound",
    lambda options: load_sound_classifier(options.model, options.device, options.base),
    sounds_to_answer,
    answer_in_batches,
    endings=ENDINGS,
    once=True,
    each=True,
    way_out=conversion,
)


def answer_sounds(options: argparse.Namespace) -> int:
    """Name the class of each sound, and report on labelled ones; 0 if all were read, else 1.

    Raises:
        ValueError: If that cannot be done; before any work.
    """
    return name_classes(options, SOUND)
