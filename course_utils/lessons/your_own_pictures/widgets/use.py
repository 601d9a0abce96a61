"""Lesson 07: the saved model in use: a picture of one's own, its answer, the nearest it learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.figures.axes import say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, plot_images
from course_utils.shipping.answering import answer, read_for, shipped_features
from course_utils.shipping.loading import ShippedModel
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAREST = 5  # training pictures to show
BARS = 5  # classes to show


@dataclass(frozen=True)
class Known:
    """What the model learned from, with its features (N, D), each of length 1."""

    examples: LabelledImages
    directions: Tensor

    def nearest(self, features: Tensor) -> Tensor:
        """Places of the pictures whose features point most nearly as ``features`` (D,) do."""
        likeness = self.directions @ F.normalize(features, dim=0)
        return likeness.topk(min(NEAREST, len(self.directions))).indices


def draw_use(
    axes: Sequence[Axes],
    *,
    model: ShippedModel,
    known: Known,
    samples: Tensor,
    number: int,
    upload: Sequence[Any] = (),
) -> None:
    """The picture, what the model says of it, and the nearest pictures that it learned from."""
    image = samples[number - 1 : number]
    if upload:
        image, problems = read_for(model, [bytes(upload[0]["content"])])
        if problems:
            for ax in axes:
                ax.set_axis_off()
            axes[0].text(0.5, 0.5, "cannot be read", ha="center", transform=axes[0].transAxes)
            say(axes[0], f"{upload[0]['name']} cannot be read: {problems[0]}.")
            return
    probs = answer(model, image)[0]
    plot_images(image, columns=1, what="asked", ax=axes[0])
    shown = probs.topk(min(BARS, len(probs))).indices
    axes[1].barh(range(len(shown)), probs[shown].numpy(), color=COLOURS[0], alpha=0.8)
    axes[1].set_yticks(range(len(shown)), [as_text(model.class_names[k], 14) for k in shown])
    axes[1].invert_yaxis()
    axes[1].set(xlim=(0, 1), xlabel="probability")
    says = ", ".join(f"{model.class_names[k]} {probs[k]:.2f}" for k in shown[:2].tolist())
    say(axes[1], f"The model says {says}.")
    near = known.nearest(shipped_features(model, image)[0])
    names = [known.examples.class_names[k] for k in known.examples.labels[near].tolist()]
    plot_images(known.examples.images[near], names, columns=len(names), what="nearest",
                ax=axes[2])  # fmt: skip
    say(axes[2], f"The nearest that it learned from: {', '.join(names)}.")


def explore_use(model: ShippedModel, learned: LabelledImages, samples: Tensor) -> Explorer:
    """Choose one of some pictures, or upload one; see the answer and the nearest neighbours.

    Args:
        model: As it was loaded from its folder.
        learned: What it learned from, as ``read_for`` would read it.
        samples: (N, C, H, W), pictures to choose from, read likewise.

    Raises:
        ValueError: If there are no pictures to choose from.
    """
    if len(samples) == 0:
        raise ValueError("there are no pictures to choose from")
    known = Known(learned, F.normalize(shipped_features(model, learned.images), dim=1))
    controls = {
        "number": slider_over(range(1, len(samples) + 1), "picture"),
        "upload": ipywidgets.FileUpload(accept="image/*", description="one of your own"),
    }
    stills = {
        f"picture {n}": {"number": n, "upload": ()} for n in range(1, min(3, len(samples)) + 1)
    }
    draw = partial(draw_use, model=model, known=known, samples=samples)
    return Explorer(draw, controls, stills=stills, columns=3, width=3.4, height=2.6)
