"""Small models saved as folders, with what they learned from as real files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.shipping import record as records
from course_utils.shipping.saving import save_model
from course_utils.shipping.score import Score
from course_utils.shipping.writing import CardTexts

NAMES = ("naïve ✓", "=1+1", "a/b", "-x")
TEXTS = CardTexts("Noise.", "There was one candidate.", "Anything else.", "letters", "mit")


def small_model(channels: int = 1, width: int = 4, input_size: int | None = None) -> Classifier:
    """An untrained network whose batch norm has seen something, as after training."""
    with seeded(0):
        model = Classifier(Backbone(channels, width, input_size), len(NAMES))
        model.head.weight.data *= 20  # answers far enough apart to be told
        model.train()
        for _ in range(5):
            model(torch.rand(16, channels, 12, 12) * 3)
    return model.eval()


def noise_examples(channels: int = 1, size: int = 12, num_pictures: int = 24) -> LabelledImages:
    """Pictures of noise, bytes, whose labels go round the classes."""
    generator = torch.Generator().manual_seed(0)
    shape = (num_pictures, channels, size, size)
    images = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    return LabelledImages(images, torch.arange(num_pictures) % len(NAMES), NAMES)


def score_of(right: tuple[int, ...] = (9, 8, 9, 10), number: int = 10) -> Score:
    """The score of a test with as many pictures of each class."""
    wrong = (NAMES[1], NAMES[0], number - right[1])
    return Score(NAMES, right, (number,) * len(NAMES), (wrong,) if right[1] < number else ())


def save_small(
    folder: Path,
    model: Classifier | None = None,
    examples: LabelledImages | None = None,
    **more: object,
) -> Path:
    """Save a small model, grey unless another is given."""
    options = {"texts": TEXTS, "test": score_of(), "temperature": 1.7} | more
    examples = examples or noise_examples()
    return save_model(folder, model or small_model(), learned_from=examples, **options)


def change_record(folder: Path, do: Callable[[dict[str, Any]], object]) -> None:
    """Write the record of ``folder`` anew, as another workbook might have."""
    record = records.read_record(folder / "model.json")
    do(record)
    records.write_record(record, folder / "model.json")


def write_pictures(folder: Path, examples: LabelledImages) -> list[Path]:
    """Write the pictures as files of PNG; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, picture in enumerate(examples.images):
        pixels = picture.permute(1, 2, 0).squeeze(2).numpy()
        files.append(folder / f"{number:03d}.png")
        Image.fromarray(pixels).save(files[-1])
    return files
