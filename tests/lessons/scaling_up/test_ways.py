"""Other ways to compute a step: what they keep, what they change, which there are."""

import copy

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.lessons.scaling_up import ways
from course_utils.lessons.scaling_up.parts import gradient, relative_difference
from course_utils.models.classifier import Classifier
from course_utils.models.torchvision_backbones import TorchvisionBackbone


def test_checkpointed_keeps_less_and_gives_the_same_gradient(
    model: Classifier, digits: LabelledImages
) -> None:
    given = digits.images, digits.labels
    saving = ways.checkpointed(model)
    whole = [48], [1.0]
    expected = gradient(model, *given, *whole)
    assert relative_difference(gradient(saving, *given, *whole), expected) < 1e-5
    assert ways.kept_bytes(saving, *given) < 0.5 * ways.kept_bytes(model, *given)


def test_the_network_that_was_given_is_as_before(model: Classifier) -> None:
    ways.checkpointed(model)
    assert all("forward" not in vars(part) for part in model.modules())


def test_bytes_kept_grow_with_the_batch_and_hold_what_goes_into_each_block(
    model: Classifier, digits: LabelledImages
) -> None:
    both = [
        ways.kept_bytes(model, digits.images[:count], digits.labels[:count]) for count in (12, 24)
    ]
    assert 1.8 < both[1] / both[0] < 2.1
    saving = ways.kept_bytes(ways.checkpointed(model), digits.images, digits.labels)
    inputs = 48 * 4 * (64 + 16 * 64 * 2 + 32 * 16 * 2 + 64 * 4)  # into the six blocks
    assert inputs < saving < 1.5 * inputs


@pytest.mark.parametrize(("name", "number"), [("resnet18", 8), ("shufflenet_v2_x0_5", 16)])
def test_blocks_of_a_network_of_torchvision_are_those_of_its_stages(name: str, number: int) -> None:
    backbone = TorchvisionBackbone(name, 32, pretrained=False)
    found = ways.blocks_of(backbone)
    residual = [part for part in found if len(list(part.children())) > 1]
    assert len(residual) >= number
    plain = Classifier(backbone, 3).eval()
    images, labels = torch.rand(2, 3, 32, 32), torch.tensor([0, 1])
    saving = ways.checkpointed(plain)
    assert torch.equal(saving(images), plain(images))
    assert ways.kept_bytes(saving, images, labels) < ways.kept_bytes(plain, images, labels)


def test_each_way_is_a_step_with_weights_of_its_own(
    model: Classifier, digits: LabelledImages
) -> None:
    before = copy.deepcopy(model.state_dict())
    steps = ways.steps_to_time(model, digits.images, digits.labels, torch.device("cpu"))
    assert list(steps) == [
        "as it is",
        "channels last",
        "bfloat16",
        "channels last, bfloat16",
        "checkpointed",
        "in four parts",
    ]
    for step in steps.values():
        step()
    after = model.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert all(weight.grad is None for weight in model.parameters())
