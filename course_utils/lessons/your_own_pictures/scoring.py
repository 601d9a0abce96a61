"""The score that chooses, and answers of several rounds put together."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course_utils.data.class_mix import class_weights, largest_class
from course_utils.data.examples import LabelledImages
from course_utils.evaluation.calibration import TEMPERATURES, Change
from course_utils.evaluation.comparison import compare_models
from course_utils.evaluation.guessing import balanced_accuracy
from course_utils.evaluation.over_groups import count_groups, has_groups
from course_utils.evaluation.scores import wilson_interval
from course_utils.lessons.your_own_pictures.rounds import Rounds


def score_of(
    hits: np.ndarray, examples: LabelledImages, *, balanced: bool
) -> tuple[float, float, float]:
    """Accuracy, or that with all classes counting the same, and the ends of its 95 % interval.

    Args:
        hits: (N,) bool, whether each example is answered rightly.
        examples: The N examples.
        balanced: Whether classes count the same.
    """
    if balanced:
        return balanced_accuracy(hits, examples)
    return float(hits.mean()), *wilson_interval(int(hits.sum()), len(hits))


def weights_of(examples: LabelledImages, *, balanced: bool) -> Tensor | None:
    """How much each example counts (N,) in the score; None where all count the same."""
    return class_weights(examples) if balanced else None


def put_together(rounds: Rounds, parts: Sequence[Tensor]) -> Tensor:
    """Logits (epochs, judged, K) in the order of ``rounds.judged``, from those of each round."""
    held = torch.cat([places for _, places in rounds])
    return torch.cat(list(parts), dim=1)[:, held.argsort()]


def best_epoch(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> int:
    """The place, from 0, of the epoch with the highest score; of equal ones that of least loss.

    Args:
        logits: (epochs, N, K).
        labels: (N,).
        weights: (N,), as of ``weights_of``; None for all the same.
    """
    counts = torch.ones(len(labels)) if weights is None else weights
    scores = [((table.argmax(dim=1) == labels) * counts).sum().item() for table in logits]
    losses = [torch.nn.functional.cross_entropy(table, labels).item() for table in logits]
    return max(range(len(logits)), key=lambda place: (round(scores[place], 6), -losses[place]))


def guess_share(learned_from: LabelledImages, examples: LabelledImages) -> float:
    """The accuracy on ``examples`` of always naming the class that was commonest to learn from."""
    return float((examples.labels == largest_class(learned_from)).float().mean())


def against_baseline(model: np.ndarray, baseline: np.ndarray, examples: LabelledImages) -> str:
    """Whether a model is worth having beside a baseline: one sentence.

    Args:
        model: (N,) bool, whether it answers each example rightly.
        baseline: (N,) bool, the same examples.
        examples: The N examples. The test takes each for a stranger: where they are of groups, that
            is said.
    """
    if baseline.mean() >= model.mean():
        return "The nearest neighbour does no worse: do not ship a network for this."
    if compare_models(model, baseline).verdict == "cannot tell":
        return "These pictures cannot tell whether the model beats the nearest neighbour."
    of_groups = f", counting pictures, of {count_groups(examples)}" * has_groups(examples)
    return f"The model beats the nearest neighbour{of_groups}."


def read_matrix(matrix: np.ndarray, class_names: Sequence[str]) -> str:
    """The lowest row and the lowest column of a confusion matrix, each read aloud.

    Args:
        matrix: (K, K) counts, true classes down, answers along.
        class_names: K names.
    """
    right = np.diag(matrix)
    sums = {"row": matrix.sum(axis=1), "column": matrix.sum(axis=0)}
    shares = {name: right / np.maximum(total, 1) for name, total in sums.items()}
    lowest = {
        name: int(np.where(total > 0, shares[name], np.inf).argmin())
        for name, total in sums.items()
    }
    row, column = lowest["row"], lowest["column"]
    said = f"{sums['row'][row]:,} pictures of {class_names[row]!r}, {right[row]:,} answered rightly"
    others = np.where(np.arange(len(matrix)) == row, 0, matrix[row])
    if others.any():
        taken = int(others.argmax())
        said += f"; commonest wrong answer {class_names[taken]!r} ({others[taken]:,})"
    return (
        f"The lowest row: {said}.\nThe lowest column: {sums['column'][column]:,} answers "
        f"{class_names[column]!r}, {right[column]:,} of them right."
    )


def temperature_text(temperature: float) -> str:
    """Two digits of it, and whether it lies at an end of the list that was tried."""
    for end, name in ((TEMPERATURES.min(), "smallest"), (TEMPERATURES.max(), "largest")):
        if temperature == end:
            return f"{temperature:.2f} (the {name} tried: beyond it may be better)"
    return f"{temperature:.2f}"


def change_text(change: Change) -> str:
    """A change of loss with its verdict first."""
    verdict = "cannot tell"
    if change.high < 0:
        verdict = "lower"
    elif change.low > 0:
        verdict = "higher"
    return f"{verdict}: {change}"
