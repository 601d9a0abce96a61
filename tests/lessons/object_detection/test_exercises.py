"""Exercises of lesson 08: what their inputs must hold, and what their texts and the package say."""

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms, box_iou

from course_utils.data.boxes.formats import as_corners
from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.lessons.object_detection.exercise_cases import (
    FORMS,
    box_pairs,
    clip_rows,
    corner_cases,
    found_boxes,
    ranked_hits,
)
from tests.helpers.graded import graded
from tests.lessons.object_detection.answers import (
    corners_in_full,
    leaking_rows_dropped,
    split_by_clips,
    surest,
)

LESSON = "object_detection"
SEEDS = [VISIBLE_SEED, 1, 2]


@pytest.mark.parametrize("seed", SEEDS)
def test_corners_are_those_that_the_package_reads(seed: int) -> None:
    ways = {"coco": ("xywh", "edges"), "voc": ("xyxy", "from_1"), "yolo": ("cxcywh", "edges")}
    for box, form, width, height in corner_cases(seed):
        if form == "yxyx":
            assert corners_in_full(box, form, width, height) == (box[1], box[0], box[3], box[2])
            continue
        read = as_corners(np.array([box], dtype=float), np.array([[width, height]]), *ways[form],
                          form == "yolo")  # fmt: skip
        assert corners_in_full(box, form, width, height) == pytest.approx(read[0].tolist())
        left, top, right, bottom = read[0]
        assert 0 < left < right < width and 0 < top < bottom < height
    assert {form for _, form, *_ in corner_cases(seed)} == set(FORMS)


@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_overlap_in_every_way_that_an_answer_may_get_wrong(seed: int) -> None:
    pairs = torch.tensor(box_pairs(seed)).float()  # (N, 2, 4)
    assert (pairs[..., 2:] > pairs[..., :2]).all()
    ious = torch.cat([box_iou(one[None], two[None]).flatten() for one, two in pairs])
    assert (ious == 0).any() and (ious == 1).any() and ((ious > 0.2) & (ious < 0.8)).any()
    for boxes, labels, scores, most in found_boxes(seed):
        assert len(set(scores.tolist())) == len(scores) == len(labels) == len(boxes)
        assert sorted(surest(boxes, labels, scores, most)) == sorted(
            batched_nms(boxes, scores, labels, most).tolist()
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_all_different_and_their_clips_share_names_of_pictures(seed: int) -> None:
    for rows, share, _ in clip_rows(seed):
        assert len({(row["clip"], row["picture"], *row["box"]) for row in rows}) == len(rows)
        pictures = {(row["clip"], row["picture"]) for row in rows}
        assert len(pictures) > len({name for _, name in pictures})
        clips = len({row["clip"] for row in rows})
        assert share * clips == pytest.approx(round(share * clips))
        assert leaking_rows_dropped(rows, share, seed)[0] != split_by_clips(rows, share, seed)[0]
    assert max(hits.count(0) for hits, _ in ranked_hits(seed)) > 1


def test_a_split_that_changes_the_rows_it_was_given_is_still_judged() -> None:
    def careless(rows: list, share: float, seed: int) -> tuple[list, list]:
        train, test = split_by_clips(rows, share, seed)
        rows.clear()
        return train, test

    assert graded(LESSON, "split_rows", careless, VISIBLE_SEED).status == "right"
