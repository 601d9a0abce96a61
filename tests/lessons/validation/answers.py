"""Answers to the exercises of lesson 05, right and wrong."""

import math
from itertools import count

import numpy as np
import torch
from scipy.stats import binomtest

from course_utils.evaluation.scores import wilson_interval

CLAIMS = {"P": "b", "Q": "c", "R": "d", "S": "a"}


def scale(images, of_mean, of_spread=None):
    return (images - of_mean.mean()) / (of_mean if of_spread is None else of_spread).std()


def given_standardise(train, val):
    both = torch.cat([train, val])
    return scale(train, both), scale(val, both)


def standardise_by_pixel(train, val, source=None):
    source = train if source is None else source
    mean, spread = source.mean(dim=0), source.std(dim=0, correction=0)
    return [(part - mean) / spread for part in (train, val)]


def spread_of_both(train, val):
    both = torch.cat([train, val])
    return scale(train, train, both), scale(val, train, both)


def mean_of_both(train, val):
    both = torch.cat([train, val])
    return scale(train, both, train), scale(val, both, train)


def weakest(matrix):
    right = matrix.diagonal()
    recall, precision = right / matrix.sum(axis=1), right / matrix.sum(axis=0)
    return recall.argmin(), recall.min(), precision[recall.argmin()]


def weakest_in_loops(matrix):
    """Right: plain numbers, one class after the other."""
    rows = matrix.tolist()
    best = None
    for k, row in enumerate(rows):
        recall = row[k] / sum(row)
        if best is None or recall < best[1]:
            best = [k, recall, row[k] / sum(other[k] for other in rows)]
    return best


def weakest_by_torch(matrix):
    """Right: in floats of single precision."""
    counts = torch.tensor(matrix).float()
    recall = counts.diag() / counts.sum(dim=1)
    k = min(range(len(counts)), key=lambda k: recall[k].item())
    return torch.stack([torch.tensor(float(k)), recall[k], counts[k, k] / counts[:, k].sum()])


def weakest_by_key(key, last=False):
    """The class at which ``key(matrix)`` is least, with the recall and precision of that class."""

    def function(matrix):
        values = key(matrix)
        places = [k for k, value in enumerate(values) if value == min(values)]
        k = places[-1 if last else 0]
        return k, matrix[k, k] / matrix[k].sum(), matrix[k, k] / matrix[:, k].sum()

    return function


def weakest_with(change):
    def function(matrix):
        k, recall, precision = weakest(matrix)
        return change(k, recall, precision, matrix)

    return function


def weakest_in_a_matrix_of_shares(matrix):
    rows = matrix / matrix.sum(axis=1, keepdims=True)
    k = rows.diagonal().argmin()
    return k, rows[k, k], rows[k, k] / rows[:, k].sum()


def weakest_of_shares_of_all(matrix):
    """Right: as the whole matrix is divided, rows and columns keep their proportions."""
    return weakest(matrix / matrix.sum())


def weakest_by_faults(matrix):
    """Right: true positives, false negatives and false positives."""
    found = matrix.diagonal()
    missed, mistaken = matrix.sum(axis=1) - found, matrix.sum(axis=0) - found
    k = int(np.argmin(found / (found + missed)))
    return k, found[k] / (found[k] + missed[k]), found[k] / (found[k] + mistaken[k])


def recalls(matrix):
    return matrix.diagonal() / matrix.sum(axis=1)


def p_value(coins, fewer):
    return 2 * sum(math.comb(coins, i) for i in range(fewer + 1)) / 2**coins


def say(is_different):
    return "different" if is_different else "cannot tell"


def verdict(both, a, b, neither):
    return say(p_value(a + b, min(a, b)) < 0.05)


def verdict_by_scipy(both, a, b, neither):
    return say(a + b > 0 and binomtest(a, a + b).pvalue < 0.05)


def verdict_unpaired(both, a, b, neither):
    n = both + a + b + neither
    mean = (both + (a + b) / 2) / n
    return say(abs(a - b) > 1.96 * math.sqrt(2 * n * mean * (1 - mean)))


def verdict_by_both_tails(both, a, b, neither):
    """Right: both tails of the coins, one after the other."""
    coins = a + b
    chances = [math.comb(coins, heads) * 0.5**coins for heads in range(coins + 1)]
    rarer = sum(p for heads, p in enumerate(chances) if abs(heads - coins / 2) >= abs(a - b) / 2)
    return "cannot tell" if rarer >= 0.05 else "different"


def verdict_by_first(both, only_a, only_b, neither):
    d, c = only_a + only_b, only_a
    return say(sum(math.comb(d, i) for i in range(c + 1)) / 2 ** (d - 1) < 0.05)


