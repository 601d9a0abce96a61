"""Made-up worlds, in which the truth is known: how often a choice is right, and how it flatters."""

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.choice import choose
from course_utils.evaluation.comparison import as_bools


def chance_of_right_pick(
    difference: float, v: int, disagreement: float = 0.10, seed: int = 0, num_sets: int = 20_000
) -> float:
    """How often the truly better of two candidates has the higher score on v examples.

    A tie counts as half.

    Args:
        difference: By how much it is better, a share from 0 to ``disagreement``.
        v: Validation examples in each set.
        disagreement: Share of all examples that one candidate answers rightly and the other not.
        seed: Of the sets.
        num_sets: How many are drawn.

    Raises:
        ValueError: If the difference is larger than the disagreement.
    """
    if not 0 <= difference <= disagreement <= 1:
        raise ValueError(
            f"difference must be from 0 to the disagreement, got {difference} and {disagreement}"
        )
    better, worse = (disagreement + difference) / 2, (disagreement - difference) / 2
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(v, [better, worse, 1 - disagreement], size=num_sets)
    lead = drawn[:, 0] - drawn[:, 1]
    return float(np.mean(lead > 0) + 0.5 * np.mean(lead == 0))


def measure_and_estimate(
    correct: ArrayLike, v: int, num_choices: int = 60, seed: int = 0
) -> tuple[list[float], list[float]]:
    """The optimism of each of many choices, measured on fresh examples and estimated by ``choose``.

    Args:
        correct: (K, N) bool, whether each candidate answers each example rightly. In every choice
            v of them validate, drawn at random, and the others are fresh.
        v: From 2 to N - 1.
        num_choices: How many.
        seed: Of what is drawn.

    Returns:
        Two lists of shares, one of each kind for a choice.

    Raises:
        ValueError: If no example is left that is fresh, or ``choose`` refuses.
    """
    table = as_bools("correct", correct, 2)
    if not 2 <= v < table.shape[1]:
        raise ValueError(f"v must be from 2 to {table.shape[1] - 1}, got {v}")
    names = [str(number) for number in range(len(table))]
    measured, estimated = [], []
    for repeat in range(num_choices):
        order = np.random.default_rng([seed, repeat]).permutation(table.shape[1])
        choice = choose(names, table[:, order[:v]], seed=repeat, num_resamples=200)
        measured.append(choice.score - float(table[choice.index, order[v:]].mean()))
        estimated.append(choice.optimism)
    return measured, estimated


def false_differences(
    num_repeats: int, num_candidates: int, seed: int = 0, num_worlds: int = 4000
) -> dict[str, float]:
    """How often a paired t test at 95 % calls equally good candidates different.

    Args:
        num_repeats: Scores of each candidate, at least 2.
        num_candidates: All of them equally good, at least 2.
        seed: Of the scores.
        num_worlds: In how many worlds they are drawn.

    Returns:
        Share of the worlds, by how the pair that is tested was picked: beforehand, or by its
        mean scores.

    Raises:
        ValueError: If there are fewer than 2 repeats or candidates.
    """
    if num_repeats < 2 or num_candidates < 2:
        raise ValueError(
            f"give at least 2 repeats and 2 candidates, got {num_repeats} and {num_candidates}"
        )
    shape = num_repeats, num_candidates, num_worlds
    scores = np.random.default_rng(seed).normal(size=shape)
    order = scores.mean(axis=0).argsort(axis=0)[None]
    ranked = np.take_along_axis(scores, order, axis=1)  # the worst first
    pairs = {
        "named beforehand": scores[:, 0] - scores[:, 1],
        "best and second best": ranked[:, -1] - ranked[:, -2],
        "best and worst": ranked[:, -1] - ranked[:, 0],
    }
    return {name: _share_called_different(delta) for name, delta in pairs.items()}


def _share_called_different(delta: np.ndarray) -> float:
    """Of differences (repeats, worlds), the share of worlds whose t interval leaves out 0."""
    from scipy.stats import t as student_t  # here, because it takes half a second to import

    num_repeats = len(delta)
    half = student_t.ppf(0.975, num_repeats - 1) * delta.std(axis=0, ddof=1) / num_repeats**0.5
    return float(np.mean(np.abs(delta.mean(axis=0)) > half))
