"""Part j: mean IoU of maps of classes by the workbook, by torchmetrics and by scikit-learn.

All get the same made-up maps: of scenes of digits, and of regions as large as in photographs. The
workbook counts each picture apart, since intervals draw pictures; torchmetrics counts each batch,
and scikit-learn all pixels at once. ``segmentation_loop`` says what loops train.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from torch import Tensor

from benchmark import bare_loops, segmentation_loop
from benchmark.bare_loops import BATCH_SIZE
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
from course_utils.data.boxes.examples import IGNORED
from course_utils.data.scenes import digit_scene_maps
from course_utils.evaluation.draws import DRAWS
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.over_pictures import (
    ScoresOverPictures,
    interval_over_pictures,
)
from course_utils.evaluation.segmentation.scores import score_maps

SECONDS = 3  # for an interval, what it counts included
SIDE, CELL = 256, 16  # pixels a side of a large map and of the cells that its regions are made of
NUM_CLASSES = 20  # of a large map, without background
BACKGROUND, RIGHT = 0.6, 0.9  # share of the cells, and of the pixels


@dataclass(frozen=True)
class MapCase:
    """Maps of N pictures: what is there and what was found.

    Args:
        name: What is scored.
        truth: (N, H, W), uint8; 0 for background, from 1 to K, or ``IGNORED``.
        found: The same, without ``IGNORED``.
        num_classes: K.
    """

    name: str
    truth: Tensor
    found: Tensor
    num_classes: int

    @property
    def class_names(self) -> tuple[str, ...]:
        """(1 + K,), their numbers."""
        return tuple(map(str, range(1 + self.num_classes)))


def measure(settings: Settings) -> list[Result]:
    """Seconds of scoring by each library, of an interval over pictures, and of both loops."""
    loops = segmentation_loop.loop_case(bare_loops.NUM_SCENES, settings.seed)
    return [
        *measure_scores(scene_case(settings.num_scenes, settings.seed), settings.rounds),
        *measure_scores(region_case(settings.num_large_maps, settings.seed), settings.rounds),
        bare_loops.measure(loops, settings),
    ]


def measure_scores(case: MapCase, rounds: int) -> list[Result]:
    """Our scores against those of each library that is installed, and our interval."""
    installed = [name for name, library in LIBRARIES.items() if find_spec(library.module)]
    sides = {
        "ours": Side(lambda _: score(case), note=float),
        "interval": Side(lambda _: score_interval(case)),
    }
    for name in installed:
        sides[name] = Side(lambda _, ask=LIBRARIES[name].score: ask(case), note=float)
    alternate(sides, 1)  # imports
    turns = alternate(sides, rounds)
    return [
        *(
            compare(turns, case.name, name)
            if name in installed
            else Skipped("j", case.name, f"not installed: {name}")
            for name in LIBRARIES
        ),
        Reading("j", f"{case.name}, interval of {DRAWS:,} draws", "s",
                seconds_of(turns["interval"]), at_most=SECONDS),
    ]  # fmt: skip


def compare(turns: dict[str, list[Turn]], what: str, name: str) -> Result:
    """Times of ours and of the library called ``name``, if both gave the same mean IoU."""
    ours, other = (turns[side][0].note for side in ("ours", name))
    gap = abs(ours - other)
    if not gap <= LIBRARIES[name].same:
        return Skipped("j", what, f"the scores differ: {ours} and by {name} {other}")
    return Comparison(
        "j", what, "s", seconds_of(turns["ours"]), seconds_of(turns[name]), name,
        note=f"both {ours:.6f}; they differ by {gap:.1g}",
    )  # fmt: skip


def scene_case(num_scenes: int, seed: int) -> MapCase:
    """Scenes of digits, of 32 pixels a side."""
    scenes = digit_scene_maps(1, num_scenes, 1, seed).val
    found = make_found(scenes.maps, scenes.num_classes, seed)
    return MapCase(f"mean IoU of {num_scenes} scenes", scenes.maps, found, scenes.num_classes)


def region_case(num_maps: int, seed: int) -> MapCase:
    """Maps as large as of photographs, with many classes and outlines that do not count."""
    truth = make_regions(num_maps, NUM_CLASSES, seed)
    found = make_found(truth, NUM_CLASSES, seed)
    return MapCase(f"mean IoU of {num_maps} maps of {SIDE} px", truth, found, NUM_CLASSES)


def make_regions(num_maps: int, num_classes: int, seed: int) -> Tensor:
    """Maps (N, 256, 256), uint8, of square cells, mostly background, with ``IGNORED`` outlines."""
    generator = torch.Generator().manual_seed(seed)
    size = (num_maps, SIDE // CELL, SIDE // CELL)
    cells = torch.randint(1, 1 + num_classes, size, generator=generator)
    cells[torch.rand(size, generator=generator) < BACKGROUND] = 0
    maps = cells.repeat_interleave(CELL, dim=1).repeat_interleave(CELL, dim=2)
    outlines = torch.zeros_like(maps, dtype=torch.bool)
    outlines[:, 1:] |= maps[:, 1:] != maps[:, :-1]
    outlines[:, :, 1:] |= maps[:, :, 1:] != maps[:, :, :-1]
    return maps.masked_fill(outlines, IGNORED).byte()


def make_found(truth: Tensor, num_classes: int, seed: int) -> Tensor:
    """The true maps (N, H, W), with any class in some pixels and in those that do not count."""
    generator = torch.Generator().manual_seed(seed)
    anything = torch.randint(1 + num_classes, truth.shape, generator=generator).byte()
    is_right = torch.rand(truth.shape, generator=generator) < RIGHT
    return truth.where(is_right & (truth != IGNORED), anything)


def score(case: MapCase) -> float:
    """The mean IoU by the workbook."""
    matrices = confusion_matrices(case.found, case.truth, case.num_classes)
    return score_maps(matrices, case.class_names).mean_iou


def score_interval(case: MapCase) -> ScoresOverPictures:
    """The same with an interval over pictures."""
    matrices = confusion_matrices(case.found, case.truth, case.num_classes)
    return interval_over_pictures(matrices, case.class_names)


def score_by_torchmetrics(case: MapCase) -> Tensor:
    """The same by torchmetrics, which is given batches, as an evaluation loop gives them."""
    from torchmetrics.classification import MulticlassJaccardIndex

    metric = MulticlassJaccardIndex(1 + case.num_classes, average="macro", ignore_index=IGNORED)
    for batch in zip(case.found.split(BATCH_SIZE), case.truth.split(BATCH_SIZE), strict=True):
        metric.update(*batch)
    return metric.compute()


def score_by_scikit_learn(case: MapCase) -> float:
    """The same by scikit-learn, which is given the pixels that count."""
    from sklearn.metrics import jaccard_score

    counts = case.truth != IGNORED
    return jaccard_score(case.truth[counts], case.found[counts], average="macro")


@dataclass(frozen=True)
class Library:
    """Another way to the mean IoU.

    Args:
        module: That it needs.
        score: Of a case.
        same: How far it may be from ours.
    """

    module: str
    score: Callable[[MapCase], Tensor | float]
    same: float


LIBRARIES = {
    "torchmetrics": Library("torchmetrics", score_by_torchmetrics, 1e-6),  # it divides in float32
    "scikit-learn": Library("sklearn", score_by_scikit_learn, 1e-12),
}
