"""Lesson 12: one picture through a network in torch and in Keras, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from torch import Tensor

from course_utils.figures.axes import say
from course_utils.figures.names import as_text
from course_utils.lessons.keras_and_tensorflow.carrying import torch_outputs
from course_utils.lessons.keras_and_tensorflow.figures import ROUNDING
from course_utils.lessons.keras_and_tensorflow.layer_names import words_for
from course_utils.lessons.keras_and_tensorflow.maps import ROOM, SIDE, plot_layer
from course_utils.lessons.keras_and_tensorflow.network import keras_outputs
from course_utils.models.classifier import Classifier
from course_utils.models.keras.axes import channels_last
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURE = "the picture itself"  # what stands before the first layer
SAME, ROUNDED, APART = "no difference", "rounding", "more than rounding"
CLASS_LETTERS = 10


@dataclass(frozen=True)
class BothOutputs:
    """What two networks make of the same N pictures.

    Args:
        of_torch: By layer, in the order of computing, (N, H, W, C) or (N, D); the pictures first.
        of_keras: The same; it may have other layers besides.
    """

    of_torch: Mapping[str, np.ndarray]
    of_keras: Mapping[str, np.ndarray]

    def shared(self) -> list[str]:
        """The layers that both have."""
        return [layer for layer in self.of_torch if layer in self.of_keras]

    def apart(self, layer: str, place: int) -> float:
        """The largest difference between the two at one layer, of the picture at that place."""
        return float(np.abs(self.of_keras[layer][place] - self.of_torch[layer][place]).max())


def draw_layer(
    axes: Sequence[Axes],
    *,
    outputs: Mapping[str, BothOutputs],
    class_names: Sequence[str],
    network: str,
    number: int,
    layer: str,
) -> None:
    """One layer's output for one picture in both networks, their difference, and both answers.

    Args:
        axes: Three.
        outputs: By the name of the network in Keras.
        class_names: K names.
        network: One of ``outputs``.
        number: Of the picture, from 1.
        layer: One that both have.
    """
    both, place = outputs[network], number - 1
    most = both.apart(layer, place)
    verdict = SAME if most == 0 else ROUNDED if most <= ROUNDING else APART
    say(axes[0], f"Picture {number}, {network}, {words_for(layer)}: {verdict}.")
    plot_layer(both.of_torch[layer][place], both.of_keras[layer][place], axes)
    last = both.shared()[-1]
    answers = {
        name: _answer(each[last][place], class_names)
        for name, each in (("Torch", both.of_torch), ("Keras", both.of_keras))
    }
    below = [f"answers {as_text(name, CLASS_LETTERS)}, {p:.3f}" for name, p in answers.values()]
    for ax, line in zip(axes, [*below, verdict], strict=True):
        ax.set_xlabel(f"{ax.get_xlabel()}\n{line}", fontsize=9)
    said = [f"{who} answers {name} with probability {p:.3f}" for who, (name, p) in answers.items()]
    say(axes[0], f"{', '.join(said)}.")


def _answer(logits: np.ndarray, class_names: Sequence[str]) -> tuple[str, float]:
    """The class of the highest of K logits, and its probability."""
    powers = np.exp(logits.astype(float) - logits.max())
    return class_names[int(logits.argmax())], float(powers.max() / powers.sum())


def explore_layers(
    model: Classifier, twins: Mapping[str, Any], images: Tensor, class_names: Sequence[str]
) -> Explorer:
    """Controls for the picture and the layer: where do torch and Keras part?

    The outputs of all layers are computed at once, so the networks may change afterwards.

    Args:
        model: In torch.
        twins: Keras models of the same kind, by name; their layers are called as those of ``model``
            are, with "-" for ".".
        images: A few pictures, (N, C, H, W).
        class_names: K names.

    Raises:
        ValueError: If there are no pictures or twins, or a twin does not end in K logits as the
            model does, or has a layer of another shape.
    """
    if images.ndim != 4 or not len(images) or not twins:
        raise ValueError(
            "give pictures (N, C, H, W), at least one, and at least one twin; got images of shape "
            f"{tuple(images.shape)} and {len(twins)} twins"
        )
    pictures = {PICTURE: channels_last(images.cpu())}
    of_torch = pictures | torch_outputs(deepcopy(model).cpu().eval(), images.cpu())
    outputs = {
        name: BothOutputs(of_torch, pictures | keras_outputs(twin, pictures[PICTURE]))
        for name, twin in twins.items()
    }
    for name, both in outputs.items():
        _check(name, both, (len(images), len(class_names)))
    layers = [layer for layer in of_torch if all(layer in b.of_keras for b in outputs.values())]
    first, shown = next(iter(outputs)), _worth_seeing(outputs, layers)
    menu = ipywidgets.Dropdown(options=list(outputs), description="network in Keras")
    controls = {
        **({"network": menu} if len(outputs) > 1 else {}),
        "number": ipywidgets.IntSlider(
            1, min=1, max=len(images), description="picture", continuous_update=False
        ),
        "layer": slider_over(layers, "layer", start=shown[-1][1], form=words_for),
    }
    draw = partial(draw_layer, outputs=outputs, class_names=class_names)
    if len(outputs) == 1:
        draw = partial(draw, network=first)
    stills = {
        f"{name}:\n{words_for(layer)}": {"number": 1, "layer": layer}
        | ({"network": name} if len(outputs) > 1 else {})
        for name, layer in shown
    }
    return Explorer(draw, controls, stills=stills, columns=3, width=SIDE, height=SIDE + ROOM)


def _worth_seeing(
    outputs: Mapping[str, BothOutputs], layers: Sequence[str]
) -> list[tuple[str, str]]:
    """Of each network the layer that disagrees first at picture 1, else the first one."""
    return [
        (name, next((k for k in layers if both.apart(k, 0) > ROUNDING), layers[1]))
        for name, both in outputs.items()
    ]


def _check(name: str, both: BothOutputs, logits_shape: tuple[int, int]) -> None:
    shapes = {k: (both.of_torch[k].shape, both.of_keras[k].shape) for k in both.shared()}
    for layer, (of_torch, of_keras) in shapes.items():
        if of_torch != of_keras:
            raise ValueError(
                f"{name}: {words_for(layer)} gives {of_keras} in Keras and {of_torch} in torch; "
                "build it for networks and pictures of one size"
            )
    last = list(shapes)[-1]
    ends = list(both.of_keras)[-1]
    if last != ends or shapes[last][0] != logits_shape:
        raise ValueError(
            f"{name}: the last layer, {ends}, must give {logits_shape[1]} logits, one a class, and "
            f"be called as in torch; the last that both have, {last}, gives {shapes[last][0]}"
        )
