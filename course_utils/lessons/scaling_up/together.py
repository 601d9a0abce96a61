"""The same training by several processes and by one, and what becomes of both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.lessons.scaling_up.joint import (
    WAYS,
    State,
    Way,
    as_data,
    statistics_of,
    train_on_joint_batches,
    weights_apart,
    weights_of,
)
from course_utils.lessons.scaling_up.parts import relative_difference
from course_utils.lessons.scaling_up.processes import Tasks
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict


def in_steps(
    examples: LabelledImages, batch_size: int, num_steps: int, seed: int
) -> LabelledImages:
    """The pictures of so many steps, in their order: shuffled, and from the start if they end.

    Args:
        examples: N pictures.
        batch_size: Pictures of a step.
        num_steps: How many steps.
        seed: Of the order.
    """
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(seed))
    return examples[order[torch.arange(batch_size * num_steps) % len(examples)]]


@dataclass(frozen=True)
class Compared:
    """What a training by several processes came to, beside that by one.

    Attributes:
        apart: How far the weights are apart, as a share of the way that those of the one went.
        ranks_equal: Whether all ranks have the same weights, bit for bit.
        statistics_apart: How far the running statistics of the last rank are from those of the
            first, as a share of their length.
        same_answers: Share of the pictures to which rank 0 gives the answer of the one.
        accuracies: Of the one, then of each rank with its own running statistics.
        ranks_differ: Pictures to which not all ranks give the same answer.
    """

    apart: float
    ranks_equal: bool
    statistics_apart: float
    same_answers: float
    accuracies: tuple[float, ...]
    ranks_differ: int


@dataclass(frozen=True)
class Together:
    """A training that several processes make together, and one process alone.

    Attributes:
        model: With the weights of the start.
        examples: N pictures, as ``in_steps`` gives them.
        val: Pictures to answer afterwards.
        batch_size: Pictures of a step, of all processes together.
        num_processes: How many processes.

    Raises:
        ValueError: If the batch cannot be shared out equally, N is no multiple of it, or the
            network is none of the workbook's own.
    """

    model: Classifier
    examples: LabelledImages
    val: LabelledImages
    batch_size: int
    num_processes: int = 2

    def __post_init__(self) -> None:
        if self.num_processes < 1 or self.batch_size % self.num_processes:
            raise ValueError(
                f"batch_size must be a multiple of the {self.num_processes} processes, so that "
                f"their parts are equally large, got {self.batch_size}"
            )
        if len(self.examples) == 0 or len(self.examples) % self.batch_size:
            raise ValueError(
                f"the number of pictures must be a multiple of batch_size = {self.batch_size}, "
                f"got {len(self.examples)}: in_steps gives so many"
            )
        as_data(self.model)  # refuses other networks

    def tasks(self, ways: Mapping[str, Way] = WAYS) -> Tasks:
        """The training in each of these ways, for ``run_processes``."""
        val = {"val_images": self.val.images}
        return {name: ("train", {**self._training(way), **val}) for name, way in ways.items()}

    def shard_task(self, way: Way) -> Tasks:
        """The training with the weights shared out, as ``shard``; see ``sharding.shard``."""
        return {"shard": ("shard", self._training(way))}

    def gradient_tasks(self, sizes: Sequence[int]) -> Tasks:
        """The first gradient where ranks have these numbers of pictures.

        ``mean of means`` is what DistributedDataParallel makes of the mean losses of the ranks;
        for ``weighted``, each is first multiplied by its share of the pictures, and by how many
        ranks there are, since the mean over ranks divides by that.
        """
        if len(sizes) != self.num_processes or min(sizes) < 1 or sum(sizes) > len(self.examples):
            raise ValueError(
                f"sizes must be {self.num_processes} numbers of pictures from 1, at most "
                f"{len(self.examples)} together, got {list(sizes)}"
            )
        some = slice(sum(sizes))
        shared = {
            "model": as_data(self.model),
            "images": self.examples.images[some],
            "labels": self.examples.labels[some],
            "sizes": list(sizes),
        }
        shares = [self.num_processes * size / sum(sizes) for size in sizes]
        return {
            "mean of means": ("gradient", {**shared, "weights": [1.0] * len(sizes)}),
            "weighted": ("gradient", {**shared, "weights": shares}),
        }

    def alone(self, ways: Iterable[Way]) -> dict[Way, State]:
        """Weights and buffers after the training by this process alone, on the joint batches."""
        data, images, labels = as_data(self.model), self.examples.images, self.examples.labels
        return {
            way: train_on_joint_batches(data, way, images, labels, self.batch_size) for way in ways
        }

    def compare(self, way: Way, alone: State, ranks: Sequence[Mapping[str, Tensor]]) -> Compared:
        """What one process came to beside what each rank came to.

        Args:
            way: In which all were trained.
            alone: What ``alone`` gave for it.
            ranks: What each rank returned for its task.
        """
        model = way.begin(as_data(self.model))
        model.load_state_dict(alone)
        answers = [predict(model, way.images(self.val.images)).argmax(dim=1)]
        answers += [each["answers"] for each in ranks]
        weights = [weights_of(each) for each in ranks]
        first, last = (statistics_of(each) for each in (ranks[0], ranks[-1]))
        return Compared(
            apart=weights_apart(ranks[0], alone, self.model.state_dict()),
            ranks_equal=all(torch.equal(each, weights[0]) for each in weights),
            statistics_apart=relative_difference(last, first),
            same_answers=_share(answers[1] == answers[0]),
            accuracies=tuple(_share(each == self.val.labels) for each in answers),
            ranks_differ=sum(
                len(set(given)) > 1 for given in torch.stack(answers[1:], dim=1).tolist()
            ),
        )

    def _training(self, way: Way) -> dict[str, Any]:
        """The arguments that tasks of training have in common."""
        return {
            "model": as_data(self.model),
            "way": asdict(way),
            "images": self.examples.images,
            "labels": self.examples.labels,
            "batch_size": self.batch_size,
        }


def _share(right: Tensor) -> float:
    return right.double().mean().item()
