"""Part i: the loop that trains the lesson's detectors, against a bare one on the same batches."""

from collections.abc import Callable

import torch
from torch.optim.lr_scheduler import OneCycleLR

from benchmark.loops import weights_of
from benchmark.measurements import Comparison, Result, Side, Turn, alternate, seconds_of
from benchmark.settings import Settings
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.scenes import digit_scenes
from course_utils.lessons.object_detection.training import train_detector
from course_utils.models.detection.dense import DenseDetector
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone

NUM_SCENES, BATCH_SIZE = 80, 16
LEARNING_RATE, WEIGHT_DECAY = 0.006, 0.01
GOAL = 0.97  # times as fast as the bare loop
Loop = Callable[[DenseDetector, BoxedPictures, list[dict], int, int, int], object]


def measure(settings: Settings) -> list[Result]:
    """Seconds of the same steps by both loops, after one turn of each that is not counted."""
    pictures = digit_scenes(NUM_SCENES, 1, 1, settings.seed).train
    num_steps = settings.detection_steps
    sides = {
        name: _side(loop, pictures, num_steps, settings.seed)
        for name, loop in (("ours", train_detector), ("other", bare_loop))
    }
    alternate(sides, 1)  # imports and sets up memory
    return [compare(alternate(sides, settings.rounds), f"{num_steps} steps of a detector")]


def compare(turns: dict[str, list[Turn]], what: str) -> Comparison:
    """Our loop against the bare one, and how far their final weights are apart."""
    gap = (turns["ours"][0].note - turns["other"][0].note).abs().max().item()
    return Comparison(
        "i", what, "s", seconds_of(turns["ours"]), seconds_of(turns["other"]), "a bare loop",
        goal=GOAL, note=f"final weights differ by at most {gap:.1g}",
    )  # fmt: skip


def new_detector(num_classes: int, seed: int) -> DenseDetector:
    """A dense detector in train mode; the same weights at each call."""
    torch.manual_seed(seed)
    return DenseDetector(FeatureMap(Backbone(1)), num_classes).train()


def groups_of(detector: DenseDetector) -> list[dict]:
    """All its weights, with one learning rate, as an optimizer takes them."""
    return [{"params": list(detector.parameters()), "lr": LEARNING_RATE}]


def bare_loop(
    detector: DenseDetector,
    pictures: BoxedPictures,
    groups: list[dict],
    num_steps: int,
    batch_size: int,
    seed: int,
) -> None:
    """What one writes by hand for scenes of one size in memory, with batches cut in place."""
    optimizer = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=True)
    schedule = OneCycleLR(optimizer, LEARNING_RATE, total_steps=num_steps)
    generator = torch.Generator().manual_seed(seed)
    images, boxes, labels = pictures.images, pictures.boxes, pictures.labels
    step = 0
    while step < num_steps:
        order = torch.randperm(len(images), generator=generator)
        whole = len(order) // batch_size * batch_size
        for places in order[:whole].split(batch_size)[: num_steps - step]:
            targets = [
                {"boxes": boxes[n], "labels": labels[n], "counts": pictures.counts[n]}
                for n in places.tolist()
            ]
            loss = sum(detector.losses(images[places], targets).values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1


def _side(loop: Loop, pictures: BoxedPictures, num_steps: int, seed: int) -> Side:
    """A turn of ``loop`` on a fresh detector."""

    def run(detector: DenseDetector) -> DenseDetector:
        loop(detector, pictures, groups_of(detector), num_steps, BATCH_SIZE, seed)
        return detector

    return Side(run, prepare=lambda _: new_detector(pictures.num_classes, seed), note=weights_of)
