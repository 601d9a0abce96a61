"""What moves in lesson 01: logits and temperature, minibatches, and the learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures.axes import say
from course_utils.lessons.pretraining_loss.descent_plots import plot_descent, plot_losses
from course_utils.lessons.pretraining_loss.plots import plot_minibatches, plot_softmax
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST_LOGIT = 6.0
TEMPERATURES = (0.5, 8.0)
SOME_STEPS = 6  # of the still at the largest rate, which soon fill the picture


def probs_loss_and_gradient(
    logits: ArrayLike, label: int, temperature: float
) -> tuple[np.ndarray, float, np.ndarray]:
    """Softmax of ``logits / temperature`` (K,), its loss in nats, and the gradient (K,).

    The gradient is that with respect to the logits as they are before the division.
    """
    scaled = np.asarray(logits, dtype=float) / temperature
    shifted = scaled - scaled.max()
    log_probs = shifted - np.log(np.exp(shifted).sum())
    one_hot = np.arange(len(scaled)) == label
    probs = np.exp(log_probs)
    return probs, float(-log_probs[label]), (probs - one_hot) / temperature


def explore_softmax(logits: ArrayLike, classes: str) -> Explorer:
    """From logits over a temperature to probabilities, loss and gradient.

    Args:
        logits: Of one example, (K,); those of the first two classes can be moved.
        classes: One letter per class.

    Raises:
        ValueError: If there is not one letter per logit, fewer than two, or one of the two that
            move lies beyond the ends of its slider.
    """
    start = np.asarray(logits, dtype=float)
    if len(classes) < 2 or start.shape != (len(classes),):
        raise ValueError(f"logits must be one per class of {classes!r}, got shape {start.shape}")
    if not (np.abs(start[:2]) <= LARGEST_LOGIT).all():
        raise ValueError(f"the first two logits must be within ±{LARGEST_LOGIT:g}, got {start[:2]}")

    def draw(
        axes: Sequence[Axes], first: float, second: float, temperature: float, label: int
    ) -> None:
        moved = [first, second, *start[2:]]
        say(axes[0], f"Logits {', '.join(f'{z:g}' for z in moved)}; T = {temperature:.3g}.")
        probs, loss, gradient = probs_loss_and_gradient(moved, label, temperature)
        plot_softmax(classes, label, probs, loss, gradient, axes=axes)
        axes[1].set_ylim(-1.2 / TEMPERATURES[0], 1.2 / TEMPERATURES[0])

    stills = {
        f"right class {classes[label]}, T = {temperature:g}": {
            "first": start[0], "second": start[1], "temperature": temperature, "label": label
        }
        for label, temperature in ((0, 1.0), (1, 1.0), (1, 5.0))
    }  # fmt: skip
    return Explorer(draw, _softmax_controls(start, classes), stills=stills, columns=2, height=2.6)


def _softmax_controls(start: np.ndarray, classes: str) -> dict[str, ipywidgets.DOMWidget]:
    ends = {"min": -LARGEST_LOGIT, "max": LARGEST_LOGIT, "step": 0.5, "continuous_update": False}
    low, high = np.log2(TEMPERATURES)
    options = [(name, place) for place, name in enumerate(classes)]
    return {
        "first": ipywidgets.FloatSlider(start[0], description=f"logit of {classes[0]}", **ends),
        "second": ipywidgets.FloatSlider(start[1], description=f"logit of {classes[1]}", **ends),
        "temperature": ipywidgets.FloatLogSlider(
            1.0, base=2, min=low, max=high, step=0.25, description="temperature T",
            readout_format=".2f", continuous_update=False,
        ),
        "label": ipywidgets.Dropdown(options=options, value=0, description="right class"),
    }  # fmt: skip


def explore_minibatches(
    clouds: Mapping[int, ArrayLike], means: Mapping[int, ArrayLike], full: float
) -> Explorer:
    """Gradients of minibatches around the full gradient, by size of the minibatch.

    Args:
        clouds: By examples per minibatch: how far the gradient of each of R minibatches reaches
            along the full gradient, and how far beside it, (R, 2).
        means: The same of the mean of the first r gradients, r = 1 to R, (R, 2).
        full: Length of the full gradient.

    Raises:
        ValueError: If the sizes, or the numbers of minibatches, do not agree.
    """
    clouds, means = ({size: np.asarray(v) for size, v in d.items()} for d in (clouds, means))
    shapes = {table.shape for table in [*clouds.values(), *means.values()]}
    if list(clouds) != list(means) or len(shapes) != 1:
        raise ValueError(f"clouds and means must agree: {list(clouds)}, {list(means)}, {shapes}")
    everything = np.concatenate([*clouds.values(), [[full, 0.0]]])
    far = 1.05 * everything[:, 1].max()
    tall = max(far / 4, 1.1 * np.abs(everything[:, 0] - full).max())

    def draw(ax: Axes, size: int, drawn: int) -> None:
        say(ax, f"Minibatches of {size}, {drawn} drawn.")
        plot_minibatches(clouds[size][:drawn], means[size][drawn - 1], full, ax=ax)
        ax.set(xlim=(-far / 20, far), ylim=(full - tall, full + tall))

    sizes, most = list(clouds), len(means[min(means)])
    controls = {
        "size": slider_over(sizes, "examples per minibatch"),
        "drawn": ipywidgets.IntSlider(
            most, min=1, max=most, description="minibatches drawn", continuous_update=False
        ),
    }
    stills = {
        f"minibatches of {size}: {drawn} drawn": {"size": size, "drawn": drawn}
        for size, drawn in ((sizes[0], 1), (sizes[0], most), (sizes[-1], most))
    }
    return Explorer(draw, controls, stills=stills, width=5.0, height=2.8)


def explore_descents(
    surface: tuple[ArrayLike, ArrayLike, ArrayLike],
    paths: Mapping[float, Mapping[str, ArrayLike]],
    losses: Mapping[float, Mapping[str, ArrayLike]],
    *,
    x_label: str,
    y_label: str,
) -> Explorer:
    """Descents on a surface of loss, step by step, by learning rate.

    Args:
        surface: First parameter (X,), second (Y,), and the loss in nats (Y, X).
        paths: By learning rate and by name of the descent: both parameters from the start on,
            (steps + 1, 2).
        losses: The loss there in nats, (steps + 1,).
        x_label: Name of the first parameter.
        y_label: Name of the second parameter.

    Raises:
        ValueError: If rates or names do not agree, or the descents are not all equally long.
    """
    names = [{rate: list(of) for rate, of in group.items()} for group in (paths, losses)]
    lengths = {len(v) for group in (paths, losses) for of in group.values() for v in of.values()}
    if names[0] != names[1] or len(lengths) != 1:
        raise ValueError(f"paths and losses must agree: {names[0]}, {names[1]}, {lengths} long")
    heights = np.array([list(of.values()) for of in losses.values()], dtype=float)
    (most,) = (length - 1 for length in lengths)

    def draw(axes: Sequence[Axes], learning_rate: float, steps: int) -> None:
        trodden, seen = (
            {name: values[: steps + 1] for name, values in group[learning_rate].items()}
            for group in (paths, losses)
        )
        say(axes[0], f"Learning rate {learning_rate:g}.")
        plot_descent(*surface, trodden, x_label=x_label, y_label=y_label, ax=axes[0])
        axes[0].set(xlim=(surface[0][0], surface[0][-1]), ylim=(surface[1][0], surface[1][-1]))
        plot_losses(seen, ax=axes[1])
        axes[1].set(xlim=(0, 1.03 * most), ylim=(0.95 * heights.min(), 1.1 * heights.max()))

    rates = list(paths)
    stills = {
        f"learning rate {rate:g}, {steps} steps": {"learning_rate": rate, "steps": steps}
        for rate, steps in (
            (rates[0], most),
            (rates[len(rates) // 2], most),
            (rates[-1], min(most, SOME_STEPS)),
        )
    }
    return Explorer(draw, _descent_controls(rates, most), stills=stills, columns=2, height=3.3)


def _descent_controls(rates: Sequence[float], most: int) -> dict[str, ipywidgets.DOMWidget]:
    middle = rates[len(rates) // 2]
    return {
        "learning_rate": slider_over(rates, "learning rate", start=middle, form="{:g}".format),
        "steps": ipywidgets.IntSlider(
            most, min=0, max=most, description="steps taken", continuous_update=False
        ),
    }  # fmt: skip
