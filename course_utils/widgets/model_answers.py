"""Pick a picture, and see what each of several models says of it."""

from collections.abc import Mapping, Sequence
from functools import partial

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from course_utils.data.streamed import StreamedImages
from course_utils.figures.axes import say
from course_utils.figures.names import as_text
from course_utils.figures.plots import COLOURS, plot_images
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.picture_buttons import picture_buttons

HATCHES = ("", "///", "\\\\\\")  # a second sign beside colour
NAME_LETTERS = 14  # widths that the name of a class may take beside its bars
MOST_CLASSES = 10  # bars that can still be read


def draw_answers(
    axes: Sequence[Axes],
    picture: Tensor,
    label: int,
    probs: Mapping[str, Tensor],
    class_names: Sequence[str],
) -> None:
    """One picture, and beside it a bar per class and model.

    Args:
        axes: Two, for the picture and for the bars.
        picture: (1, C, H, W), values 0 to 1.
        label: True class.
        probs: By name of the model, at most three, each (K,): a probability per class.
        class_names: K names.
    """
    left, right = axes
    plot_images(picture, what=f"true class {class_names[label]}", columns=1, ax=left)
    shown = _classes_to_show(label, probs)
    height = 0.8 / len(probs)
    for number, (name, values) in enumerate(probs.items()):
        places = np.arange(len(shown)) + (number - (len(probs) - 1) / 2) * height
        style = {"color": COLOURS[number], "hatch": HATCHES[number], "alpha": 0.8}
        right.barh(places, values[shown].numpy(), height, label=as_text(name), **style)
        answer = int(values.argmax())
        verdict = "right" if answer == label else "wrong"
        say(right, f"{name}: {class_names[answer]} with {values[answer]:.2f}, {verdict}.")
    names = [as_text(class_names[k], NAME_LETTERS) + " (true)" * (k == label) for k in shown]
    right.set_yticks(range(len(shown)), names)
    right.invert_yaxis()
    right.set(xlim=(0, 1), xlabel="probability")
    right.legend(fontsize=8)


def explore_answers(
    images: Tensor | StreamedImages,
    labels: Tensor,
    logits: Mapping[str, Tensor],
    class_names: Sequence[str],
    *,
    by_clicking: bool = False,
) -> Explorer:
    """A slider over pictures, those on which the models disagree coming first.

    Args:
        images: (N, C, H, W), values 0 to 1.
        labels: (N,).
        logits: By name of the model, one to three, each (N, K).
        class_names: K names.
        by_clicking: Show the pictures themselves to choose from, which suits some ten of them.

    Raises:
        ValueError: If there are no pictures, or numbers of them, of models or of classes differ.
    """
    for name, table in logits.items():
        if tuple(table.shape) != (len(labels), len(class_names)) or len(images) != len(labels):
            raise ValueError(
                f"{name!r} has logits {tuple(table.shape)} for {len(images)} pictures, "
                f"{len(labels)} labels and {len(class_names)} classes"
            )
    if not 1 <= len(logits) <= len(HATCHES) or len(labels) == 0:
        raise ValueError(f"give pictures and one to three models, got {len(labels)}, {len(logits)}")
    probs = {name: table.detach().cpu().softmax(dim=1) for name, table in logits.items()}
    answers = np.array([table.argmax(dim=1).numpy() for table in probs.values()])  # (models, N)
    order = np.argsort((answers == answers[0]).all(axis=0), kind="stable")

    def draw(axes: Sequence[Axes], number: int) -> None:
        place = int(order[number - 1])
        chosen = {name: table[place] for name, table in probs.items()}
        picture = images[place : place + 1]
        draw_answers(axes, picture, int(labels[place]), chosen, class_names)

    numbers = sorted({1, min(2, len(labels)), len(labels)})
    stills = {f"picture {number}": {"number": number} for number in numbers}
    look = {"stills": stills, "columns": 2, "width": 3.6}
    if by_clicking:
        in_order = images[order.tolist()]
        buttons, style = picture_buttons(in_order, "picture")
        sheet = partial(
            plot_images,
            in_order,
            [*map(str, range(1, len(labels) + 1))],
            columns=6,
            what="those to choose from",
        )
        explorer = Explorer(draw, {"number": buttons}, overview=sheet, **look)
        explorer.box.children = (style, *explorer.box.children)
        return explorer
    slider = ipywidgets.IntSlider(
        1, min=1, max=len(labels), description="picture", continuous_update=False
    )
    return Explorer(draw, {"number": slider}, **look)


def _classes_to_show(label: int, probs: Mapping[str, Tensor]) -> list[int]:
    """The true class and the likeliest others of any model, in the order of the classes."""
    best = sum(probs.values()).argsort(descending=True).tolist()
    likely = [label, *(k for k in best if k != label)]
    return sorted(likely[:MOST_CLASSES])
