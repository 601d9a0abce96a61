"""Parts i and j: a lesson's loop, against a bare one on the same batches.

Both take the same steps, from the same weights, with the same optimizer. What each turn notes are
its final weights, and the largest difference between those of the two is reported beside the times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from benchmark.loops import weights_of
from benchmark.measurements import Comparison, Side, Turn, alternate, seconds_of
from benchmark.settings import Settings
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.maps.examples import MappedPictures
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone

NUM_SCENES, BATCH_SIZE = 80, 16
LEARNING_RATE, WEIGHT_DECAY = 0.006, 0.01
GOAL = 0.97  # times as fast as the bare loop
Pictures = BoxedPictures | MappedPictures
# A network, its pictures, groups of its weights, steps, batch size and seed.
Loop = Callable[[nn.Module, Pictures, list[dict], int, int, int], object]


@dataclass(frozen=True)
class LoopCase:
    """What both loops train.

    Args:
        part: Letter of the part.
        name: Of the network.
        pictures: N scenes of one size, in memory.
        build: The network on a backbone's levels, for K classes.
        our_loop: The lesson's.
        losses_at: What the bare loop asks the network: losses by name of the pictures at B places.
    """

    part: str
    name: str
    pictures: Pictures
    build: Callable[[FeatureMap, int], nn.Module]
    our_loop: Loop
    losses_at: Callable[[nn.Module, Pictures, Tensor], dict[str, Tensor]]

    def loops(self) -> dict[str, Loop]:
        """Ours and the bare one."""
        return {"ours": self.our_loop, "other": partial(bare_loop, self.losses_at)}

    def new_network(self, seed: int) -> nn.Module:
        """In train mode; the same weights at each call."""
        torch.manual_seed(seed)
        return self.build(FeatureMap(Backbone(1)), self.pictures.num_classes).train()


def measure(case: LoopCase, settings: Settings) -> Comparison:
    """Seconds of a step by both loops, after one turn of each that is not counted."""
    sides = {name: _side(case, loop, settings) for name, loop in case.loops().items()}
    alternate(sides, 1)  # imports and sets up memory
    return compare(case, alternate(sides, settings.rounds), settings.network_steps)


def compare(case: LoopCase, turns: dict[str, list[Turn]], num_steps: int) -> Comparison:
    """Our loop against the bare one, and how far their final weights are apart."""
    ours, other = turns["ours"], turns["other"]
    gap = (ours[0].note - other[0].note).abs().max().item()
    of_a_step = [[seconds / num_steps for seconds in seconds_of(side)] for side in (ours, other)]
    return Comparison(
        case.part, f"a step of {case.name}, mean of {num_steps}", "s", *of_a_step, "a bare loop",
        goal=GOAL, note=f"final weights differ by at most {gap:.1g}",
    )  # fmt: skip


def groups_of(network: nn.Module) -> list[dict]:
    """All its weights, with one learning rate, as an optimizer takes them."""
    return [{"params": list(network.parameters()), "lr": LEARNING_RATE}]


def bare_loop(
    losses_at: Callable[[nn.Module, Pictures, Tensor], dict[str, Tensor]],
    network: nn.Module,
    pictures: Pictures,
    groups: list[dict],
    num_steps: int,
    batch_size: int,
    seed: int,
) -> None:
    """What one writes by hand for scenes of one size in memory, with batches cut in place."""
    optimizer = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=True)
    schedule = OneCycleLR(optimizer, LEARNING_RATE, total_steps=num_steps)
    generator = torch.Generator().manual_seed(seed)
    step = 0
    while step < num_steps:
        order = torch.randperm(len(pictures), generator=generator)
        whole = len(order) // batch_size * batch_size
        for places in order[:whole].split(batch_size)[: num_steps - step]:
            loss = sum(losses_at(network, pictures, places).values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1


def _side(case: LoopCase, loop: Loop, settings: Settings) -> Side:
    """A turn of ``loop`` on a fresh network."""

    def run(network: nn.Module) -> nn.Module:
        steps = settings.network_steps
        loop(network, case.pictures, groups_of(network), steps, BATCH_SIZE, settings.seed)
        return network

    return Side(run, prepare=lambda _: case.new_network(settings.seed), note=weights_of)