def verdict_by_usual_intervals(both, a, b, neither):
    n = both + a + b + neither
    intervals = []
    for right in (both + a, both + b):
        share = right / n
        half = 1.96 * math.sqrt(share * (1 - share) / n)
        intervals.append((share - half, share + half))
    (low_a, high_a), (low_b, high_b) = intervals
    return say(not (low_a <= high_b and low_b <= high_a))


def chi_square(a, b, correction=0):
    return (abs(a - b) - correction) ** 2 / max(a + b, 1)


def stop_early(train, val, patience, ties=False):
    best = 0
    for epoch, loss in enumerate(val):
        if loss < val[best] or (ties and loss == val[best]):
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1


def stop_early_by_slices(train, val, patience):
    for end in count(1):
        best = val[:end].index(min(val[:end])) + 1
        if end - best == patience or end == len(val):
            return torch.tensor(best)


def stop_by_popping(train, val, patience):
    lowest, best, epoch = math.inf, 0, 0
    while val and epoch - best < patience:
        epoch += 1
        loss = val.pop(0)
        if loss < lowest:
            lowest, best = loss, epoch
    return best


def stop_from_1(train, val, patience):
    val.insert(0, math.inf)
    best = 0
    for epoch in range(1, len(val)):
        if val[epoch] < val[best]:
            best = epoch
        if epoch == best + patience:
            break
    return np.int64(best)


def stop_without_reset(train, val, patience):
    best, left = 0, patience
    for epoch in range(1, len(val)):
        if val[epoch] < val[best]:
            best = epoch
        else:
            left -= 1
        if not left:
            break
    return best + 1


def stop_by_last(train, val, patience):
    return min(stop_early(train, val, patience) + patience, len(val))


def stop_or_last(train, val, patience):
    lowest, best, waited = math.inf, None, 0
    for epoch, loss in enumerate(val, start=1):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
            continue
        waited += 1
        if waited >= patience:
            return best
    return epoch


def stop_by_counting(train, val, patience):
    """Right: counts down, and carries the best epoch along."""
    best, left = (math.inf, 0), patience
    for epoch, loss in enumerate(val):
        left -= 1
        if loss < best[0]:
            best, left = (loss, epoch + 1), patience
        if left == 0:
            return best[1]
    return best[1]


def stop_by_running_minimum(train, val, patience):
    """Right: the running minimum stays where nothing new came."""
    lowest = np.minimum.accumulate(val)
    for epoch in range(patience, len(val)):
        if lowest[epoch] == lowest[epoch - patience]:
            return int(np.argmin(val[: epoch + 1])) + 1
    return int(np.argmin(val)) + 1


def stop_by_previous(train, val, patience):
    best, waited = 0, 0
    for epoch in range(1, len(val)):
        if val[epoch] < val[epoch - 1]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best + 1


def interval(accuracy, n, z=1.96, width=1.0, shift=True):
    centre = accuracy
    if shift:
        centre = (accuracy + z**2 / (2 * n)) / (1 + z**2 / n)
    root = math.sqrt(accuracy * (1 - accuracy) / n + z**2 / (4 * n**2))
    half = width * z / (1 + z**2 / n) * root
    return centre - half, centre + half


def report(val, test, *, choose_on=None, score_on=None, n=None, **options):
    index = (val if choose_on is None else choose_on).mean(axis=1).argmax()
    accuracy = (test if score_on is None else score_on)[index].mean()
    return index, accuracy, *interval(accuracy, n or test.shape[1], **options)


def report_in_a_loop(val, test):
    best = 0
    for index in range(len(val)):
        if sum(val[index].tolist()) > sum(val[best].tolist()):
            best = index
    right, n = sum(test[best].tolist()), len(test[best])
    return [best, right / n, *wilson_interval(right, n)]


def report_last_of_ties(val, test):
    scores = val.mean(axis=1)
    index = max(range(len(scores)), key=lambda k: (scores[k], k))
    return index, test[index].mean(), *interval(test[index].mean(), test.shape[1])


def report_best_test(val, test):
    best = test.mean(axis=1).max()
    return val.mean(axis=1).argmax(), best, *interval(best, test.shape[1])


def report_from_1(val, test):
    index, *rest = report(val, test)
    return index + 1, *rest


def report_by_wald(val, test):
    index, a, _, _ = report(val, test)
    half = 1.96 * math.sqrt(a * (1 - a) / test.shape[1])
    return index, a, a - half, a + half


def report_with_shares(change):
    def changed(val, test):
        index, *shares = report(val, test)
        return index, *(change(share) for share in shares)

    return changed


def joined(val, test):
    return np.concatenate([val, test], axis=1)


