"""Which pictures are learned from and which judge, round by round."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.folds import deal_folds
from course_utils.data.splits import take_share

NEVER = -1  # the fold of a picture that is never held out


@dataclass(frozen=True)
class Rounds:
    """N pictures to learn from and to choose on, and when each is held out.

    Args:
        examples: The N pictures.
        fold: (N,), int64: in which round each is held out; -1 for never.
    """

    examples: LabelledImages
    fold: Tensor

    def __len__(self) -> int:
        return int(self.fold.max()) + 1

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Places to learn from and places held out, for each round."""
        for number in range(len(self)):
            is_held = self.fold == number
            yield (~is_held).nonzero().flatten(), is_held.nonzero().flatten()

    @property
    def judged(self) -> Tensor:
        """Places of the pictures that are held out in some round."""
        return (self.fold != NEVER).nonzero().flatten()

    @property
    def num_learned(self) -> int:
        """Pictures learned from, all rounds together."""
        return sum(len(places) for places, _ in self)

    def thinned(self, share: float, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The same rounds, learning from a random ``share`` of each class only."""
        for learned, held in self:
            labels, groups = self.examples.labels, self.examples.groups
            numbers = LabelledImages(
                learned[:, None],
                labels[learned],
                self.examples.class_names,
                groups=None if groups is None else groups[learned],
            )
            yield take_share(numbers, share, seed).images.flatten(), held

    def __str__(self) -> str:
        learned = self.num_learned / len(self)
        if len(self) == 1:
            return f"{learned:,.0f} pictures to learn from, {len(self.judged):,} to choose on"
        return (
            f"{len(self)} folds of {len(self.examples):,} pictures: each round learns from about "
            f"{learned:,.0f}, and all {len(self.judged):,} choose"
        )


def one_round(examples: LabelledImages, is_val: Tensor) -> Rounds:
    """A single round that holds the validation pictures out; ``is_val`` is (N,), bool."""
    return Rounds(examples, torch.where(is_val, 0, NEVER))


def choose_rounds(
    examples: LabelledImages, is_val: Tensor, *, few: int, num_folds: int, seed: int
) -> Rounds:
    """Folds where there are fewer than ``few`` pictures, else one round.

    A validation part that the data set brings is kept, however few there are.

    Args:
        examples: N pictures to learn from and to choose on.
        is_val: (N,), bool: those that a split would validate on.
        few: Pictures from which on one part is enough to choose on.
        num_folds: Of the folds.
        seed: Of the folds.
    """
    brings_val = examples.parts is not None and bool((examples.parts == 1).any())
    if brings_val or len(examples) >= few:
        return one_round(examples, is_val)
    return Rounds(examples, deal_folds(examples, num_folds, seed))
