"""A head on a backbone: exchanged, and given a rate of its own."""

import torch

from course_utils.models.classifier import Classifier, parameter_groups, replace_head
from course_utils.models.residual import Backbone
from tests.helpers.module_state import assert_same_state, state_of


def test_a_new_head_leaves_the_backbone_bit_for_bit(model: Classifier) -> None:
    before, old_head = state_of(model.backbone), model.head
    replace_head(model, 9)
    assert_same_state(model.backbone, before)
    assert model.head is not old_head
    assert model(torch.rand(2, 3, 8, 8)).shape == (2, 9)


def test_a_new_head_is_of_the_models_kind_and_learns() -> None:
    model = Classifier(Backbone(width=2), 3).double()
    replace_head(model, 4)
    model(torch.rand(2, 1, 8, 8, dtype=torch.float64)).sum().backward()
    assert model.head.weight.grad is not None


def test_groups_hold_every_trainable_parameter_once(model: Classifier) -> None:
    groups = parameter_groups(model, head_lr=0.1, backbone_lr=0.01)
    grouped = [id(parameter) for group in groups for parameter in group["params"]]
    assert sorted(grouped) == sorted(id(parameter) for parameter in model.parameters())
    assert [group["lr"] for group in groups] == [0.1, 0.01]


def test_groups_leave_frozen_parameters_out(model: Classifier) -> None:
    model.backbone[0].requires_grad_(False)
    groups = parameter_groups(model, head_lr=0.1, backbone_lr=0.01)
    grouped = {id(parameter) for group in groups for parameter in group["params"]}
    assert grouped == {id(weight) for weight in model.parameters() if weight.requires_grad}
    assert len(grouped) < len(list(model.parameters()))


def test_each_part_moves_at_its_own_rate(model: Classifier) -> None:
    optimizer = torch.optim.SGD(parameter_groups(model, head_lr=0.5, backbone_lr=0.25))
    before = state_of(model)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    for name, parameter in model.named_parameters():
        rate = 0.5 if name.startswith("head.") else 0.25
        torch.testing.assert_close(before[name] - parameter, torch.full_like(parameter, rate))


def test_an_optimizer_takes_the_groups_of_a_wholly_frozen_backbone(model: Classifier) -> None:
    model.backbone.requires_grad_(False)
    before = state_of(model.backbone)
    optimizer = torch.optim.SGD(parameter_groups(model.eval(), head_lr=0.5, backbone_lr=0.1))
    model(torch.rand(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    assert_same_state(model.backbone, before)
