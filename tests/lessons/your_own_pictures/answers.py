"""Answers to the exercises of lesson 07, right and wrong."""

import statistics

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import balanced_accuracy_score, precision_score, recall_score


def leaking(train_groups, test_groups):
    known = set(train_groups)
    return [k for k, group in enumerate(test_groups) if group in known]


def leaking_by_numpy(train_groups, test_groups):
    return np.flatnonzero(np.isin(np.array(test_groups), np.array(train_groups)))


def leaking_in_a_loop(train_groups, test_groups):
    places = ()
    for k in range(len(test_groups)):
        if train_groups.count(test_groups[k]):
            places += (k,)
    return places


def leaking_as_a_set(train_groups, test_groups):
    return {k for k, group in enumerate(test_groups) if group in train_groups}


def leaking_as_a_tensor(train_groups, test_groups):
    return torch.tensor(leaking(train_groups, test_groups), dtype=torch.int64)


def shares(labels, answers):
    return [(answers[labels == k] == k).mean() for k in np.unique(labels)]


def both_accuracies(labels, answers, then=lambda accuracy, each: (accuracy, np.mean(each))):
    return then((answers == labels).mean(), shares(labels, answers))


def by_a_matrix(labels, answers):
    size = max(labels.max(), answers.max()) + 1
    matrix = np.zeros((size, size))
    for row, column in zip(labels, answers, strict=True):
        matrix[row, column] += 1
    rows = matrix.sum(axis=1)
    each = matrix.diagonal()[rows > 0] / rows[rows > 0]
    return [matrix.trace() / matrix.sum(), each.mean()]


def by_scikit_learn(labels, answers):
    recalls = recall_score(labels, answers, average=None, labels=np.unique(labels))
    return np.mean(labels == answers), recalls.mean()


def by_the_ready_made(labels, answers):
    return torch.tensor(
        [(answers == labels).mean(), balanced_accuracy_score(labels, answers)]
        if set(answers) <= set(labels)
        else both_accuracies(labels, answers)
    )


def over_all_numbers(labels, answers):
    numbers = range(max(labels.max(), answers.max()) + 1)
    each = [(answers[labels == k] == k).sum() / max((labels == k).sum(), 1) for k in numbers]
    return (answers == labels).mean(), np.mean(each)


def down_the_columns(labels, answers):
    worth = [(labels[answers == k] == k).mean() for k in np.unique(answers)]
    return (answers == labels).mean(), np.mean(worth)


def over_what_was_answered(labels, answers):
    known = set(labels.tolist())
    classes = sorted(known | set(answers.tolist()))
    each = [np.mean(answers[labels == k] == k) if k in known else 0 for k in classes]
    return np.mean(labels == answers), sum(each) / len(classes)


def ready_made_precision(labels, answers):
    worth = precision_score(labels, answers, average="macro", zero_division=0)
    return np.mean(labels == answers), worth


def median_of_classes(labels, answers):
    return (answers == labels).mean(), statistics.median(shares(labels, answers))


TEMPERATURES = np.geomspace(0.2, 5, 41)


def fit_and_judge(parts, fit=F.cross_entropy, judge=F.cross_entropy, best=min):
    """Fitted to validation by one loss, judged on test by another."""
    val, val_labels, test, test_labels = parts
    T = best(TEMPERATURES, key=lambda T: fit(val / T, val_labels).item())
    return T, judge(test / T, test_labels)


def of_probabilities(logits, labels):
    return F.cross_entropy(F.softmax(logits, dim=-1), labels)


def sum_of_losses(logits, labels):
    return F.cross_entropy(logits, labels, reduction="sum")


def scaled(val, val_labels, test, test_labels, *, fit, judge, power=-1, last=-1):
    """Fitted to the part ``fit``, judged on ``judge``; logits times T to a power."""
    parts = {
        "val": (val, val_labels),
        "test": (test, test_labels),
        "both": (torch.cat([val, test]), torch.cat([val_labels, test_labels])),
    }
    logits, labels = parts[fit]
    losses = [F.cross_entropy(logits * T**power, labels).item() for T in TEMPERATURES]
    T = TEMPERATURES[np.argmin(losses)]
    logits, labels = parts[judge]
    return T, F.cross_entropy(logits * T**last, labels).item()


