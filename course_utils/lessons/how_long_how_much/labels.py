"""How wrong one is after a few labels and after many: for many draws of who gets labelled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from course_utils.evaluation.learning_curve import DRAWS, Forecast, forecast_error

LEAST_JUDGED = 20  # pictures, of each class
LETTERS_SEEN = 2000 * 256  # by the shipped backbone as it learned: steps times batch, in its card


@dataclass(frozen=True)
class Draw:
    """Places of pictures that were labelled, and of those that judge.

    Attributes:
        learned: Of S sizes, ascending; each holds all places of the one before it.
        judged: The rest, in none of them.
    """

    learned: list[np.ndarray]
    judged: np.ndarray


def draw_labels(labels: np.ndarray, per_class: Sequence[int], seed: int) -> Draw:
    """Draw pictures of each class to label.

    Args:
        labels: (N,), from 0.
        per_class: S numbers of pictures of each class, ascending.
        seed: Same seed, same draw.

    Raises:
        ValueError: If the sizes do not ascend, or a class has too few pictures; it says how many
            would do.
    """
    if list(per_class) != sorted(set(per_class)):
        raise ValueError(f"labels_per_class must rise from one to the next, got {list(per_class)}")
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
    fewest, most = min(map(len, orders)), per_class[-1]
    if fewest < most + LEAST_JUDGED:
        raise ValueError(
            f"{most} labels of each class, and {LEAST_JUDGED} more to judge, are asked for, but a "
            f"class has {fewest} pictures; lower the largest of labels_per_class: it is to be "
            f"{(fewest - LEAST_JUDGED) // 4} at most, as four times as many are tried"
        )
    learned = [np.concatenate([order[:n] for order in orders]) for n in per_class]
    return Draw(learned, np.concatenate([order[most:] for order in orders]))


def wrong_after(features: np.ndarray, labels: np.ndarray, draw: Draw) -> np.ndarray:
    """Whether each judged picture is answered wrongly after each size: bool (S, J).

    Args:
        features: (N, D), of pictures or of a frozen backbone.
        labels: (N,).
        draw: Of both.
    """
    from sklearn.linear_model import LogisticRegression  # here: half a second to import

    rows = []
    with threadpool_limits(1):  # threads of scikit-learn wait for one another on small tables
        for places in draw.learned:
            model = LogisticRegression(max_iter=1000).fit(features[places], labels[places])
            rows.append(model.predict(features[draw.judged]) != labels[draw.judged])
    return np.stack(rows)


@dataclass(frozen=True)
class Repeats:
    """Draws that were forecast, and then done.

    Attributes:
        sizes: Labels in all, S of them; the last one was kept from the forecasts.
        wrong: For each draw bool (S, J).
        by_law: For each law the forecast of each draw, for the last size.
    """

    sizes: list[int]
    wrong: list[np.ndarray]
    by_law: dict[str, list[Forecast]]

    @property
    def errors(self) -> np.ndarray:
        """Of each draw at each size: (draws, S)."""
        return np.array([table.mean(axis=1) for table in self.wrong])

    @property
    def truth(self) -> np.ndarray:
        """Errors at the last size: (draws,)."""
        return self.errors[:, -1]

    def said(self, law: str) -> np.ndarray:
        """Errors that the law forecasts: (draws,)."""
        return np.array([forecast.error for forecast in self.by_law[law]])

    def held(self, *laws: str) -> int:
        """Draws whose interval holds the truth; of several laws, from the lowest to the highest."""
        ends = [[(f.low, f.high) for f in self.by_law[law]] for law in laws]
        low, high = np.min(ends, axis=0)[:, 0], np.max(ends, axis=0)[:, 1]
        return int(((low <= self.truth) & (self.truth <= high)).sum())


def repeat_draws(
    features: np.ndarray,
    labels: np.ndarray,
    per_class: Sequence[int],
    seeds: Sequence[int],
    laws: dict[str, bool],
    draws: int = DRAWS,
) -> Repeats:
    """Label, learn, forecast, and do what was forecast, once for each of ``seeds``.

    Args:
        features: (N, D).
        labels: (N,).
        per_class: S sizes, of which the last one is forecast from the others.
        seeds: Of the draws.
        laws: For each name whether its curve has a floor.
        draws: Of judged pictures, for each interval.
    """
    wrong = [wrong_after(features, labels, draw_labels(labels, per_class, s)) for s in seeds]
    sizes = [n * len(np.unique(labels)) for n in per_class]
    by_law = {
        law: [
            forecast_error(sizes[:-1], table[:-1], sizes[-1], floor=floor, seed=s, draws=draws)
            for table, s in zip(wrong, seeds, strict=True)
        ]
        for law, floor in laws.items()
    }
    return Repeats(sizes, wrong, by_law)
