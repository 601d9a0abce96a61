"""How a model answered labelled pictures, in counts that a file can hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from course_utils.data.class_mix import is_unbalanced
from course_utils.data.examples import LabelledImages
from course_utils.data.plain_text import shorten
from course_utils.data.texts.examples import LabelledTexts
from course_utils.evaluation.guessing import share_of_largest
from course_utils.evaluation.over_groups import interval_over_groups
from course_utils.evaluation.proportions import weighted_share
from course_utils.evaluation.scores import accuracy_text, wilson_interval

MOST_CONFUSIONS = 20
MOST_CLASSES = 30  # told one by one
NAME = 40  # columns of a name


@dataclass(frozen=True)
class Score:
    """Right answers and pictures, or texts, of K classes; printed, with intervals, beside guessing.

    Args:
        class_names: K names.
        right: Right answers of each class.
        number: Pictures of each class.
        confusions: Truth, answer and how often, the commonest first, 20 at most.
        over_groups: How many groups the pictures are, and the ends of the 95 % interval of the
            accuracy that draws whole groups; None where each picture stands alone.
        commonest: The class that was commonest to learn from, which guessing names; None where
            that is not known, so that it names the commonest of these pictures.
    """

    class_names: tuple[str, ...]
    right: tuple[int, ...]
    number: tuple[int, ...]
    confusions: tuple[tuple[str, str, int], ...] = ()
    over_groups: tuple[int, float, float] | None = None
    commonest: str | None = None

    @property
    def num_right(self) -> int:
        """Right answers."""
        return sum(self.right)

    @property
    def num_pictures(self) -> int:
        """Pictures that were answered."""
        return sum(self.number)

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return self.num_right / self.num_pictures

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end of the 95 % interval of the accuracy."""
        return wilson_interval(self.num_right, self.num_pictures)

    @property
    def guess(self) -> tuple[str, float]:
        """The class that guessing always names, and its share: what that scores."""
        if self.commonest is None:
            return share_of_largest(self._examples)
        return self.commonest, self.number[
            self.class_names.index(self.commonest)
        ] / self.num_pictures

    def beside_guessing(self, learned: Sequence[int]) -> "Score":
        """The same, where guessing knows only what was learned from, ``learned`` of each class."""
        return replace(self, commonest=self.class_names[learned.index(max(learned))])

    @property
    def balanced(self) -> tuple[float, float, float] | None:
        """Mean accuracy of the classes with its interval, where the classes are unequal."""
        if not is_unbalanced(self._examples):
            return None
        counts = [(r, n) for r, n in zip(self.right, self.number, strict=True) if n]
        return weighted_share(counts, [1 / len(counts)] * len(counts))

    @property
    def _examples(self) -> LabelledImages:
        """Examples with these labels, for the functions that ask for such."""
        labels = torch.arange(len(self.number)).repeat_interleave(torch.tensor(self.number))
        return LabelledImages(torch.empty(len(labels), 0), labels, self.class_names)

    def __str__(self) -> str:
        return "\n".join([*self.summary(), *self.by_class()])

    def summary(self) -> Iterator[str]:
        """Lines for all classes together."""
        name, share = self.guess
        yield f"accuracy {accuracy_text(self.num_right, self.num_pictures)}"
        if self.over_groups is not None:
            count, low, high = self.over_groups
            yield f"accuracy over {count:,} groups [{low:.3f}, {high:.3f}]"
        yield f"guessing (always {shorten(name, NAME)!r}) scores {share:.3f}"
        if self.balanced is not None:
            mean, low, high = self.balanced
            classes = sum(n > 0 for n in self.number)
            yield (
                f"balanced accuracy {mean:.3f} [{low:.3f}, {high:.3f}], guessing {1 / classes:.3f}"
            )

    def by_class(self) -> Iterator[str]:
        """A line for each class that has pictures, of many classes for the 30 worst."""
        rows = zip(self.class_names, self.right, self.number, strict=True)
        told = [(name, right, n) for name, right, n in rows if n]
        if len(told) > MOST_CLASSES:
            told.sort(key=lambda row: row[1] / row[2])
        for name, right, n in told[:MOST_CLASSES]:
            yield f"  {accuracy_text(right, n)}: {shorten(name, NAME)}"
        if len(told) > MOST_CLASSES:
            yield f"  and {len(told) - MOST_CLASSES:,} classes that are better"


def score_answers(
    answers: Tensor, examples: LabelledImages | LabelledTexts, seed: int = 0
) -> Score:
    """How ``answers`` to the N ``examples`` fare.

    Args:
        answers: Classes (N,), int64, or logits or probabilities (N, K).
        examples: What was asked; only labels and groups are looked at.
        seed: Of the groups that are drawn for an interval.

    Raises:
        ValueError: If there are no examples, or not as many answers.
    """
    labels, num_classes = examples.labels.cpu(), len(examples.class_names)
    answers = (answers.argmax(dim=1) if answers.ndim == 2 else answers).cpu()
    if answers.shape != labels.shape or not len(labels):
        raise ValueError(f"got {len(answers)} answers to {len(labels)} examples; each needs one")
    cells = torch.bincount(labels * num_classes + answers, minlength=num_classes**2)
    table = cells.view(num_classes, num_classes)  # truth, answer
    right = table.diagonal().tolist()
    wrong = table - table.diagonal().diag()
    names = examples.class_names
    found = sorted(wrong.nonzero().tolist(), key=lambda cell: -int(wrong[tuple(cell)]))
    confusions = tuple((names[t], names[a], int(wrong[t, a])) for t, a in found[:MOST_CONFUSIONS])
    ends = interval_over_groups((answers == labels).numpy(), examples, seed)
    over = None if ends is None else (len(examples.groups.unique()), *ends)
    return Score(tuple(names), tuple(right), tuple(table.sum(1).tolist()), confusions, over)


def to_json(score: Score) -> dict[str, Any]:
    """What JSON holds of ``score``, and what readers of the file want to see at once."""
    low, high = score.interval
    name, share = score.guess
    derived = {"accuracy": score.accuracy, "low": low, "high": high}
    return {**derived, "guess": name, "guess_share": share, **asdict(score)}


def from_json(content: Mapping[str, Any]) -> Score:
    """What ``to_json`` was made of."""
    counts = (tuple(content[key]) for key in ("class_names", "right", "number"))
    over = content.get("over_groups")  # older models have neither of these two
    return Score(
        *counts,
        tuple(map(tuple, content["confusions"])),
        None if over is None else tuple(over),
        content.get("commonest"),
    )
