"""Answers to the exercises of lesson 01, right and wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def loop_loss(logits, labels):
    total = 0.0
    for row, label in zip(logits.double(), labels, strict=True):
        shifted = row - row.max()
        total += shifted.exp().sum().log().item() - shifted[label].item()
    return total / len(labels)


def naive_loss(logits, labels):
    probs = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
    return -probs[torch.arange(len(labels)), labels].log().mean()


def softened_loss(logits, labels):
    probs = logits.softmax(dim=1)[torch.arange(len(labels)), labels]
    return -(probs + 1e-9).log().mean()


def weighted_mean(means, sizes):
    return sum(mean * size for mean, size in zip(means, sizes, strict=True)) / sum(sizes)


def spelled_out_mean(means, sizes):
    losses = [mean for mean, size in zip(means, sizes, strict=True) for _ in range(size)]
    return torch.tensor(losses).mean()


def given_gradient(logits, labels):
    return F.one_hot(labels, logits.shape[1]) - logits.softmax(dim=1)


def mended_gradient(logits, labels):
    return -given_gradient(logits, labels) / len(labels)


def gradient_by_autograd(logits, labels):
    watched = logits.double().requires_grad_()
    F.cross_entropy(watched, labels).backward()
    return watched.grad


def log_softmax_loss(logits, labels):
    return -logits.log_softmax(dim=1)[range(len(labels)), labels].mean()


def descend(
    features,
    labels,
    num_classes,
    rate,
    num_steps,
    *,
    sign=-1,
    scale=1,
    bias=1.0,
    start=0.0,
    late=False,
):
    one_hot = F.one_hot(labels, num_classes)
    W = torch.full((features.shape[1], num_classes), start)
    b = torch.full((num_classes,), start)
    for _ in range(num_steps):
        G = scale * ((features @ W + b).softmax(1) - one_hot) / len(labels)
        W = W + sign * rate * features.T @ G
        if late:
            G = scale * ((features @ W + b).softmax(1) - one_hot) / len(labels)
        b = b + sign * rate * bias * G.sum(0)
    return W, b


def descend_in_lists(features, labels, num_classes, rate, num_steps):
    xs, ys = features.tolist(), labels.tolist()
    n, d = len(xs), len(xs[0])
    W, b = [[0] * num_classes for _ in range(d)], [0] * num_classes
    for _ in range(num_steps):
        dW, db = [[0] * num_classes for _ in range(d)], [0] * num_classes
        for x, y in zip(xs, ys, strict=True):
            z = [sum(x[i] * W[i][k] for i in range(d)) + b[k] for k in range(num_classes)]
            total = sum(math.exp(v) for v in z)
            for k in range(num_classes):
                g = (math.exp(z[k]) / total - (k == y)) / n
                db[k] += g
                for i in range(d):
                    dW[i][k] += g * x[i]
        W = [[w - rate * g for w, g in zip(*rows, strict=True)] for rows in zip(W, dW, strict=True)]
        b = [v - rate * g for v, g in zip(b, db, strict=True)]
    return W, b


def descend_in_numpy(features, labels, num_classes, rate, num_steps):
    X, one_hot = features.numpy(), np.eye(num_classes)[labels.numpy()]
    W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(num_steps):
        e = np.exp(X @ W + b)
        G = (e / e.sum(axis=1, keepdims=True) - one_hot) / len(X)
        W -= rate * X.T @ G
        b -= rate * G.sum(axis=0)
    return [W, b]


def descend_by_autograd(features, labels, num_classes, rate, num_steps):
    layer = torch.nn.Linear(features.shape[1], num_classes)
    for part in layer.parameters():
        torch.nn.init.zeros_(part)
    optimizer = torch.optim.SGD(layer.parameters(), rate)
    for _ in range(num_steps):
        optimizer.zero_grad()
        F.cross_entropy(layer(features), labels).backward()
        optimizer.step()
    return layer.weight.T, layer.bias


def returns_in_the_loop(features, labels, num_classes, rate, num_steps):
    for _ in range(num_steps):
        return descend(features, labels, num_classes, rate, 1)


def update_below_the_loop(features, labels, num_classes, rate, num_steps):
    W, b = torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes)
    for _ in range(num_steps):
        probs = (features @ W + b).softmax(dim=1)
        G = (probs - F.one_hot(labels, num_classes)) / len(labels)
    return W - rate * features.T @ G, b - rate * G.sum(dim=0)


def descend_to_the_last(features, labels, num_classes, rate, num_steps):
    """One step is missing."""
    step, end = 1, (torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes))
    while step < num_steps:
        end = descend(features, labels, num_classes, rate, step)
        step += 1
    return end


def descend_with_ones(features, labels, num_classes, rate, num_steps):
    """Right: the bias is one more row of W, of a feature that is always 1."""
    inputs = torch.cat([features, torch.ones(len(features), 1)], dim=1)
    W = torch.zeros(inputs.shape[1], num_classes)
    for _ in range(num_steps):
        probs = torch.softmax(inputs @ W, dim=-1)
        probs[range(len(labels)), labels] -= 1
        W -= rate / len(labels) * inputs.T @ probs
    return W[:-1], W[-1]


def descend_in_place(features, labels, num_classes, rate, num_steps):
    """Right: the mean of the rows of probs - one-hot is the gradient of b."""
    W, b = torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes)
    for _ in range(num_steps):
        scores = (features @ W + b).exp()
        off = scores / scores.sum(1, keepdim=True)
        off[torch.arange(len(labels)), labels] -= 1
        W -= rate * features.T @ off / len(labels)
        b -= rate * off.mean(0)
    return W, b


def descend_along(features, labels, num_classes, rate, num_steps, *, axis):
    W, b = torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes)
    for _ in range(num_steps):
        probs = (features @ W + b).softmax(axis)
        G = (probs - F.one_hot(labels, num_classes)) / len(labels)
        W, b = W - rate * features.T @ G, b - rate * G.sum(0)
    return W, b


def starts_again_in_each_round(features, labels, num_classes, rate, num_steps):
    for _ in range(num_steps):
        W, b = torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes)
        G = ((features @ W + b).softmax(1) - F.one_hot(labels, num_classes)) / len(labels)
        W, b = W - rate * features.T @ G, b - rate * G.sum(0)
    return W, b


def descend_with_momentum(features, labels, num_classes, rate, num_steps):
    W, b = torch.zeros(features.shape[1], num_classes), torch.zeros(num_classes)
    roll_W, roll_b = 0, 0
    for _ in range(num_steps):
        G = ((features @ W + b).softmax(1) - F.one_hot(labels, num_classes)) / len(labels)
        roll_W, roll_b = 0.9 * roll_W + features.T @ G, 0.9 * roll_b + G.sum(0)
        W, b = W - rate * roll_W, b - rate * roll_b
    return W, b


def shifted_loss(logits, labels, *, back=1):
    largest = logits.max(1, keepdim=True).values
    normalizers = (logits - largest).exp().sum(1).log() + back * largest[:, 0]
    return (normalizers - logits[range(len(labels)), labels]).mean()


def all_entries_loss(logits, labels):
    return -(F.one_hot(labels, logits.shape[1]) * logits.log_softmax(1)).mean()


def wrong_axis_gradient(logits, labels):
    return (logits.softmax(0) - F.one_hot(labels, logits.shape[1])) / len(labels)


def without_brackets(logits, labels):
    return logits.softmax(1) - F.one_hot(labels, logits.shape[1]) / len(labels)


REASONS = {"2.30": "a", "0.0": "c", "7.9": "b"}
RIGHT = {
    "first_loss": {"in capitals": {"2.30": " A", "0.0": "(c)", "7.9": "B "}, "as asked": REASONS},
    "mean_loss": {
        "weighted": weighted_mean,
        "spelled out": spelled_out_mean,
        "numpy": lambda m, s: np.average(m, weights=s),
    },
    "loss_gradient": {
        "mended": mended_gradient,
        "by autograd": gradient_by_autograd,
        "rows": lambda z, y: list(mended_gradient(z, y)),
    },
    "cross_entropy": {
        "in a loop": loop_loss,
        "by log_softmax": log_softmax_loss,
        "shifted": shifted_loss,
    },
    "descend": {
        "by hand": descend,
        "in lists": descend_in_lists,
        "in numpy": descend_in_numpy,
        "with ones": descend_with_ones,
        "in place": descend_in_place,
    },
}
WRONG = {
    "first_loss": {
        "learning-rate-before-a-step": REASONS | {"7.9": "d"},
        "shuffled-labels-seen-at-once": REASONS | {"2.30": "e"},
        "misread-2.30": REASONS | {"2.30": "b"},
        "misread-0.0": REASONS | {"0.0": "a"},
        "misread-7.9": REASONS | {"7.9": "c"},
    },
    "mean_loss": {
        "mean-of-batch-means": lambda m, s: np.mean(m),
        "divides-by-batches": lambda m, s: weighted_mean(m, s) * sum(s) / len(s),
        "sum-of-means": lambda m, s: sum(mean / sum(s) for mean in m),
        "assumes-full-batches": lambda m, s: (
            weighted_mean(m, [s[0]] * len(s)) * len(s) * s[0] / sum(s)
        ),
        "last-batch-dropped": lambda m, s: (
            weighted_mean(m[:-1], s[:-1]) if len(s) > 1 else weighted_mean(m, s)
        ),
    },
    "loss_gradient": {
        "wrong-sign": lambda z, y: -gradient_by_autograd(z, y),
        "not-divided": lambda z, y: gradient_by_autograd(z, y) * len(y),
        "divided-by-all-entries": lambda z, y: mended_gradient(z, y) / z.shape[1],
        "divided-by-classes": lambda z, y: -given_gradient(z, y).double() / z.shape[1],
        "one-hot-alone-divided": without_brackets,
        "wrong-axis": wrong_axis_gradient,
    },
    "cross_entropy": {
        "library-call": torch.nn.CrossEntropyLoss(),
        "softmax-twice": lambda z, y: F.cross_entropy(z.softmax(1), y),
        "sum-for-mean": lambda z, y: F.cross_entropy(z, y) * len(y),
        "wrong-sign": lambda z, y: -F.cross_entropy(z, y),
        "wrong-axis": lambda z, y: -z.softmax(0)[torch.arange(len(y)), y].log().mean(),
        "all-pairs": lambda z, y: z.logsumexp(1).mean() - z[:, y].mean(),
        "mean-over-all-entries": all_entries_loss,
        "in-bits": lambda z, y: log_softmax_loss(z, y) / math.log(2),
        "shift-not-undone": lambda z, y: shifted_loss(z, y, back=0),
        "overflow": naive_loss,
        "hides-the-overflow": softened_loss,
    },
    "descend": {
        "uphill": lambda *a: descend(*a, sign=1),
        "sum-for-mean": lambda *a: descend(*a, scale=len(a[0])),
        "divided-twice": lambda *a: descend(*a, scale=1 / len(a[0])),
        "wrong-axis": lambda *a: descend_along(*a, axis=0),
        "bias-stays": lambda *a: descend(*a, bias=0.0),
        "bias-mean-of-means": lambda *a: descend(*a, bias=1 / len(a[0])),
        "bias-not-divided": lambda *a: descend(*a, bias=len(a[0])),
        "bias-uphill": lambda *a: descend(*a, bias=-1),
        "bias-after-weights": lambda *a: descend(*a, late=True),
        "by-autograd": descend_by_autograd,
        "one-step-only": returns_in_the_loop,
        "update-below-the-loop": update_below_the_loop,
        "one-step-too-few": descend_to_the_last,
        "one-step-too-many": lambda x, y, k, rate, n: descend(x, y, k, rate, n + 1),
        "start-not-zero": lambda *a: descend(*a, start=0.3),
        "rate-not-used": lambda x, y, k, rate, n: descend(x, y, k, 0.5, n),
    },
}
UNNAMED = {  # wrong in a way that no hint is about
    "first_loss": {"another loss": REASONS | {"5.0": "a"}, "no letter": REASONS | {"0.0": "x"}},
    "mean_loss": {
        "a median": lambda m, s: np.median(m),
        "a list": lambda m, s: m,
        "a constant": lambda m, s: 0.0,
    },
    "loss_gradient": {
        "logits for probs": lambda z, y: (z - F.one_hot(y, z.shape[1])) / len(y),
        "one number": lambda z, y: mended_gradient(z, y).sum(),
        "zeros": lambda z, y: torch.zeros_like(z),
        "whole numbers": lambda z, y: F.one_hot(y, z.shape[1]),
        "truth values": lambda z, y: F.one_hot(y, z.shape[1]) == 1,
        "complex numbers": lambda z, y: mended_gradient(z, y) + 1j,
    },
    "cross_entropy": {
        "one loss per example": lambda z, y: F.cross_entropy(z, y, reduction="none"),
        "an error": lambda z, y: z.no_such_method(),
        "the logit alone": lambda z, y: -z[range(len(y)), y].mean(),
        "a constant": lambda z, y: 0.5,
    },
    "descend": {
        "transposed": lambda *a: (descend(*a)[0].T, descend(*a)[1]),
        "one tensor": lambda *a: descend(*a)[0],
        "classes fixed": lambda x, y, k, rate, n: descend(x, y, 3, rate, n),
        "nothing for 0 steps": lambda *a: descend(*a) if a[4] else None,
        "with momentum": descend_with_momentum,
        "half the rate": lambda x, y, k, rate, n: descend(x, y, k, rate / 2, n),
    },
}
