"""Answer of ``each_once``: the accuracy over all ranks, with every example counted once."""

from collections.abc import Callable, Sequence

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.scaling_up.exercise_cases import answers_of_ranks
from course_utils.lessons.scaling_up.exercises import observe_each_once

Arrays = Sequence[np.ndarray]
Answer = Callable[[Arrays, Arrays], float]


def firsts(indices: Arrays) -> np.ndarray:
    """Where each example comes first, of all that the ranks answered one after the other."""
    return np.unique(np.concatenate(indices), return_index=True)[1]


def accuracy_of_ranks(indices: Arrays, correct: Arrays) -> float:
    """As asked for."""
    return float(np.concatenate(correct)[firsts(indices)].mean())


def of_all_counted(indices: Arrays, correct: Arrays) -> float:
    """What was padded with counts as often as it was answered."""
    return float(np.concatenate(correct).mean())


def mean_of_means(indices: Arrays, correct: Arrays) -> float:
    """Each rank counts the same."""
    return float(np.mean([each.mean() for each in correct]))


def mean_of_clean_means(indices: Arrays, correct: Arrays) -> float:
    """The same, of what no rank before has answered; ranks with nothing left count nowhere."""
    first = np.zeros(sum(map(len, indices)), dtype=bool)
    first[firsts(indices)] = True
    ends = np.cumsum([len(each) for each in indices])[:-1]
    kept = zip(correct, np.split(first, ends), strict=True)
    return float(np.mean([each[new].mean() for each, new in kept if new.any()]))


def without_doubles(indices: Arrays, correct: Arrays) -> float:
    """Only what one rank alone answered."""
    _, where, times = np.unique(np.concatenate(indices), return_index=True, return_counts=True)
    return float(np.concatenate(correct)[where[times == times.min()]].mean())


def front(indices: Arrays, correct: Arrays) -> float:
    """So many as there are examples, one rank after the other."""
    return float(np.concatenate(correct)[: len(firsts(indices))].mean())


def summed_over(which: Callable[[Arrays, Arrays], float], by: Callable[[Arrays], int]) -> Answer:
    """What was right of some, by another number."""
    return lambda indices, correct: which(indices, correct) / by(indices)


def sum_of_all(indices: Arrays, correct: Arrays) -> float:
    """How many answers were right."""
    return float(np.concatenate(correct).sum())


def sum_of_each(indices: Arrays, correct: Arrays) -> float:
    """How many examples were answered rightly."""
    return float(np.concatenate(correct)[firsts(indices)].sum())


def where_it_differs(difference: Difference) -> str:
    """The first set of ranks that is wrong."""
    indices, correct = answers_of_ranks(difference.seed)[difference.place]
    return (
        f"{len(indices)} ranks gave {sum(map(len, correct))} answers to {len(firsts(indices))} "
        f"examples. The accuracy is {difference.truth:.4f}; yours is {difference.found:.4f}."
    )


ANSWER = Table(
    observe_each_once,
    right=accuracy_of_ranks,
    praise="Every example counts once, whichever rank answered it, and however often.",
    wrong={
        "padding-counted": of_all_counted,
        "mean-of-means": [mean_of_means, mean_of_clean_means],
        "one-rank": [lambda indices, correct: correct[0].mean(),
                     lambda indices, correct: correct[-1].mean()],
        "more-right-than-examples": summed_over(sum_of_all, lambda indices: len(firsts(indices))),
        "fewer-right-than-answers": summed_over(
            sum_of_each, lambda indices: sum(map(len, indices))
        ),
        "doubles-left-out": without_doubles,
        "front-of-the-ranks": front,
        "a-number": [sum_of_each, sum_of_all],
    },
    messages={
        "padding-counted": "This is the share of all answers. What the sampler padded with was "
        "answered by two ranks, and counts twice here.",
        "mean-of-means": "Each rank counts the same here, whether it answered many examples or "
        "few. Divide once, for all ranks.",
        "one-rank": "This is what one rank saw. The others answered other examples.",
        "more-right-than-examples": "Right answers are counted as often as they were given, and "
        "divided by the number of examples. So the score can be above 1.",
        "fewer-right-than-answers": "Above the line each example counts once, and below it as "
        "often as it was answered.",
        "doubles-left-out": "What was answered twice counts nowhere here. It is to count once.",
        "front-of-the-ranks": "The number of answers that is left is right. But the ranks stand "
        "one after the other, so what is cut off are answers of the last ranks, not the padding.",
        "a-number": "This is a number of answers. The accuracy is a share, from 0 to 1.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
