"""Draw validation sets, and watch who wins the choice among candidates, and how often wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_utils.evaluation.comparison import as_bools
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, MARKERS
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

TIE = 1e-9  # far less than one example counts: decides between equal scores by lot


@dataclass(frozen=True)
class Draws:
    """D validation sets of one size, and whom each of them chose among K candidates."""

    scores: np.ndarray  # (D, K) accuracies
    winners: np.ndarray  # (D,) places of the candidates chosen
    truth: np.ndarray  # (K,) accuracies on all examples

    @property
    def wrong(self) -> np.ndarray:
        """For each draw, whether another candidate than the winner is truly better, (D,) bool."""
        return self.truth[self.winners] < self.truth.max()

    def shares(self, num_draws: int) -> np.ndarray:
        """Share of the first ``num_draws`` draws that each candidate won, (K,)."""
        return np.bincount(self.winners[:num_draws], minlength=len(self.truth)) / num_draws


def draw_validation_sets(correct: ArrayLike, v: int, num_draws: int, seed: int = 0) -> Draws:
    """Draw validation sets, and choose on each the candidate with the highest accuracy.

    Args:
        correct: (K, N) bool, whether each candidate answers each example rightly. The N examples
            are taken for the whole world: one can be drawn twice, and accuracy on all is the truth.
        v: Examples in a validation set.
        num_draws: How many sets.
        seed: Of the draws, and of the lots that decide between equal scores.

    Raises:
        ValueError: If ``correct`` is not bool (K, N) or empty, or a number is below 1.
    """
    table = as_bools("correct", correct, 2)  # (K, N)
    for name, count in {"v": v, "num_draws": num_draws}.items():
        if count < 1:
            raise ValueError(f"{name} must be at least 1, got {count}")
    generator = np.random.default_rng([seed, v])
    drawn = (generator.integers(table.shape[1], size=v) for _ in range(num_draws))
    scores = np.array([table[:, places].mean(axis=1) for places in drawn])
    winners = (scores + TIE * generator.random(scores.shape)).argmax(axis=1)
    return Draws(scores, winners, table.mean(axis=1))


def draw_choice(
    axes: Sequence[Axes], draws: Draws, number: int, v: int, names: Sequence[str]
) -> None:
    """Scores and winner of one draw beside the truth; and who won the draws up to this one.

    Args:
        axes: Two, for the scores and for the wins.
        draws: D draws with K candidates.
        number: Of the draw, from 1 to D.
        v: Examples in each, for the words.
        names: K names.
    """
    left, right = axes
    scores, winner, truth = draws.scores[number - 1], draws.winners[number - 1], draws.truth
    best, places = int(truth.argmax()), np.arange(len(names))
    left.plot(truth, places, "|", color="black", ms=16, mew=2, label="truth")
    left.plot(scores, places, MARKERS[0], color=COLOURS[0], label="score")
    left.plot(scores[winner], winner, MARKERS[3], color=COLOURS[1], ms=10, label="winner")
    left.set_xlabel(f"accuracy on v = {v:,}")
    left.legend(fontsize=8, loc="lower left")
    for place, share in enumerate(draws.shares(number)):
        hatch = "" if place == best else "///"
        right.barh(place, share, color=COLOURS[2 if place == best else 1], hatch=hatch, alpha=0.8)
    right.plot(draws.shares(len(draws.winners)), places, "|", color="black", ms=16, mew=2)
    right.set(xlim=(0, 1), xlabel=f"share of {number} draws won (line: all {len(draws.winners)})")
    labels = [f"{name} (best)" if k == best else name for k, name in enumerate(names)]
    for ax in axes:
        ax.set_yticks(places, labels if ax is left else [""] * len(names))
        ax.set_ylim(len(names) - 0.4, -0.6)
    _say_choice(left, draws, number, v, names)


def explore_choice(
    correct: ArrayLike, sizes: Sequence[int], *, num_draws: int = 200, seed: int = 0
) -> Explorer:
    """Sliders for the size of the validation set and the number of the draw: who wins it?

    Args:
        correct: (K, N) bool, whether each candidate answers each of all examples rightly.
        sizes: Validation examples v to choose from, ascending.
        num_draws: Draws for each size.
        seed: Of the draws.

    Raises:
        ValueError: If there is no size, or ``draw_validation_sets`` refuses.
    """
    if not sizes:
        raise ValueError(f"give at least one size of validation sets, got {sizes}")
    table = {v: draw_validation_sets(correct, v, num_draws, seed) for v in sizes}
    seen = [scores for draws in table.values() for scores in (draws.scores, draws.truth)]
    low, high = min(map(np.min, seen)), max(map(np.max, seen))
    margin = 0.02 + 0.2 * (high - low)  # room for the legend
    names = [f"head {number}" for number in range(1, len(np.asarray(correct)) + 1)]

    def draw(axes: Sequence[Axes], v: int, number: int) -> None:
        draw_choice(axes, table[v], number, v, names)
        axes[0].set_xlim(low - margin, high + 0.02)

    controls = {
        "v": slider_over(sizes, "validation examples v"),
        "number": ipywidgets.IntSlider(
            1, min=1, max=num_draws, description="draw number", continuous_update=False
        ),
    }
    stills = {f"v = {v:,}": {"v": v, "number": num_draws} for v in (sizes[0], sizes[-1])}
    return Explorer(draw, controls, stills=stills, columns=2, width=4.2)


def _say_choice(ax: Axes, draws: Draws, number: int, v: int, names: Sequence[str]) -> None:
    winner, best = draws.winners[number - 1], int(draws.truth.argmax())
    better = f"{names[best]} is truly better with {draws.truth[best]:.3f}"
    verdict = better if draws.wrong[number - 1] else "no other is truly better"
    cost = 100 * np.mean(draws.truth.max() - draws.truth[draws.winners])
    say(
        ax,
        f"Draw {number} of v = {v:,}: {names[winner]} wins with "
        f"{draws.scores[number - 1, winner]:.3f}; its truth is {draws.truth[winner]:.3f}, and "
        f"{verdict}. Wrong winners: "
        f"{draws.wrong[:number].sum()} of {number} draws so far, {draws.wrong.mean():.0%} of all "
        f"{len(draws.wrong)}; they cost {cost:.2f} points on average over all draws.",
    )
