"""Answers to the exercises of lesson 12, right and wrong."""

import math
import random

import numpy as np
import torch
import torch.nn.functional as F


def filter_by_loops(weight):
    found = np.empty([weight.shape[axis] for axis in (2, 3, 1, 0)])
    for out, into, y, x in np.ndindex(*weight.shape):
        found[y, x, into, out] = weight[out, into, y, x]
    return found


def filter_by_einsum(letters):
    return lambda weight: np.einsum(f"oihw->{letters}", weight)


NAMES = ("weight", "bias", "running_mean", "running_var")


def norm_as_lists(state, momentum, eps, n):
    return [1.0 - momentum, eps, [state[name].tolist() for name in NAMES]]


def norm_but(momentum=None, epsilon=None, names=NAMES, variance=None):
    """Right but for what is given: a number, an order, or what becomes of the variance."""

    def answer(state, old, eps, n):
        arrays = [
            variance(state[name], eps, n) if variance and name == "running_var" else state[name]
            for name in names
        ]
        share = 1 - old if momentum is None else momentum(old)
        return share, eps if epsilon is None else epsilon, arrays

    return answer


def norm_with_torch(state, momentum, eps, n):
    stacked = torch.stack([torch.from_numpy(state[name]) for name in NAMES])
    return np.float64(1 - momentum), torch.tensor(eps, dtype=torch.float64), stacked


MOVED_REPORTS = {
    "P": "holds",
    "Q": "inference only",
    "R": "changing weights",
    "S": "no effect",
    "T": "holds",
    "U": "not in torch",
    "V": "holds",
    "W": "not rounding",
    "X": "unseen classes",
}


def bordered(above, below, left=None, right=None, channels=(0, 0), of=None):
    """Zeros around the pictures: half the size of the filters, so many times."""

    def answer(images, size, stride):
        half = of(size, stride) if of else size // 2
        rows = (above * half, below * half)
        columns = rows if left is None else (left * half, right * half)
        return np.pad(images, [(0, 0), rows, columns, channels])

    return answer


