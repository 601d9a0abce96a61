"""Part i: scores of detections by the library of the lessons, against that of COCO's authors.

Both get the same made-up detections on scenes of digits, and both turn them into COCO's form.
``detection_loop`` says what loops train.
"""

import contextlib
import io
import warnings
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import torch

from benchmark import bare_loops, detection_loop
from benchmark.measurements import (
    Comparison,
    Reading,
    Result,
    Side,
    Skipped,
    Turn,
    alternate,
    seconds_of,
)
from benchmark.settings import Settings
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.scenes import digit_scenes
from course_utils.evaluation.detection.coco_scores import (
    DetectionScores,
    found_as_coco,
    score_detections,
    truth_as_coco,
)
from course_utils.evaluation.detection.over_pictures import interval_over_pictures
from course_utils.evaluation.draws import DRAWS
from course_utils.models.detection.detector import Detections

SAME = 1e-12  # as near as two ways of adding up come
SECONDS = 3  # for an interval over 200 scenes
NEAR, FALSE = 4, 3  # detections near each box, and anywhere on each scene


def measure(settings: Settings) -> list[Result]:
    """Seconds of scoring by either library, of an interval over scenes, and of both loops."""
    pictures = digit_scenes(1, settings.num_scenes, 1, settings.seed).val
    detections = make_detections(pictures, settings.seed)
    interval = Side(lambda _: interval_over_pictures(detections, pictures))
    turns = alternate({"interval": interval}, settings.rounds)
    loops = detection_loop.loop_case(bare_loops.NUM_SCENES, settings.seed)
    what = f"mAP of {settings.num_scenes} scenes"
    return [
        _compare_libraries(detections, pictures, what, settings.rounds),
        Reading("i", f"{what}, interval of {DRAWS:,} draws", "s", seconds_of(turns["interval"]),
                at_most=SECONDS),
        bare_loops.measure(loops, settings),
    ]  # fmt: skip


def _compare_libraries(
    detections: Sequence[Detections], pictures: BoxedPictures, what: str, rounds: int
) -> Result:
    if find_spec("pycocotools") is None:
        return Skipped("i", what, "not installed: pycocotools")
    sides = {
        "ours": Side(lambda _: score_detections(detections, pictures), note=main_scores),
        "other": Side(lambda _: score_by_authors(detections, pictures), note=np.asarray),
    }
    alternate(sides, 1)  # imports
    return compare(alternate(sides, rounds), what)


def compare(turns: dict[str, list[Turn]], what: str) -> Result:
    """Times of both libraries, if they gave the same mAP, AP50 and AP75."""
    ours, other = (turns[name][0].note for name in ("ours", "other"))
    gap = np.abs(ours - other).max()
    if not gap <= SAME:
        return Skipped("i", what, f"the scores differ: {ours} and by pycocotools {other}")
    return Comparison(
        "i", what, "s", seconds_of(turns["ours"]), seconds_of(turns["other"]), "pycocotools",
        note=f"both {ours[0]:.6f}; mAP, AP50 and AP75 differ by at most {gap:.1g}",
    )  # fmt: skip


def make_detections(pictures: BoxedPictures, seed: int) -> list[Detections]:
    """Some detections near each box, nearly all of its class, and some anywhere."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for boxes, labels in zip(pictures.boxes, pictures.labels, strict=True):
        near = boxes.repeat_interleave(NEAR, dim=0)
        near = near + torch.randn(near.shape, generator=generator)
        near[:, 2:] = torch.maximum(near[:, 2:], near[:, :2] + 1)  # a 1 is thin
        corners = 24 * torch.rand((FALSE, 2), generator=generator)
        found = torch.cat([near, torch.cat([corners, corners + 8], dim=1)])
        kinds = torch.randint(pictures.num_classes, (len(found),), generator=generator)
        keeps = torch.rand(len(near), generator=generator) < 0.9
        kinds[: len(near)] = torch.where(keeps, labels.repeat_interleave(NEAR), kinds[: len(near)])
        scores = torch.rand(len(found), generator=generator)
        made.append({"boxes": found, "labels": kinds, "scores": scores})
    return made


def main_scores(scores: DetectionScores) -> np.ndarray:
    """The mAP, AP50 and AP75 (3,)."""
    return np.array([scores.mean_ap, scores.ap50, scores.ap75])


def score_by_authors(detections: Sequence[Detections], pictures: BoxedPictures) -> np.ndarray:
    """The same three by pycocotools, as its own examples call it."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pycocotools 2.0.11 hands over arrays as NumPy 1 did
        truth = COCO()
        truth.dataset = truth_as_coco(pictures)
        truth.createIndex()
        scorer = COCOeval(truth, truth.loadRes(list(found_as_coco(detections))), "bbox")
        scorer.evaluate()
        scorer.accumulate()
        scorer.summarize()
    return scorer.stats[:3]
