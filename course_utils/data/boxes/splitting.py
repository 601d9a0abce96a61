"""Pictures with boxes in three parts, the last one sealed; and draws for repeats."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures, Examples
from course_utils.data.examples import PARTS, LabelledImages
from course_utils.data.places import check_part_fractions, places_of_parts
from course_utils.data.plain_text import counted
from course_utils.data.splits import SealedTestSet

WORDS = ("training", "validation", "test")  # for ``PARTS`` in messages
FEWEST = 2  # pictures in a part: an interval and a comparison need two


@dataclass(frozen=True)
class BoxSplit:
    """Training, validation and sealed test pictures; none is in two of them."""

    train: BoxedPictures
    val: BoxedPictures
    test: SealedTestSet


def split_boxed(
    pictures: BoxedPictures, *, val_fraction: float, test_fraction: float, seed: int
) -> BoxSplit:
    """Split ``pictures`` at random, whole pictures with all their boxes.

    A part that the data set itself brings is kept, what it lacks is drawn from its training
    pictures, and pictures of one group are drawn into the same part.

    Args:
        pictures: N pictures.
        val_fraction: Share for validation, between 0 and 1.
        test_fraction: Share for the sealed test set, between 0 and 1.
        seed: Same seed, same split.

    Raises:
        ValueError: If the shares leave nothing to train on, or a part would have fewer pictures
            than ``FEWEST``, or no box; it says how many each would have.
    """
    places = places_apart(
        pictures, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
    )
    train, val, test = (pictures[some] for some in places)
    _refuse_without_boxes((train, val, test))
    return BoxSplit(train, val, SealedTestSet(test))


def places_apart(
    pictures: Examples, *, val_fraction: float, test_fraction: float, seed: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Places of the pictures of the three parts; as of ``split_boxed``, whatever they hold."""
    check_part_fractions(val_fraction, test_fraction)
    own = set() if pictures.parts is None else set(pictures.parts.tolist())
    fractions = (val_fraction, test_fraction)
    sources = ["the rest"] + [
        "its own part" if place in own else f"{PARTS[place]}_fraction = {fraction}"
        for place, fraction in enumerate(fractions, start=1)
    ]
    _refuse_few(_planned_sizes(pictures, fractions, own), sources, len(pictures))
    _refuse_few_groups(pictures, own)
    numbers = torch.zeros(len(pictures), dtype=torch.int64)
    stand_ins = LabelledImages(numbers, numbers, ("picture",), pictures.parts, pictures.groups)
    places = places_of_parts(
        stand_ins, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
    )
    _refuse_few(list(map(len, places)), sources, len(pictures))  # groups shift sizes
    return places


def draws(pictures: Examples, num_pictures: int, num_repeats: int, seed: int) -> list[Examples]:
    """Pictures of each repeat, at random: no picture is in two draws as long as there are others.

    Once all have been drawn, they are drawn anew, so no picture is drawn twice more often than
    another; none is twice in one draw. More repeats begin with the same draws.

    Args:
        pictures: N pictures to draw from.
        num_pictures: Size of each draw, from 1 to N.
        num_repeats: How many draws.
        seed: Same seed, same draws.

    Raises:
        ValueError: If there are too few pictures for one draw, or a number is below 1.
    """
    if num_pictures < 1 or num_repeats < 1:
        raise ValueError(
            f"draws need num_pictures and num_repeats from 1, got {num_pictures} and {num_repeats}"
        )
    if num_pictures > len(pictures):
        raise ValueError(
            f"each draw takes {num_pictures:,} pictures, and there are {len(pictures):,} to draw "
            f"from: ask for at most {len(pictures):,}, or add pictures"
        )
    generator = torch.Generator().manual_seed(seed)
    waiting = torch.empty(0, dtype=torch.int64)
    drawn = []
    for _ in range(num_repeats):
        if len(waiting) < num_pictures:
            again = torch.randperm(len(pictures), generator=generator)
            is_waiting = torch.isin(again, waiting)  # those belong to this draw already
            waiting = torch.cat([waiting, again[~is_waiting], again[is_waiting]])
        drawn.append(pictures[waiting[:num_pictures]])
        waiting = waiting[num_pictures:]
    return drawn


def _planned_sizes(pictures: Examples, fractions: tuple[float, float], own: set[int]) -> list[int]:
    """How many pictures training, validation and test would get where each stands alone."""
    sizes = [len(pictures), 0, 0]
    if pictures.parts is not None:
        sizes = pictures.parts.bincount(minlength=len(PARTS)).tolist()
    pool = sizes[0]
    for place, fraction in enumerate(fractions, start=1):
        if place not in own:
            sizes[place] = round(fraction * pool)
            sizes[0] -= sizes[place]
    return sizes


def _refuse_few(sizes: Sequence[int], sources: Sequence[str], num_pictures: int) -> None:
    if min(sizes) >= FEWEST:
        return
    said = ", ".join(
        f"{word} {size} ({source})"
        for word, size, source in zip(WORDS, sizes, sources, strict=True)
    )
    anew = ", or split all anew by split_anew = True" if "its own part" in sources else ""
    raise ValueError(
        f"{counted(num_pictures, 'picture')} would come to {said}, and each part needs at least "
        f"{FEWEST}: add pictures or change the fractions{anew}"
    )


def _refuse_few_groups(pictures: Examples, own: set[int]) -> None:
    if pictures.groups is None:
        return
    pool: Tensor = (
        pictures.groups if pictures.parts is None else pictures.groups[pictures.parts == 0]
    )
    num_groups, wanted = len(pool.unique()), 3 - len(own - {0})
    if num_groups < wanted:
        raise ValueError(
            f"{counted(len(pool), 'picture')} are in {counted(num_groups, 'group')} of near "
            f"copies, and a split keeps each group in one of {wanted} parts: add other pictures"
        )


def _refuse_without_boxes(parts: Sequence[BoxedPictures]) -> None:
    for part, word in zip(parts, WORDS, strict=True):
        if not any(counts.any() for counts in part.counts):
            raise ValueError(
                f"the {word} part has {len(part):,} pictures and no box that counts: add pictures "
                "with boxes or, where the parts are drawn, take another seed"
            )
