"""Lesson 07: answer only where the model is sure, and see what that costs and brings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from torch import Tensor

from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)  # probabilities to offer


def answered(probs: np.ndarray, right: np.ndarray, least: float) -> tuple[int, int]:
    """How many answers have at least that probability, and how many of them are right."""
    is_sure = probs >= least
    return int(is_sure.sum()), int((is_sure & right).sum())


def draw_trust(
    ax: Axes,
    *,
    tables: dict[bool, np.ndarray],
    right: np.ndarray,
    least: float,
    divided: bool,
) -> None:
    """Right answers over the share of pictures left to a person; at ``least``, the promise, too.

    Args:
        ax: To draw on.
        tables: Probability of each answer (N,), as trained and divided by the temperature.
        right: (N,) bool, whether it is right.
        least: Probability from which on an answer counts.
        divided: Which of the tables.
    """
    probs, count = tables[divided], len(right)
    order, kept = np.argsort(-probs, kind="stable"), np.arange(1, count + 1)
    ax.plot(1 - kept / count, right[order].cumsum() / kept, color=COLOURS[0], label="came true")
    num_answered, num_right = answered(probs, right, least)
    how = "Divided by T" if divided else "As trained"
    start = f"{how}: from probability {least:g} on, {num_answered:,} of {count:,} get an answer"
    if num_answered:
        low, high = wilson_interval(num_right, num_answered)
        share, promised = num_right / num_answered, float(probs[probs >= least].mean())
        x = 1 - num_answered / count
        ax.errorbar(
            x, share, yerr=[[share - low], [high - share]], marker="D", ms=8, color=COLOURS[0],
            capsize=4,
        )  # fmt: skip
        ax.plot(x, promised, ls="", marker="o", ms=9, mfc="white", color=COLOURS[1],
                label=f"promised ({how})")  # fmt: skip
        say(ax, f"{start}; {share:.3f} [{low:.3f}, {high:.3f}] of these are right, and "
            f"{promised:.3f} was promised.")  # fmt: skip
    else:
        say(ax, f"{start}.")
    most_left = max(0.3, 1.1 - num_answered / count)
    ax.set(xlim=(-0.02, most_left), ylim=(max(0, right.mean() - 0.05), 1.01))
    ax.set(xlabel="share of pictures left to a person", ylabel="share of right answers")
    ax.legend(fontsize=8, loc="lower right")


def explore_trust(logits: Tensor, labels: Tensor, temperature: float) -> Explorer:
    """Move the probability from which on an answer counts; the rest is left to a person.

    Args:
        logits: (N, K), of pictures that were not learned from.
        labels: (N,).
        temperature: By which they are divided where that is switched on.

    Raises:
        ValueError: If there are no pictures, or the temperature is not above 0.
    """
    if len(labels) == 0 or len(logits) != len(labels) or temperature <= 0:
        raise ValueError(
            f"give logits and labels of the same pictures and a temperature above 0, got "
            f"{len(logits)}, {len(labels)} and {temperature}"
        )
    right = (logits.argmax(dim=1) == labels).numpy()
    tables = {
        False: logits.softmax(dim=1).amax(dim=1).numpy(),
        True: (logits / temperature).softmax(dim=1).amax(dim=1).numpy(),
    }
    controls = {
        "least": slider_over(LEAST, "answer from probability", form=lambda value: f"{value:g}"),
        "divided": ipywidgets.Checkbox(value=True, description="divide by the temperature"),
    }
    stills = {
        "every answer, as trained": {"least": 0.0, "divided": False},
        "from 0.95, divided by T": {"least": 0.95, "divided": True},
    }
    return Explorer(
        partial(draw_trust, tables=tables, right=right), controls, stills=stills, width=3.8
    )
