"""The figures of lesson 14 on labels: a forecast beside the truth, and how often intervals hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.evaluation.learning_curve import Forecast
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures import forecasts
from course_utils.figures.axes import new_axes, say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.learning.guesses import Guess

LETTERS = 30  # widths that the name of a law may take beside its row
PROMISED = 0.95


def plot_labels(
    sizes: Sequence[int],
    wrong: np.ndarray,
    forecast: Forecast,
    *,
    truth: float | None = None,
    guess: Guess | None = None,
) -> Axes:
    """Errors over labels, both laws, the forecast with its interval, the truth and a guess.

    Args:
        sizes: S numbers of labels.
        wrong: (S, N) bool, as for ``forecast_error``.
        forecast: What was made of them.
        truth: Error measured at the size of the forecast.
        guess: Of that error; drawn if given.
    """
    ax = forecasts.plot_forecast(
        sizes, wrong, forecast, truth=truth, x_label="labels to learn from"
    )
    if guess is not None:
        guess.mark(ax, truth=truth)
    return ax


def plot_coverage(
    held: Mapping[str, tuple[int, int]], *, promised: float = PROMISED, ax: Axes | None = None
) -> Axes:
    """A row for each law: the share of its intervals that held the truth, with its own interval.

    Args:
        held: Intervals that held the truth, and intervals in all, by law.
        promised: Share that the intervals are called by.
        ax: Axes to draw on.

    Raises:
        ValueError: If there is no law, or more intervals held than there are.
    """
    if not 1 <= len(held) <= len(COLOURS):
        raise ValueError(f"held must be of 1 to {len(COLOURS)} laws, got {len(held)}")
    ax = new_axes(height=1.4 + 0.55 * len(held)) if ax is None else ax
    for row, (name, (count, total)) in enumerate(held.items()):
        share, (low, high) = count / total, wilson_interval(count, total)
        look = {"color": COLOURS[row], "marker": MARKERS[row], "ms": 8, "capsize": 4}
        ax.errorbar(share, row, xerr=[[share - low], [high - share]], **look)
        side = "within" if low <= promised <= high else "above" if promised > high else "below"
        say(
            ax,
            f"{name}: {count} of {total} intervals held the truth, {share:.2f} [{low:.2f}, "
            f"{high:.2f}]; {promised:.2f} is {side} that.",
        )
    ax.axvline(promised, color="gray", ls="--", label=f"called {promised:.2f}")
    rows = [f"{as_text(name, LETTERS)}\n{of[0]} of {of[1]}" for name, of in held.items()]
    ax.set_yticks(range(len(rows)), rows)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set(xlabel="share of the intervals that held the truth", xlim=(-0.02, 1.02))
    ax.legend(fontsize=8, loc="lower left")
    return ax
