"""GPUs as their maker publishes them, and the time of a run at a share of the published peak."""

from dataclasses import dataclass

from course_utils.models.operations import Operations
from course_utils.session.parameters import check_count, check_positive

GB = 1e9  # bytes, as makers count
RULE_OF_THUMB = 0.15  # of the peak, which ResNet-50 on ImageNet reaches (see ``published``)


@dataclass(frozen=True)
class Hardware:
    """A GPU by its data sheet.

    Attributes:
        name: As it is sold.
        peak: Operations per second of products of dense matrices of 16 bits, summed in 32 bits, as
            networks are trained. Makers print twice as much for matrices with zeros in half of the
            places ("with sparsity"), and GeForce twice as much for sums in 16 bits.
        memory: Bytes.
        power: Watts at most.
        year: In which it came out.
        source: Of these numbers.
    """

    name: str
    peak: float
    memory: float
    power: float
    year: int
    source: str

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.year}): at most {self.peak / 1e12:.0f} trillion operations per "
            f"second in 16 bits, {self.memory / GB:.0f} GB, {self.power:.0f} W"
        )


_ROWS = (
    Hardware("V100 SXM2 16 GB", 125e12, 16 * GB, 300, 2017, "NVIDIA V100 data sheet, 2020"),
    Hardware("V100 SXM2 32 GB", 125e12, 32 * GB, 300, 2018, "NVIDIA V100 data sheet, 2020"),
    Hardware("T4", 65e12, 16 * GB, 70, 2018, "NVIDIA T4 Tensor Core GPU data sheet, 2019"),
    Hardware("A100 SXM 40 GB", 312e12, 40 * GB, 400, 2020, "NVIDIA A100 data sheet, 2021"),
    Hardware("A100 SXM 80 GB", 312e12, 80 * GB, 400, 2020, "NVIDIA A100 data sheet, 2021"),
    Hardware("RTX 3090", 71e12, 24 * GB, 350, 2020, "NVIDIA Ampere GA102 architecture paper, 2020"),
    Hardware("RTX 4090", 165.2e12, 24 * GB, 450, 2022, "NVIDIA Ada architecture paper, 2022"),
    Hardware("H100 SXM", 989.4e12, 80 * GB, 700, 2022, "NVIDIA H100 architecture paper, 2023"),
    Hardware("L4", 121e12, 24 * GB, 72, 2023, "NVIDIA L4 data sheet, 2023 (242 with sparsity)"),
)
HARDWARE = {row.name: row for row in _ROWS}


def find_hardware(name: str) -> Hardware:
    """The GPU called ``name``.

    Raises:
        ValueError: If it is not in the table; it names those that are.
    """
    if name not in HARDWARE:
        raise ValueError(
            f"there is no hardware {name!r} in the table; it has {', '.join(HARDWARE)}"
        )
    return HARDWARE[name]


def predict_run(
    operations: Operations,
    num_examples: int,
    num_epochs: float,
    hardware: Hardware,
    count: int = 1,
    share_of_peak: float = RULE_OF_THUMB,
) -> float:
    """Seconds of a training: its operations, at a share of the peak of all GPUs together.

    Args:
        operations: For one picture.
        num_examples: Pictures of an epoch.
        num_epochs: Times that all are learned from.
        hardware: One of the GPUs.
        count: How many of it work together.
        share_of_peak: That they reach, above 0 and up to 1.

    Raises:
        ValueError: If a number does not fit; it says which.
    """
    check_count("num_examples", num_examples)
    check_positive("num_epochs", num_epochs)
    check_count("count", count)
    if not 0 < share_of_peak <= 1:
        raise ValueError(
            f"share_of_peak must be above 0 and at most 1, got {share_of_peak}; write 15 % as 0.15"
        )
    work = operations.training * num_examples * num_epochs
    return work / (share_of_peak * count * hardware.peak)
