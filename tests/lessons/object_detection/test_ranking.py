"""The surest answers of one class, in one list and picture by picture."""

import numpy as np
import pytest
import torch

from course_utils.data.scenes import digit_scenes
from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.lessons.object_detection.ranking import (
    as_detections,
    of_one_class,
    surest_answers,
)

FOUND = [
    {
        "boxes": torch.tensor([[0.0, 0, 4, 4], [1, 1, 5, 5]]),
        "labels": torch.tensor([1, 0]),
        "scores": torch.tensor([0.9, 0.8]),
    },
    {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0).long(), "scores": torch.zeros(0)},
    {
        "boxes": torch.tensor([[2.0, 2, 6, 6], [3, 3, 7, 7]]),
        "labels": torch.tensor([1, 1]),
        "scores": torch.tensor([0.95, 0.1]),
    },
]


def test_answers_of_one_class_come_from_all_pictures_the_surest_first() -> None:
    answers = surest_answers(FOUND, 1, 2)
    assert [(answer.picture, round(answer.score, 2)) for answer in answers] == [(2, 0.95), (0, 0.9)]
    assert answers[0].box.tolist() == [2, 2, 6, 6]


def test_put_back_they_are_the_detections_of_their_pictures() -> None:
    back = as_detections(surest_answers(FOUND, 1, 10), 1, 3)
    assert [len(each["boxes"]) for each in back] == [1, 0, 2]
    assert torch.equal(back[2]["boxes"], FOUND[2]["boxes"])
    assert back[2]["labels"].tolist() == [1, 1]
    assert back[1]["boxes"].shape == (0, 4)


def test_one_class_alone_scores_as_that_class() -> None:
    scenes = digit_scenes(30, 2, 2, 0).train
    found = [
        {"boxes": boxes + 0.6, "labels": labels, "scores": torch.linspace(0.9, 0.5, len(boxes))}
        for boxes, labels in zip(scenes.boxes, scenes.labels, strict=True)
    ]
    label = int(torch.cat(scenes.labels).bincount(minlength=10).argmax())
    alone = of_one_class(scenes, label)
    assert {int(each) for labels in alone.labels for each in labels} == {label}
    mine = as_detections(surest_answers(found, label, 1000), label, len(scenes))
    score = score_detections(mine, alone)
    expected = score_detections(found, scenes).class_ap[label]
    assert score.mean_ap == pytest.approx(expected)
    assert np.isfinite(expected) and 0 < expected < 1
