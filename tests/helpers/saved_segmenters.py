"""A small segmenter that finds red and blue rectangles, and pictures with maps to ask it about."""

import math
from functools import cache
from pathlib import Path

import torch

from course_utils.data.maps.examples import BACKGROUND, MappedPictures
from course_utils.evaluation.segmentation.over_pictures import ScoresOverPictures
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone
from course_utils.models.segmentation.dense import DenseSegmenter
from course_utils.models.side_by_side import seeded
from course_utils.shipping.masks.saving import save_segmenter
from tests.helpers.saved_detectors import NAMES, SIDE, TEXTS, rectangles

ALL_NAMES = (BACKGROUND, *NAMES)
NUM_STEPS = 40
SCORE = ScoresOverPictures(
    0.61, (0.5, 0.72), 0.9, (0.85, 0.95),
    (0.92, 0.3, math.nan), ((0.9, 0.94), (0.2, 0.4), (math.nan, math.nan)),
    ALL_NAMES, (20, 12, 0), 20, "picture",
)  # fmt: skip


def mapped(num_pictures: int = 64, seed: int = 0) -> MappedPictures:
    """The pictures of ``rectangles`` with the class of each pixel."""
    drawn = rectangles(num_pictures, seed)
    maps = torch.zeros(num_pictures, SIDE, SIDE, dtype=torch.uint8)
    for true, boxes, labels in zip(maps, drawn.boxes, drawn.labels, strict=True):
        for (left, top, right, bottom), label in zip(boxes.long().tolist(), labels, strict=True):
            true[top:bottom, left:right] = 1 + label
    return MappedPictures(drawn.images, maps, ALL_NAMES, drawn.files)


@cache
def trained_segmenter() -> DenseSegmenter:
    """One that learned from such pictures for a second; whoever changes it copies it."""
    learn = mapped()
    with seeded(0):
        model = DenseSegmenter(FeatureMap(Backbone(3, 4)), len(NAMES)).train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.03)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.03, total_steps=NUM_STEPS)
        for _ in range(NUM_STEPS):
            some = learn[torch.randperm(len(learn))[:16]]
            loss = sum(model.losses(some.images / 255, some.maps).values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def save_trained(folder: Path, **more: object) -> Path:
    """The folder of that segmenter."""
    options = {"texts": TEXTS, "test": SCORE, "image_size": SIDE} | more
    model = options.pop("model", None) or trained_segmenter()
    return save_segmenter(
        folder, model, learned_from=options.pop("learned_from", mapped()), **options
    )
