"""Lesson 10: how much of a score was known before, because parts of a split share sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from course_utils.evaluation.scores import SHARES, seed_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, MARKERS
from course_utils.figures.starts import draw_start
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.learning.guesses import Guess

BY_ROW, HONEST = (True, True), (False, False)
ROWS = {  # by whether repeats stay, and whether a name may be in both parts
    BY_ROW: "repeats stay,\nnames in both parts",
    (True, False): "repeats stay,\nnames in one part",
    (False, True): "each sentence once,\nnames in both parts",
    HONEST: "each sentence once,\nnames in one part",
}
MARGIN = 0.03  # beside the outermost score
GREY = "darkgrey"

Scores = Mapping[tuple[bool, bool], Sequence[float]]


def draw_leaks(
    ax: Axes,
    *,
    scores: Scores,
    num_texts: int,
    guessed: Guess | None,
    repeats: bool,
    names: bool,
) -> None:
    """Accuracy of all four splits, the chosen one in colour.

    Args:
        ax: To draw on.
        scores: (repeats,) of each split.
        num_texts: Sentences there are, for the words.
        guessed: Accuracy of the honest split.
        repeats: Whether sentences that are there several times stay.
        names: Whether sentences about one name may be in both parts.
    """
    chosen = repeats, names
    for row, key in enumerate(ROWS):
        colour = COLOURS[key != HONEST] if key == chosen else GREY
        draw_start(ax, row, scores[key], color=colour, marker=MARKERS[row])
    honest, reached = seed_interval(scores[HONEST])[0], seed_interval(scores[chosen])[0]
    if chosen != HONEST:
        row = list(ROWS).index(chosen)
        style = {"color": COLOURS[1], "lw": 6, "alpha": 0.3, "solid_capstyle": "butt"}
        ax.plot([honest, reached], [row, row], label="leak", **style)
    _say_leak(ax, scores, chosen, num_texts)
    if guessed is None:
        ax.axvline(honest, color="black", lw=1.2, label="honest split")
    else:
        guessed.mark(ax, truth=honest, along="x")
    ax.set_yticks(range(len(ROWS)), list(ROWS.values()), fontsize=8)
    _set_limits(ax, scores, guessed)
    ax.set_xlabel("accuracy of tf-idf")
    ax.legend(fontsize=8, loc="lower center", ncols=3)


def _set_limits(ax: Axes, scores: Scores, guessed: Guess | None) -> None:
    """Room for all intervals and the guess, and below the rows for the legend."""
    ends = [end for values in scores.values() for end in seed_interval(values, within=SHARES)]
    ends += [score for values in scores.values() for score in values]
    ends += [] if guessed is None else [guessed.value]
    ax.set(xlim=(min(ends) - MARGIN, max(ends) + MARGIN), ylim=(len(ROWS) + 0.4, -0.5))


def _say_leak(ax: Axes, scores: Scores, chosen: tuple[bool, bool], num_texts: int) -> None:
    """The score of the chosen split, and what of it the honest one does not reach."""
    honest, reached = seed_interval(scores[HONEST])[0], seed_interval(scores[chosen])[0]
    words = ROWS[chosen].replace("\n", " ").capitalize()
    say(
        ax,
        f"{words}: accuracy {_with_interval(scores[chosen])} over {len(scores[chosen])} repeats, "
        f"of {num_texts:,} sentences.",
    )
    if chosen == HONEST:
        say(ax, "This is the honest split: neither repeats nor names can leak.")
        return
    say(ax, f"The honest split has {_with_interval(scores[HONEST])}.")
    leak = reached - honest
    say(
        ax,
        f"{leak:.3f} of the score was the leak."
        if leak > 0
        else "The score is no higher than that: no leak is to be seen.",
    )


def _with_interval(values: Sequence[float]) -> str:
    mean, low, high = seed_interval(values, within=SHARES)
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def explore_leaks(scores: Scores, num_texts: int, guessed: Guess | None = None) -> Explorer:
    """Two switches for what a split lets through: how much of the score was known before?

    Args:
        scores: Accuracies of the repeats of each split, at least two, by whether sentences that
            are there several times stay, and whether sentences about one name may be in both
            parts. The one with neither is the honest split.
        num_texts: Sentences there are, repeats with them.
        guessed: Accuracy of the honest split, as the learner guessed it.

    Raises:
        ValueError: If a split is missing or there is another one, a score is none from 0 to 1, a
            split has fewer than two, or ``num_texts`` is below 1.
    """
    if set(scores) != set(ROWS):
        raise ValueError(f"scores must have the keys {list(ROWS)}, got {list(scores)}")
    if num_texts < 1:
        raise ValueError(f"num_texts must be at least 1, got {num_texts}")
    for key, values in scores.items():
        if len(values) < 2 or not all(0 <= score <= 1 for score in np.asarray(values)):
            raise ValueError(
                f"split {key}: give at least two accuracies from 0 to 1, got {list(values)}"
            )
    controls = {
        "repeats": ipywidgets.Checkbox(True, description="repeated sentences stay", indent=False),
        "names": ipywidgets.Checkbox(
            True, description="sentences about the same name in both parts", indent=False
        ),
    }
    stills = {
        "both leaks": dict(zip(controls, BY_ROW, strict=True)),
        "the honest split": dict(zip(controls, HONEST, strict=True)),
    }
    draw = partial(draw_leaks, scores=scores, num_texts=num_texts, guessed=guessed)
    return Explorer(draw, controls, stills=stills, width=4.9, height=3.2)
