"""Candidates, listed before any work: a rule of counted work and numbers of pictures, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from course_utils.lessons.your_own_pictures.opening import Source
from course_utils.lessons.your_own_pictures.rounds import Rounds

SIZES = (64, 96, 128, 160, 224)  # pixels a side, for networks pretrained on photographs
ENLARGED = 4  # times that a picture may be made larger
SMALL, SMALL_RATE, RATE = 1_000_000, 0.003, 0.001  # weights; low rates below that and from there
FEW_STEPS = 100  # up to which RATE is low enough
FEWEST_EPOCHS, MOST_EPOCHS = 4, 6
FROZEN_SHARE = 1 / 3  # of the work, at most, for features of frozen networks
FORWARD_AND_BACK = 3  # times the work of a pass forwards

Network = tuple[str, int]  # a backbone and the pixels a side that it sees


@dataclass(frozen=True)
class Candidate:
    """One way to a model.

    Args:
        backbone: Its name.
        input_size: Pixels a side that it sees.
        penalty: Of the head on frozen features, which is also where all weights start from.
        rate: At which all weights learn; None keeps the backbone frozen.
        varied: Whether each picture is varied each time it is learned from.
    """

    backbone: str
    input_size: int
    penalty: float
    rate: float | None = None
    varied: bool = False

    @property
    def network(self) -> Network:
        """Backbone and input size."""
        return self.backbone, self.input_size

    def __str__(self) -> str:
        if self.rate is None:
            return f"{self.backbone} {self.input_size} px, frozen, penalty {self.penalty:g}"
        varied = ", pictures varied" * self.varied
        return f"{self.backbone} {self.input_size} px, all weights at {self.rate:g}{varied}"


@dataclass(frozen=True)
class Plan:
    """What will be tried, and what it costs at most.

    Args:
        networks: Each backbone with each input size, the cheapest first; frozen, each gets heads.
        left_out: Networks whose features alone would cost too much.
        epochs: For each of ``networks`` how often all weights pass over the pictures, if it is the
            one to be trained; 0 where there is room for its frozen features only.
        work: Multiply-adds of everything, at most.
    """

    networks: tuple[Network, ...]
    left_out: tuple[Network, ...]
    epochs: Mapping[Network, int]
    work: int

    @property
    def trainable(self) -> tuple[Network, ...]:
        """Those of ``networks`` of which all weights can be trained, the cheapest first."""
        return tuple(network for network in self.networks if self.epochs[network])


def default_backbones(backbone: str, source: Source) -> list[str]:
    """The names in ``backbone``; of ``"auto"``, the one that suits the pictures."""
    if backbone == "auto":
        return ["letters" if source.is_like_letters else "resnet18"]
    return [name.strip() for name in backbone.split(",") if name.strip()]


def default_sizes(input_sizes: Sequence[int] | None, backbone: str, side: int) -> list[int]:
    """Those given; else three around the pictures' own for letters, usual ones for the others."""
    if input_sizes is not None:
        return list(input_sizes)
    if backbone == "letters":
        return sorted({max(4, round(side * share)) for share in (0.75, 1, 1.5)})
    return [size for size in SIZES if size <= ENLARGED * side] or [SIZES[0]]


def usual_rate(model: nn.Module, num_steps: float) -> float:
    """A low rate for all weights of ``model``: lower where there are more, and for more steps.

    ResNets learned 670 pictures of CIFAR-10 best at 0.001 to 0.003 in 84 steps; where there are
    thousands of steps, 0.0001 is usual.
    """
    num_weights = sum(weight.numel() for weight in model.parameters())
    if num_weights < SMALL:
        return SMALL_RATE
    return float(f"{RATE * min(1, (FEW_STEPS / num_steps) ** 0.5):.1g}")


def smaller_parts(curve_parts: Sequence[int]) -> list[int]:
    """Of the learning curve one picture in so many, the smallest part first.

    All pictures are its last point, so a 1 among ``curve_parts`` adds none.

    Raises:
        ValueError: If there are fewer than two: a curve that levels off needs three points.
    """
    parts = sorted((part for part in curve_parts if part > 1), reverse=True)
    if len(parts) < 2:
        raise ValueError(
            f"curve_parts must hold two numbers from 2 or more, such as [2, 4], got {curve_parts}: "
            "with all pictures they are the three points that the learning curve needs"
        )
    return parts


def make_plan(
    costs: Mapping[Network, int],
    rounds: Rounds,
    *,
    num_trained: int,
    num_epochs: int | None,
    num_smaller: int,
    most_work: float,
) -> Plan:
    """The plan that fits into ``most_work``: cheap candidates first, then as many epochs as fit.

    A frozen network costs each picture one pass, so all are tried whose features, the cheaper ones'
    among them, take a third of the work at most. What is left is for all weights of one of them.

    Args:
        costs: Multiply-adds of a picture's pass forwards through each network.
        rounds: Of the pictures.
        num_trained: Candidates in which all weights learn.
        num_epochs: Their passes; None for as many as fit, from 4 to 6.
        num_smaller: Parts of the pictures from which the chosen candidate learns once more, each
            time in as many steps.
        most_work: Multiply-adds; the cheapest network and the fewest epochs are kept, whatever they
            cost.
    """
    networks = sorted(costs, key=lambda network: (costs[network], network))
    features = np.cumsum([costs[network] * len(rounds.examples) for network in networks])
    count = max(1, int((features <= FROZEN_SHARE * most_work).sum()))
    kept, frozen = networks[:count], int(features[count - 1])
    options = [num_epochs] if num_epochs else range(MOST_EPOCHS, FEWEST_EPOCHS - 1, -1)
    looks = count_looks(rounds, num_trained + num_smaller)
    epochs = {
        network: next((n for n in options if frozen + n * looks * costs[network] <= most_work), 0)
        for network in kept
    }
    if not any(epochs.values()):
        epochs[kept[0]] = options[-1]
    training = max(n * looks * costs[network] for network, n in epochs.items())
    return Plan(tuple(kept), tuple(networks[count:]), epochs, frozen + training)


def count_looks(rounds: Rounds, num_runs: int) -> int:
    """Passes forwards that an epoch of all weights costs, in all runs and in the refit.

    Args:
        rounds: Of the pictures.
        num_runs: How often all weights learn in all rounds, the points of the curve among them.
    """
    looks = num_runs * (FORWARD_AND_BACK * rounds.num_learned + len(rounds.judged))
    return looks + FORWARD_AND_BACK * len(rounds.examples)
