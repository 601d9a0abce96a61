"""Part d: what share of the machine's rate of matrix products feature extraction reaches.

A multiply-add counts as two operations on both sides. Weights are random: they change no time.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from benchmark.measurements import Comparison, Result, Side, Skipped, alternate
from benchmark.settings import Settings
from course_utils.models.computing import set_up
from course_utils.models.freezing import extract_features
from course_utils.models.residual import Backbone
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.session.devices import find_precision, product_rate
from course_utils.session.start import Session

CPU = torch.device("cpu")


def new_backbone(name: str, size: int, precision: torch.dtype) -> nn.Module:
    """A backbone with random weights, set up as a lesson sets it up."""
    if name == "letters":
        backbone: nn.Module = Backbone(input_size=size)
    else:
        backbone = TorchvisionBackbone(name, size, pretrained=False)
    return set_up(backbone.eval(), Session(CPU, Path(), 0, precision))


def count_operations(backbone: nn.Module, images: Tensor) -> int:
    """Operations of all products and convolutions that turn ``images`` into features."""
    with FlopCounterMode(display=False) as counter:
        extract_features(backbone, images, batch_size=len(images))
    return counter.get_total_flops()


def measure(settings: Settings) -> list[Result]:
    """Rates of features and of matrix products in turn, for each network, size and precision."""
    cases = [(name, size) for name, sizes in settings.networks for size in sizes]
    found: list[Result] = [compare_rates(*case, torch.float32, settings) for case in cases]
    if find_precision("auto", CPU) == torch.bfloat16:
        return found + [compare_rates(*case, torch.bfloat16, settings) for case in cases]
    return [*found, Skipped("d", "bfloat16", "this processor is no faster in it than in float32")]


def compare_rates(name: str, size: int, precision: torch.dtype, settings: Settings) -> Comparison:
    """The rate reached by ``extract_features`` against that of a matrix product."""
    backbone = new_backbone(name, size, precision)
    images = torch.rand(settings.feature_batch, backbone.in_channels, size, size)
    operations = count_operations(backbone, images)
    sides = {
        "features": Side(
            lambda _: extract_features(backbone, images, batch_size=len(images)),
            note=lambda features: tuple(features.shape),
        ),
        "product": Side(lambda _: product_rate(precision, CPU), note=lambda rate: rate),
    }
    alternate(sides, 1)
    turns = alternate(sides, settings.rounds)
    kind = str(precision).removeprefix("torch.")
    return Comparison(
        "d",
        f"{name}, {size} px",
        "operations/s",
        ours=[operations / turn.seconds for turn in turns["features"]],
        other=[turn.note for turn in turns["product"]],
        other_name=f"a matrix product, {kind}",
        note=f"{operations / len(images) / 2e6:,.1f} million multiply-adds per picture",
        axis=f"share of product rate, {kind}",
    )
