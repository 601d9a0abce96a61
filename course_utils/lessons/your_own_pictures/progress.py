"""How long the planned work takes on this machine, and a bar that holds the forecast to it."""

from collections.abc import Mapping

from torch import Tensor
from tqdm.auto import tqdm

from course_utils.costs.steps import measure_step
from course_utils.data.streamed import StreamedImages
from course_utils.lessons.your_own_pictures.candidates import (
    FORWARD_AND_BACK,
    Candidate,
    Network,
    Plan,
)
from course_utils.models.classifier import Classifier
from course_utils.session import learner

ENOUGH = 0.3  # seconds after which the time of a step is known


class Progress:
    """The work of a plan, counted down as it is done.

    Args:
        plan: What will be tried.
        costs: Multiply-adds of a picture's pass forwards through each network.
        at_once: Trainings side by side.
    """

    def __init__(self, plan: Plan, costs: Mapping[Network, int], at_once: int) -> None:
        self.plan, self.costs, self.at_once = plan, costs, at_once
        # A batch run stores what a bar writes, so it is for those who sit in front of it.
        self.bar = tqdm(
            total=round(plan.work / 1e9),
            unit=" billion multiply-adds",
            disable=not learner.is_live(),
            leave=False,
        )

    def estimate(self, model: Classifier, images: Tensor | StreamedImages, batch_size: int) -> str:
        """The seconds of one step with ``model``, and the minutes of the plan, in words.

        Args:
            model: With the dearest network that may be trained, where it will compute; it is left
                as it is.
            images: (N, C, H, W), whose shape a batch has.
            batch_size: Pictures in it.
        """
        shape = (min(batch_size, len(images)), *images.shape[1:])
        seconds = measure_step(
            model, shape, optimizer="sgd", clock="wall", seconds=ENOUGH, fewest=1
        )
        work = FORWARD_AND_BACK * shape[0] * self.costs[self.plan.trainable[-1]]
        minutes = seconds / work * self.plan.work / self.at_once / 60
        return (
            f"one step of {shape[0]} pictures takes {seconds:.3f} s here; all of it about "
            f"{minutes:.1f} minutes at most (shorter with a lower most_work)"
        )

    def done(self, candidate: Candidate, num_learned: int, num_judged: int) -> None:
        """One round of a candidate is through."""
        epochs = 0 if candidate.rate is None else self.plan.epochs[candidate.network]
        passes = epochs * (FORWARD_AND_BACK * num_learned + num_judged)
        self.bar.update(round(passes * self.costs[candidate.network] / 1e9))

    def close(self) -> None:
        """The candidates are through."""
        self.bar.close()
