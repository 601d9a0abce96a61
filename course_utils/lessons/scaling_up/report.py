"""What the lesson counts and prints: accuracies, weights that stood still, tables."""

import copy
import statistics
from collections.abc import Iterable, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.data.examples import LabelledImages
from course_utils.data.plain_text import columns_of
from course_utils.lessons.scaling_up.joint import weights_of
from course_utils.lessons.scaling_up.trials import MOMENTUM
from course_utils.models.inference import predict

Seconds = Mapping[str, Sequence[float]]
CHANGES = {
    "channels last": "nothing but rounding",
    "bfloat16": "each gradient, a little",
    "channels last, bfloat16": "the same",
    "checkpointed": "live batch norm's memory, which moves 1.9 times as far",
    "in four parts": "nothing with batch norm held; live, the gradient",
    "compiled": "nothing but rounding; the first step takes long",
    "compiled, channels last": "the same",
}
LARGER = "fewer steps: look for the rate anew, settle batch norm"
SEVERAL = "nothing with batch norm held; live, gradient and statistics"


def accuracy(model: nn.Module, examples: LabelledImages) -> float:
    """Share of ``examples`` that ``model`` answers correctly, in eval mode."""
    answers = predict(model, examples.images).argmax(dim=1)
    return (answers == examples.labels.to(answers.device)).double().mean().item()


def unmoved_share(
    model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]], rate: float, kind: torch.dtype
) -> float:
    """Share of the weights that the last of some steps leaves where they were.

    Args:
        model: On the CPU; it is left as it is.
        batches: Pictures (B, C, H, W) and labels (B,), one batch a step.
        rate: Learning rate of SGD with momentum.
        kind: Of the weights.
    """
    twin = copy.deepcopy(model).to(kind).train()
    optimizer = torch.optim.SGD(twin.parameters(), lr=rate, momentum=MOMENTUM)
    before = after = weights_of(twin.state_dict())
    for images, labels in batches:
        loss = F.cross_entropy(twin(images.to(kind)).float(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        before, after = after, weights_of(twin.state_dict())
    return (before == after).double().mean().item()


def speed_table(seconds: Seconds) -> str:
    """Milliseconds of each way, median, shortest and longest, and how many times as fast it is.

    Args:
        seconds: By way; the first is what the others are compared with.
    """
    rows = [["", "ms", "shortest", "longest", "times as fast"]]
    for name, values in seconds.items():
        shown = (statistics.median(values), min(values), max(values))
        rows.append(
            [name, *(f"{1000 * each:.1f}" for each in shown), f"{times_as_fast(seconds, name):.2f}"]
        )
    return columns_of(rows)


def times_as_fast(seconds: Seconds, name: str) -> float:
    """The ratio of the medians of the first way and of ``name``."""
    first = next(iter(seconds.values()))
    return statistics.median(first) / statistics.median(seconds[name])


def final_table(
    timed: Seconds, epochs: Mapping[int, Sequence[float]], kept: Mapping[str, float], together: str
) -> str:
    """What each way bought in this run, and what it changes in every run.

    Args:
        timed: Seconds of a step, by way; the first is what the others are compared with.
        epochs: Seconds of an epoch, by batch: the small one, then the large one.
        kept: Bytes that wait for the way back, by the same names as ``timed``, where measured.
        together: What several processes bought, as ``"1.7"``; ``"-"`` where none ran.
    """
    rows = [["way", "times as fast", "memory", "what it changes"]]
    for name, changes in CHANGES.items():
        if name in timed:
            share = f"{kept[name] / kept['as it is']:.2f}" if name in kept else "-"
            rows.append([name, f"{times_as_fast(timed, name):.2f}", share, changes])
    small, large = epochs
    faster = statistics.median(epochs[small]) / statistics.median(epochs[large])
    rows += [
        [
            f"batch {large} for {small}",
            f"{faster:.2f}",
            f"{large / small:.0f} x batch {small}",
            LARGER,
        ],
        ["several processes", together, "a part each", SEVERAL],
    ]
    return columns_of(rows)
