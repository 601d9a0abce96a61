"""Lesson 13: which examples several processes count how often, and what they then report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.figures.axes import say
from course_utils.lessons.scaling_up.sampling import (
    HOWS,
    How,
    check_correct,
    indices_each_once,
    reported_accuracy,
    sampler_indices,
    times_counted,
)
from course_utils.lessons.scaling_up.widgets.sampler_figures import draw_counts, draw_reported
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 5.0, 3.6  # inches of one of two axes
PROCESSES = (1, 2, 3, 4, 6, 8, 16, 32, 64)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
KINDS: dict[str, Callable[..., list[Tensor]]] = {
    "pads: takes the first ones again": sampler_indices,
    "drops the last ones": partial(sampler_indices, pads=False),
    "takes each one once": indices_each_once,
}
PADS, DROPS, ONCE = KINDS
AS_IT_IS, WRONG_FIRST, SHUFFLED = "as it is", "wrong ones first", "shuffled"
BY_BATCH: How = "mean of means"
TASK = "<p>Choose processes and sampler. When is the reported accuracy not the true one?</p>"


def draw_sampler(
    axes: Sequence[Axes],
    *,
    correct: Tensor,
    num_processes: int,
    batch_size: int,
    kind: str,
    order: str,
) -> None:
    """Every example with how often it counts, and four reported accuracies beside the true one.

    Args:
        axes: Two.
        correct: Which of N answers are right, (N,), bool.
        num_processes: At most N.
        batch_size: Examples that a process takes at once.
        kind: One of ``KINDS``.
        order: Of the examples: as it is, with the wrong ones first, or shuffled by the sampler.
    """
    if order == WRONG_FIRST:
        correct = correct.sort(stable=True).values
    indices = KINDS[kind](
        len(correct), num_processes, shuffle_seed=0 if order == SHUFFLED else None
    )
    counts = times_counted(indices, len(correct))
    draw_counts(axes[0], correct, counts)
    say(axes[0], f"The sampler {kind}; order of the examples: {order}.")
    say(axes[0], _words_of_counts(correct, counts, indices, batch_size))
    ways = {how: batch_size if how == BY_BATCH else None for how in HOWS}
    draw_reported(
        axes[1],
        correct,
        {how: reported_accuracy(correct, indices, how, batch_size=b) for how, b in ways.items()},
        batch_size,
    )


def _words_of_counts(
    correct: Tensor, counts: Tensor, indices: Sequence[Tensor], batch_size: int
) -> str:
    again, left_out = counts > 1, counts == 0
    last = len(indices[0].split(batch_size)[-1])
    return (
        f"Processes: {len(indices)}. Answers counted: {int(counts.sum()):,}, of "
        f"{counted(len(correct), 'example')}. Counted more than once: {int(again.sum())}, of which "
        f"{int((again & ~correct).sum())} wrong; left out: {int(left_out.sum())}, of which "
        f"{int((left_out & ~correct).sum())} wrong. Rank 0 takes {len(indices[0])}, in batches of "
        f"{batch_size}, the last of {last}."
    )


def explore_sampler(
    correct: Tensor,
    *,
    num_processes: int = 8,
    batch_size: int = 32,
) -> Explorer:
    """Controls for processes, batch, sampler and order: how often does each example count?

    Args:
        correct: Which of N validation answers are right, (N,), bool. A slice of some 40 shows
            single examples better.
        num_processes: Where the slider starts.
        batch_size: The same, of the examples that a process takes at once.

    Raises:
        ValueError: If ``correct`` is not (N,) of bool with at least 2 examples, or a slider cannot
            start there.
    """
    check_correct(correct)
    if len(correct) < 2:
        raise ValueError(f"several processes need at least 2 examples, got {len(correct)}")
    worlds = [number for number in PROCESSES if number <= len(correct)]
    for name, value, known in (
        ("num_processes", num_processes, worlds), ("batch_size", batch_size, BATCHES)
    ):  # fmt: skip
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(map(str, known))}, got {value}")
    controls = {
        "num_processes": slider_over(worlds, "processes", start=num_processes),
        "batch_size": slider_over(BATCHES, "batch of each process", start=batch_size),
        "kind": ipywidgets.Dropdown(options=KINDS.keys(), description="sampler"),
        "order": ipywidgets.Dropdown(
            options=[AS_IT_IS, WRONG_FIRST, SHUFFLED], description="order of the examples"
        ),
    }
    start = {name: control.value for name, control in controls.items()}
    stills = {
        "pads, as it is": start,
        "pads, wrong ones first": start | {"order": WRONG_FIRST},
        "each one once, wrong ones first": start | {"kind": ONCE, "order": WRONG_FIRST},
    }
    draw = partial(draw_sampler, correct=correct.cpu())
    explorer = Explorer(draw, controls, stills=stills, columns=2, width=WIDTH, height=HEIGHT)
    explorer.box.children = (ipywidgets.HTML(TASK), *explorer.box.children)
    return explorer
