"""Near copies among texts: those that are are found, those that are not are not."""

import random

import pytest
import torch

from course_utils.data.families import connected
from course_utils.data.texts.near_texts import LIKENESS, bare, find_near_texts
from tests.helpers.text_files import FRUIT, TOOLS

LONG = "The weights of a network are what is learned, and all else is chosen before it starts."


def is_near(one: str, other: str) -> bool:
    return len(find_near_texts([one, other])) == 1


def likeness(one: str, other: str) -> float:
    """What both hold as a share of what either holds, computed another way."""
    padded = [bare(text).ljust(5) for text in (one, other)]
    sets = [{text[i : i + 5] for i in range(len(text) - 4)} for text in padded]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize(
    "other",
    [
        LONG,
        LONG.upper().replace(",", " --"),
        LONG.replace("chosen", "picked"),
        LONG + " Really.",
        f"  {LONG}\n",
    ],
)
def test_small_changes_leave_near_copies(other: str) -> None:
    assert likeness(LONG, other) >= LIKENESS and is_near(LONG, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            LONG,
            "What is learned is the weights of a network, before all else starts, and is chosen.",
        ),
        (LONG, " ".join(LONG.split()[:8])),
        (FRUIT[0], TOOLS[0]),
        ("yes", "no"),
        ("", "a"),
    ],
)
def test_other_texts_are_none(one: str, other: str) -> None:
    assert likeness(one, other) < LIKENESS and not is_near(one, other)


@pytest.mark.parametrize(("one", "other"), [("Ok", "ok!"), ("", " . "), ("né", "NÉ")])
def test_short_texts_are_compared_whole(one: str, other: str) -> None:
    assert is_near(one, other)


@pytest.mark.slow
def test_nearly_all_pairs_as_alike_as_the_threshold_are_found() -> None:
    """Against all pairs compared one by one, among texts of 30 words with a few of them changed."""
    draw = random.Random(0)
    words = ["".join(draw.choices("abcdefghijklmnop", k=6)) for _ in range(400)]
    texts = []
    for _ in range(40):
        first = draw.choices(words, k=30)
        for changes in range(3):
            other = list(first)
            for place in draw.sample(range(30), changes):
                other[place] = draw.choice(words)
            texts.append(" ".join(other))
    pairs = [
        (i, j)
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if likeness(texts[i], texts[j]) >= LIKENESS
    ]
    groups = connected(find_near_texts(texts), len(texts))
    assert len(pairs) > 50
    assert sum(bool(groups[i] == groups[j]) for i, j in pairs) >= 0.98 * len(pairs)
    found = find_near_texts(texts)
    assert all(likeness(texts[i], texts[j]) >= LIKENESS for i, j in found.tolist())
    assert torch.equal(found, find_near_texts(texts)) and (found[:, 0] < found[:, 1]).all()


def test_no_texts_have_no_pairs() -> None:
    assert find_near_texts([]).shape == (0, 2)