def with_parts(**chosen):
    return lambda *parts: scaled(*parts, **chosen)


def in_a_loop(val_logits, val_labels, test_logits, test_labels):
    best, least = None, float("inf")
    for T in TEMPERATURES:
        loss = -(val_logits / T).log_softmax(1)[range(len(val_labels)), val_labels].mean()
        if loss < least:
            best, least = float(T), loss
    return best, F.cross_entropy(test_logits / best, test_labels)


STATEMENTS = {
    "P": "holds",
    "Q": "holds",
    "R": "does not hold",
    "S": "holds",
    "T": "does not hold",
    "U": "does not hold",
}
SENTENCES = {
    "P": "may",
    "Q": "may not: these pictures chose the model",
    "R": "may not: never tried there",
    "S": "may not: seen before",
    "T": "may not: no interval",
    "U": "may",
    "V": "may not: interval too narrow",
    "W": "may",
}


def turned(key):
    return STATEMENTS | {key: "holds" if "not" in STATEMENTS[key] else "does not hold"}


RIGHT = {
    "twins": {
        "as asked": leaking,
        "by numpy": leaking_by_numpy,
        "in a loop": leaking_in_a_loop,
    },
    "two_accuracies": {
        "as asked": both_accuracies,
        "by a matrix": by_a_matrix,
        "by scikit-learn": by_scikit_learn,
        "by its balanced accuracy": by_the_ready_made,
    },
    "confused": {
        "as asked": STATEMENTS,
        "in capitals": {key: f" {word.upper()}." for key, word in STATEMENTS.items()},
        "in short": {key: "not" if "not" in word else word for key, word in STATEMENTS.items()},
        "as booleans": {key: word == "holds" for key, word in STATEMENTS.items()},
    },
    "honest_temperature": {
        "as asked": with_parts(fit="val", judge="test"),
        "in a loop": in_a_loop,
    },
    "model_card": {
        "as asked": SENTENCES,
        "in short": {key: word.removeprefix("may not: ") for key, word in SENTENCES.items()},
    },
}
WRONG = {
    "twins": {
        "places-in-train": lambda train, test: leaking(test, train),
        "groups-named": lambda train, test: {group for group in test if group in train},
        "first-of-each": lambda train, test: [
            k for k in leaking(train, test) if test[k] not in test[:k]
        ],
        "index-finds-first": lambda train, test: [
            test.index(test[k]) for k in leaking(train, test)
        ],
        "once-a-pair": lambda train, test: [
            k for known in train for k in range(len(test)) if test[k] == known
        ],
        "clean-ones": lambda train, test: [k for k, g in enumerate(test) if g not in train],
        "same-place": lambda train, test: [
            k for k in range(min(len(train), len(test))) if train[k] == test[k]
        ],
        "twins-inside-test": lambda train, test: [
            k for k, group in enumerate(test) if group in test[:k] + test[k + 1 :]
        ],
        "parts-of-names": lambda train, test: [
            k for k, g in enumerate(test) if any(g.find(t) >= 0 or t.find(g) >= 0 for t in train)
        ],
        "capitals-ignored": lambda train, test: [
            k for k, g in enumerate(test) if g.casefold() in {t.casefold() for t in train}
        ],
        "counts-from-1": lambda train, test: [k for k, g in enumerate(test, 1) if g in train],
        "count": lambda train, test: len(leaking(train, test)),
        "mask": lambda train, test: [group in train for group in test],
    },
    "two_accuracies": {
        "another-order": lambda *case: both_accuracies(*case)[::-1],
        "sizes-count-again": lambda *case: 2 * [both_accuracies(*case)[0]],
        "absent-classes": over_all_numbers,
        "by-answer": down_the_columns,
        "median": median_of_classes,
        "mistakes": lambda labels, answers: [
            np.mean(labels != answers),
            np.mean([np.mean(answers[labels == k] != k) for k in set(labels)]),
        ],
        "worst-class": lambda *case: both_accuracies(*case, lambda a, each: (a, min(each))),
        "per-cent": lambda *case: both_accuracies(*case, lambda a, e: (100 * a, 100 * np.mean(e))),
        "rounded": lambda *case: [round(float(number), 2) for number in both_accuracies(*case)],
    },
    "confused": {
        "column-for-row": turned("P"),
        "row-for-column": turned("Q"),
        "fewest-mistakes": turned("R"),
        "guessing-forgotten": turned("S"),
        "counts-for-shares": turned("T"),
        "balanced-by-eye": turned("U"),
    },
    "honest_temperature": {
        "fitted-on-test": with_parts(fit="test", judge="test"),
        "still-multiplied": with_parts(fit="val", judge="test", power=1, last=1),
        "fitted-on-both": with_parts(fit="both", judge="test"),
        "multiplied-at-last": with_parts(fit="val", judge="test", last=1),
        "loss-of-validation": with_parts(fit="val", judge="val"),
        "not-used": with_parts(fit="val", judge="test", last=0),
        "swapped": lambda *parts: reversed(fit_and_judge(parts)),
        "summed": lambda *parts: fit_and_judge(parts, judge=sum_of_losses),
        "most-loss": lambda *parts: fit_and_judge(parts, best=max),
        "softmax-twice": lambda *parts: fit_and_judge(parts, of_probabilities, of_probabilities),
    },
    "model_card": {
        "too-strict": SENTENCES | {"P": "may not: interval too narrow"},
        "best-of-many": SENTENCES | {"Q": "may"},
        "from-one-place-to-all": SENTENCES | {"R": "may"},
        "interval-is-there": SENTENCES | {"R": "no interval"},
        "pretraining-forgotten": SENTENCES | {"S": "may"},
        "tried-there": SENTENCES | {"S": "Never tried there"},
        "all-right-is-perfect": SENTENCES | {"T": "may"},
        "fitted-is-forbidden": SENTENCES | {"U": "may not: seen before"},
        "days-forgotten": SENTENCES | {"V": "may"},
        "gaps-are-hidden": SENTENCES | {"W": "may not: never tried there"},
        "did-not-choose": SENTENCES | {"T": "may not: these pictures chose the model"},
        "was-tried": SENTENCES | {"Q": "may not: never tried there"},
        "not-seen-before": SENTENCES | {"R": "seen before"},
        "interval-is-wide-enough": SENTENCES | {"Q": "may not: interval too narrow"},
        "no-interval-to-be-narrow": SENTENCES | {"T": "interval too narrow"},
        "single-pictures": SENTENCES | {"V": "may not: no interval"},
    },
}
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("twins", "groups-named", lambda train, test: [group for group in test if group in train]),
    ("two_accuracies", "absent-classes", over_what_was_answered),
    ("two_accuracies", "by-answer", ready_made_precision),
    (
        "honest_temperature",
        "softmax-twice",
        lambda *parts: fit_and_judge(parts, judge=of_probabilities),
    ),
    (
        "honest_temperature",
        "still-multiplied",
        with_parts(fit="val", judge="test", power=1, last=-1),
    ),
    ("model_card", "interval-is-there", SENTENCES | {"S": "no interval"}),
    ("model_card", "too-strict", SENTENCES | {"P": "no interval"}),
]
UNNAMED = {
    "twins": {
        "nothing": lambda train, test: [],
        "all": lambda train, test: list(range(len(test))),
        "a share": lambda train, test: len(leaking(train, test)) / len(test),
        "a text": lambda train, test: "0, 2",
    },
    "two_accuracies": {
        "half": lambda labels, answers: (0.5, 0.5),
        "three": lambda labels, answers: (0.5, 0.5, 0.5),
        "one number": lambda labels, answers: 0.9,
        "mean of both": lambda *case: 2 * [np.mean(both_accuracies(*case))],
    },
    "confused": {
        "one missing": {"P": "holds"},
        "another word": STATEMENTS | {"P": "perhaps"},
    },
    "honest_temperature": {
        "one": lambda *parts: (1.0, 1.0),
        "words": lambda *parts: "1.4",
        "no loss": lambda *parts: (scaled(*parts, fit="val", judge="test")[0], 0.0),
    },
    "model_card": {
        "one missing": {"P": "may"},
        "another word": SENTENCES | {"P": "never"},
    },
}
