"""What the card of lesson 10's language model says: how it was made, and how good it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from course_utils.data.texts.corpus import Prose
from course_utils.data.texts.overlap import find_overlap

# Parameters of the lesson that decide what section 2 learns.
PARAMETERS = (
    "packages", "vocab_size", "width", "num_layers", "pretrain_steps", "pretrain_batch",
    "pretrain_length", "pretrain_rate",
)  # fmt: skip


def facts_of(
    train: Prose, sentences: Sequence[str], scores: Mapping[str, float], given: Mapping[str, Any]
) -> dict[str, str | int | float]:
    """Facts for the card beside the weights.

    Args:
        train: What was learned from.
        sentences: An exam on which nothing may have been read; how many were is counted.
        scores: Bits per byte on texts that were not read, by model or rival.
        given: Values of the lesson's parameters by name; others are passed over.
    """
    command = f"python -m course_utils.batch 10 -p seed {given['seed']}"
    for name in PARAMETERS:
        value = str(given[name]).replace("'", '"')
        command += f" -p {name} '{value}'"
    return {
        "seed": given["seed"],
        "num_steps": given["pretrain_steps"],
        "num_texts": len(train),
        "packages": ", ".join(f"{name} {version}" for name, version in train.versions.items()),
        "num_sentences": len(sentences),
        "sentences_read": int(find_overlap(sentences, train.texts).is_read.sum()),
        **{f"bits per byte, {name}": value for name, value in scores.items()},
        "command": command,
    }