RIGHT = {
    "which_claims": {
        "as asked": CLAIMS,
        "in capitals": {"S": " A", "R": "D ", "Q": "C", "P": "B"},
        "as in the list": {"P": "b)", "Q": "c.", "R": "(d)", "S": "A. "},
    },
    "standardise": {
        "over all values": lambda train, val: (scale(train, train), scale(val, train)),
        "by pixel": standardise_by_pixel,
    },
    "weakest_class": {
        "by numpy": weakest,
        "in loops": weakest_in_loops,
        "by torch": weakest_by_torch,
        "of shares of all": weakest_of_shares_of_all,
        "by faults": weakest_by_faults,
        "five decimals": weakest_with(lambda k, r, p, m: [k, round(r, 5), round(p, 5)]),
    },
    "verdict": {
        "by hand": verdict,
        "by scipy": verdict_by_scipy,
        "by both tails": verdict_by_both_tails,
        "with full stops": lambda *table: verdict(*table).capitalize() + ".",
    },
    "stop_early": {
        "in a loop": stop_early,
        "by slices": stop_early_by_slices,
        "until the list is empty": stop_by_popping,
        "a loss put in front": stop_from_1,
        "counting down": stop_by_counting,
        "by the running minimum": stop_by_running_minimum,
    },
    "honest_report": {
        "by hand": report,
        "the package's interval": report_in_a_loop,
        "four decimals": report_with_shares(lambda share: round(share, 4)),
    },
}
WRONG = {
    "which_claims": {
        "best-on-test-is-honest": CLAIMS | {"P": "a"},
        "predictions-are-not-examples": CLAIMS | {"Q": "a"},
        "overlap-means-equal": CLAIMS | {"R": "a"},
        "opened-once-is-no-choice": CLAIMS | {"S": "b"},
        "small-is-no-mistake": CLAIMS | {"S": "e"},
        "misread-P": CLAIMS | {"P": "c"},
        "misread-Q": CLAIMS | {"Q": "d"},
        "misread-R": CLAIMS | {"R": "c"},
        "misread-S": CLAIMS | {"S": "c"},
    },
    "standardise": {
        "everything": lambda t, v: standardise_by_pixel(t, v, torch.cat([t, v])),
        "own-statistics": lambda t, v: (scale(t, t), scale(v, v)),
        "from-validation": lambda t, v: (scale(t, v), scale(v, v)),
        "untouched": lambda t, v: (scale(t, t), v),
        "spread-leaks": spread_of_both,
        "mean-leaks": mean_of_both,
        "val-on-both": lambda t, v: (scale(t, t), given_standardise(t, v)[1]),
        "not-divided": lambda t, v: (t - t.mean(), v - t.mean()),
        "swapped": lambda t, v: (scale(v, t), scale(t, t)),
    },
    "weakest_class": {
        "sides-swapped": lambda m: weakest(m.T),
        "lowest-precision": weakest_by_key(lambda m: m.diagonal() / m.sum(axis=0)),
        "fewest-right": weakest_by_key(lambda m: m.diagonal()),
        "most-mistakes": weakest_by_key(lambda m: m.diagonal() - m.sum(axis=1)),
        "strongest": weakest_by_key(lambda m: -recalls(m)),
        "last-of-ties": weakest_by_key(recalls, last=True),
        "counts-from-1": weakest_with(lambda k, r, p, m: (k + 1, r, p)),
        "another-order": weakest_with(lambda k, r, p, m: (r, k, p)),
        "another-precision": weakest_with(
            lambda k, r, p, m: (k, r, min(m.diagonal() / m.sum(axis=0)))
        ),
        "shares-for-counts": weakest_in_a_matrix_of_shares,
        "share-of-all": weakest_with(lambda k, r, p, m: (k, m[k, k] / m.sum(), p)),
        "accuracy": weakest_with(lambda k, r, p, m: (k, r, m.trace() / m.sum())),
        "wrong-shares": weakest_with(lambda k, r, p, m: (k, 1 - r, 1 - p)),
        "row-twice": weakest_with(lambda k, r, p, m: (k, r, r)),
        "column-twice": weakest_with(lambda k, r, p, m: (k, p, p)),
        "without-right-ones": weakest_with(
            lambda k, r, p, m: (k, r / (1 - r), p / (1 - p) if p < 1 else math.inf)
        ),
        "per-cent": weakest_with(lambda k, r, p, m: (k, r * 100, p * 100)),
        "rounded": weakest_with(lambda k, r, p, m: (k, round(r, 2), round(p, 2))),
    },
    "verdict": {
        "always-different": lambda both, a, b, neither: say(both + a != both + b),
        "one-sided": lambda both, a, b, neither: say(p_value(a + b, min(a, b)) / 2 < 0.05),
        "without-c": lambda both, a, b, neither: say(p_value(a + b, min(a, b) - 1) < 0.05),
        "one-direction": lambda both, a, b, neither: say(a > b and p_value(a + b, b) < 0.05),
        "only-a-for-c": verdict_by_first,
        "intervals-overlap": verdict_by_usual_intervals,
        "not-paired": verdict_unpaired,
        "upside-down": lambda both, a, b, neither: say(p_value(a + b, min(a, b)) >= 0.05),
        "all-examples": lambda *t: say(p_value(sum(t), min(t[1:3])) < 0.05),
        "term-only": lambda both, a, b, neither: say(2 * math.comb(a + b, b) / 2 ** (a + b) < 0.05),
        "chi-square": lambda both, a, b, neither: say(chi_square(a, b) > 3.841),
        "chi-square-corrected": lambda both, a, b, neither: say(chi_square(a, b, 1) > 3.841),
    },
    "stop_early": {
        "training-loss": lambda train, val, patience: stop_early(val, train, patience),
        "counts-from-0": lambda *case: stop_early(*case) - 1,
        "last-epoch": stop_by_last,
        "last-unless-stopped": stop_or_last,
        "looks-ahead": lambda train, val, patience: np.argmin(val) + 1,
        "first-rise": lambda train, val, patience: stop_early(train, val, 1),
        "tie-is-new-lowest": lambda *case: stop_early(*case, ties=True),
        "previous-epoch": stop_by_previous,
        "patience-too-long": lambda train, val, patience: stop_early(train, val, patience + 1),
        "never-resets": stop_without_reset,
    },
    "honest_report": {
        "selects-on-test": lambda v, t: report(v, t, choose_on=t),
        "selects-on-everything": lambda v, t: report(v, t, choose_on=joined(v, t)),
        "last-of-ties": report_last_of_ties,
        "counts-from-1": report_from_1,
        "validation-accuracy": lambda v, t: report(v, v),
        "best-test-accuracy": report_best_test,
        "pooled-accuracy": lambda v, t: report(v, t, score_on=joined(v, t)),
        "n-of-validation": lambda v, t: report(v, t, n=v.shape[1]),
        "n-of-candidates": lambda v, t: report(v, t, n=len(t)),
        "n-of-both": lambda v, t: report(v, t, n=v.shape[1] + t.shape[1]),
        "n-of-all-candidates": lambda v, t: report(v, t, n=t.shape[0] * t.shape[1]),
        "wald": report_by_wald,
        "one-sided": lambda v, t: report(v, t, z=1.645),
        "half-as-wide": lambda v, t: report(v, t, width=0.5),
        "not-shifted": lambda v, t: report(v, t, shift=False),
        "per-cent": report_with_shares(lambda share: 100 * share),
        "rounded": report_with_shares(lambda share: round(share, 3)),
    },
}
UNNAMED = {  # wrong in a way that no hint is about
    "which_claims": {
        "another report": CLAIMS | {"T": "a"},
        "one report missing": {"P": "b"},
        "a dictionary without letters": {},
        "words": CLAIMS | {"P": "it flatters"},
        "two letters": CLAIMS | {"R": "cd"},
        "no letter of the list": CLAIMS | {"S": "f"},
        "an empty word": CLAIMS | {"Q": ""},
    },
    "standardise": {
        "as they were": lambda train, val: (train, val),
        "other shapes": lambda train, val: (train.mean(), val.mean()),
        "one part": lambda train, val: train,
        "an error": lambda train, val: train @ "val",
    },
    "weakest_class": {
        "the first class": lambda m: (0, m[0, 0] / m[0].sum(), m[0, 0] / m[:, 0].sum()),
        "the class alone": lambda m: weakest(m)[0],
        "two of three": lambda m: weakest(m)[:2],
        "counts": weakest_with(lambda k, r, p, m: (k, m[k, k], m[k, k])),
        "words": lambda m: "the second one",
        "an error": lambda m: m[100],
    },
    "verdict": {
        "True or False": lambda both, a, b, neither: a > b,
        "one word for all": lambda both, a, b, neither: "cannot tell",
    },
    "stop_early": {
        "a constant": lambda train, val, patience: 1,
        "an error": lambda train, val, patience: val[100],
        "all losses": lambda train, val, patience: val,
        "no number": lambda train, val, patience: float("nan"),
    },
    "honest_report": {
        "accuracy alone": lambda v, t: report(v, t)[1],
        "three of the four": lambda v, t: report(v, t)[1:],
        "the first candidate": lambda v, t: (0, t[0].mean(), *interval(t[0].mean(), t.shape[1])),
        "the last candidate": lambda v, t: (len(v) - 1, *report(v[-1:], t[-1:])[1:]),
        "ends swapped": lambda v, t: (*report(v, t)[:2], *report(v, t)[:1:-1]),
        "another confidence": lambda v, t: report(v, t, z=2.576),
    },
}
