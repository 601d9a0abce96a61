"""Networks by their names, without numbers."""

import pytest

from course_utils.costs.networks import imagine
from course_utils.models.operations import count_operations
from course_utils.models.pretrained import load_backbone


def test_a_network_by_name_takes_no_memory() -> None:
    model = imagine("resnet18")
    assert all(tensor.is_meta for tensor in (*model.parameters(), *model.buffers()))
    assert sum(weight.numel() for weight in model.parameters()) == 11_689_512  # torchvision's page


def test_resnet_50_takes_the_work_that_its_makers_count() -> None:
    # torchvision's page of its weights gives 4.09 billion multiply-adds, on 224 pixels.
    assert count_operations(imagine("resnet50"), (3, 224, 224)).forward / 2e9 == pytest.approx(
        4.09, abs=0.01
    )


def test_a_shipped_backbone_gets_a_head() -> None:
    model = imagine("letters", 7)
    assert model.head.out_features == 7 and model.head.weight.is_meta
    assert not any(weight.is_meta for weight in load_backbone("letters").parameters())


def test_a_name_that_is_none_is_refused_with_some_that_are() -> None:
    with pytest.raises(ValueError, match=r"no classifier called 'resnet_50'.*resnet50"):
        imagine("resnet_50")
