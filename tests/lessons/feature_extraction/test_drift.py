"""What drifts in train mode, by how much, and what it does to heads."""

import copy

import pytest
import torch
from torch import nn

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.lessons.feature_extraction.drift import drift_since, watch_drift
from course_utils.lessons.feature_extraction.trials import model_to_train, training_task


def test_drift_is_counted_in_old_standard_deviations() -> None:
    norm = nn.BatchNorm1d(2)
    norm.running_var = torch.tensor([4.0, 1.0])
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    norm.running_mean += torch.tensor([1.0, 1.0])  # half of one, all of the other
    norm.running_var = torch.tensor([9.0, 1.0])  # from 2 to 3; the other stays
    drift = drift_since(before, norm.state_dict())
    assert drift == {
        "mean": [pytest.approx(0.75, abs=1e-4)],
        "standard deviation": [pytest.approx(0.25, abs=1e-4)],
    }


def test_a_head_learns_while_the_finished_one_and_the_weights_stay() -> None:
    images, labels, *_ = training_task(0)
    watched = LabelledImages(images, labels, ("a", "b", "c"))
    moving, finished = model_to_train(0), model_to_train(1).head
    start, finished_start = copy.deepcopy(moving), copy.deepcopy(finished.state_dict())
    batches = BatchLoader(watched, 8, num_batches=20)
    drifts, scores = watch_drift(moving, batches, finished, watched, [0, 5, 20])
    assert [len(values) for values in scores.values()] == [3, 3]
    assert drifts[0] == {"mean": [0.0], "standard deviation": [0.0]}
    assert drifts[1]["mean"][0] > 0 and drifts[2]["mean"][0] > 0
    assert drifts[2] == drift_since(start.backbone.state_dict(), moving.backbone.state_dict())
    right = finished(start.eval().backbone(images)).argmax(dim=1) == labels
    assert scores["trained before"][0] == pytest.approx(right.float().mean().item())
    assert scores["trained before"][0] != scores["trained along"][0]
    assert scores["trained along"][-1] > scores["trained along"][0]
    for name, value in finished.state_dict().items():
        assert value.equal(finished_start[name])
    for old, new in zip(start.backbone.parameters(), moving.backbone.parameters(), strict=True):
        assert old.equal(new)
    assert not start.head.weight.equal(moving.head.weight)
