"""Answer of ``mean_loss``: the mean over the losses of all examples."""

from collections.abc import Sequence

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.pretraining_loss.exercises import observe_mean_loss, ragged_batches


def summed(means: Sequence[float], sizes: Sequence[int]) -> float:
    """The sum of the losses of all examples."""
    return sum(mean * size for mean, size in zip(means, sizes, strict=True))


def write_down(difference: Difference) -> str:
    """What to say of the first wrong case."""
    means, sizes = ragged_batches(difference.seed)[difference.place]
    shown = ", ".join(f"{value:.2f}" for value in means)
    return (
        f"For means {shown} of batches of {sizes} examples your function gives "
        f"{difference.found:.3f}. Write down the loss of every single example, then take the mean."
    )


ANSWER = Table(
    observe_mean_loss,
    right=lambda means, sizes: summed(means, sizes) / sum(sizes),
    praise="Every example counts the same, in whatever batch it came.",
    wrong={
        "mean-of-batch-means": lambda means, sizes: sum(means) / len(means),
        "divides-by-batches": lambda means, sizes: summed(means, sizes) / len(means),
        "sum-of-means": lambda means, sizes: sum(means) / sum(sizes),
        "assumes-full-batches": lambda means, sizes: sum(means) * sizes[0] / sum(sizes),
        "last-batch-dropped": lambda means, sizes: (
            summed(means[:-1], sizes[:-1]) / sum(sizes[:-1]) if len(means) > 1 else means[0]
        ),
    },
    messages={
        "mean-of-batch-means": "Here a batch of 1 example counts as much as a batch of 64.",
        "divides-by-batches": "The sum over examples is right. What did you divide it by?",
        "sum-of-means": "You add up means. How does the mean of a batch become the sum of its "
        "losses again?",
        "assumes-full-batches": "This takes all batches to be equally large.",
        "last-batch-dropped": "The last batch is left out. It counts, however short it is.",
    },
    otherwise=write_down,
)
