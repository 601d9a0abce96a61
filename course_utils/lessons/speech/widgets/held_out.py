"""Lesson 11: which voices are held out, and what a test on them says against one by takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
import torch
from torch import Tensor

from course_utils.data.plain_text import counted
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.evaluation.scores import SHARES, seed_interval
from course_utils.figures.axes import say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, MARKERS
from course_utils.lessons.speech.widgets.voices import VoiceTable, tabulate
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.learning.guesses import Guess

KNOWN, NEW = "known", "never heard"
NUM_TEST_TAKES = 5  # of each word by each voice
NUM_HARD = 3  # voices that are said in words
NAME_LETTERS = 14
WIDTH, ROW, ROOM = 5.6, 0.22, 0.75  # inches: of the figure, of a row, around the rows


def draw_held_out(
    ax: Axes,
    *,
    tables: Mapping[str, VoiceTable],
    names: Sequence[str],
    start: frozenset[str],
    guessed: Guess | None,
    inputs: str,
    **held: bool,
) -> None:
    """Accuracy on each voice, and the means of both kinds with their intervals over voices.

    Args:
        ax: To draw on.
        tables: Of each kind of input.
        names: Of the voices.
        start: Voices that were held out at first, to which the guess belongs.
        guessed: Accuracy on those.
        inputs: One of ``tables``.
        **held: Whether each voice is held out, by its control.
    """
    is_held = torch.tensor([held[control_of(place)] for place in range(len(names))])
    rows = [KNOWN, NEW, *(as_text(name, NAME_LETTERS) for name in names)]
    ax.set_yticks(range(len(rows)), rows, fontsize=8)
    ax.set(xlim=(0, 1.02), ylim=(len(rows) + 1.8, -0.6), xlabel="accuracy on test takes")
    if is_held.all() or not is_held.any():
        lacking = "to learn from" if is_held.all() else "held out"
        sentence = f"No voice is {lacking}: {'keep' if is_held.all() else 'tick'} at least one."
        ax.text(0.5, len(rows) / 2, sentence, ha="center", fontsize=10)
        say(ax, sentence)
        return
    accuracies = tables[inputs].accuracies(~is_held).numpy()
    kinds = {KNOWN: ~is_held.numpy(), NEW: is_held.numpy()}
    for number, (kind, chosen) in enumerate(kinds.items()):
        look = {"color": COLOURS[number], "marker": MARKERS[number]}
        places = 2 + np.flatnonzero(chosen)
        ax.plot(accuracies[chosen], places, ls="", ms=6, label=kind, **look)
        ax.plot(accuracies[chosen], np.full(len(places), number + 0.3), "|", color="black", ms=5)
        mean, low, high = _interval(accuracies[chosen])
        ax.errorbar(mean, number, xerr=[[mean - low], [high - mean]], capsize=4, ms=8, **look)
    ax.axhline(1.6, color="grey", lw=0.8)
    _say_accuracies(ax, accuracies, kinds, names, inputs)
    if guessed is not None and {n for n, h in zip(names, is_held, strict=True) if h} == start:
        guessed.mark(ax, truth=float(accuracies[kinds[NEW]].mean()), along="x")
    ax.legend(fontsize=8, loc="lower left", ncols=2)


def _interval(accuracies: np.ndarray) -> tuple[float, float, float]:
    """Mean and ends of the t interval over voices; of one voice there is no interval."""
    if len(accuracies) == 1:
        return (float(accuracies[0]),) * 3
    return seed_interval(accuracies, within=SHARES)


def _say_accuracies(
    ax: Axes,
    accuracies: np.ndarray,
    kinds: Mapping[str, np.ndarray],
    names: Sequence[str],
    inputs: str,
) -> None:
    count = int(kinds[KNOWN].sum())
    said = [f"Ridge regression on {inputs} learned from {counted(count, 'voice')}."]
    for kind, chosen in kinds.items():
        mean, low, high = _interval(accuracies[chosen])
        number = int(chosen.sum())
        spread = f"[{low:.3f}, {high:.3f}], n = {number} voices"
        said.append(f"{kind.capitalize()}: {mean:.3f} {spread if number > 1 else 'of one voice'}.")
    means = [accuracies[chosen].mean() for chosen in kinds.values()]
    said.append(f"Difference: {means[1] - means[0]:+.3f}.")
    held = np.flatnonzero(kinds[NEW])
    hardest = held[np.argsort(accuracies[held], kind="stable")][:NUM_HARD]
    each = ", ".join(f"{names[place]} {accuracies[place]:.2f}" for place in hardest)
    say(ax, f"{' '.join(said)} Hardest of those held out: {each}.")


def explore_held_out(
    sounds: LabelledSounds,
    held_out: Sequence[str],
    *,
    inputs: Mapping[str, Tensor] | None = None,
    guessed: Guess | None = None,
) -> Explorer:
    """A box to tick for each voice: what does a test by takes say, and one by voices?

    A classifier learns from the first takes of the other voices at each tick, by ridge regression
    in closed form, and is tested on the last takes of all.

    Args:
        sounds: By two voices or more, each with as many takes of each word.
        held_out: Names of voices that are held out at first: some, not all.
        inputs: What a classifier may see of N sounds, by name, each (N, ...), such as features of a
            frozen backbone; by default the pixels alone.
        guessed: Accuracy on the voices of ``held_out``, as the learner guessed it.

    Raises:
        ValueError: If voices or takes are not known, takes are too few or not as many of each,
            a name is unknown, or inputs are not as many as sounds.
    """
    names = sounds.speaker_names
    inputs = {"pixels": sounds.images} if inputs is None else inputs
    _check(sounds, held_out, inputs)
    tables = {name: tabulate(sounds, table, NUM_TEST_TAKES) for name, table in inputs.items()}
    first = next(iter(tables))
    start = frozenset(held_out)
    menu = ipywidgets.Dropdown(options=list(tables), description="the classifier sees")
    choice = {"inputs": menu} if len(tables) > 1 else {}
    boxes = {
        control_of(place): ipywidgets.Checkbox(
            name in start, description=name, indent=False, layout={"width": "9em"}
        )
        for place, name in enumerate(names)
    }
    stills = {
        f"{len(start)} of {len(names)} voices held out": _ticked(names, start),
        f"all but {names[0]} held out": _ticked(names, names[1:]),
    }
    given = {"tables": tables, "names": names, "start": start, "guessed": guessed}
    draw = partial(draw_held_out, inputs=first, **given)
    height = ROOM + ROW * (len(names) + 4)
    explorer = Explorer(draw, {**choice, **boxes}, stills=stills, width=WIDTH, height=height)
    # Boxes beside one another: one below the other they would fill the page.
    rest = [part for part in explorer.box.children if part not in (menu, *boxes.values())]
    ticks = ipywidgets.HBox([*boxes.values()], layout={"flex_flow": "row wrap"})
    label = ipywidgets.HTML("Voices that are held out:")
    explorer.box.children = (*choice.values(), label, ticks, *rest)
    return explorer


def _ticked(names: Sequence[str], chosen: Collection[str]) -> dict[str, bool]:
    """The values of all boxes where the ``chosen`` voices are held out."""
    return {control_of(place): name in chosen for place, name in enumerate(names)}


def control_of(place: int) -> str:
    """Name of the control of the voice at that place."""
    return f"voice_{place}"


def _check(sounds: LabelledSounds, held_out: Sequence[str], inputs: Mapping[str, Tensor]) -> None:
    if sounds.speakers is None or sounds.takes is None:
        raise ValueError("sounds must have speakers and takes, so that both tests can be made")
    names = sounds.speaker_names
    unknown = [name for name in held_out if name not in names]
    if isinstance(held_out, str) or unknown or not 0 < len(set(held_out)) < len(names):
        raise ValueError(
            f"held_out must be some of the voices {', '.join(names)}, not all, got {held_out!r}"
        )
    is_test = sounds.takes > sounds.takes.max() - NUM_TEST_TAKES
    for part in (is_test, ~is_test):
        counts = sounds.speakers[part].bincount(minlength=len(names))
        if counts.min() == 0 or counts.min() != counts.max():
            raise ValueError(
                f"each voice needs as many takes, more than {NUM_TEST_TAKES} of each word; of the "
                f"{'last' if part is is_test else 'first'} takes they have {counts.tolist()}"
            )
    for name, table in inputs.items():
        if len(table) != len(sounds):
            raise ValueError(f"inputs {name!r} are {len(table)} for {len(sounds)} sounds")
    if not inputs:
        raise ValueError("inputs must hold at least one kind of input")
