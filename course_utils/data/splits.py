"""Three-way splits, few labels per class, and the sealed test set."""

from dataclasses import dataclass

import torch

from course_utils.data.examples import LabelledImages
from course_utils.data.groups import different_first
from course_utils.data.places import places_of_parts, shuffled_places
from course_utils.data.plain_text import counted


@dataclass(frozen=True)
class Split:
    """Training, validation and sealed test examples; no example is in two of them."""

    train: LabelledImages
    val: LabelledImages
    test: "SealedTestSet"


def split_three_ways(
    examples: LabelledImages, *, val_fraction: float, test_fraction: float, seed: int
) -> Split:
    """Split ``examples`` at random, with the same mix of classes in every part.

    A part that the data set itself brings is kept as it is: its test pictures stay test pictures.
    What it lacks is drawn from its training pictures. Pictures of one group are drawn into the same
    part. Arguments and errors as of ``places_of_parts``.
    """
    train, val, test = (
        examples[places]
        for places in places_of_parts(
            examples, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
        )
    )
    return Split(train, val, SealedTestSet(test))


def take_per_class(
    examples: LabelledImages, num_per_class: int, seed: int, *, at_most: bool = False
) -> LabelledImages:
    """Keep ``num_per_class`` random examples of each class; smaller draws are part of larger ones.

    Args:
        examples: N labelled pictures; near copies of those already drawn are drawn last.
        num_per_class: Examples to keep of each class.
        seed: Same seed, same draw.
        at_most: Whether a class that has fewer examples keeps them all.

    Raises:
        ValueError: If ``num_per_class`` is below 1, or a class has fewer examples and ``at_most``
            is not set; it names the class.
    """
    if num_per_class < 1:
        raise ValueError(f"num_per_class must be at least 1, got {num_per_class}")
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for label, name in enumerate(examples.class_names):
        indices = shuffled_places(examples.labels, label, generator)
        indices = indices[different_first(examples.groups, indices)]
        if len(indices) < num_per_class and not at_most:
            raise ValueError(
                f"class {name!r} has {counted(len(indices), 'example')}, fewer than the "
                f"{num_per_class} labels per class asked for; ask for fewer"
            )
        chosen.append(indices[:num_per_class])
    return examples[torch.cat(chosen)]


def take_share(examples: LabelledImages, share: float, seed: int) -> LabelledImages:
    """Keep a random ``share`` of each class, at least one example, so that their mix stays.

    Raises:
        ValueError: If ``share`` is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share}")
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for label in range(examples.num_classes):
        indices = shuffled_places(examples.labels, label, generator)
        indices = indices[different_first(examples.groups, indices)]
        chosen.append(indices[: max(1, round(share * len(indices)))])
    return examples[torch.cat(chosen)]


class SealedError(RuntimeError):
    """The test set was asked for while it must stay closed."""


class SealedTestSet:
    """Test examples that stay closed until the choice is made, and count how often they are opened.

    Call ``decide`` with a name for what was chosen (or for everything that will be reported), then
    ``open``. A later ``decide`` is refused: it would be a choice made in knowledge of the test set.
    """

    def __init__(self, examples: LabelledImages) -> None:
        self._examples = examples
        self.decision: str | None = None
        self.times_opened = 0

    def __len__(self) -> int:
        return len(self._examples)

    def __repr__(self) -> str:
        state = "sealed" if self.times_opened == 0 else f"times opened: {self.times_opened}"
        return f"SealedTestSet({len(self)} examples, {state})"

    def decide(self, decision: str) -> None:
        """State what was chosen, before the test set is seen.

        Raises:
            SealedError: If the test set was opened already and the decision is another one.
        """
        if self.times_opened and decision != self.decision:
            raise SealedError(
                f"the test set was opened to score {self.decision!r}; a choice of {decision!r} "
                "now would be made in knowledge of its answers, and its score would be too good. "
                "Choose on the validation set, or collect fresh test examples."
            )
        self.decision = decision

    def open(self) -> LabelledImages:
        """The test examples, once a decision stands.

        Raises:
            SealedError: If candidates are still being chosen.
        """
        if self.decision is None:
            raise SealedError(
                "the test set is sealed while candidates are still being chosen. If its score "
                "helped to choose, the winner's score on it would be too good: the luckiest of "
                "several candidates wins, and its luck does not repeat. Choose on the validation "
                "set, call decide(...) with your choice, then open the test set once."
            )
        self.times_opened += 1
        return self._examples
