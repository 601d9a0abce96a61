"""Trainings whose time others published, beside the work that is counted for them."""

from dataclasses import dataclass
from functools import cache

from course_utils.costs.hardware import HARDWARE, Hardware
from course_utils.costs.networks import imagine
from course_utils.models.operations import count_operations

IMAGENET = 1_281_167  # pictures to learn from in ILSVRC 2012
FFCV = "ffcv-imagenet, table of configurations (github.com/libffcv/ffcv-imagenet)"
EXAMPLES = "NVIDIA DeepLearningExamples, PyTorch/Classification/ConvNets, container 20.12"
AIRBENCH = "cifar10-airbench, table of scripts (github.com/KellerJordan/cifar10-airbench)"


@dataclass(frozen=True)
class PublishedRun:
    """One training that somebody timed.

    Attributes:
        name: What was trained, in words.
        operations: Of the whole training.
        hardware: On which GPUs.
        count: On how many of them.
        seconds: That were published.
        source: Of the seconds, and where they count them themselves of the operations.
    """

    name: str
    operations: float
    hardware: Hardware
    count: int
    seconds: float
    source: str

    @property
    def share_of_peak(self) -> float:
        """Of the peak of all GPUs together, that the training reached."""
        return self.operations / (self.count * self.hardware.peak * self.seconds)

    def predict(self, share_of_peak: float) -> float:
        """Seconds, had it reached that share."""
        return self.seconds * self.share_of_peak / share_of_peak

    def __str__(self) -> str:
        return (
            f"{self.name}, {self.count} x {self.hardware.name}: {self.operations:.2g} operations "
            f"in {self.seconds / 60:.3g} minutes, {self.share_of_peak:.0%} of the peak"
        )


def ffcv_operations(num_epochs: int) -> float:
    """Of ffcv's ResNet-50: three quarters of the epochs on 160 pixels a side, the rest on 192."""
    return IMAGENET * num_epochs * (0.75 * _training(160) + 0.25 * _training(192))


@cache
def published_runs() -> tuple[PublishedRun, ...]:
    """All of them, in the order in which the lesson tells of them."""
    a100, large_a100, v100 = (
        HARDWARE[name] for name in ("A100 SXM 40 GB", "A100 SXM 80 GB", "V100 SXM2 16 GB")
    )
    ffcv = ((88, 77.2), (40, 35.6), (16, 14.9))  # epochs, minutes
    examples = (  # network, pictures per second on 8 GPUs
        ("ResNet-50", "resnet50", large_a100, 15_977),
        ("ResNet-50", "resnet50", v100, 7_608),
        ("EfficientNet-B0", "efficientnet_b0", large_a100, 14_391),
    )
    airbench = (("94", 3.83, 0.36), ("95", 10.4, 1.4), ("96", 34.7, 4.9))  # seconds, 1e15
    return (
        *(
            PublishedRun(
                f"ResNet-50, {epochs} epochs", ffcv_operations(epochs), a100, 8, 60 * minutes, FFCV
            )
            for epochs, minutes in ffcv
        ),
        *(
            PublishedRun(
                f"{name}, an epoch",
                IMAGENET * _training(224, network),
                gpu,
                8,
                IMAGENET / rate,
                EXAMPLES,
            )
            for name, network, gpu, rate in examples
        ),
        *(
            PublishedRun(
                f"airbench, CIFAR-10 to {accuracy} %", 1e15 * work, a100, 1, seconds, AIRBENCH
            )
            for accuracy, seconds, work in airbench
        ),
    )


@cache
def _training(size: int, network: str = "resnet50") -> int:
    """Operations of learning from one picture of that size."""
    return count_operations(imagine(network), (3, size, size)).training
