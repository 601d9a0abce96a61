"""Part c: the workbook's visible loop, against a bare one and against three Trainers.

All take the same steps on the same batches, from the same weights, with the same optimizer. What
each turn notes are its final weights, and the largest difference from those of our loop is reported
beside the times. What a loop needs to start is measured apart, by a run of one step, and taken off:
a Trainer starts once per training, and a short run would count it too much.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmark.augmentation import random_pictures
from benchmark.measurements import (
    Comparison,
    Reading,
    Result,
    Side,
    Skipped,
    Turn,
    alternate,
    seconds_of,
)
from benchmark.settings import Settings
from benchmark.trainers import TRAINERS, missing_reason
from course_utils.data.batches import BatchLoader, in_memory
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.training import train_one_epoch

BATCH_SIZE = 32
NUM_PICTURES = 1024  # passed over as often as the steps need
LEARNING_RATE = 0.01
WITHIN = 0.02  # of the bare loop's time that our loop may take more


def new_model(channels: int, seed: int) -> Classifier:
    """The lessons' network in train mode; the same weights at each call."""
    torch.manual_seed(seed)
    return Classifier(Backbone(channels), 10).train()


def new_loader(examples: LabelledImages, num_steps: int, seed: int) -> BatchLoader:
    """``num_steps`` batches, in the same order at each call."""
    return BatchLoader(examples, BATCH_SIZE, shuffle=True, seed=seed, num_batches=num_steps)


def bare_loop(model: nn.Module, examples: LabelledImages, num_steps: int, seed: int) -> None:
    """What one writes by hand when nothing is to be watched, with batches cut in place."""
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)
    images, labels = examples.images, examples.labels
    generator = torch.Generator().manual_seed(seed)
    step = 0
    while step < num_steps:
        order = torch.randperm(len(labels), generator=generator)
        for indices in order.split(BATCH_SIZE)[: num_steps - step]:
            loss = F.cross_entropy(model(images[indices]), labels[indices])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1


def our_loop(model: nn.Module, examples: LabelledImages, num_steps: int, seed: int) -> None:
    """The same with the workbook's loader and loop, which also sum the loss and watch over it."""
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)
    train_one_epoch(model, new_loader(examples, num_steps, seed), optimizer)


def weights_of(model: nn.Module) -> Tensor:
    """All parameters and statistics of ``model`` as one vector."""
    state = model.state_dict().values()
    return torch.cat([tensor.detach().flatten().double() for tensor in state])


def loop_side(
    loop: Callable[[nn.Module, LabelledImages, int, int], None],
    examples: LabelledImages,
    num_steps: int,
    seed: int,
) -> Side:
    """A turn of ``bare_loop`` or ``our_loop`` on a fresh model."""

    def run(model: nn.Module) -> nn.Module:
        loop(model, examples, num_steps, seed)
        return model

    channels = examples.images.shape[1]
    return Side(run, prepare=lambda number: new_model(channels, seed), note=weights_of)


def trainer_side(name: str, examples: LabelledImages, num_steps: int, seed: int) -> Side:
    """A turn of the Trainer called ``name`` on a fresh model and the same batches."""
    channels = examples.images.shape[1]

    def prepare(number: int) -> tuple[nn.Module, Callable[[], object]]:
        model, loader = new_model(channels, seed), new_loader(examples, num_steps, seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what these packages will do without in the future
            return model, TRAINERS[name](model, loader, LEARNING_RATE)

    def run(prepared: tuple[nn.Module, Callable[[], object]]) -> nn.Module:
        model, train = prepared
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            train()
        return model

    return Side(run, prepare, note=weights_of)


def measure(settings: Settings) -> list[Result]:
    """Times of all loops for the same steps, case by case."""
    reasons = {name: missing_reason(name) for name in TRAINERS}
    results: list[Result] = [Skipped("c", name, why) for name, why in reasons.items() if why]
    installed = [name for name, why in reasons.items() if not why]
    for channels, size, num_steps in settings.loop_cases:
        examples = in_memory(random_pictures(NUM_PICTURES, channels, size, settings.seed))
        make_side = partial(side_of, examples, settings.seed)
        names = ("a bare loop", "ours", *installed)
        turns = take_turns(make_side, names, num_steps, settings.rounds)
        goals = {"a bare loop": 1 / (1 + WITHIN)}
        results += compare(turns, "c", f"{num_steps} steps on {size} px", goals)
    return results


def side_of(examples: LabelledImages, seed: int, name: str, num_steps: int) -> Side:
    """A turn of the loop or Trainer called ``name``."""
    loop = {"a bare loop": bare_loop, "ours": our_loop}.get(name)
    if loop is None:
        return trainer_side(name, examples, num_steps, seed)
    return loop_side(loop, examples, num_steps, seed)


def take_turns(
    make_side: Callable[[str, int], Side], names: Sequence[str], num_steps: int, rounds: int
) -> dict[str, list[Turn]]:
    """A turn of one step, for what it costs to start, then one of all steps; loop by loop.

    Args:
        make_side: Takes the name of a loop and how many steps it takes.
        names: Of the loops, in the order of their turns.
        num_steps: Beyond the first.
        rounds: Turns of each.
    """
    sides = {}
    for name in names:
        for key, steps in ((f"{name}, start", 1), (name, 1 + num_steps)):
            sides[key] = make_side(name, steps)
    starts = {key: side for key, side in sides.items() if key.endswith(", start")}
    alternate(starts, 1)  # imports and sets up memory
    return alternate(sides, rounds)


def compare(
    turns: dict[str, list[Turn]],
    part: str,
    case: str,
    goals: Mapping[str, float],
    same: float = math.inf,
) -> list[Result]:
    """Our loop against each other one, by the time of all steps but the first.

    Args:
        turns: As ``take_turns`` gives them.
        part: Letter of the part.
        case: What the loops train.
        goals: By the name of a loop, what the ratio is meant to reach.
        same: How far final weights may be from ours; if more, that is told in place of times.
    """
    starts = {name: seconds_of(each) for name, each in turns.items() if name.endswith(", start")}
    steps = {
        name: [whole - start for whole, start in zip(seconds_of(turns[name]), first, strict=True)]
        for name, first in ((key.removesuffix(", start"), first) for key, first in starts.items())
    }
    mine = turns["ours"][0].note
    gaps = {name: (turns[name][0].note - mine).abs().max().item() for name in steps}
    found: list[Result] = [
        Comparison(
            part, case, "s", ours=steps["ours"], other=seconds, other_name=name,
            goal=goals.get(name), note=f"final weights differ by at most {gaps[name]:.1g}",
        )
        if gaps[name] <= same
        else Skipped(part, case, f"the final weights of {name} differ by {gaps[name]:.1g}")
        for name, seconds in steps.items()
        if name != "ours"
    ]  # fmt: skip
    return found + [Reading(part, f"{case}: {name}", "s", first) for name, first in starts.items()]
