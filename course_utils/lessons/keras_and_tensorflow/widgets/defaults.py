"""Lesson 12: what of the answers changes where a setting is left as Keras has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
from torch import Tensor

from course_utils.evaluation.scores import seed_interval
from course_utils.lessons.keras_and_tensorflow.network import AS_TORCH, KERAS_DEFAULTS, Settings
from course_utils.lessons.keras_and_tensorflow.widgets.compared import Compared, compare
from course_utils.lessons.keras_and_tensorflow.widgets.compared_figures import (
    draw_logits,
    draw_losses,
    draw_shares,
)
from course_utils.models.classifier import Classifier
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 3.3, 2.9  # inches of one of three axes
PADDING = {False: "one pixel on each side", True: 'padding="same"'}
TASK = "<p>Tick what you leave as Keras has it. Which of them changes an answer?</p>"


def draw_defaults(
    axes: Sequence[Axes],
    *,
    compared: Compared,
    from_scratch: Mapping[float, Sequence[float]] | None,
    momentum: bool,
    epsilon: bool,
    same: bool,
    untold: bool,
) -> None:
    """Keras' logits over torch's, what becomes of the answers, and both losses.

    Args:
        axes: Three.
        compared: Answers of all networks.
        from_scratch: By momentum, accuracies over seeds of networks that were trained with it.
        momentum: Whether it is left as Keras has it.
        epsilon: The same.
        same: The same, of how a convolution of stride 2 pads.
        untold: Whether the loss is not told that it gets logits.
    """
    settings = Settings(
        (KERAS_DEFAULTS if momentum else AS_TORCH).momentum,
        (KERAS_DEFAULTS if epsilon else AS_TORCH).epsilon,
        (KERAS_DEFAULTS if same else AS_TORCH).same,
    )
    words = {
        f"momentum {settings.momentum:g}": momentum,
        f"epsilon {settings.epsilon:g}": epsilon,
        PADDING[settings.same]: same,
        f"from_logits={not untold}": untold,
    }
    draw_logits(axes[0], compared, settings, words)
    draw_shares(axes[1], compared, settings, from_scratch)
    draw_losses(axes[2], compared, compared.copies[settings].losses[not untold])


def explore_defaults(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    from_scratch: Mapping[float, Sequence[float]] | None = None,
) -> Explorer:
    """A box for each setting that may be left as Keras has it: what does it do to the answers?

    Eight networks in Keras get the weights of ``model`` and answer first, about a second in all.

    Args:
        model: Trained, with a ``Backbone`` of the workbook.
        images: (N, C, H, W), some hundreds that it did not learn from.
        labels: (N,).
        from_scratch: Test accuracies over at least two seeds, of networks trained from scratch with
            each momentum, torch's and Keras' own; without, no training is shown.

    Raises:
        ValueError: If images and labels do not fit, the backbone is another one, or
            ``from_scratch`` has other momenta.
    """
    momenta = [AS_TORCH.momentum, KERAS_DEFAULTS.momentum]
    if from_scratch is not None and sorted(from_scratch) != momenta:
        raise ValueError(f"from_scratch must have momenta {momenta}, got {list(from_scratch)}")
    for scores in (from_scratch or {}).values():
        seed_interval(scores)  # refuses what is no list of accuracies
    torch_momentum, keras_momentum = momenta
    controls = {
        "momentum": f"batch norm: momentum {keras_momentum:g}, not {torch_momentum:g}",
        "epsilon": f"batch norm: epsilon {KERAS_DEFAULTS.epsilon:g}, not {AS_TORCH.epsilon:g}",
        "same": 'stride 2: padding="same", not one pixel on each side',
        "untold": "loss: not told that it gets logits",
    }
    boxes = {
        name: ipywidgets.Checkbox(False, description=words, indent=False, layout={"width": "auto"})
        for name, words in controls.items()
    }
    stills = {
        "as torch": dict.fromkeys(boxes, False),
        "batch norm as Keras": dict.fromkeys(boxes, False) | {"momentum": True, "epsilon": True},
        "all as Keras": dict.fromkeys(boxes, True),
    }
    draw = partial(
        draw_defaults, compared=compare(model, images, labels), from_scratch=from_scratch
    )
    explorer = Explorer(draw, boxes, stills=stills, columns=3, width=WIDTH, height=HEIGHT)
    explorer.box.children = (ipywidgets.HTML(TASK), *explorer.box.children)
    return explorer
