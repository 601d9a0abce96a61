"""Many pictures, sounds or texts answered batch by batch: into a table, into folders, a score."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.examples import LabelledImages
from course_utils.data.plain_text import plain
from course_utils.shipping.answering import Answers
from course_utils.shipping.fingerprint import digests
from course_utils.shipping.reading import Shipped
from course_utils.shipping.score import Score, score_answers
from course_utils.shipping.sorting import Sorter
from course_utils.shipping.table import Table, shown_path

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
MOST_NAMED = 20  # problems on the screen; all are in the table


@dataclass(frozen=True)
class Labels:
    """What is right, and what counts.

    Args:
        of_files: The class of each file that is labelled.
        seen: Digests of what the model learned from.
        once: Whether equal ones of one class count once.
    """

    of_files: Mapping[Path, int]
    seen: set[str]
    once: bool = False


@dataclass
class Outcome:
    """What came of many files.

    Args:
        num_files: How many were asked for.
        num_problems: How many of them could not be read, or not be copied.
        num_seen: Labelled ones that the model learned from.
        num_equal: Labelled ones that equal another of their class, and were not counted again.
        answers: To those that count.
        truths: What was right of those.
        counted: Digest and class of each that counts.
    """

    num_files: int = 0
    num_problems: int = 0
    num_seen: int = 0
    num_equal: int = 0
    answers: list[int] = field(default_factory=list)
    truths: list[int] = field(default_factory=list)
    counted: set[tuple[str, int]] = field(default_factory=set)

    def count(self, answer: int, label: int, digest: str, labels: Labels) -> None:
        """Take the answer to a labelled one, unless it does not count."""
        if digest in labels.seen:
            self.num_seen += 1
        elif labels.once and (digest, label) in self.counted:
            self.num_equal += 1
        else:
            self.counted.add((digest, label))
            self.answers.append(answer)
            self.truths.append(label)

    def score(self, model: Shipped) -> Score | None:
        """Of what counts; None where nothing does."""
        if not self.truths:
            return None
        truths = torch.tensor(self.truths)
        examples = LabelledImages(torch.empty(len(truths), 0), truths, model.class_names)
        score = score_answers(torch.tensor(self.answers), examples)
        return score.beside_guessing(model.record["learned_from"]["by_class"])


def answer_files(
    class_names: Sequence[str],
    files: Sequence[Path],
    batches: Iterable[tuple[Tensor, Answers]],
    table: Table,
    labels: Labels | None,
    sorter: Sorter | None,
    unit: str = "picture",
) -> Outcome:
    """Take the answers to ``files``, with a progress bar; what cannot be read is told.

    Args:
        class_names: K names.
        files: N of them.
        batches: Pixels (B, C, H, W), uint8, and answers, of some files at a time, in their order.
        table: Takes a row for each.
        labels: What is right; a label column only where there are some.
        sorter: Takes those that were answered; None sorts nothing.
        unit: What each is.
    """
    outcome = Outcome()
    with tqdm(total=len(files), unit=unit) as bar:
        for images, some in batches:
            batch = files[outcome.num_files : outcome.num_files + len(images)]
            prints = digests(images) if labels else [""] * len(images)
            for place, (file, probs) in enumerate(zip(batch, some.probs, strict=True)):
                problem, best = some.problems.get(place), int(probs.argmax())
                label = labels.of_files.get(file) if labels else None
                if label is not None and problem is None:
                    outcome.count(best, label, prints[place], labels)
                if problem is None and sorter is not None:
                    problem = sorter.add(file, best)
                said = class_names[label] if label is not None else ""
                table.add([shown_path(file)], probs, problem, said if labels else None)
                if problem is not None:
                    outcome.num_problems += 1
                    where = "the column problem of the table"
                    tell_problem(file, problem, outcome.num_problems, where)
            outcome.num_files += len(images)
            bar.update(len(images))
    return outcome


def take_answers(
    asked: Sequence[Asked],
    batches: Iterable[Sequence[Answer]],
    take: Callable[[Asked, Answer], str | None],
    where: str,
    unit: str = "picture",
) -> int:
    """Give each answer to ``take``, with a progress bar; return how many problems there were.

    What cannot be read is told, and the rest goes on.

    Args:
        asked: N files of pictures, or texts.
        batches: Their answers, some at a time, in the same order.
        take: Does something with the answer to one; returns the problem, if there is one.
        where: All problems stand.
        unit: What each is.
    """
    number = num_problems = 0
    with tqdm(total=len(asked), unit=unit) as bar:
        for some in batches:
            for answer in some:
                problem = take(asked[number], answer)
                if problem is not None:
                    num_problems += 1
                    tell_problem(asked[number], problem, num_problems, where)
                number += 1
            bar.update(len(some))
    return num_problems


def tell_problem(asked: object, problem: str, number: int, where: str) -> None:
    """Tell of what could not be read or copied, without tearing the bar.

    Args:
        asked: The picture or the text.
        problem: Why not, and the way out.
        number: How many there are so far, this one among them.
        where: All of them stand.
    """
    if number <= MOST_NAMED:
        tqdm.write(f"{plain(str(asked))}: {problem}", file=sys.stderr)
    elif number == MOST_NAMED + 1:
        tqdm.write(f"and more: see {where}", file=sys.stderr)
