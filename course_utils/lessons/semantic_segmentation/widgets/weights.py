"""Lesson 09: what segmenters find that were trained with other losses, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.scores import SegmentationScores, score_maps
from course_utils.figures.axes import say
from course_utils.figures.maps import are_wrong, class_colours
from course_utils.figures.names import as_text
from course_utils.lessons.semantic_segmentation.widgets.scene import (
    ROOM,
    SIDE,
    check_pictures,
    choose_picture,
    show_map,
    show_picture,
)
from course_utils.models.segmentation.segmenter import ClassMap
from course_utils.widgets.explorer import Explorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS, NAME_LETTERS, TITLE_LETTERS = 16, 10, 24  # that can still be read
MOST_STILLS = 3
WIDTH = 2.4  # inches, of which four fit side by side into a page


@dataclass(frozen=True)
class Judged:
    """What a segmenter found on all pictures, and how good it is.

    Args:
        maps: N.
        matrix: (1 + K, 1 + K), pixels by true class (rows) and predicted class (columns).
        scores: From that matrix.
    """

    maps: Sequence[ClassMap]
    matrix: np.ndarray
    scores: SegmentationScores

    @property
    def recall(self) -> float:
        """Share of the ink that was taken for ink, of whatever class; nan without ink."""
        return _share(self.matrix[1:, 1:].sum(), self.matrix[1:].sum())

    @property
    def precision(self) -> float:
        """Share of what was taken for ink that is ink, of whatever class; nan without any."""
        return _share(self.matrix[1:, 1:].sum(), self.matrix[:, 1:].sum())


def draw_weights(
    axes: Sequence[Axes],
    *,
    pictures: MappedPictures,
    judged: Mapping[str, Judged],
    number: int,
    loss: str,
) -> None:
    """A picture, its true map, what was found with wrong pixels dotted, and IoU of each class.

    Args:
        axes: Four.
        pictures: All of them.
        judged: What was found, by the name of the loss.
        number: Of the picture shown, from 1.
        loss: Of the segmenter shown.
    """
    place, chosen = number - 1, judged[loss]
    true, found = pictures.maps[place], chosen.maps[place]
    wrong = are_wrong(found, true)
    show_picture(axes[0], pictures.images[place])
    show_map(axes[1], true, pictures, "true map")
    show_map(axes[2], found, pictures, "found, dot: wrong", wrong)
    _draw_bars(axes[3], chosen)
    say(
        axes[0],
        f"Picture {number}, loss {loss}: {int(wrong.sum()):,} of "
        f"{int((true != IGNORED).sum()):,} pixels are wrong. All together: "
        f"{chosen.scores}. "
        f"{_of_ink(chosen)}",
    )


def _draw_bars(ax: Axes, chosen: Judged) -> None:
    """IoU of the classes that are there, of those with most pixels if they are many; and mean."""
    scores, num_true = chosen.scores, chosen.matrix.sum(axis=1)
    iou, names = np.array(scores.class_iou), scores.class_names
    there = np.flatnonzero(np.isfinite(iou))
    shown = np.sort(there[np.argsort(-num_true[there], kind="stable")[:MOST_BARS]])
    colours = class_colours(len(names) - 1)
    colours[0] = 0.5  # paper is white on maps
    ax.barh(range(len(shown)), iou[shown], color=colours[shown])
    ax.axvline(scores.mean_iou, color="black", ls="--", lw=1.2)
    ax.set_yticks(range(len(shown)), [as_text(names[k], NAME_LETTERS) for k in shown], fontsize=8)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1), xticks=(0, 0.5, 1))
    ax.set_xlabel("IoU, dashed: mean", fontsize=9)
    each = ", ".join(f"{names[k]} {iou[k]:.3f}" for k in shown)
    say(ax, f"IoU of classes: {each}.")


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else float("nan")


def _of_ink(chosen: Judged) -> str:
    """Recall and precision of ink in words, where there is any to be right or wrong about."""
    found = (
        "There is no ink to find"
        if np.isnan(chosen.recall)
        else f"{chosen.recall:.3f} of the ink is found as ink (recall)"
    )
    right = (
        "nothing is found as ink, so it has no precision"
        if np.isnan(chosen.precision)
        else f"{chosen.precision:.3f} of what is found as ink is ink (precision)"
    )
    return f"{found}; {right}."


def explore_weights(
    pictures: MappedPictures, found_by: Mapping[str, Sequence[ClassMap]]
) -> Explorer:
    """Controls for the picture and the loss: what is found, and which classes gain by it?

    Args:
        pictures: N pictures with their maps, of any sizes.
        found_by: By the name of a loss, or of the weight of paper in it, N maps that a segmenter
            found which was trained so.

    Raises:
        ValueError: If there are no pictures or no losses, or as of ``confusion_matrices`` and
            ``score_maps``, with the name of the loss.
    """
    check_pictures(pictures, one_size=False)
    if not found_by:
        raise ValueError("found_by is empty: give the maps that at least one segmenter found")
    judged = {name: _judge(name, maps, pictures) for name, maps in found_by.items()}
    controls = {
        "number": choose_picture(pictures),
        "loss": ipywidgets.Dropdown(options=list(judged), description="loss"),
    }
    places = np.linspace(0, len(judged) - 1, min(len(judged), MOST_STILLS)).round().astype(int)
    number = controls["number"].value
    stills = {name: {"number": number, "loss": name} for name in (list(judged)[k] for k in places)}
    draw = partial(draw_weights, pictures=pictures, judged=judged)
    return Explorer(draw, controls, stills=stills, columns=4, width=WIDTH, height=SIDE + ROOM)


def _judge(name: str, maps: Sequence[ClassMap], pictures: MappedPictures) -> Judged:
    try:
        matrices = confusion_matrices(maps, pictures.maps, pictures.num_classes)
        scores = score_maps(matrices, pictures.class_names)
    except ValueError as error:
        raise ValueError(f"loss {name}: {error}") from error
    return Judged(maps, matrices.sum(axis=0), scores)
