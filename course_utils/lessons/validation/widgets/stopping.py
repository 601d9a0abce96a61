"""Move the patience, and see which epoch early stopping keeps, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, LINES, MARKERS
from course_utils.widgets.explorer import Explorer


def stop_and_keep(val_losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Epoch after which training stops, and epoch that is kept, both counted from 1.

    Args:
        val_losses: One per epoch.
        patience: Epochs in a row without a new lowest loss after which training stops.

    Raises:
        ValueError: If there is no loss, or ``patience`` is below 1.
    """
    if len(val_losses) == 0:
        raise ValueError("there are no validation losses to choose from")
    if patience < 1:
        raise ValueError(f"patience must be at least 1, got {patience}")
    kept = 1
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < val_losses[kept - 1]:
            kept = epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


def draw_stop(ax: Axes, val_losses: ArrayLike, fresh_losses: ArrayLike, patience: int) -> None:
    """Both loss curves, what was never trained in grey, and the epoch that is kept.

    Args:
        ax: For the curves.
        val_losses: One per epoch, nats.
        fresh_losses: As many.
        patience: In epochs.
    """
    curves = {"validation": np.asarray(val_losses), "fresh": np.asarray(fresh_losses)}
    stop, kept = stop_and_keep(curves["validation"], patience)
    last = len(curves["validation"])
    for number, (name, losses) in enumerate(curves.items()):
        style = {"color": COLOURS[number], "ls": LINES[number]}
        ax.plot(np.arange(1, last + 1), losses, label=name, **style)
        ax.plot(kept, losses[kept - 1], MARKERS[number], color=COLOURS[number], ms=8)
    ax.axvspan(stop + 0.5, last + 0.5, color="black", alpha=0.15, lw=0, label="never trained")
    ax.axvline(kept, color="black", lw=1, label="kept")
    ax.set(xlabel="epoch", ylabel="loss, nats per example", xlim=(0.5, last + 0.5))
    ax.legend(fontsize=8, loc="upper right", ncols=2)
    (val, fresh), best = (losses[kept - 1] for losses in curves.values()), curves["fresh"].argmin()
    say(
        ax,
        f"Patience {patience}: training stops after epoch {stop} of {last} and keeps epoch {kept}: "
        f"validation loss {val:.3f}, fresh loss {fresh:.3f}. The last of all epochs has fresh loss "
        f"{curves['fresh'][-1]:.3f}; the best, epoch {best + 1}, has {curves['fresh'][best]:.3f}.",
    )


def explore_patience(runs: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Explorer:
    """A slider for the patience, and buttons for the run: which epoch is kept?

    Args:
        runs: By name, validation and fresh losses of each epoch; as many epochs in each run.

    Raises:
        ValueError: If there is no run, or the numbers of losses differ.
    """
    lengths = {len(losses) for pair in runs.values() for losses in pair}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"give runs with one number of losses each, got {sorted(lengths)}")
    (num_epochs,) = lengths
    highest = max(np.max(losses) for pair in runs.values() for losses in pair)

    def draw(ax: Axes, run: str, patience: int) -> None:
        draw_stop(ax, *runs[run], patience)
        ax.set_ylim(0, 1.3 * highest)  # room for the legend

    controls = {
        "run": ipywidgets.ToggleButtons(options=list(runs), description="training run"),
        "patience": ipywidgets.IntSlider(
            1, min=1, max=num_epochs, description="patience, epochs", continuous_update=False
        ),
    }
    first, *_, last = [*runs, *runs]
    settings = [(first, 1), (first, num_epochs), (last, 1)]
    stills = {f"{run}, patience {p}": {"run": run, "patience": p} for run, p in settings}
    return Explorer(draw, controls, stills=stills, width=3.6)
