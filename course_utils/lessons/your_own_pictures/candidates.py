"""Candidates, listed before any work: a rule of counted work and numbers of pictures, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import nn

from course_utils.lessons.your_own_pictures.opening import Source
from course_utils.lessons.your_own_pictures.rounds import Rounds

SIZES = (64, 96, 128, 160, 224)  # pixels a side, for networks pretrained on photographs
ENLARGED = 4  # times that a picture may be made larger
SMALL, SMALL_RATE, RATE = 1_000_000, 0.003, 0.0001  # weights; low rates below that and from there
FEWEST_EPOCHS, MOST_EPOCHS = 2, 6
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
        left_out: Networks that ``most_work`` leaves no room for.
        num_epochs: Passes of all weights over the pictures, at most.
        work: Multiply-adds of everything, if the dearest network is the one to be trained.
    """

    networks: tuple[Network, ...]
    left_out: tuple[Network, ...]
    num_epochs: int
    work: int


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


def usual_rate(model: nn.Module) -> float:
    """A low rate for all weights of ``model``: lower where there are more."""
    num_weights = sum(weight.numel() for weight in model.parameters())
    return SMALL_RATE if num_weights < SMALL else RATE


def make_plan(
    costs: Mapping[Network, int],
    rounds: Rounds,
    *,
    num_trained: int,
    num_epochs: int | None,
    num_smaller: int,
    most_work: float,
) -> Plan:
    """The plan that fits into ``most_work``: first fewer epochs, then fewer of the dear networks.

    Args:
        costs: Multiply-adds of a picture's pass forwards through each network.
        rounds: Of the pictures.
        num_trained: Candidates in which all weights learn.
        num_epochs: Their passes; None for as many as fit, from 2 to 6.
        num_smaller: Parts of the pictures from which the chosen candidate learns once more, each
            time in as many steps.
        most_work: Multiply-adds; one network and the fewest epochs are kept, whatever they cost.
    """
    networks = sorted(costs, key=lambda network: (costs[network], network))
    options = [num_epochs] if num_epochs else range(MOST_EPOCHS, FEWEST_EPOCHS - 1, -1)
    for count in range(len(networks), 0, -1):
        for epochs in options:
            tried = {network: costs[network] for network in networks[:count]}
            work = count_work(tried, rounds, num_trained + num_smaller, epochs)
            is_last = count == 1 and epochs == options[-1]
            if work <= most_work or is_last:
                return Plan(tuple(tried), tuple(networks[count:]), epochs, work)
    raise ValueError("there is no network to try")


def count_work(costs: Mapping[Network, int], rounds: Rounds, num_runs: int, num_epochs: int) -> int:
    """Multiply-adds of all candidates, the learning curve and the refit, at most.

    Args:
        costs: Multiply-adds of a picture's pass forwards through each network.
        rounds: Of the pictures.
        num_runs: How often all weights learn in all rounds, the points of the curve among them.
        num_epochs: Passes over the pictures, each time.
    """
    num_pictures, num_judged = len(rounds.examples), len(rounds.judged)
    looks = num_runs * (FORWARD_AND_BACK * rounds.num_learned + num_judged)
    looks += FORWARD_AND_BACK * num_pictures
    return sum(costs.values()) * num_pictures + num_epochs * max(costs.values()) * looks
