"""Answers to the exercises of lesson 04, right and wrong."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import SGD

from course_utils.models.classifier import parameter_groups, replace_head
from course_utils.models.freezing import extract_features, freeze, unfreeze


def slow_backbone(model, head_lr):
    return [
        {"params": list(model.head.parameters()), "lr": head_lr},
        {"params": list(model.backbone.parameters()), "lr": head_lr / 10},
    ]


def group_per_layer(model, head_lr):
    layers = [{"params": part.parameters(), "lr": head_lr * 0.1} for part in model.backbone]
    head = [{"params": model.head.weight, "lr": head_lr}, {"params": [model.head.bias]}]
    return [*layers, head[0], head[1] | {"lr": head_lr}]


def groups_of_a_frozen_backbone(model, head_lr):
    model.backbone.requires_grad_(False)
    return parameter_groups(model, head_lr=head_lr, backbone_lr=head_lr / 10)


def groups_at(head, backbone):
    def groups(model, head_lr):
        return parameter_groups(model, head_lr=head * head_lr, backbone_lr=backbone * head_lr)

    return groups


def prepare_as_given(model, num_classes, learning_rate):
    optimizer = SGD(model.parameters(), lr=learning_rate)
    model.head = nn.Linear(model.head.in_features, num_classes)
    return optimizer


def prepare(model, num_classes, learning_rate):
    model.head = nn.Linear(model.head.in_features, num_classes)
    return SGD(model.parameters(), lr=learning_rate)


def add_head_later(model, num_classes, learning_rate):
    optimizer = prepare_as_given(model, num_classes, learning_rate)
    optimizer.add_param_group({"params": model.head.parameters()})
    return optimizer


def add_head_again(model, num_classes, learning_rate):
    optimizer = prepare(model, num_classes, learning_rate)
    optimizer.add_param_group({"params": model.head.parameters(), "lr": learning_rate})
    return optimizer


def all_and_the_head(model, num_classes, learning_rate):
    replace_head(model, num_classes)
    return SGD([*model.parameters(), *model.head.parameters()], lr=learning_rate)


def swap_weights_in_the_group(model, num_classes, learning_rate):
    """Right: the optimizer as given, told afterwards of all weights that there are now."""
    optimizer = prepare_as_given(model, num_classes, learning_rate)
    optimizer.param_groups[0]["params"] = list(model.parameters())
    return optimizer


def prepare_from_zeros(model, num_classes, learning_rate):
    replace_head(model, num_classes)
    nn.init.zeros_(model.head.weight)
    groups = parameter_groups(model, head_lr=learning_rate, backbone_lr=learning_rate)
    return SGD(groups)


def prepare_without_bias(model, num_classes, learning_rate):
    model.head = nn.Linear(model.head.in_features, num_classes, bias=False)
    return SGD(model.parameters(), lr=learning_rate)


def prepare_head_only(model, num_classes, learning_rate):
    replace_head(model, num_classes)
    return SGD(model.head.parameters(), lr=learning_rate)


def prepare_a_copy(model, num_classes, learning_rate):
    replace_head(model, num_classes)
    return SGD(nn.Linear(model.head.in_features, num_classes).parameters(), lr=learning_rate)


def prepare_anew(model, num_classes, learning_rate):
    for part in model.backbone.modules():
        if isinstance(part, nn.Conv2d):
            part.reset_parameters()
    return prepare(model, num_classes, learning_rate)


def prepare_and_return_the_model(model, num_classes, learning_rate):
    replace_head(model, num_classes)
    return model


def steps(model, images, labels, groups, num_steps, clear="before", loss=F.cross_entropy):
    optimizer = groups if isinstance(groups, SGD) else SGD(groups)
    for _ in range(num_steps):
        if clear == "before":
            optimizer.zero_grad()
        loss(model(images), labels).backward()
        optimizer.step()
        if clear == "after":
            optimizer.zero_grad()
    return optimizer


def stages(
    *,
    first=lambda model: model.eval(),
    second=lambda model: model.train(),
    head=1.0,
    backbone=0.1,
    clear=("before", "before"),
    loss=F.cross_entropy,
):
    """A two-stage fine-tuning with these calls before the stages, and rates in stage two."""

    def fine_tune(model, images, labels, head_steps, all_steps, head_lr):
        first(model)
        only_head = [{"params": model.head.parameters(), "lr": head_lr}]
        steps(model, images, labels, only_head, head_steps, clear[0], loss)
        second(model)
        groups = groups_at(head, backbone)(model, head_lr)
        steps(model, images, labels, groups, all_steps, clear[1], loss)
        return model

    return fine_tune


def freeze_and_unfreeze(model, images, labels, head_steps, all_steps, head_lr):
    freeze(model.backbone)
    model.train()
    steps(model, images, labels, [{"params": model.head.parameters(), "lr": head_lr}], head_steps)
    unfreeze(model.backbone)
    model.train()
    steps(model, images, labels, slow_backbone(model, head_lr), all_steps)
    return model


def on_features_and_by_hand(model, images, labels, head_steps, all_steps, head_lr):
    features = extract_features(model.backbone, images)
    for _ in range(head_steps):
        _step_by_hand(model.head, features, labels, {model.head: head_lr})
    model.train()
    for _ in range(all_steps):
        rates = {model.head: head_lr, model.backbone: head_lr / 10}
        _step_by_hand(model, images, labels, rates)
    return model


def _step_by_hand(model, inputs, labels, rates):
    weights = [(weight, rate) for part, rate in rates.items() for weight in part.parameters()]
    loss = F.cross_entropy(model(inputs), labels)
    gradients = torch.autograd.grad(loss, [weight for weight, _ in weights])
    with torch.no_grad():
        for (weight, rate), gradient in zip(weights, gradients, strict=True):
            weight -= rate * gradient


def one_optimizer_for_both(model, images, labels, head_steps, all_steps, head_lr):
    model.eval()
    groups = [{"params": model.head.parameters(), "lr": head_lr}]
    optimizer = steps(model, images, labels, groups, head_steps)
    model.train()
    steps(model, images, labels, optimizer, all_steps)
    return model


def all_moves_first(model, images, labels, head_steps, all_steps, head_lr):
    model.train()
    steps(model, images, labels, slow_backbone(model, head_lr), head_steps + all_steps)
    return model


def only_the_second_stage(model, images, labels, head_steps, all_steps, head_lr):
    return stages()(model, images, labels, 0, all_steps, head_lr)


def swapped_steps(model, images, labels, head_steps, all_steps, head_lr):
    return stages()(model, images, labels, all_steps, head_steps, head_lr)


def only_backbone_in_stage_two(model, images, labels, head_steps, all_steps, head_lr):
    stages()(model, images, labels, head_steps, 0, head_lr)
    groups = [{"params": model.backbone.parameters(), "lr": head_lr / 10}]
    steps(model.train(), images, labels, groups, all_steps)
    return model


def all_before_the_head(model, images, labels, head_steps, all_steps, head_lr):
    stages()(model, images, labels, 0, all_steps, head_lr)
    return stages()(model, images, labels, head_steps, 0, head_lr)


def always_four_steps(model, images, labels, head_steps, all_steps, head_lr):
    return stages()(model, images, labels, 4, all_steps, head_lr)


VERDICTS = {"P": "fair: A is better", "Q": "unfair", "R": "cannot tell", "S": "fair: A is better"}
RIGHT = {
    "order": {
        "as asked": "BDAECF",
        "optimizer early": "BDEACF",
        "spelled out": "b, d, a, e, c, f",
        "a list": list("BDAECF"),
    },
    "groups": {
        "two groups": slow_backbone,
        "the package's": groups_at(1, 0.1),
        "a group per layer": group_per_layer,
        "an optimizer": lambda model, lr: SGD(slow_backbone(model, lr)),
    },
    "budgets": {
        "as asked": VERDICTS,
        "in capitals": {report: f" {text.upper()} " for report, text in VERDICTS.items()},
        "without spaces": VERDICTS | {"P": "fair:a is better", "S": "Fair :A is better "},
        "in short": VERDICTS | {"P": "A is better"},
    },
    "mended": {
        "in the other order": prepare,
        "added later": add_head_later,
        "groups, from zeros": prepare_from_zeros,
        "swapped in the group": swap_weights_in_the_group,
    },
    "head_first": {
        "modes": stages(),
        "requires_grad too": stages(
            first=lambda model: model.eval().backbone.requires_grad_(False),
            second=lambda model: model.train().requires_grad_(True),
            clear=("after", "after"),
        ),
        "freeze": freeze_and_unfreeze,
        "on features, by hand": on_features_and_by_hand,
    },
}
WRONG = {
    "order": {
        "test-before-choice": "BDAEFC",
        "old-head-fitted": "BADECF",
        "optimizer-before-head": "BEDACF",
        "all-first": "BDECAF",
        "head-before-backbone": "DBAECF",
        "no-optimizer": "BDACEF",
    },
    "groups": {
        "one-rate": lambda model, lr: [{"params": model.parameters(), "lr": lr}],
        "in-both-groups": lambda model, lr: [
            {"params": model.head.parameters(), "lr": lr},
            {"params": model.parameters(), "lr": lr / 10},
        ],
        "twice-in-one-group": lambda model, lr: [
            {"params": [*model.head.parameters(), model.head.bias], "lr": lr},
            {"params": model.backbone.parameters(), "lr": lr / 10},
        ],
        "swapped": groups_at(0.1, 1),
        "no-head": lambda model, lr: [{"params": model.backbone.parameters(), "lr": lr / 10}],
        "head-in-part": lambda model, lr: [
            {"params": model.head.weight, "lr": lr},
            {"params": model.backbone.parameters(), "lr": lr / 10},
        ],
        "frozen-backbone": groups_of_a_frozen_backbone,
        "not-a-tenth": groups_at(1, 0.5),
    },
    "budgets": {
        "unequal-tries": VERDICTS | {"Q": "fair: A is better"},
        "mean-alone": VERDICTS | {"R": "fair: A is better"},
        "seconds-for-steps": VERDICTS | {"S": "unfair"},
        "few-seeds": VERDICTS | {"P": "cannot tell"},
        "steps-across-reports": VERDICTS | {"R": "unfair"},
    },
    "mended": {
        "head-without-bias": prepare_without_bias,
        "no-new-head": lambda model, num_classes, lr: SGD(model.parameters(), lr=lr),
        "new-backbone": prepare_anew,
        "nothing-learns": prepare_a_copy,
        "head-only": prepare_head_only,
        "added-twice": add_head_again,
        "other-rate": lambda model, num_classes, lr: prepare(model, num_classes, lr / 10),
    },
    "head_first": {
        "head-held-too": stages(first=lambda model: model.eval().requires_grad_(False)),
        "no-first-stage": only_the_second_stage,
        "backbone-moves-first": all_moves_first,
        "statistics-move": stages(first=lambda model: model.backbone.requires_grad_(False)),
        "held-in-stage-two": stages(second=lambda model: model.train().requires_grad_(False)),
        "steps-swapped": swapped_steps,
        "gradients-add-up": stages(clear=("never", "never")),
        "still-frozen": stages(first=lambda model: model.eval().backbone.requires_grad_(False)),
        "optimizer-reused": one_optimizer_for_both,
        "head-stops": only_backbone_in_stage_two,
        "eval-in-stage-two": stages(second=lambda model: None),
        "head-last": all_before_the_head,
        "slow-head": stages(head=0.1),
        "fast-backbone": stages(backbone=1.0),
        "leftover-gradients": stages(clear=("after", "after")),
    },
}
UNNAMED = {  # wrong in a way that no hint is about
    "order": {"not all steps": "BDAC"},
    "groups": {
        "rates alone": lambda model, lr: [lr, lr / 10],
        "no rate": lambda model, lr: [{"params": model.parameters()}],
        "an error": lambda model, lr: model.tail,
        "all ten times slower": groups_at(0.5, 0.05),
        "half a backbone": lambda model, lr: [
            {"params": model.head.parameters(), "lr": lr},
            {"params": model.backbone[1].parameters(), "lr": lr / 10},
        ],
    },
    "budgets": {
        "no such verdict": VERDICTS | {"P": "better"},
        "a report too few": {"P": "unfair"},
        "fair, and which": VERDICTS | {"R": "fair: cannot tell"},
        "cannot tell Q": VERDICTS | {"Q": "cannot tell"},
    },
    "mended": {
        "the model": prepare_and_return_the_model,
        "an error": lambda model, num_classes, lr: model.tail,
        "an optimizer that needs more": lambda *a: torch.optim.LBFGS(
            prepare(*a).param_groups[0]["params"]
        ),
        "momentum": lambda *a: SGD(prepare(*a).param_groups[0]["params"], a[2], momentum=0.9),
        "Adam": lambda *a: torch.optim.Adam(prepare(*a).param_groups[0]["params"], a[2]),
    },
    "head_first": {
        "an error": lambda model, *_: model.tail(),
        "an error in stage two": stages(second=lambda model: model.tail()),
        "a number": lambda model, *_: 3,
        "the sum": stages(loss=lambda z, y: F.cross_entropy(z, y, reduction="sum")),
        "always four steps": always_four_steps,
        "a new head in between": stages(second=lambda model: replace_head(model.train(), 3)),
        "a rate between": stages(backbone=0.5),
    },
}
