"""A task that lies on every machine: which part does a sentence play in a docstring?

The sentences are scikit-learn's, and what labels them is the section that they stand in.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.families import connected
from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.kept_passages import load_passages
from course_utils.data.texts.near_texts import bare, find_near_texts
from course_utils.data.texts.packages import TARGET
from course_utils.data.texts.passages import SUMMARY, Passage
from course_utils.data.texts.prose import sentences

ROLES = {SUMMARY: "summary", "Parameters": "parameter", "Returns": "returned", "Notes": "note"}
SHORTEST, LONGEST = 25, 250  # signs of a sentence
OF_NOTES = 3  # sentences of a paragraph of notes: there are few of them
BEGINNING = 25  # letters; sentences with the same ones are variants of one


def load_roles(data_dir: Path, *, repeats: bool = False) -> LabelledTexts:
    """Sentences of scikit-learn, by default each once, with the parts that they play.

    The classes are summary (what a function or class is for), parameter (what is handed to it),
    returned (what it gives back) and note. A sentence that stands under two of them is left out.
    ``groups`` hold together near copies, sentences with the same beginning, and what is said of
    parameters of the same name. Which sentences there are differs with the version.

    Args:
        data_dir: Where passages are kept; making them takes seconds.
        repeats: Whether a sentence comes as often as it stands there, to show what that does to
            scores. They follow one another and are in one group, which is the same with and without
            repeats: of the names under which a sentence stands, the first counts.

    Raises:
        ModuleNotFoundError: If scikit-learn is not installed.
    """
    clear, groups = _gathered(load_passages(TARGET, data_dir).passages)
    kept = [len(some) if repeats else 1 for some in clear]
    rows = [one for some, number in zip(clear, kept, strict=True) for one in some[:number]]
    passages = [passage for _, passage in rows]
    sections = list(ROLES)
    return LabelledTexts(
        tuple(sentence for sentence, _ in rows),
        torch.tensor([sections.index(passage.section) for passage in passages]),
        tuple(ROLES.values()),
        tuple(f"{TARGET}/{passage.where}" for passage in passages),
        groups=groups.repeat_interleave(torch.tensor(kept)),
    )


@lru_cache(1)  # a lesson asks for them several times, and likeness takes most of a second
def _gathered(
    passages: tuple[Passage, ...],
) -> tuple[list[list[tuple[str, Passage]]], Tensor]:
    """Each sentence of one part wherever it stands, and the group of each (N,); not to change."""
    places: dict[str, list[tuple[str, Passage]]] = {}
    for sentence, passage in _labelled(passages):
        places.setdefault(bare(sentence), []).append((sentence, passage))
    clear = [some for some in places.values() if len({passage.section for _, passage in some}) == 1]
    groups = _groups(
        [sentence for (sentence, _), *_ in clear], [passage.name for (_, passage), *_ in clear]
    )
    return clear, groups


def _labelled(passages: Sequence[Passage]) -> Iterator[tuple[str, Passage]]:
    """Sentences and the passages that they are from: of an entry its first sentence alone."""
    begun: set[tuple[str, str, str]] = set()
    for passage in passages:
        entry = (passage.where, passage.section, passage.name)
        if passage.section not in ROLES or (passage.section != "Notes" and entry in begun):
            continue
        begun.add(entry)
        most = OF_NOTES if passage.section == "Notes" else 1
        for sentence in sentences(passage.text)[:most]:
            if SHORTEST <= len(sentence) <= LONGEST and sentence[0].isalpha():
                yield sentence, passage


def _groups(texts: Sequence[str], names: Sequence[str]) -> Tensor:
    """Numbers (N,), the same for what is connected by likeness, by beginning or by name."""
    keys = [[f"begins {re.sub('[^a-z]', '', text.lower())[:BEGINNING]}"] for text in texts]
    for own, name in zip(keys, names, strict=True):
        own += [f"is about {single}" for single in re.findall(r"\w+", name)]
    first: dict[str, int] = {}
    pairs = [(first.setdefault(key, place), place) for place, own in enumerate(keys) for key in own]
    both = torch.cat([find_near_texts(texts), torch.tensor(pairs).reshape(-1, 2)])
    return connected(both, len(texts))
