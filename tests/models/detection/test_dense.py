"""The dense detector: its loss term by term, what it learns from, and what it finds."""

import pytest
import torch
from torch import Tensor
from torchvision.ops import generalized_box_iou

from course_utils.data.boxes.batches import target_of
from course_utils.data.scene_drawing import Scenes
from course_utils.data.scenes import digit_scenes
from course_utils.models.detection.answering import detect_all
from course_utils.models.detection.cells import boxes_of_distances, cells_of_boxes
from course_utils.models.detection.dense import DenseDetector, dense_losses
from course_utils.models.detection.keeping import kept, surer_than
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone

STRIDE = 4


@pytest.fixture
def scenes() -> Scenes:
    return digit_scenes(12, 8, 4, 0).train


@pytest.fixture
def detector() -> DenseDetector:
    torch.manual_seed(0)
    return DenseDetector(FeatureMap(Backbone()), 10)


def answers(batch: int = 2, classes: int = 3, side: int = 4) -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    logits = torch.randn(batch, classes, side, side)
    return logits, torch.rand(batch, 4, side, side) * 6


def target(boxes: list[list[float]], labels: list[int], counts: list[bool] | None = None) -> dict:
    return {
        "boxes": torch.tensor(boxes).view(-1, 4),
        "labels": torch.tensor(labels, dtype=torch.int64),
        "counts": torch.tensor(counts or [True] * len(labels), dtype=torch.bool),
    }


def by_hand(logits: Tensor, distances: Tensor, targets: list[dict]) -> tuple[float, float]:
    """Both terms, cell by cell and class by class."""
    boxes, classes, overlap, num_cells = boxes_of_distances(distances, STRIDE), 0.0, 0.0, 0
    for number, one in enumerate(targets):
        owner = cells_of_boxes(one["boxes"], *logits.shape[-2:], STRIDE, 3.0)
        for row, column in torch.ones_like(owner).nonzero().tolist():
            place = int(owner[row, column])
            if place >= 0 and not one["counts"][place]:
                continue
            for label in range(logits.shape[1]):
                p = logits[number, label, row, column].sigmoid()
                is_there = place >= 0 and int(one["labels"][place]) == label
                q, alpha = (p, 0.25) if is_there else (1 - p, 0.75)
                classes += float(-alpha * (1 - q) ** 2 * q.log())
            if place >= 0:
                num_cells += 1
                pair = boxes[number, row, column][None], one["boxes"][place][None]
                overlap += float(1 - generalized_box_iou(*pair))
    return classes / max(1, num_cells), overlap / max(1, num_cells)


TARGETS = [
    target([[1, 1, 9, 9], [8, 8, 16, 15]], [0, 2]),
    target([[2, 3, 11, 12]], [1]),
]


@pytest.mark.parametrize(
    "targets",
    [
        TARGETS,
        [target([], []), TARGETS[1]],
        [target([[1, 1, 9, 9], [8, 8, 16, 15]], [0, 2], [False, True]), TARGETS[1]],
    ],
    ids=["all count", "an empty picture", "one does not count"],
)
def test_both_terms_are_those_computed_cell_by_cell(targets: list[dict]) -> None:
    logits, distances = answers()
    losses = dense_losses(logits, distances, targets, STRIDE, 3.0)
    classes, boxes = by_hand(logits, distances, targets)
    assert losses["classes"].item() == pytest.approx(classes, rel=1e-4)
    assert losses["boxes"].item() == pytest.approx(boxes, rel=1e-4)


def test_what_does_not_count_is_not_learned_and_not_held_against() -> None:
    logits, distances = answers(1)
    logits.requires_grad_()
    distances.requires_grad_()
    ignored = [target([[1, 1, 9, 9]], [0], [False])]
    sum(dense_losses(logits, distances, ignored, STRIDE, 3.0).values()).backward()
    owner = cells_of_boxes(ignored[0]["boxes"], 4, 4, STRIDE, 3.0)
    assert (owner >= 0).any()
    assert (logits.grad[0][:, owner >= 0] == 0).all()
    assert (logits.grad[0][:, owner < 0] != 0).all()
    assert (distances.grad == 0).all()


def test_pictures_without_a_box_have_a_loss_that_is_finite() -> None:
    losses = dense_losses(*answers(), [target([], [])] * 2, STRIDE, 3.0)
    assert losses["boxes"] == 0
    assert torch.isfinite(losses["classes"])


@pytest.mark.slow
def test_it_begins_with_hardly_anything_and_learns_a_few_scenes_by_heart(
    detector: DenseDetector, scenes: Scenes
) -> None:
    targets = [target_of(scenes, place) for place in range(len(scenes))]
    detector.eval()
    assert detector(scenes.images)[0].sigmoid().max() < 0.2
    detector.train()
    optimizer = torch.optim.AdamW(detector.parameters(), 0.01)
    for _ in range(60):
        losses = detector.losses(scenes.images, targets)
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
    detector.eval()
    found = [surer_than(each, 0.5) for each in detect_all(detector, scenes)]
    right = 0
    for each, boxes, labels in zip(found, scenes.boxes, scenes.labels, strict=True):
        for box, label in zip(boxes, labels, strict=True):
            same = each["boxes"][each["labels"] == label]
            overlaps = generalized_box_iou(same, box[None])
            right += bool(len(same)) and bool(overlaps.max() > 0.5)
    assert right / sum(map(len, scenes.boxes)) > 0.8


def test_answers_do_not_depend_on_the_batch_and_the_mode_stays(
    detector: DenseDetector, scenes: Scenes
) -> None:
    detector.train()
    one, all_at_once = (detect_all(detector, scenes, size, min_score=0.0) for size in (1, 100))
    assert detector.training
    for a, b in zip(one, all_at_once, strict=True):
        assert len(a["boxes"]) == len(b["boxes"]) > 0
        torch.testing.assert_close(a["scores"], b["scores"])  # boxes of equal scores may swap
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        detect_all(detector, scenes, 0)


def test_of_overlapping_boxes_of_one_class_the_surest_is_kept_and_boxes_are_clipped() -> None:
    boxes = torch.tensor([[-2.0, 0.0, 8.0, 8.0], [0.0, 0.0, 8.0, 9.0], [0.0, 0.0, 8.0, 8.0]])
    scores = torch.tensor([[0.6, 0.9, 0.01], [0.01, 0.01, 0.8]])  # (K, cells)
    found = kept(boxes, scores, (16, 16), 0.05, 0.5)
    assert found["labels"].tolist() == [0, 1]  # the other class overlaps, too, and stays
    assert found["scores"].tolist() == pytest.approx([0.9, 0.8])
    everything = kept(boxes, scores, (16, 16), 0.05, None)
    assert everything["scores"].tolist() == pytest.approx([0.9, 0.8, 0.6])
    assert everything["boxes"][2].tolist() == [0, 0, 8, 8]  # clipped at the left


def test_no_picture_has_more_than_a_hundred_detections() -> None:
    corners = torch.arange(150) * 10.0
    boxes = torch.stack([corners, corners, corners + 5, corners + 5], dim=1)
    scores = torch.linspace(0.1, 0.9, 150)[None]
    found = kept(boxes, scores, (2000, 2000), 0.05, 0.5)
    assert len(found["boxes"]) == 100
    assert found["scores"][0] == pytest.approx(0.9)
