"""A small detector that finds red and blue rectangles, and pictures to ask it about."""

from functools import cache
from pathlib import Path

import torch
from PIL import Image, ImageDraw

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.models.detection.dense import DenseDetector
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.shipping.boxes.saving import save_detector
from course_utils.shipping.boxes.score import BoxScore, ClassScore, Estimate
from course_utils.shipping.writing import CardTexts

NAMES = ("red ✓", "blue | <b>")
COLOURS = ((220, 30, 20), (20, 40, 220))
SIDE = 32
NUM_STEPS = 90
TEXTS = CardTexts("Drawn.", "There was one candidate.", "Anything else.", "random", "mit")
SCORE = BoxScore(
    Estimate(0.41, 0.3, 0.52),
    Estimate(0.8, 0.7, 0.9),
    20,
    35,
    20,
    by_class=(ClassScore(NAMES[0], 0.5, 35), ClassScore(NAMES[1], None, 0)),
)


def rectangles(num_pictures: int = 64, seed: int = 0) -> BoxedPictures:
    """Grey pictures with one red or blue rectangle, left or right of which another may be."""
    generator = torch.Generator().manual_seed(seed)

    def draw(low: int, high: int) -> int:
        return int(torch.randint(low, high, (), generator=generator))

    images, boxes, labels = [], [], []
    for number in range(num_pictures):
        grey = draw(60, 200)
        image = torch.full((3, SIDE, SIDE), grey, dtype=torch.uint8)
        mine, named = [], []
        for start in (0, 16)[: number % 3]:  # nothing, one, two
            left, top, label = start + draw(0, 5), draw(1, 16), draw(0, 2)
            right, bottom = left + draw(7, 11), top + draw(7, 15)
            image[:, top:bottom, left:right] = torch.tensor(COLOURS[label])[:, None, None]
            mine.append((left, top, right, bottom))
            named.append(label)
        images.append(image)
        boxes.append(torch.tensor(mine, dtype=torch.float32).reshape(-1, 4))
        labels.append(torch.tensor(named, dtype=torch.int64))
    counts = tuple(torch.ones(len(some), dtype=torch.bool) for some in labels)
    names = tuple(f"{number}.png" for number in range(num_pictures))
    return BoxedPictures(torch.stack(images), tuple(boxes), tuple(labels), NAMES, counts, names)


@cache
def trained_detector() -> DenseDetector:
    """A detector that learned from such pictures for some seconds; whoever changes it copies it."""
    learn = rectangles()
    with seeded(0):
        model = DenseDetector(FeatureMap(Backbone(3, 8)), len(NAMES)).train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=NUM_STEPS)
        for _ in range(NUM_STEPS):
            places = torch.randperm(len(learn))[:16]
            some = learn[places]
            targets = [
                dict(zip(("boxes", "labels", "counts"), each, strict=True))
                for each in zip(some.boxes, some.labels, some.counts, strict=True)
            ]
            loss = sum(model.losses(some.images / 255, targets).values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def save_trained(folder: Path, **more: object) -> Path:
    """The folder of that detector."""
    options = {"texts": TEXTS, "test": SCORE, "image_size": SIDE, "min_score": 0.3} | more
    model = options.pop("model", None) or trained_detector()
    return save_detector(
        folder, model, learned_from=options.pop("learned_from", rectangles()), **options
    )


def draw_picture(size: tuple[int, int], box: tuple[int, int, int, int], label: int) -> Image.Image:
    """A grey picture (RGB) with one rectangle; right and bottom are one past the last pixel."""
    picture = Image.new("RGB", size, (130, 130, 130))
    left, top, right, bottom = box
    ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), fill=COLOURS[label])
    return picture
