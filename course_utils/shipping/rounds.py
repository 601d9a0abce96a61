"""Many pictures or texts answered batch by batch: into a table, into folders, into a score."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.examples import LabelledImages
from course_utils.data.plain_text import plain
from course_utils.shipping.answering import answer_in_batches
from course_utils.shipping.fingerprint import seen_before
from course_utils.shipping.loading import ShippedModel
from course_utils.shipping.score import Score, score_answers
from course_utils.shipping.sorting import Sorter
from course_utils.shipping.table import Table, shown_path

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
MOST_NAMED = 20  # problems on the screen; all are in the table


@dataclass(frozen=True)
class Outcome:
    """What came of many pictures.

    Args:
        num_files: Pictures that were asked for.
        num_problems: How many of them could not be read, or not be copied.
        num_seen: Labelled pictures that the model learned from.
        score: Of the labelled pictures that it did not learn from; None where there are none.
    """

    num_files: int
    num_problems: int
    num_seen: int
    score: Score | None


def answer_files(
    model: ShippedModel,
    files: Sequence[Path],
    table: Table,
    labels: Mapping[Path, int],
    seen: set[str],
    sorter: Sorter | None,
    batch_size: int,
) -> Outcome:
    """Answer ``files``, with a progress bar; what cannot be read is told, and the rest goes on.

    Args:
        model: From ``load_model``.
        files: Of the pictures.
        table: Takes a row for each.
        labels: The class of those that are labelled; a label column only where there are some.
        seen: Digests of the pictures that the model learned from.
        sorter: Takes those that were answered; None sorts nothing.
        batch_size: Pictures at a time, at most.
    """
    num_problems, num_seen, start = 0, 0, 0
    answers, truths = [], []
    with tqdm(total=len(files), unit="picture") as bar:
        for images, some in answer_in_batches(model, files, batch_size):
            batch = files[start : start + len(images)]
            familiar = set(seen_before(images, seen)) if seen else set()
            for place, (file, probs) in enumerate(zip(batch, some.probs, strict=True)):
                problem, label = some.problems.get(place), labels.get(file)
                best = int(probs.argmax())
                if problem is None and sorter is not None:
                    problem = sorter.add(file, best)
                said = model.class_names[label] if label is not None else ""
                table.add([shown_path(file)], probs, problem, said if labels else None)
                if problem is not None:
                    num_problems += 1
                    tell_problem(file, problem, num_problems, "the column problem of the table")
                if label is None or place in some.problems:
                    continue
                if place in familiar:
                    num_seen += 1
                else:
                    answers.append(best)
                    truths.append(label)
            start += len(images)
            bar.update(len(images))
    score = _score(torch.tensor(answers), torch.tensor(truths), model) if truths else None
    return Outcome(len(files), num_problems, num_seen, score)


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


def _score(answers: Tensor, truths: Tensor, model: ShippedModel) -> Score:
    examples = LabelledImages(torch.empty(len(truths), 0), truths, model.class_names)
    score = score_answers(answers, examples)
    return score.beside_guessing(model.record["learned_from"]["by_class"])
