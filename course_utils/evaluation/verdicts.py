"""What a comparison says in the end, in the same words whatever was compared."""

import math
from typing import Protocol

Z_POWER = 0.8416  # normal quantile of 0.8: num_needed finds a true difference 8 times in 10


class Compared(Protocol):
    """Two sides, A and B, and what is known about their difference."""

    difference: float  # A minus B
    low: float  # ends of the interval for the difference
    high: float
    p_value: float  # nan where there is no test
    verdict: str
    num_needed: int | None  # units to plan for if the true difference is the one seen


def verdict_of(p_value: float, confidence: float) -> str:
    """``different`` or ``cannot tell``; the latter where there is no test."""
    return "different" if p_value < 1 - confidence else "cannot tell"  # nan cannot tell


def sentence_of(result: Compared, scores: str, num_units: int, unit: str) -> str:
    """Both scores, their difference with its interval, p and the verdict, in one sentence.

    Args:
        result: What was found.
        scores: Both scores in words.
        num_units: How many there were of what both sides share.
        unit: What these are, such as ``examples``.
    """
    start = f"{scores} on the same {num_units:,} {unit}: difference {result.difference:+.3f}"
    if math.isnan(result.p_value):
        return f"{start} with every seed: cannot tell; check that the seed reaches the training"
    p_text = "p < 0.001" if result.p_value < 0.001 else f"p = {result.p_value:.3f}"
    needed = ""
    if result.verdict == "cannot tell" and result.num_needed is not None:
        step = 10 ** max(len(str(result.num_needed)) - 2, 0)  # two digits are all it is worth
        rounded_up = math.ceil(result.num_needed / step) * step
        needed = f"; if that is the true difference, about {rounded_up:,} {unit} would show it"
    return f"{start} [{result.low:+.3f}, {result.high:+.3f}], {p_text}: {result.verdict}{needed}"
