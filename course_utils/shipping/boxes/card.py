"""The model card of a detector: what a reader must know, under a header that programs read."""

from collections.abc import Iterator, Mapping
from typing import Any

from course_utils.shipping.boxes.score import BoxScore
from course_utils.shipping.card import fill, header, in_markdown, seen_before


def card_text(record: Mapping[str, Any], test: BoxScore | None, folder: str) -> str:
    """The card of the detector that ``record`` describes.

    Args:
        record: What ``model.json`` holds.
        test: How it did on its test pictures.
        folder: Name of the folder.
    """
    architecture, learned = record["architecture"], record["learned_from"]
    is_random = not architecture.get("pretrained", True)
    backbone = "random" if is_random else record["report"]["texts"]["backbone"]
    tested_on = None if test is None else test.tested_on
    return fill(
        "detector_card.md",
        record,
        folder,
        header=header(record, folder, tested_on, [] if test is None else _metrics(test)),
        seen=seen_before(backbone, architecture["kind"]),
        test=test,
        rows=[] if test is None else list(_rows(test, learned["by_class"])),
        num_learned=sum(learned["by_class"]),
    )


def _metrics(test: BoxScore) -> Iterator[tuple[str, float, str]]:
    """Id, value and name of each score."""
    for kind, said, found in (
        ("mean_average_precision", "mAP (COCO, IoU 0.50 to 0.95)", test.mean_ap),
        ("average_precision_50", "AP50 (COCO, IoU 0.50)", test.ap50),
    ):
        n = f"n = {test.num_units} {test.unit}s, {test.num_boxes} boxes"
        yield kind, found.value, f"{said}, {n}, 95 % interval {found.low:.3f} to {found.high:.3f}"


def _rows(test: BoxScore, learned: list[int]) -> Iterator[tuple[str, ...]]:
    """Each class in a row of the table."""
    for each, seen in zip(test.by_class, learned, strict=bool(test.by_class)):
        said = "not tested" if each.mean_ap is None else f"{each.mean_ap:.3f}"
        yield in_markdown(each.name), said, f"{each.num_boxes:,}", f"{seen:,}"