def padded_by_torch(images, size, stride):
    channels_first = torch.from_numpy(images).permute(0, 3, 1, 2)
    return F.pad(channels_first, [size // 2] * 4).permute(0, 2, 3, 1)


def padded_no_further(images, size, stride):
    """Rows and columns on the right and below that no filter would reach are left out."""
    half = size // 2
    padded = np.pad(images, [(0, 0), (half, half), (half, half), (0, 0)])
    height, width = ((side + 2 * half - size) // stride * stride + size
                     for side in images.shape[1:3])  # fmt: skip
    return padded[:, :height, :width]


def padded_as_same(images, size, stride, larger_half_last=True):
    pairs = []
    for side in images.shape[1:3]:
        missing = max((math.ceil(side / stride) - 1) * stride + size - side, 0)
        pair = (missing // 2, math.ceil(missing / 2))
        pairs.append(pair if larger_half_last else pair[::-1])
    return np.pad(images, [(0, 0), *pairs, (0, 0)])


def padded_along(*axes, mode="constant"):
    def answer(images, size, stride):
        half = size // 2
        pairs = [(half, half) if axis in axes else (0, 0) for axis in range(4)]
        return np.pad(images, pairs, mode=mode)

    return answer


def split_at(images, labels, train, val):
    return images[train], labels[train], images[val], labels[val]


def split_classes(images, labels, share, seed, rounded=round):
    """Shuffles all, then takes of each class the first ones that come."""
    order = list(range(len(labels)))
    random.Random(seed).shuffle(order)
    train, val = [], []
    for k in set(labels.tolist()):
        places = [place for place in order if labels[place] == k]
        held = max(1, rounded(share * len(places)))
        val += places[:held]
        train += places[held:]
    return split_at(images, labels, train, val)


def split_with_torch(images, labels, share, seed):
    """As tensors, rounded up; the training part in a mixed order."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    keys = torch.rand(len(labels), generator=generator)
    rank = ((labels[:, None] == labels) & (keys[:, None] > keys)).sum(dim=1)
    sizes = torch.bincount(labels)[labels]
    held = rank < torch.ceil(share * sizes - 1e-6)
    mixed = torch.randperm(len(labels), generator=generator)
    train = mixed[~held[mixed]]
    return images[train], labels[train], images[held], labels[held]


def split_end(images, labels, share, seed, shuffle=True, times=1):
    """What fit does: the end of the data to validate on; then the rest is shuffled."""
    cut = len(labels) - round(times * share * len(labels))
    train = np.random.default_rng(seed).permutation(cut) if shuffle else np.arange(cut)
    return split_at(images, labels, train, np.arange(cut, len(labels)))


def split_front(images, labels, share, seed):
    cut = round(share * len(labels))
    return split_at(images, labels, np.arange(cut, len(labels)), np.arange(cut))


def split_shuffled(images, labels, share, seed):
    order = np.random.default_rng(seed).permutation(len(labels))
    cut = len(labels) - round(share * len(labels))
    return split_at(images, labels, order[:cut], order[cut:])


def split_apart(images, labels, share, seed):
    generator = np.random.default_rng(seed)
    return split_end(generator.permutation(images), generator.permutation(labels), share, seed)


def split_drawn(images, labels, share, seed):
    """Draws the validation part with replacement."""
    generator = np.random.default_rng(seed)
    val = generator.integers(0, len(labels), 2 * len(labels))
    train = np.setdiff1d(np.arange(len(labels)), val)
    return split_at(images, labels, train, val)


def split_drawn_per_class(images, labels, share, seed):
    """Draws both parts of each class with replacement, as a bootstrap does."""
    generator, train, val = np.random.default_rng(seed), [], []
    for k in np.unique(labels):
        places = np.flatnonzero(labels == k)
        train += generator.choice(places, len(places)).tolist()
        val += generator.choice(places, max(1, round(share * len(places)))).tolist()
    return split_at(images, labels, train, val)


def split_all_trains(images, labels, share, seed):
    """Validation is drawn well, and training keeps it, too."""
    _, _, *val = split_classes(images, labels, share, seed)
    return images, labels, *val


def split_equal(images, labels, share, seed):
    """Two of each class, whatever its size."""
    order = np.random.default_rng(seed).permutation(len(labels))
    val = [place for k in np.unique(labels) for place in order[labels[order] == k][:2]]
    return split_at(images, labels, np.setdiff1d(order, val), val)


def split_changed(change):
    """The right four arrays, changed."""
    return lambda *case: change(*split_classes(*case))


LOTS = random.Random(12)


def split_anew(images, labels, share, seed):
    return split_classes(images, labels, share, LOTS.random())


def split_first_of_each(images, labels, share, seed):
    places = [np.flatnonzero(labels == k) for k in np.unique(labels)]
    val = np.concatenate([some[: max(1, round(share * len(some)))] for some in places])
    return split_at(images, labels, np.setdiff1d(np.arange(len(labels)), val), val)


def as_shares(labels, num_classes):
    return np.eye(num_classes)[labels] if labels.ndim == 1 else labels


def quietly(function):
    """Without the warnings of NumPy, which are errors in these tests."""

    def answer(*case):
        with np.errstate(all="ignore"):
            return function(*case)

    return answer


def softmax(outputs):
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def log_softmax(outputs):
    below = outputs - outputs.max(axis=1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=1, keepdims=True))


def log_clipped(outputs):
    sums = outputs.sum(axis=1, keepdims=True)
    return np.log(np.clip(outputs / sums, 1e-7, 1 - 1e-7))


def loss_but(*, logits=log_softmax, probabilities=log_clipped, shares=as_shares, mean=None):
    """Right but for what is given."""

    def answer(outputs, labels, from_logits):
        outputs = outputs.astype(np.float64)
        logs = logits(outputs) if from_logits else probabilities(outputs)
        found = shares(labels, outputs.shape[1])
        return mean(found, logs) if mean else -(found * logs).sum(axis=1).mean()

    return quietly(answer)


def loss_by_torch(outputs, labels, from_logits):
    outputs, labels = torch.from_numpy(outputs), torch.from_numpy(labels)
    if labels.ndim == 2:
        labels = labels.float()
    if from_logits:
        return F.cross_entropy(outputs, labels)
    logs = F.normalize(outputs, p=1, dim=1).clip(1e-7, 1 - 1e-7).log()
    if labels.ndim == 1:
        return F.nll_loss(logs, labels)
    return -(logs * labels).sum() / len(labels)


def loss_by_loops(outputs, labels, from_logits):
    """Example by example, in plain Python."""
    losses = []
    for row, label in zip(outputs.astype(float).tolist(), labels.tolist(), strict=True):
        top, total = max(row), sum(row)
        if from_logits:
            below = math.log(sum(math.exp(value - top) for value in row))
            logs = [value - top - below for value in row]
        else:
            logs = [math.log(min(max(value / total, 1e-7), 1 - 1e-7)) for value in row]
        parts = [float(k == label) for k in range(len(row))] if labels.ndim == 1 else label
        losses.append(-sum(part * log for part, log in zip(parts, logs, strict=True)))
    return sum(losses) / len(losses)


RIGHT = {
    "carried_filter": {
        "by loops": filter_by_loops,
        "by einsum": filter_by_einsum("hwio"),
        "by moving axes": lambda weight: np.moveaxis(weight, (0, 1), (3, 2)),
        "with torch": lambda weight: torch.from_numpy(weight).permute(2, 3, 1, 0),
    },
    "carried_norm": {
        "as asked": norm_but(),
        "as lists": norm_as_lists,
        "with torch": norm_with_torch,
    },
    "moved_reports": {
        "as asked": MOVED_REPORTS,
        "in capitals": {key: f" {word.upper()}." for key, word in MOVED_REPORTS.items()},
    },
    "padded_stride": {
        "as asked": bordered(1, 1),
        "by torch": padded_by_torch,
        "no further": padded_no_further,
        "one row more": lambda *case: np.pad(
            padded_no_further(*case), [(0, 0), (0, 0), (0, 0), (0, 0)]
        ),
    },
    "mended_split": {
        "as asked": split_classes,
        "with torch": split_with_torch,
        "rounded down": lambda *case: split_classes(*case, rounded=math.floor),
    },
    "keras_loss": {"by torch": loss_by_torch, "by loops": loss_by_loops, "by numpy": loss_but()},
}
WRONG = {
    "carried_filter": {
        "as-it-was": lambda weight: weight,
        "the-way-back": filter_by_einsum("whoi"),
        "reshaped": lambda weight: np.reshape(weight, filter_by_loops(weight).shape),
        "turned-pictures": lambda weight: weight.T,
        "turned-channels": filter_by_einsum("hwoi"),
        "as-pictures": lambda weight: np.moveaxis(weight, 1, -1),
        "flipped": lambda weight: np.flip(filter_by_loops(weight), (0, 1)),
    },
    "carried_norm": {
        "momentum-kept": norm_but(lambda old: old),
        "momentum-of-keras": norm_but(lambda old: 0.99),
        "one-momentum": norm_but(lambda old: 0.9),
        "epsilon-of-keras": norm_but(epsilon=0.001),
        "one-epsilon": norm_but(epsilon=1e-5),
        "deviation": norm_but(variance=lambda variance, eps, n: variance**0.5),
        "epsilon-added": norm_but(variance=lambda variance, eps, n: variance + eps),
        "inverted": norm_but(variance=lambda variance, eps, n: (variance + eps) ** -0.5),
        "corrected": norm_but(variance=lambda variance, eps, n: variance - variance / n),
        "beta-first": norm_but(names=("bias", "weight", "running_mean", "running_var")),
        "statistics-first": norm_but(names=("running_mean", "running_var", "weight", "bias")),
        "by-name": norm_but(names=("bias", "running_mean", "running_var", "weight")),
        "variance-first": norm_but(names=("weight", "bias", "running_var", "running_mean")),
    },
    "moved_reports": {
        "never-equal": MOVED_REPORTS | {"P": "inference only"},
        "equal-so-equal": MOVED_REPORTS | {"Q": "holds"},
        "misread-Q": MOVED_REPORTS | {"Q": "not in torch"},
        "loss-of-the-end": MOVED_REPORTS | {"R": "holds"},
        "misread-R": MOVED_REPORTS | {"R": "inference only"},
        "eval-everywhere": MOVED_REPORTS | {"S": "holds"},
        "misread-S": MOVED_REPORTS | {"S": "not in torch"},
        "statistics-drift": MOVED_REPORTS | {"T": "changing weights"},
        "frozen-is-frozen": MOVED_REPORTS | {"U": "holds"},
        "misread-U": MOVED_REPORTS | {"U": "no effect"},
        "too-far-for-rounding": MOVED_REPORTS | {"V": "not rounding"},
        "all-is-rounding": MOVED_REPORTS | {"W": "holds"},
        "misread-W": MOVED_REPORTS | {"W": "changing weights"},
        "learned-nothing": MOVED_REPORTS | {"X": "holds"},
        "misread-X": MOVED_REPORTS | {"X": "changing weights"},
    },
    "padded_stride": {
        "channels-first": padded_along(2, 3),
        "all-axes": lambda images, size, stride: np.pad(images, size // 2),
        "all-but-pictures": padded_along(1, 2, 3),
        "no-padding": lambda images, size, stride: images,
        "right-and-below": bordered(0, 1),
        "left-and-above": bordered(1, 0),
        "larger-half-first": lambda *case: padded_as_same(*case, larger_half_last=False),
        "too-wide": bordered(1, 1, of=lambda size, stride: size),
        "always-one": bordered(1, 1, of=lambda size, stride: 1),
        "by-the-stride": bordered(1, 1, of=lambda size, stride: stride - 1),
        "one-side-alone": bordered(1, 1, 0, 0),
        "not-zeros": padded_along(1, 2, mode="edge"),
    },
    "mended_split": {
        "apart": split_apart,
        "drawn-twice": split_drawn,
        "in-both": split_all_trains,
        "lost": split_changed(lambda images, labels, *val: (images[1:], labels[1:], *val)),
        "swapped": split_changed(lambda *parts: (*parts[2:], *parts[:2])),
        "shuffled-after": split_end,
        "larger-part": lambda *case: split_end(*case, shuffle=False, times=2),
        "the-front": split_front,
        "class-missing": split_shuffled,
        "equal-counts": split_equal,
        "not-repeatable": split_anew,
        "no-lot": lambda images, labels, share, seed: split_classes(images, labels, share, 0),
    },
    "keras_loss": {
        "always-probabilities": loss_but(logits=log_clipped),
        "softmax-twice": loss_but(logits=lambda outputs: log_softmax(softmax(outputs))),
        "powers-too-large": loss_but(
            logits=lambda outputs: np.log(np.exp(outputs) / np.exp(outputs).sum(1, keepdims=True))
        ),
        "largest-of-all": loss_but(
            logits=lambda outputs: np.log(np.exp(outputs - outputs.max())
                                          / np.exp(outputs - outputs.max()).sum(1, keepdims=True))
        ),
        "logarithm-of-0": loss_but(logits=lambda outputs: np.log(softmax(outputs))),
        "logits-clipped": loss_but(logits=lambda outputs: log_clipped(softmax(outputs))),
        "always-logits": loss_but(probabilities=log_softmax),
        "not-clipped": loss_but(
            probabilities=lambda outputs: np.log(outputs / outputs.sum(1, keepdims=True))
        ),
        "epsilon-added": loss_but(
            probabilities=lambda outputs: np.log(outputs / outputs.sum(1, keepdims=True) + 1e-7)
        ),
        "not-divided": loss_but(
            probabilities=lambda outputs: np.log(np.clip(outputs, 1e-7, 1 - 1e-7))
        ),
        "clipped-first": loss_but(
            probabilities=lambda outputs: log_softmax(np.log(np.clip(outputs, 1e-7, 1 - 1e-7)))
        ),
        "numbers-as-shares": loss_but(shares=lambda labels, num_classes: labels),
        "shares-hardened": loss_but(shares=lambda labels, num_classes: np.eye(num_classes)[
            labels if labels.ndim == 1 else labels.argmax(1)]),
        "over-classes": loss_but(mean=lambda shares, logs: np.mean(-shares * logs)),
        "sum": loss_but(mean=lambda shares, logs: -np.sum(shares * logs)),
        "negative": lambda *case: -loss_by_torch(*case),
        "other-logarithm": lambda *case: loss_by_loops(*case) / math.log(2),
    },
}  # fmt: skip
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("carried_filter", "as-pictures", filter_by_einsum("ohwi")),
    ("carried_filter", "turned-pictures", filter_by_einsum("whio")),
    ("carried_norm", "momentum-kept", norm_but(lambda old: old, epsilon=1e-3)),
    ("carried_norm", "epsilon-added", norm_but(
        variance=lambda variance, eps, n: np.sqrt(variance + eps))),
    ("carried_norm", "inverted", norm_but(variance=lambda variance, eps, n: 1 / variance)),
    ("carried_norm", "corrected", norm_but(variance=lambda variance, eps, n: variance * n / (n-1))),
    ("carried_norm", "statistics-first", norm_but(
        names=("running_mean", "running_var", "bias", "weight"))),
    ("moved_reports", "too-far-for-rounding", MOVED_REPORTS | {"V": "inference only"}),
    ("moved_reports", "statistics-drift", MOVED_REPORTS | {"T": "no effect"}),
    ("padded_stride", "right-and-below", bordered(0, 2)),
    ("padded_stride", "left-and-above", bordered(2, 0)),
    ("padded_stride", "too-wide", bordered(2, 2)),
    ("padded_stride", "too-wide", lambda images, size, stride: padded_as_same(
        bordered(1, 1)(images, size, stride), size, stride)),
    ("padded_stride", "by-the-stride", bordered(1, 1, of=lambda size, stride: stride)),
    ("padded_stride", "one-side-alone", bordered(0, 0, 1, 1)),
    ("padded_stride", "not-zeros", padded_along(1, 2, mode="reflect")),
    ("mended_split", "drawn-twice", split_drawn_per_class),
    ("mended_split", "shuffled-after", lambda *case: [
        *split_end(*case)[:2], *(each[::-1] for each in split_end(*case)[2:])]),
    ("mended_split", "no-lot", split_first_of_each),
    ("mended_split", "lost", split_changed(
        lambda images, labels, *val: (images, labels, *(part[1:] for part in val)))),
    ("keras_loss", "logarithm-of-0", loss_but(
        logits=lambda outputs: np.log(softmax(outputs)),
        mean=lambda shares, logs: -np.where(shares > 0, shares * logs, 0).sum(1).mean())),
    ("keras_loss", "powers-too-large", loss_but(
        logits=lambda outputs: outputs - np.log(np.exp(outputs).sum(1, keepdims=True)),
        mean=lambda shares, logs: -np.where(shares > 0, shares * logs, 0).sum(1).mean())),
    ("keras_loss", "largest-of-all", loss_but(
        logits=lambda outputs: outputs - outputs.max() - np.log(
            np.exp(outputs - outputs.max()).sum(1, keepdims=True)))),
    ("keras_loss", "not-clipped", loss_but(
        probabilities=lambda outputs: np.log(outputs / outputs.sum(1, keepdims=True)),
        mean=lambda shares, logs: -np.where(shares > 0, shares * logs, 0).sum(1).mean())),
    ("keras_loss", "logits-clipped", loss_but(
        logits=lambda outputs: np.log(softmax(outputs) + 1e-7))),
    ("keras_loss", "numbers-as-shares", loss_but(
        shares=lambda labels, _: labels if labels.ndim == 2 else labels[:, None])),
    ("keras_loss", "always-probabilities", loss_but(
        logits=log_clipped, probabilities=log_softmax)),
    ("keras_loss", "softmax-twice", loss_but(
        logits=lambda outputs: log_softmax(softmax(outputs)), probabilities=log_softmax)),
    ("keras_loss", "other-logarithm", lambda *case: loss_by_loops(*case) / math.log(10)),
]  # fmt: skip
UNNAMED = {
    "carried_filter": {
        "a number": lambda weight: 1.0,
        "a text": lambda weight: "abc",
        "twice": lambda weight: 2 * filter_by_loops(weight),
        "flat": lambda weight: weight.ravel(),
        "out last alone": filter_by_einsum("ihwo"),
    },
    "carried_norm": {
        "two things": lambda state, momentum, eps, n: (1 - momentum, eps),
        "a text": lambda *case: "abc",
        "a dictionary": lambda state, *_: dict(state),
        "a number": lambda *case: torch.tensor(0.9),
        "no list": lambda state, momentum, eps, n: (1 - momentum, eps, 3),
        "three arrays": lambda *case: (*norm_but()(*case)[:2], norm_but()(*case)[2][:3]),
        "nan": norm_but(lambda old: math.nan),
        "momentum as a text": norm_but(lambda old: "old"),
        "gamma twice": norm_but(names=("weight", "weight", "running_mean", "running_var")),
    },
    "moved_reports": {
        "one missing": {"P": "holds"},
        "another word": MOVED_REPORTS | {"P": "perhaps"},
    },
    "padded_stride": {
        "a number": lambda *case: 1.0,
        "a text": lambda *case: "abc",
        "three axes": lambda images, size, stride: images[0],
        "one picture": lambda *case: bordered(1, 1)(*case)[:1],
        "one channel": lambda *case: bordered(1, 1)(*case)[..., :1],
        "too small": lambda images, size, stride: images[:, :1],
        "twice": lambda *case: 2 * bordered(1, 1)(*case),
    },
    "mended_split": {
        "two parts": split_changed(lambda images, labels, *val: (images, labels)),
        "a text": lambda *case: "abcd",
        "numbers": lambda *case: (1, 2, 3, 4),
        "labels first": split_changed(lambda a, b, c, d: (b, a, d, c)),
        "other pictures": split_changed(lambda a, b, c, d: (a + 1, b, c + 1, d)),
        "half of each": lambda images, labels, share, seed: split_classes(
            images, labels, 0.5, seed
        ),
        "words": lambda *case: ("a", "b", "c", "d"),
    },
    "keras_loss": {
        "losses": lambda outputs, labels, from_logits: outputs[:, 0],
        "a text": lambda *case: "good",
        "nan": lambda *case: math.nan,
        "the first": quietly(lambda outputs, labels, from_logits: log_softmax(outputs)[0, 0]),
        "twice": lambda *case: 2 * loss_by_loops(*case),
    },
}
