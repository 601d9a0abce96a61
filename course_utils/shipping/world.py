"""Whether a model does in use what it did at its test: the verdict on labelled pictures."""

from collections.abc import Iterator

import numpy as np

from course_utils.data.plain_text import shorten
from course_utils.evaluation.proportions import (
    ShareComparison,
    compare_estimates,
    compare_shares,
    weighted_share,
)
from course_utils.evaluation.scores import accuracy_text
from course_utils.shipping.score import NAME, Score

CHANCE = 0.05  # of calling something different that is not


def compare_worlds(here: Score, test: Score) -> tuple[ShareComparison, bool]:
    """How ``here`` differs from ``test``, and whether the classes are mixed otherwise.

    An accuracy depends on how common each class is. Where that differs by more than chance, the
    classes here count as much as they did at the test; classes that one side lacks are left out.
    """
    if not is_mixed_otherwise(here, test):
        counts = (here.num_right, here.num_pictures, test.num_right, test.num_pictures)
        return compare_shares(*counts), False
    both = [k for k, n in enumerate(here.number) if n and test.number[k]]
    at_test = sum(test.right[k] for k in both), sum(test.number[k] for k in both)
    weights = [test.number[k] / at_test[1] for k in both]
    counts = [(here.right[k], here.number[k]) for k in both]
    estimate = weighted_share(counts, weights)
    n = sum(number for _, number in counts)
    text = "{:.3f} [{:.3f}, {:.3f}], n = {:,} weighted".format(*estimate, n)
    before = weighted_share([at_test], [1.0])
    return compare_estimates(estimate, before, text, accuracy_text(*at_test)), True


def is_mixed_otherwise(here: Score, test: Score) -> bool:
    """Whether the classes' shares differ by more than chance, and some class is on both sides.

    Source: Pearson's test of homogeneity, chi squared.
    """
    from scipy.stats import chi2_contingency  # here: it takes half a second to import

    counts = np.array([here.number, test.number])
    if not (counts.min(axis=0) > 0).any():
        return False
    counts = counts[:, counts.sum(axis=0) > 0]
    return counts.shape[1] > 1 and chi2_contingency(counts).pvalue < CHANCE


def verdict(here: Score, test: Score | None, what: str = "pictures") -> Iterator[str]:
    """Lines that say whether the world has changed since the test.

    Args:
        here: On what is asked about.
        test: On what the model was tested; None if it was not.
        what: It is asked about, in the plural.
    """
    if test is None:
        yield untested("model")
        return
    found, is_mixed = compare_worlds(here, test)
    if is_mixed:
        yield (
            "The classes are mixed otherwise here than at the test. So that this alone makes no "
            "difference, each class counts here as much as it did there."
        )
    yield from told(found, "model", "labelled", what)
    if test.over_groups is not None:
        yield (
            f"The test {what} were {test.over_groups[0]:,} groups that belong together. All "
            f"intervals here count {what}, so they are too narrow, and a difference is a hint."
        )
    yield from _changed_classes(here, test)


def told(found: ShareComparison, model: str, done: str, what: str = "pictures") -> Iterator[str]:
    """Lines that say what ``found`` means, of which A is here and B was the test.

    Args:
        found: The comparison.
        model: What the model is called, such as ``detector``.
        done: What people did with the pictures, such as ``labelled``.
        what: As of ``verdict``.
    """
    ends = f"[{found.low:+.3f}, {found.high:+.3f}]"
    yield f"here {found.text_a}"
    yield f"test {found.text_b}"
    yield f"difference {found.difference:+.3f} {ends}: {found.verdict}"
    if found.verdict == "cannot tell":
        yield f"No sign that the world has changed; a change within {ends} would not show here."
    elif found.difference < 0:
        yield (
            f"The {model} is worse here than at its test: these {what} are of another kind, or "
            f"{done} by another rule. Do not rely on the score of its card; look at its mistakes."
        )
    else:
        yield (
            f"The {model} is better here than at its test: these {what} are easier, or it "
            f"learned from {what} much like them."
        )


def untested(model: str) -> str:
    """What is said where there was no test."""
    return f"The {model} was never tested, so there is nothing to compare with."


def _changed_classes(here: Score, test: Score) -> Iterator[str]:
    """Classes that differ by themselves, the chance of a false alarm shared among all."""
    names, both = here.class_names, [k for k, n in enumerate(here.number) if n and test.number[k]]
    for k in both:
        counts = (here.right[k], here.number[k], test.right[k], test.number[k])
        found = compare_shares(*counts, confidence=1 - CHANCE / len(both))
        if found.verdict == "different":
            yield f"  {shorten(names[k], NAME)}: here {found.text_a}; test {found.text_b}"
