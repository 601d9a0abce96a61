"""What is measured: sizes, data and backbone, the same for every part of one run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.files import PROJECT_FOLDER
from course_utils.models.torchvision_backbones import is_torchvision_name

SIZES = (64, 96, 128, 224)  # pixels a side


@dataclass(frozen=True)
class Settings:
    """Sizes of one run of the benchmark; the defaults are those that are reported.

    Args:
        rounds: How often the sides of a comparison take turns.
        threads: Threads of torch, here and in the processes that are started; None leaves them.
        dataset: Part a: a name that ``load_examples`` takes.
        image_size: Part a: pixels a side of pictures from files.
        backbone: Part a: a name that ``load_backbone`` takes.
        input_size: Part a: pixels a side that our version takes; None for a usual size.
        penalty: Part a: strength of the penalty on the weights of our head.
        train_per_class: Part a: pictures of each class to learn from, at most.
        max_test: Part a: test pictures, about that many at most.
        num_pictures: Part b: pictures of one pass.
        loop_cases: Part c: channels, pixels a side and optimizer steps of each case.
        networks: Part d: names of backbones and their input sizes.
        feature_batch: Part d: pictures per forward pass.
        lessons: Parts e and f: names or paths; empty for all lessons.
        num_runs: Part h: runs of lesson 03, each with its seed.
        run_parameters: Part h: sizes of these runs.
        num_scenes: Parts i and j: scenes that detections and maps are scored on.
        network_steps: Parts i and j: optimizer steps of each loop.
        num_large_maps: Part j: maps as large as of photographs.
        contexts: Part k: tokens that each language model sees and writes; loops train the first.
        text_steps: Part k: optimizer steps of each loop.
        keras_pictures: Part l: digits of an epoch, at most 997.
        keras_epochs: Part l: epochs of each turn.
    """

    rounds: int = 5
    threads: int | None = None
    seed: int = 0
    data_dir: Path = PROJECT_FOLDER / "data"
    dataset: str = "digits"
    image_size: int = 32
    backbone: str = "letters"
    input_size: int | None = None
    penalty: float = 1e-4
    train_per_class: int = 40
    max_test: int = 1000
    num_pictures: int = 16384
    loop_cases: tuple[tuple[int, int, int], ...] = ((1, 8, 300), (3, 32, 60))
    networks: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("letters", (8,)),
        ("mobilenet_v2", SIZES),
        ("resnet18", SIZES),
        ("resnet50", SIZES),
    )
    feature_batch: int = 64
    lessons: tuple[str, ...] = ()
    num_runs: int = 20
    run_parameters: Mapping[str, Any] = field(
        default_factory=lambda: {
            "drift_steps": 5,
            "num_seeds": 2,
            "head_steps": 20,
            "learning_rates": [0.03, 0.1],
        }
    )
    num_scenes: int = 200
    network_steps: int = 60
    num_large_maps: int = 20
    contexts: tuple[int, ...] = (128, 512)
    text_steps: int = 10
    keras_pictures: int = 960
    keras_epochs: int = 4

    @property
    def is_torchvision(self) -> bool:
        """Whether the backbone is one of torchvision, pretrained on large photographs."""
        return is_torchvision_name(self.backbone)

    @property
    def habit_size(self) -> int:
        """Pixels a side that the recipe crops to, out of habit."""
        return 224 if self.is_torchvision else 28

    @property
    def our_size(self) -> int:
        """Pixels a side that our version takes: set what lesson 06 chose on validation pictures."""
        return self.input_size or (96 if self.is_torchvision else 8)

    def as_facts(self) -> dict[str, Any]:
        """The settings for a report, without any path of this machine."""
        hidden = {"data_dir", "lessons"}
        facts = {name: value for name, value in vars(self).items() if name not in hidden}
        kind, _, path = self.dataset.partition(":")
        shown = {"dataset": f"{kind}:..." if path else kind, "backbone": Path(self.backbone).name}
        sizes = {"input_size": self.our_size, "habit_size": self.habit_size}
        return facts | shown | sizes

    def environment(self) -> dict[str, str]:
        """The environment for processes that are started, with the same number of threads."""
        return os.environ | ({"OMP_NUM_THREADS": str(self.threads)} if self.threads else {})


# As good as nothing to compute, for the tests.
QUICK: dict[str, Any] = {
    "rounds": 2,
    "train_per_class": 4,
    "max_test": 50,
    "num_pictures": 128,
    "loop_cases": ((1, 8, 12),),
    "networks": (("letters", (8,)), ("mobilenet_v2", (32,))),
    "feature_batch": 4,
    "num_runs": 2,
    "num_scenes": 12,
    "network_steps": 3,
    "num_large_maps": 2,
    "contexts": (8, 16),
    "text_steps": 3,
    "keras_pictures": 70,
    "keras_epochs": 1,
}
