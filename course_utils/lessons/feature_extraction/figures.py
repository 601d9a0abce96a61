"""The figures that lesson 03 alone draws: bars in pairs, and where classes lie in a plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from course_utils.figures.axes import new_axes, say
from course_utils.figures.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_POINTS = 400  # more would hide each other
MOST_CLASSES = 10  # so many colours can be told apart, with the numbers drawn in them


def plot_pairs(pairs: Mapping[str, Mapping[str, float]], *, x_label: str) -> Axes:
    """For each entry a bar per member, in a colour and a pattern of its own.

    Args:
        pairs: By entry, the same members everywhere, each with its value.
        x_label: What the values are.
    """
    ax = new_axes()
    members = list(next(iter(pairs.values())))
    thickness = 0.8 / len(members)
    for number, member in enumerate(members):
        places = np.arange(len(pairs)) + (number - (len(members) - 1) / 2) * thickness
        values = [pair[member] for pair in pairs.values()]
        bars = ax.barh(
            places,
            values,
            height=0.9 * thickness,
            color=COLOURS[number],
            hatch=("", "//")[number % 2],
            edgecolor="white",
            label=member,
        )
        ax.bar_label(bars, fmt="%.3f", padding=3, fontsize=8)
    ax.set_yticks(range(len(pairs)), list(pairs))
    ax.invert_yaxis()
    ax.set_xlabel(x_label)
    for name, pair in pairs.items():
        texts = [f"{member} {value:.3f}" for member, value in pair.items()]
        say(ax, f"{name}: {x_label} {', '.join(texts)}.")
    return ax


def plot_planes(
    inputs: Mapping[str, Tensor], labels: Tensor, shares: Mapping[str, float], names: Sequence[str]
) -> np.ndarray:
    """The plane of widest spread of each kind of input, every point drawn as its class's number.

    Args:
        inputs: By name, the same examples, each (N, D) with a D of its own.
        labels: (N,), counted from 0; the first ten classes are drawn.
        shares: By name, the share of the spread between the classes.
        names: Which inputs to draw.
    """
    axes = np.atleast_1d(new_axes(len(names), width=3.3, height=3.5))
    labels = labels[:MOST_POINTS].numpy()
    for ax, name in zip(axes, names, strict=True):
        places, share = widest_plane(inputs[name][:MOST_POINTS])
        for k in range(min(MOST_CLASSES, labels.max() + 1)):
            x, y = places[labels == k].numpy().T
            ax.scatter(x, y, marker=f"${k}$", s=26, color=f"C{k}", linewidths=0.3)
        texts = (
            f"{shares[name]:.2f} of the spread between classes",
            f"{share:.2f} of all spread in this plane",
        )
        ax.set_title("\n".join((name, *texts)), fontsize=9)
        ax.set(xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
        say(ax, f"{name}: {', '.join(texts)}.")
    return axes


def share_between(features: Tensor, labels: Tensor) -> float:
    """Share of the whole spread of ``features`` (N, D) that lies between the means of classes.

    Args:
        features: One row for each example.
        labels: (N,), int64.

    Returns:
        From 0, all classes have one mean, to 1, each class lies on a point.
    """
    classes, place = labels.unique(return_inverse=True)
    means = torch.stack([features[labels == k].mean(dim=0) for k in classes])  # (K, D)
    centre = features.mean(dim=0)
    between = (means[place] - centre).square().sum()
    return (between / (features - centre).square().sum()).item()


def widest_plane(rows: Tensor) -> tuple[Tensor, float]:
    """Places (N, 2) of ``rows`` (N, D) by their first two principal components, and their share.

    The share is that of the whole spread, from 0 to 1. A direction has two ends; the one with the
    larger weight counts as positive, so that pictures are the same on every machine.
    """
    centred = rows.double() - rows.double().mean(dim=0)
    _, lengths, directions = torch.linalg.svd(centred, full_matrices=False)
    plane = directions[:2]
    largest = plane.gather(1, plane.abs().argmax(dim=1, keepdim=True))
    plane = plane * largest.sign()
    spread = lengths.square()
    return (centred @ plane.T).float(), float(spread[:2].sum() / spread.sum())
