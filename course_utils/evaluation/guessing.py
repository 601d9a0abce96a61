"""What stands beside an accuracy: what guessing gives, and how each class fares."""

import numpy as np
from numpy.typing import ArrayLike

from course_utils.data.class_mix import is_unbalanced, largest_class
from course_utils.data.examples import LabelledImages
from course_utils.data.groups import is_apart
from course_utils.evaluation.comparison import as_bools
from course_utils.evaluation.proportions import weighted_share
from course_utils.evaluation.scores import accuracy_text

MOST_CLASSES = 10  # told one by one


def share_of_largest(examples: LabelledImages) -> tuple[str, float]:
    """Name and share of the commonest class: the accuracy of whoever always names it."""
    label = largest_class(examples)
    return examples.class_names[label], (examples.labels == label).double().mean().item()


def right_by_class(correct: ArrayLike, examples: LabelledImages) -> dict[str, tuple[int, int]]:
    """Right answers and examples of each class that has any, in the order of the classes.

    Args:
        correct: (N,) bool, whether each example was answered correctly.
        examples: The N examples.

    Raises:
        ValueError: If ``correct`` is not bool (N,).
    """
    right, labels = as_bools("correct", correct, 1), examples.labels.numpy()
    if len(right) != len(labels):
        raise ValueError(f"correct has {len(right)} entries for {len(labels)} examples")
    return {
        name: (int(right[labels == label].sum()), int((labels == label).sum()))
        for label, name in enumerate(examples.class_names)
        if (labels == label).any()
    }


def balanced_accuracy(
    correct: ArrayLike, examples: LabelledImages, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Mean accuracy of the classes, each counting the same, and its interval, from 0 to 1.

    Args:
        correct: (N,) bool, whether each example was answered correctly.
        examples: The N examples; classes without any are left out.
        confidence: Share of such intervals that hold the true mean.

    Returns:
        Mean, lower and upper end.
    """
    counts = list(right_by_class(correct, examples).values())
    return weighted_share(counts, [1 / len(counts)] * len(counts), confidence)


def guessing_text(
    examples: LabelledImages,
    correct: ArrayLike | None = None,
    learned_from: LabelledImages | None = None,
    guess_from: LabelledImages | None = None,
) -> str:
    """What to print beside an accuracy on ``examples``, so that it is not taken for more.

    One line for what guessing gives. Where the classes are unbalanced and the answers are given,
    also the balanced accuracy, and the accuracy of each class: of the ten worst, if there are more.

    Args:
        examples: Those that the accuracy is about.
        correct: (N,) bool, whether each was answered correctly; None where nothing has answered.
        learned_from: What the answers come from. Examples that nearly repeat one of these are easy;
            the accuracy without them is told as well.
        guess_from: Whose commonest class is guessed; None for that of ``examples``.
    """
    guess = largest_class(examples if guess_from is None else guess_from)
    name, share = examples.class_names[guess], (examples.labels == guess).double().mean().item()
    lines = [f"guessing (always {name!r}) scores {share:.3f}"]
    if correct is not None and learned_from is not None:
        said = without_near_copies(examples, correct, learned_from)
        lines += [said] if said else []
    if correct is None or not is_unbalanced(examples):
        return "\n".join(lines)
    mean, low, high = balanced_accuracy(correct, examples)
    counts = right_by_class(correct, examples)
    lines.append(
        f"balanced accuracy: {mean:.3f} [{low:.3f}, {high:.3f}], guessing {1 / len(counts):.3f}"
    )
    worst = sorted(counts, key=lambda name: counts[name][0] / counts[name][1])[:MOST_CLASSES]
    lines += [f"  {accuracy_text(*counts[name])}: {name}" for name in worst]
    if len(counts) > MOST_CLASSES:
        lines.append(f"  and {len(counts) - MOST_CLASSES} classes that are better")
    return "\n".join(lines)


def without_near_copies(
    examples: LabelledImages, correct: ArrayLike, learned_from: LabelledImages
) -> str:
    """The accuracy on what is new among ``examples``, in words; empty where all of it is.

    Args:
        examples: N of them.
        correct: (N,) bool, whether each was answered correctly.
        learned_from: What the answers come from.
    """
    is_new = is_apart(examples, learned_from).numpy()
    if is_new.all():
        return ""
    if not is_new.any():
        return "all are near copies of what was learned from: no score on them tells anything"
    score = accuracy_text(int(np.asarray(correct)[is_new].sum()), int(is_new.sum()))
    return f"without {int((~is_new).sum()):,} near copies of what was learned from: {score}"
