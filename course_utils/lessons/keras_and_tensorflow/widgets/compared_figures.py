"""What a copy of a network in Keras answers, drawn beside what the network answers in torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.data.plain_text import counted
from course_utils.evaluation.scores import SHARES, accuracy_text, seed_interval
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS, MARKERS, tick_by_powers
from course_utils.lessons.keras_and_tensorflow.network import Settings
from course_utils.lessons.keras_and_tensorflow.widgets.compared import Compared

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_LOSS = 1e-6  # nats that a logarithmic axis shows
SCRATCH = "from scratch"  # the row of networks that were trained with the chosen momentum


def draw_logits(
    ax: Axes, compared: Compared, settings: Settings, words: Mapping[str, bool]
) -> None:
    """A point for each logit, those of changed answers in another colour, and the settings."""
    of_torch, of_keras = compared.logits, compared.copies[settings].logits
    every = np.concatenate([of_torch, *(copy.logits for copy in compared.copies.values())])
    low, high = float(every.min()), float(every.max())
    span = max(high - low, 1e-6)
    ax.plot([low, high], [low, high], color="black", lw=0.8)
    changed = compared.changed(settings)
    for number, (name, kind) in enumerate((("same", ~changed), ("changed", changed))):
        style = {"color": COLOURS[number], "marker": MARKERS[number], "ms": 2, "ls": ""}
        ax.plot(of_torch[kind].ravel(), of_keras[kind].ravel(), label=f"{name} answer", **style)
    for line, (text, is_left) in enumerate(words.items()):
        ax.text(
            0.03, 0.97 - 0.085 * line, text, transform=ax.transAxes, va="top", fontsize=8,
            weight="bold" if is_left else "normal", color=COLOURS[1] if is_left else "black",
        )  # fmt: skip
    ax.set(xlabel="logits of torch", ylabel="logits of Keras")
    # Room for the settings above all points, and for the legend below.
    ax.set(
        xlim=(low - 0.05 * span, high + 0.05 * span), ylim=(low - 0.25 * span, high + 0.5 * span)
    )
    ax.legend(fontsize=8, loc="lower center", ncols=2, markerscale=2, columnspacing=1)
    most, count = float(np.abs(of_keras - of_torch).max()), len(compared.labels)
    say(
        ax,
        f"With {', '.join(words)}: logits of {counted(count, 'picture')} differ by at most "
        f"{most:.2g} from those of torch; {changed.sum():,} of {count:,} answers change "
        f"({changed.mean():.1%}).",
    )


def draw_shares(
    ax: Axes,
    compared: Compared,
    settings: Settings,
    from_scratch: Mapping[float, Sequence[float]] | None,
) -> None:
    """Accuracies and the share of changed answers, and what momentum did in training."""
    right = {
        "torch right": compared.num_right(compared.logits),
        "Keras right": compared.num_right(compared.copies[settings].logits),
    }
    number = len(compared.labels)
    shares = {name: count / number for name, count in right.items()}
    shares["changed"] = float(compared.changed(settings).mean())
    texts = [accuracy_text(count, number) for count in right.values()]
    say(ax, f"Accuracy of torch {texts[0]}; of Keras {texts[1]}.")
    if from_scratch is None:
        say(ax, "Momentum counts while a network trains, not when it answers.")
    else:
        scores = from_scratch[settings.momentum]
        mean, low, high = seed_interval(scores, within=SHARES)
        shares[SCRATCH] = mean
        say(
            ax,
            f"Momentum counts while a network trains: from scratch with {settings.momentum:g}, "
            f"accuracy {mean:.3f} [{low:.3f}, {high:.3f}], n = {len(scores)} seeds.",
        )
    _draw_bars(ax, shares)


def _draw_bars(ax: Axes, shares: Mapping[str, float]) -> None:
    """A bar for each share, with its number; that of torch in grey."""
    colours = ["grey", *[COLOURS[0]] * (len(shares) - 1)]
    ax.barh(range(len(shares)), list(shares.values()), color=colours, alpha=0.8)
    for row, share in enumerate(shares.values()):
        _write(ax, share, row, (3, 0), va="center")
    ax.set_yticks(range(len(shares)), list(shares), fontsize=9)
    ax.set(ylim=(len(shares) - 0.4, -0.6), xlim=(0, 1.3), xticks=(0, 0.25, 0.5, 0.75, 1))
    ax.set_xlabel("share of the pictures")


def draw_losses(ax: Axes, compared: Compared, of_keras: float) -> None:
    """The loss of torch and the one that Keras computes, on an axis with room for all of them."""
    every = [loss for copy in compared.copies.values() for loss in copy.losses.values()]
    every = [max(loss, LEAST_LOSS) for loss in (*every, compared.loss)]
    losses = {"torch": compared.loss, "Keras": of_keras}
    for row, loss in enumerate(losses.values()):
        style = {"color": COLOURS[0] if row else "grey", "marker": MARKERS[row], "ms": 9}
        ax.plot(max(loss, LEAST_LOSS), row, **style)
        _write(ax, max(loss, LEAST_LOSS), row, (0, 9), ha="center")
    ax.set_yticks(range(2), list(losses), fontsize=9)
    ax.set(xscale="log", xlim=(min(every) / 3, 3 * max(every)), ylim=(1.5, -0.7))
    tick_by_powers(ax)
    ax.set_xlabel("loss in nats")
    say(ax, f"Loss {of_keras:.3g} as Keras computes it, {compared.loss:.3g} of torch.")


def _write(ax: Axes, value: float, row: int, off: tuple[int, int], **where: str) -> None:
    ax.annotate(f"{value:.3f}", (value, row), off, textcoords="offset points", fontsize=9, **where)
