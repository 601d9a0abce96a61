"""Lesson 08: from which score on a box counts, and from which overlap on it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.average_precision import average_precision
from course_utils.evaluation.detection.matching import (
    IOU_THRESHOLDS,
    NONE,
    Matches,
    match_detections,
    place_of,
)
from course_utils.figures.axes import say
from course_utils.figures.boxes import draw_picture
from course_utils.figures.plots import COLOURS
from course_utils.lessons.object_detection.widgets.scene import (
    MISSED,
    RIGHT,
    TRUTH,
    WRONG,
    explain_boxes,
    fullest,
    mark_box,
)
from course_utils.models.detection.detector import Detections
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCORES = tuple(round(0.05 * step, 2) for step in range(1, 20))
IOUS = tuple(round(float(threshold), 2) for threshold in IOU_THRESHOLDS)
START = 0.3  # the score threshold shown first


@dataclass(frozen=True)
class Judged:
    """Pictures, what a detector found on them, and what became of it.

    Args:
        pictures: N.
        detections: N.
        matches: Of all detections, at the IoUs of ``IOUS``.
        precisions: Average precision by IoU and class (T, K); nan for a class without objects.
    """

    pictures: BoxedPictures
    detections: Sequence[Detections]
    matches: Matches
    precisions: np.ndarray

    def curve(self, iou: float, score: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Recall and precision after each box of the list, all classes in one.

        Args:
            iou: From which on a box is right.
            score: From which on a box counts.
        """
        place = place_of(iou)
        asked = ~self.matches.is_left_out[place] & (self.matches.scores >= score)
        right = self.matches.is_right[place, asked].cumsum()
        num_objects = max(1, int(self.matches.num_boxes.sum()))
        return right / num_objects, right / np.arange(1, len(right) + 1)


def draw_thresholds(
    axes: Sequence[Axes], *, judged: Judged, number: int, score: float, iou: float
) -> None:
    """One picture with the boxes that count; and the curve of all pictures with its point.

    Args:
        axes: Two, for the picture and for the curve.
        judged: All pictures.
        number: Of the one shown, from 1.
        score: From which on a box counts.
        iou: From which on it is right.
    """
    _draw_picture(axes[0], judged, number, score, place_of(iou))
    _draw_curve(axes[1], judged, score, iou)


def _draw_picture(ax: Axes, judged: Judged, number: int, score: float, at: int) -> None:
    place, pictures, matches = number - 1, judged.pictures, judged.matches
    names, counts = pictures.class_names, pictures.counts[place]
    draw_picture(ax, pictures.images[place])
    shown = (matches.pictures == place) & (matches.scores >= score)
    found = set(matches.boxes[at, shown].tolist()) - {NONE}
    for k, box in enumerate(pictures.boxes[place]):
        if k in found or not counts[k]:
            mark_box(ax, box, TRUTH)
        else:
            mark_box(ax, box, MISSED, names[pictures.labels[place][k]])
    is_judged = shown & ~matches.is_left_out[at]
    for k in np.flatnonzero(is_judged)[::-1]:  # the surest on top
        box = judged.detections[place]["boxes"][int(matches.places[k])]
        words = f"{names[matches.labels[k]]} {matches.scores[k]:.2f}"
        mark_box(ax, box, RIGHT if matches.is_right[at, k] else WRONG, words)
    explain_boxes(ax, {"right": RIGHT, "wrong": WRONG, "missed": MISSED, "truth": TRUTH})
    num_right, num_objects = int(matches.is_right[at, is_judged].sum()), int(counts.sum())
    num_wrong = int(is_judged.sum()) - num_right
    say(
        ax,
        f"Picture {number} has {num_objects} object{'s' * (num_objects != 1)}: {num_right} found, "
        f"{num_objects - num_right} missed, {num_wrong} wrong box{'es' * (num_wrong != 1)}.",
    )


def _draw_curve(ax: Axes, judged: Judged, score: float, iou: float) -> None:
    """The whole curve, and the point of those that count."""
    recall, precision = judged.curve(iou)
    if len(recall):
        best = np.maximum.accumulate(precision[::-1])[::-1]
        line = np.r_[0.0, recall], np.r_[best[0], best]
        ax.fill_between(*line, step="pre", color=COLOURS[0], alpha=0.15, lw=0)
        ax.step(*line, where="pre", color=COLOURS[0], label="monotone")
        ax.plot(recall, precision, color="black", lw=0.8, ls=":", label="as counted")
    ax.set(xlim=(0, 1.03), ylim=(0, 1.05), xlabel="recall", ylabel="precision")
    recalls, precisions = judged.curve(iou, score)
    words = f"Of all pictures {len(recalls):,} boxes have a score of {score:g} or more"
    if len(recalls):
        ax.plot(recalls[-1], precisions[-1], "D", color=COLOURS[1], ms=8,
                label=f"score from {score:g}")  # fmt: skip
        words += (
            f"; with an IoU of {iou:g}, precision {precisions[-1]:.3f}, recall {recalls[-1]:.3f}"
        )
    of_classes = judged.precisions[place_of(iou)]
    there = of_classes[~np.isnan(of_classes)]
    if len(there):
        among = f"mean over {len(there)} classes" if len(there) > 1 else "of the one class"
        words += f". Over all scores, AP at this IoU ({among}): {there.mean():.3f}"
    if len(there) > 1:
        words += "; the curve has all classes in one list"
    if len(recall):
        ax.legend(
            loc="upper center", bbox_to_anchor=(0.45, -0.2), ncols=3, fontsize=8, frameon=False,
            handlelength=1.4, columnspacing=1.0,
        )  # fmt: skip
    say(ax, words + ".")


def explore_thresholds(pictures: BoxedPictures, detections: Sequence[Detections]) -> Explorer:
    """Sliders for the picture, the score and the IoU: right, wrong and missed boxes, and the curve.

    Args:
        pictures: N pictures with their boxes.
        detections: N, what a detector found on each.

    Raises:
        ValueError: As of ``match_detections``.
    """
    matches = match_detections(detections, pictures)
    (precisions,) = average_precision(matches, np.ones((1, len(pictures)), dtype=np.int64))
    judged = Judged(pictures, detections, matches, precisions)
    first = fullest(pictures)
    controls = {
        "number": ipywidgets.IntSlider(
            first, min=1, max=len(pictures), description="picture", continuous_update=False
        ),
        "score": slider_over(SCORES, "score from", start=START, form="{:.2f}".format),
        "iou": slider_over(IOUS, "right from an IoU of", form="{:.2f}".format),
    }
    stills = {
        f"score {score:g}, IoU {iou:g}": {"number": first, "score": score, "iou": iou}
        for score, iou in ((0.05, 0.5), (0.5, 0.5), (0.5, 0.9))
    }
    draw = partial(draw_thresholds, judged=judged)
    return Explorer(draw, controls, stills=stills, columns=2, width=3.5, height=3.3)
