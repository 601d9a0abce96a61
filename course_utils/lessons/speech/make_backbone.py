"""``python -m course_utils.lessons.speech.make_backbone``: the shipped backbone of spoken words."""

import argparse
from pathlib import Path

from course_utils.data.sounds.remake import made_with
from course_utils.data.sounds.voices import SOURCE_VOICES, VALIDATION_VOICES
from course_utils.lessons.speech.pretraining import (
    BATCH_SIZE,
    NUM_STEPS,
    NUM_WORDS,
    accuracy_on,
    pretrain_on_words,
    speak_fresh_words,
    speak_words,
)
from course_utils.models.pretrained import SHIPPED_FOLDER, save_backbone

NUM_FRESH = 2000  # words by voices it never heard, on which its accuracy is measured
COMMAND = "python -m course_utils.lessons.speech.make_backbone"


def make_backbone(path: Path, seed: int, num_words: int, num_steps: int) -> float:
    """Pretrain on ``num_words`` spoken words and save to ``path``; return the accuracy on fresh.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
        ValueError: As of ``speak_words`` and ``pretrain_on_words``.
    """
    words = speak_words(num_words, seed)
    model, _ = pretrain_on_words(words, seed, num_steps=num_steps)
    accuracy = round(accuracy_on(model, speak_fresh_words(NUM_FRESH, seed)), 3)
    save_backbone(
        model.backbone,
        path,
        num_steps=num_steps,
        batch_size=BATCH_SIZE,
        num_words=num_words,
        num_classes=words.num_classes,
        voices=", ".join(SOURCE_VOICES),
        seed=seed,
        accuracy=accuracy,
        num_fresh=NUM_FRESH,
        fresh_voices=", ".join(VALIDATION_VOICES),
        made_with=", ".join(f"{name} {number}" for name, number in made_with().items()),
        command=f"{COMMAND} --seed {seed} --words {num_words} --steps {num_steps}",
    )
    return accuracy


def main(arguments: list[str] | None = None) -> None:
    """The command; with ``--to`` it writes elsewhere than over the shipped file."""
    parser = argparse.ArgumentParser(description="Make the shipped backbone of spoken words anew.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--words", type=int, default=NUM_WORDS, help="spoken words to learn from")
    parser.add_argument("--steps", type=int, default=NUM_STEPS, help="updates of the weights")
    parser.add_argument("--to", type=Path, default=SHIPPED_FOLDER / "words_backbone.pt")
    chosen = parser.parse_args(arguments)
    accuracy = make_backbone(chosen.to, chosen.seed, chosen.words, chosen.steps)
    print(f"{chosen.to.name}: {accuracy:.3f} of {NUM_FRESH:,} fresh words by unknown voices right")


if __name__ == "__main__":
    main()
