"""The model card of a segmenter: what a reader must know, under a header that programs read."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from course_utils.data.plain_text import counted
from course_utils.evaluation.segmentation.over_pictures import ScoresOverPictures
from course_utils.shipping.card import fill, header, in_markdown, seen_before


def card_text(record: Mapping[str, Any], test: ScoresOverPictures | None, folder: str) -> str:
    """The card of the segmenter that ``record`` describes.

    Args:
        record: What ``model.json`` holds.
        test: How it did on its test pictures.
        folder: Name of the folder.
    """
    architecture, pixels = record["architecture"], record["learned_from"]["by_class"]
    is_random = not architecture.get("pretrained", True)
    backbone = "random" if is_random else record["report"]["texts"]["backbone"]
    tested_on = None if test is None else counted(test.num_units, f"test {test.unit}")
    total, commonest = sum(pixels), pixels.index(max(pixels))
    return fill(
        "segmenter_card.md",
        record,
        folder,
        header=header(record, folder, tested_on, [] if test is None else _metrics(test)),
        seen=seen_before(backbone, architecture["kind"]),
        test=test,
        tested_on=tested_on,
        rows=[] if test is None else list(_rows(test, pixels)),
        num_pixels=total,
        guess=in_markdown(record["class_names"][commonest]),
        guess_share=pixels[commonest] / max(1, total),
    )


def _metrics(test: ScoresOverPictures) -> Iterator[tuple[str, float, str]]:
    """Id, value and name of each score."""
    for kind, said, value, ends in (
        ("mean_iou", "Mean IoU", test.mean_iou, test.mean_iou_ends),
        ("pixel_accuracy", "Pixel accuracy", test.pixel_accuracy, test.pixel_accuracy_ends),
    ):
        n = f"n = {counted(test.num_units, test.unit)}"
        yield kind, value, f"{said}, {n}, 95 % interval {ends[0]:.3f} to {ends[1]:.3f}"


def _rows(test: ScoresOverPictures, learned: list[int]) -> Iterator[tuple[str, ...]]:
    """Each class in a row of the table."""
    columns = test.class_names, test.class_iou, test.class_iou_ends, test.class_units, learned
    for name, iou, (low, high), number, pixels in zip(*columns, strict=True):
        said = "not tested" if math.isnan(iou) else f"{iou:.3f}"
        ends = "none" if math.isnan(low) else f"{low:.3f} to {high:.3f}"
        yield in_markdown(name), said, ends, f"{number:,}", f"{pixels:,}"
