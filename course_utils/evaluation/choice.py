"""The best of many candidates on validation data, how much its score flatters it, and its place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.comparison import as_bools


@dataclass(frozen=True)
class Choice:
    """The best of several candidates on validation data, and what to expect of it."""

    name: str
    index: int  # place in the list, from 0
    score: float  # accuracy on the data that chose it
    optimism: float  # how much the score is expected to exceed the accuracy on fresh data
    expected: float  # score - optimism

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.score:.3f} on the data that chose it, "
            f"about {self.expected:.3f} to expect on fresh data"
        )


def choose(
    names: Sequence[str],
    correct: ArrayLike,
    seed: int = 0,
    num_resamples: int = 2000,
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> Choice:
    """Choose the candidate with the highest accuracy and estimate how flattering that is.

    The choice is repeated on resamples of the examples. Examples left out of a resample had no say
    in its choice, so the winner's accuracy on them is honest: its mean is what to expect.

    Args:
        names: K names.
        correct: (K, N) bool, whether each candidate answers each validation example correctly.
        seed: Of the resamples.
        num_resamples: How often the choice is repeated; more give a steadier estimate.
        weights: (N,), how much each example counts, above 0; None for all the same. With those of
            ``class_weights`` the accuracy is the balanced one.
        groups: (N,), numbers of what belongs together, such as all pictures of one patient; whole
            groups are then resampled. None where each example stands alone.

    Returns:
        The choice, the first of several with the same score; with one candidate no optimism.

    Raises:
        ValueError: If ``correct`` is not bool (K, N) with N >= 2, or the numbers do not fit, or a
            weight is not above 0, or all is one group.

    Source: Tsamardinos, Greasidou and Borboudakis, "Bootstrapping the out-of-sample predictions
        for efficient and accurate cross-validation" (2018), Machine Learning 107 (BBC-CV).
    """
    matrix = as_bools("correct", correct, 2).astype(float)  # (K, N)
    num_candidates, num_examples = matrix.shape
    if len(names) != num_candidates:
        raise ValueError(f"got {len(names)} names for {num_candidates} rows of correct")
    if num_examples < 2 or num_resamples < 1:
        raise ValueError(
            "choose needs at least 2 examples and 1 resample, "
            f"got {num_examples} examples and num_resamples = {num_resamples}"
        )
    weights = np.ones(num_examples) if weights is None else np.asarray(weights, dtype=float)
    if weights.shape != (num_examples,) or not (weights > 0).all():
        raise ValueError(f"weights must be above 0, one for each of {num_examples} examples")
    unit = _units(groups, num_examples)
    scores = matrix @ weights / weights.sum()
    index, optimism = int(scores.argmax()), 0.0
    score = float(scores[index])
    if num_candidates > 1:
        honest = _out_of_bag_scores(
            matrix, weights, unit, np.random.default_rng(seed), num_resamples
        )
        optimism = max(score - float(np.mean(honest)), 0.0)  # a choice cannot be too modest
    return Choice(names[index], index, score, optimism, score - optimism)


def describe_place(name: str, values: Sequence[float], chosen: float) -> str:
    """Say where a chosen hyperparameter lies in the list of values that were tried.

    The best of a list that lies at its edge is no optimum: beyond it may lie a better one.

    Args:
        name: What was chosen, such as "rate of the head".
        values: All values tried, in any order.
        chosen: One of them.

    Raises:
        ValueError: If ``chosen`` is not among them.
    """
    if chosen not in values:
        raise ValueError(f"{name}: {chosen:g} is not among the values tried, {list(values)}")
    low, high = min(values), max(values)
    if low == high:
        return f"{name}: {chosen:g} is the only value tried."
    if low < chosen < high:
        return f"{name}: {chosen:g} lies inside the list, {low:g} to {high:g}."
    end = "smallest" if chosen == low else "largest"
    return (
        f"{name}: {chosen:g} is the {end} of the list, {low:g} to {high:g}. "
        "A wider list might find better."
    )


def _units(groups: ArrayLike | None, num_examples: int) -> np.ndarray:
    """The place of each example's group among the groups (N,), from 0."""
    if groups is None:
        return np.arange(num_examples)
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    if place.shape != (num_examples,):
        raise ValueError(f"groups must be one number for each of {num_examples} examples")
    if len(names) < 2:
        raise ValueError("all examples are of one group, so none is left out of any resample")
    return place


def _out_of_bag_scores(
    matrix: np.ndarray,
    weights: np.ndarray,
    unit: np.ndarray,
    generator: np.random.Generator,
    num_resamples: int,
) -> list[float]:
    """Accuracy of each resample's winner on the examples that the resample left out."""
    num_units, scores = int(unit.max()) + 1, []
    while len(scores) < num_resamples:
        drawn = generator.integers(num_units, size=num_units)
        times_drawn = np.bincount(drawn, minlength=num_units)[unit]  # (N,)
        left_out = times_drawn == 0
        if left_out.any():  # a resample of very few examples may hold them all
            winner = (matrix @ (weights * times_drawn)).argmax()
            scores.append(np.average(matrix[winner, left_out], weights=weights[left_out]))
    return scores
