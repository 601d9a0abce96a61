"""Examples on which leaving classes out is tried, and what became of each of them."""

from typing import Any

import torch

from course_utils.data.examples import LabelledImages
from course_utils.exercises.plain_data import places_in

NAMES = ("Q", "B", "Z", "k", "A", "x", "O")  # in no alphabetical order
NUM_PICTURES = 24


def class_cases(seed: int) -> list[tuple[LabelledImages, list[str]]]:
    """Examples and names to leave out: one, several, and one where another class has no picture."""
    return [
        (_examples(seed, empty=None), ["B"]),
        (_examples(seed + 10, empty=None), ["O", "Z", "Q"]),
        (_examples(seed + 20, empty=4), ["k"]),
    ]


def name_pictures(result: Any, examples: LabelledImages) -> dict[str, Any]:
    """How often each picture of ``examples`` is in ``result``, and under which name, as plain data.

    Raises:
        Exception: Where ``result`` is nothing like labelled pictures.
    """
    names = [str(name) for name in result.class_names]
    labels = result.labels.tolist()
    answers, times = [""] * len(examples), [0] * len(examples)
    for place, label in zip(places_in(examples.images, result.images), labels, strict=False):
        if place < 0:
            raise ValueError("a picture that was not among the examples")
        times[place] += 1
        inside = label == int(label) and 0 <= label < len(names)
        answers[place] = names[int(label)] if inside else "none"
    return {
        "pictures": len(result.images),
        "labels": len(labels),
        "times": times,
        "answers": answers,
        "class_names": sorted(names),
        "whole_numbers": result.labels.dtype == torch.int64,
    }


def _examples(seed: int, empty: int | None) -> LabelledImages:
    """Pictures (N, 1, 2, 2), each different; class ``empty`` has none."""
    generator = torch.Generator().manual_seed(seed + 7)
    labels = torch.arange(NUM_PICTURES) % len(NAMES)
    labels = labels[torch.randperm(NUM_PICTURES, generator=generator)]
    images = torch.rand(NUM_PICTURES, 1, 2, 2, generator=generator)
    if empty is not None:
        images, labels = images[labels != empty], labels[labels != empty]
    return LabelledImages(images, labels, NAMES)
