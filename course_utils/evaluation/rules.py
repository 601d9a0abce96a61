"""Rules for keeping an unfrozen model, tried on many small validation sets."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_utils.evaluation.comparison import as_bools, compare_models

RULES = ("always stay frozen", "the higher score", "only if p < 0.05")


@dataclass(frozen=True)
class Outcome:
    """What a rule leads to, on average over validation sets."""

    accuracy: float  # of the models it chose, on pictures that had no say
    share: float  # of validation sets after which it unfroze


def try_rules(
    frozen: ArrayLike, unfrozen: ArrayLike, num_val: int, *, num_draws: int = 300, seed: int = 0
) -> dict[str, Outcome]:
    """What each of ``RULES`` leads to when other pictures are drawn for validation.

    Each time, ``num_val`` of the pictures choose the best unfrozen model and decide by the rule
    between it and the frozen one; the rest scores what was decided.

    Args:
        frozen: (N,) bool, whether the frozen model answers each picture correctly.
        unfrozen: (R, N) bool, the same for each unfrozen candidate.
        num_val: Pictures that decide, at most half of all.
        num_draws: How often they are drawn.
        seed: Of the draws.
    """
    before, after = as_bools("frozen", frozen, 1), as_bools("unfrozen", unfrozen, 2)
    if not 1 <= num_val <= len(before) // 2:
        raise ValueError(f"num_val must be from 1 to {len(before) // 2}, got {num_val}")
    generator = np.random.default_rng(seed)
    unfroze, scores = [], []
    for _ in range(num_draws):
        order = generator.permutation(len(before))
        val, rest = order[:num_val], order[num_val:]
        best = after[after[:, val].sum(axis=1).argmax()]
        gain = int(best[val].sum()) - int(before[val].sum())
        verdict = compare_models(best[val], before[val]).verdict
        unfroze.append([False, gain > 0, gain > 0 and verdict == "different"])
        scores.append([before[rest].mean(), best[rest].mean()])
    chosen = np.array(unfroze)  # (draws, rules)
    table = np.array(scores)  # (draws, 2): frozen, unfrozen
    accuracies = np.where(chosen, table[:, 1:], table[:, :1]).mean(axis=0)
    shares = chosen.mean(axis=0)
    return {
        rule: Outcome(float(accuracy), float(share))
        for rule, accuracy, share in zip(RULES, accuracies, shares, strict=True)
    }


def rules_text(outcomes: Mapping[str, Outcome]) -> str:
    """One line for each rule."""
    return "\n".join(
        f"{rule:<20}accuracy {outcome.accuracy:.4f}, unfrozen in {outcome.share:.0%}"
        for rule, outcome in outcomes.items()
    )
