"""Answer of ``low_rank``: a linear layer that stays as it is, with a change of low rank on top."""

import copy
import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.text.exercise_cases import layers_to_adapt
from course_utils.lessons.text.exercises import observe_low_rank


class LowRankLinear(nn.Module):
    """As it should be; each wrong idea below is this class but for one of its parts."""

    def __init__(self, layer: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.layer, self.rank, self.alpha = layer, rank, alpha
        self.a = nn.Parameter(torch.empty(rank, layer.in_features))
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))
        self.hold()

    def hold(self) -> None:
        """Lets the layer's own weights learn no more."""
        self.layer.requires_grad_(False)

    def scale(self) -> float:
        """What the change is multiplied by."""
        return self.alpha / self.rank

    def forward(self, features: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        return self.layer(features) + self.change(features)

    def change(self, features: Tensor) -> Tensor:
        """What is added."""
        return self.scale() * F.linear(F.linear(features, self.a), self.b)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """A layer that answers the same."""
        twin = copy.deepcopy(self.layer)
        twin.weight += self.scale() * self.b @ self.a
        return twin


def but(**parts: Callable[..., Any]) -> type[LowRankLinear]:
    """The right class with other methods."""
    return type("LowRankLinear", (LowRankLinear,), parts)


def starting(start: Callable[[LowRankLinear], Any]) -> type[LowRankLinear]:
    """The right class, and then something done to its weights."""

    def build(self: LowRankLinear, layer: nn.Linear, rank: int, alpha: float) -> None:
        LowRankLinear.__init__(self, layer, rank, alpha)
        start(self)

    return but(__init__=build)


def plus(scale: Callable[[LowRankLinear], float]) -> Callable[[LowRankLinear], nn.Linear]:
    """Merges with another factor."""

    def merged(self: LowRankLinear) -> nn.Linear:
        twin = copy.deepcopy(self.layer)
        twin.weight.data += scale(self) * (self.b @ self.a).data
        return twin

    return merged


def change_as_layer(self: LowRankLinear) -> nn.Linear:
    """Merges the change without what it is added to."""
    twin = LowRankLinear.merged(self)
    twin.weight.data -= self.layer.weight.data
    return twin


def merged_without_bias(self: LowRankLinear) -> nn.Linear:
    """Forgets the bias."""
    twin = nn.Linear(self.layer.in_features, self.layer.out_features, bias=False)
    twin.weight.data = LowRankLinear.merged(self).weight.data
    return twin


def merged_in_place(self: LowRankLinear) -> nn.Linear:
    """Adds the change to the layer's own weight."""
    self.layer.weight.data += self.scale() * (self.b @ self.a).data
    return self.layer


def merged_for_good(self: LowRankLinear) -> nn.Linear:
    """The same, and the change begins anew."""
    twin = merged_in_place(self)
    self.b.data.zero_()
    return twin


def hold_copy(self: LowRankLinear) -> None:
    """Works on a copy of the layer."""
    self.layer = copy.deepcopy(self.layer).requires_grad_(False)


def as_buffers(self: LowRankLinear) -> None:
    """Makes plain tensors of a and b."""
    a, b = self.a.data, self.b.data
    del self.a, self.b
    self.a, self.b = a, b


def where_it_differs(difference: Difference) -> str:
    """What is wrong with the first layer."""
    layer, rank, alpha, features, *_ = layers_to_adapt(difference.seed)[difference.place]
    said = {
        "answers": f"with a and b set by the check, features of shape {tuple(features.shape)} get "
        "another answer than they should.",
        "learns": f"{difference.truth} numbers should learn; in yours {difference.found} do.",
        "start": "before the first step it should answer as the layer does, and be able to learn.",
        "merged": "the merged layer should answer as yours does before; it does not.",
        "kept": "merging should leave the layer, and what it answers with the change, as they are.",
    }
    sizes = f"from {layer.in_features} to {layer.out_features}"
    return f"For a layer {sizes}, rank {rank} and alpha {alpha:g}: {said[difference.part]}"


ANSWER = Table(
    observe_low_rank,
    right=LowRankLinear,
    praise="Few weights learn, nothing changes before the first step, and merging is one sum.",
    wrong={
        "alpha-alone": but(scale=lambda self: self.alpha),
        "no-scale": but(scale=lambda self: 1.0),
        "rank-over-alpha": but(scale=lambda self: self.rank / self.alpha),
        "over-root": but(scale=lambda self: self.alpha / self.rank**0.5),
        "change-alone": but(forward=LowRankLinear.change),
        "base-without-bias": but(
            forward=lambda self, x: F.linear(x, self.layer.weight) + self.change(x)
        ),
        "base-learns": but(hold=lambda self: None),
        "bias-learns": but(hold=lambda self: self.layer.weight.requires_grad_(False)),
        "one-half-learns": [
            starting(lambda self: self.a.requires_grad_(False)),
            starting(lambda self: self.b.requires_grad_(False)),
        ],
        "no-parameters": starting(as_buffers),
        "both-random": starting(lambda self: nn.init.normal_(self.b)),
        "both-zero": starting(lambda self: nn.init.zeros_(self.a)),
        "all-alike": starting(lambda self: nn.init.constant_(self.a, 0.1)),
        "merged-unscaled": but(merged=plus(lambda self: 1.0)),
        "merged-alpha-alone": but(merged=plus(lambda self: self.alpha)),
        "merged-not-at-all": but(merged=plus(lambda self: 0.0)),
        "merged-change-alone": but(merged=change_as_layer),
        "merged-without-bias": but(merged=merged_without_bias),
        "merged-in-place": [
            but(merged=merged_in_place),
            but(merged=merged_for_good),
            but(merged=merged_in_place, hold=hold_copy),
        ],
    },
    messages={
        "alpha-alone": "The change is multiplied by alpha. By alpha / rank its size depends less "
        "on the rank that you choose.",
        "no-scale": "The change is added as it is. Multiply it by alpha / rank.",
        "rank-over-alpha": "The factor stands upside down: it is alpha / rank.",
        "over-root": "The rank stands below the line with its root. So does rsLoRA; asked for is "
        "alpha / rank.",
        "change-alone": "This is the change alone. Add what the layer itself answers.",
        "base-without-bias": "The layer's bias is lost. Call the layer, and its bias comes along.",
        "base-learns": "The layer's own weights still learn, so nothing is saved, and the base "
        "does not stay what it was.",
        "bias-learns": "The weight of the layer is held, but its bias still learns.",
        "one-half-learns": "Only one of a and b learns. Both do in LoRA.",
        "no-parameters": "a and b are plain tensors here. No optimiser finds them: make each an "
        "nn.Parameter.",
        "both-random": "Before the first step the layer answers something else, as neither a nor b "
        "is 0. What was learned in pretraining is disturbed at once.",
        "both-zero": "Both a and b begin at 0. Then neither ever gets a gradient, as each stands "
        "in that of the other: let a be random.",
        "all-alike": "All rows of a begin alike. So they get the same gradient and stay alike: the "
        "change has rank 1 for ever. Let a be random.",
        "merged-unscaled": "The layer is right until it is merged. There the factor alpha / rank "
        "is missing.",
        "merged-alpha-alone": "The layer is right until it is merged. There the change is "
        "multiplied by alpha, not by alpha / rank.",
        "merged-not-at-all": "The merged layer answers as the old one. Add the change to its "
        "weight.",
        "merged-change-alone": "The merged layer holds the change alone. Add it to the weight of "
        "the old layer.",
        "merged-without-bias": "The merged layer has lost the bias of the old one.",
        "merged-in-place": "Merging changed the old layer itself, or what is added to it. What was "
        "learned must not count twice, and the base stays as it is: change a copy.",
    },
    otherwise=where_it_differs,
)
