"""Answers to the exercises of lesson 06, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.utils.data import DataLoader

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features, freeze


def in_batches(loader, backbone, *, leave=lambda features: features):
    features, labels = [], []
    for images, its_labels in loader:
        features.append(leave(backbone(images)))
        labels.append(its_labels)
    return features, labels


def joined(parts):
    return tuple(map(torch.cat, parts))


def mended(backbone, dataset, batch_size, **others):
    backbone.eval()
    with torch.no_grad():
        return joined(in_batches(DataLoader(dataset, batch_size, **others), backbone))


def shuffled_once(backbone, dataset, batch_size):
    freeze(backbone)
    backbone.requires_grad_(True)
    loader = DataLoader(dataset, batch_size, shuffle=True)
    return joined(in_batches(loader, backbone, leave=lambda features: features.detach()))


def detached_at_once(backbone, dataset, batch_size):
    backbone.eval()
    features = []
    for images, _ in DataLoader(dataset, batch_size):
        output = backbone(images)
        features.append(output.detach())
    labels = [its_labels for _, its_labels in DataLoader(dataset, batch_size)]
    return torch.cat(features), torch.cat(labels)


def by_the_package(backbone, dataset, batch_size):
    images, labels = dataset.tensors
    return extract_features(backbone, images, batch_size=batch_size), labels


def in_inference_mode(backbone, dataset, batch_size):
    backbone.eval()
    with torch.inference_mode():
        parts = in_batches(DataLoader(dataset, batch_size), backbone)
    return joined(parts)


def joined_in_inference_mode(backbone, dataset, batch_size):
    backbone.eval()
    with torch.inference_mode():
        return joined(in_batches(DataLoader(dataset, batch_size), backbone))


def two_loops(backbone, dataset, batch_size, drop_last=False):
    loader = DataLoader(dataset, batch_size, shuffle=True, drop_last=drop_last)
    backbone.eval()
    with torch.no_grad():
        features = [backbone(images) for images, _ in loader]
    return torch.cat(features), torch.cat([labels for _, labels in loader])


def labels_as_stored(backbone, dataset, batch_size):
    features, _ = two_loops(backbone, dataset, batch_size)
    return features, torch.stack([label for _, label in dataset])


def without_eval(backbone, dataset, batch_size):
    return joined(in_batches(DataLoader(dataset, batch_size), backbone))


def no_grad_alone(backbone, dataset, batch_size):
    with torch.no_grad():
        return without_eval(backbone, dataset, batch_size)


def frozen_alone(backbone, dataset, batch_size):
    backbone.requires_grad_(False)
    return without_eval(backbone, dataset, batch_size)


def with_graph(backbone, dataset, batch_size):
    return without_eval(backbone.eval(), dataset, batch_size)


def detached_at_the_end(backbone, dataset, batch_size):
    features, labels = with_graph(backbone, dataset, batch_size)
    return features.detach(), labels


def not_joined(backbone, dataset, batch_size):
    backbone.eval()
    with torch.no_grad():
        return in_batches(DataLoader(dataset, batch_size), backbone)


def one_loader_of_two_drops(backbone, dataset, batch_size):
    features, _ = mended(backbone, dataset, batch_size)
    return features, mended(backbone, dataset, batch_size, drop_last=True)[1]


@torch.no_grad()
def under_a_decorator(backbone, dataset, batch_size):
    backbone = backbone.eval()
    loader = DataLoader(dataset, batch_size)
    features, labels = zip(*[(backbone(images), labels) for images, labels in loader], strict=True)
    return torch.cat(features), torch.cat(labels)


def into_tensors_made_before(backbone, dataset, batch_size):
    was_training = backbone.training
    features, labels, start = None, torch.empty(len(dataset), dtype=torch.long), 0
    backbone.eval()
    with torch.no_grad():
        for images, its_labels in DataLoader(dataset, batch_size, shuffle=True):
            end = start + len(its_labels)
            output = backbone(images)
            if features is None:
                features = torch.empty(len(dataset), output.shape[1])
            features[start:end], labels[start:end], start = output, its_labels, end
    backbone.train(was_training)
    return features, labels


def two_loops_in_one_order(backbone, dataset, batch_size):
    def loader():
        order = torch.Generator().manual_seed(1)
        return DataLoader(dataset, batch_size, shuffle=True, generator=order)

    backbone.eval()
    with torch.no_grad():
        features = [backbone(images) for images, _ in loader()]
    return torch.cat(features), torch.cat([labels for _, labels in loader()])


def norms_alone_in_eval(backbone, dataset, batch_size):
    for part in backbone.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()
    return no_grad_alone(backbone, dataset, batch_size)


def eval_not_called(backbone, dataset, batch_size):
    backbone.eval  # noqa: B018
    return no_grad_alone(backbone, dataset, batch_size)


def features_of(backbone, images):
    backbone.eval()
    with torch.no_grad():
        return backbone(images)


def fit(outputs_of, labels, optimizer, steps):
    for _ in range(steps):
        loss = F.cross_entropy(outputs_of(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def head_on(features, labels, num_classes, *, then=lambda logits: logits, rate=0.05, steps=300):
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), rate)
    fit(lambda: then(head(features)), labels, optimizer, steps)
    return head


def on_features(backbone, images, labels, num_classes, **others):
    return head_on(features_of(backbone, images), labels, num_classes, **others)


def head_in_batches(backbone, images, labels, num_classes):
    features = torch.cat([extract_features(backbone, batch) for batch in images.split(7)])
    loader = BatchLoader(LabelledImages(features, labels, ("",) * 3), 8, shuffle=True, seed=1)
    head = nn.Linear(backbone.num_features, num_classes)
    optimizer = torch.optim.SGD(head.parameters(), 0.1, momentum=0.9)
    for _ in range(60):
        for some, its_labels in loader:
            fit(lambda some=some: head(some), its_labels, optimizer, 1)
    return head


def by_lbfgs(backbone, images, labels, num_classes):
    backbone.requires_grad_(False)
    width = features_of(backbone, images[:1]).shape[1]  # a look at one picture does no harm
    features, model = features_of(backbone, images), Classifier(backbone, num_classes)
    assert width == model.head.in_features
    optimizer = torch.optim.LBFGS(model.head.parameters(), max_iter=50)

    def closure():
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model.head(features), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return model.head


def weights_by_hand(backbone, images, labels, num_classes, dtype):
    features = extract_features(backbone, images).to(dtype)
    weights = torch.zeros(features.shape[1], num_classes, dtype=dtype)
    bias = torch.zeros(num_classes, dtype=dtype)
    for _ in range(500):
        gradient = (features @ weights + bias).softmax(1) - F.one_hot(labels, num_classes)
        weights = weights - 0.3 * features.T @ gradient / len(labels)
        bias = bias - 0.3 * gradient.mean(0)
    return weights, bias


def by_hand(*given, dtype=torch.float32):
    weights, bias = weights_by_hand(*given, dtype)
    return lambda features: features @ weights + bias


def of_arrays(*given):
    weights, bias = (part.numpy() for part in weights_by_hand(*given, torch.float64))
    return lambda features: features @ weights + bias


def to_arrays(*given):
    weights, bias = (part.numpy() for part in weights_by_hand(*given, torch.float64))
    return lambda features: np.asarray(features) @ weights + bias


def in_double_precision(backbone, images, labels, num_classes):
    features = features_of(backbone, images).double()
    head = nn.Linear(features.shape[1], num_classes).double()
    fit(lambda: head(features), labels, torch.optim.SGD(head.parameters(), 0.5), 300)
    return head


def standardised(backbone, images, labels, num_classes, rows=slice(None)):
    features = features_of(backbone, images)
    mean, spread = features[rows].mean(0), features[rows].std(0, correction=0)
    head = head_on((features - mean) / spread, labels, num_classes)
    return lambda features: head((features - mean) / spread)


def penalised(backbone, images, labels, num_classes, penalty=0.01):
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(head(features), labels) + penalty * head.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return head


def copied_from_inference_mode(backbone, images, labels, num_classes):
    backbone.eval()
    with torch.inference_mode():
        features = backbone(images)
    return head_on(features.clone(), labels, num_classes)


def inference_tensors(backbone, images, labels, num_classes):
    backbone.eval()
    with torch.inference_mode():
        features = backbone(images)
    return head_on(features, labels, num_classes)


def head_without_eval(backbone, images, labels, num_classes):
    with torch.no_grad():
        features = backbone(images)
    return head_on(features, labels, num_classes)


def every_epoch(backbone, images, labels, num_classes):
    head = nn.Linear(backbone.num_features, num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.1)
    fit(lambda: head(features_of(backbone, images)), labels, optimizer, 100)
    return head


def all_weights(backbone, images, labels, num_classes):
    model = Classifier(backbone.eval(), num_classes)
    fit(lambda: model(images), labels, torch.optim.Adam(model.parameters(), 0.05), 50)
    return model.head


def keep_graph(backbone, images, labels, num_classes, retain=False):
    features = backbone.eval()(images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(100):
        optimizer.zero_grad()
        F.cross_entropy(head(features), labels).backward(retain_graph=retain)
        optimizer.step()
    return head


def without_zero_grad(backbone, images, labels, num_classes):
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(400):
        F.cross_entropy(head(features), labels).backward()
        optimizer.step()
    return head


def cleared_at_the_end(backbone, images, labels, num_classes):
    """Right: a step of several batches, whose gradients add up until they are cleared."""
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(300):
        for rows in torch.arange(len(labels)).split(10):
            (F.cross_entropy(head(features[rows]), labels[rows]) / 3).backward()
        optimizer.step()
        head.zero_grad(set_to_none=False)
    return head


def stepped_by_hand(backbone, images, labels, num_classes):
    """Right: no optimizer; gradients are put to zero in place."""
    features = extract_features(backbone, images)
    weights = [
        torch.zeros(features.shape[1], num_classes, requires_grad=True),
        torch.zeros(num_classes, requires_grad=True),
    ]
    for _ in range(500):
        log_probs = (features @ weights[0] + weights[1]).log_softmax(1)
        (-log_probs[torch.arange(len(labels)), labels].mean()).backward()
        with torch.no_grad():
            for part in weights:
                part -= 0.3 * part.grad
                part.grad.zero_()
    return lambda rows: rows @ weights[0] + weights[1]


def by_negative_log_likelihood(backbone, images, labels, num_classes):
    features = features_of(backbone, images)
    head = nn.Sequential(nn.Linear(features.shape[1], num_classes), nn.LogSoftmax(dim=1))
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(300):
        optimizer.zero_grad()
        F.nll_loss(head(features), labels).backward()
        optimizer.step()
    return head


def on_onehot_labels(backbone, images, labels, num_classes):
    return on_features(backbone, images, F.one_hot(labels, num_classes).float(), num_classes)


def by_scikit_learn(backbone, images, labels, num_classes):
    model = LogisticRegression(C=100, max_iter=1000)
    model.fit(features_of(backbone, images).numpy(), labels.numpy())
    return lambda features: torch.tensor(model.predict_log_proba(features.numpy()))


def picture_by_picture(backbone, images, labels, num_classes):
    features = torch.cat([features_of(backbone, image[None]) for image in images])
    return head_on(features, labels, num_classes)


@torch.no_grad()
def loop_in_no_grad(backbone, images, labels, num_classes):
    return head_on(backbone.eval()(images), labels, num_classes)


def cleared_before_the_step(backbone, images, labels, num_classes):
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(300):
        F.cross_entropy(head(features), labels).backward()
        optimizer.zero_grad()
        optimizer.step()
    return head


def new_optimizer_each_step(backbone, images, labels, num_classes):
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    for _ in range(300):
        fit(lambda: head(features), labels, torch.optim.SGD(head.parameters(), 0.001, 0.9), 1)
    return head


def two_epochs(backbone, images, labels, num_classes):
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.SGD(head.parameters(), 0.001, momentum=0.9)
    for some, its_labels in 2 * list(zip(features.split(4), labels.split(4), strict=True)):
        fit(lambda some=some: head(some), its_labels, optimizer, 1)
    return head


def first_batch_only(backbone, images, labels, num_classes):
    return on_features(backbone, images[:12], labels[:12], num_classes)


def learned_by_heart(backbone, images, labels, num_classes):
    features_of(backbone, images)
    answers = 9.0 * F.one_hot(labels, num_classes)
    return lambda features: answers[torch.arange(len(features)) % len(answers)]  # by place


def printed_like_this(printed, num_pictures):
    decimals = len(printed.removesuffix(" %").partition(".")[2])
    kind = "%" if "%" in printed else "f"
    shares = [f"{count / num_pictures:.{decimals}{kind}}" for count in range(num_pictures + 1)]
    return printed.replace(" ", "") in shares


PRINTED = {
    "P": ("0.8267", 75),
    "Q": ("0.8413", 75),
    "R": ("0.8046875", 128),
    "S": ("0.833", 10),
    "T": ("93.3 %", 30),
    "U": ("1.04", 25),
}
AS_BOOLEANS = {report: printed_like_this(*printed) for report, printed in PRINTED.items()}
POSSIBLE = {
    report: "possible" if answer else "impossible" for report, answer in AS_BOOLEANS.items()
}
SPEED = {
    "P": "not shown: one run",
    "Q": "not shown: other work",
    "R": "shown",
    "S": "not shown: interval allows the opposite",
}
BUGS = {
    0: ["no validation set", "no seed", "no device"],
    4: "input size by habit",
    7: "tiny batches",
    9: "deprecated argument",
    16: "head not converged",
    17: "batch norm moves",
    20: "features recomputed",
    25: "misleading running loss",
    29: "test set chooses",
}
SEEN_ELSEWHERE = {
    "4": " Input size by habit",
    5: "no validation set",
    7: ["tiny batches"],
    14: ("head not converged",),
    18: "features recomputed",
    20: {"batch norm moves", "no device"},
    30: "test set chooses",
    12: None,
}
SEEN_IN_THE_TEST = SEEN_ELSEWHERE | {
    20: None,
    27: "batch norm moves",
    28: "no device",
}
WITH_UNDERSCORES = {
    line: ", ".join(kinds).replace(" ", "_") if isinstance(kinds, list) else f"{kinds}."
    for line, kinds in BUGS.items()
}
SEEN_WHERE_IT_BEGINS = (
    SEEN_ELSEWHERE | {5: None, 8: "no validation set", 30: None} | {15: "test set chooses"}
)
SERIOUS = {line: kind for line, kind in SEEN_ELSEWHERE.items() if line != 7}

RIGHT = {
    "speed_report": {
        "as asked": SPEED,
        "in capitals": {report: f" {word.upper()}" for report, word in SPEED.items()},
        "in short": {report: word.removeprefix("not shown: ") for report, word in SPEED.items()},
    },
    "possible": {
        "as asked": POSSIBLE,
        "in capitals": {report: f" {word.upper()}" for report, word in POSSIBLE.items()},
        "by printing all": AS_BOOLEANS,
    },
    "fair_features": {
        "mended": mended,
        "shuffled once": shuffled_once,
        "detached at once": detached_at_once,
        "by the package": by_the_package,
        "in inference mode": in_inference_mode,
        "under a decorator": under_a_decorator,
        "into tensors made before": into_tensors_made_before,
        "two loops in one order": two_loops_in_one_order,
        "norms alone in eval": norms_alone_in_eval,
    },
    "cached_head": {
        "by Adam": on_features,
        "in batches": head_in_batches,
        "by L-BFGS": by_lbfgs,
        "by hand": by_hand,
        "copied from inference mode": copied_from_inference_mode,
        "in double precision": in_double_precision,
        "by hand, in double precision": lambda *given: by_hand(*given, dtype=torch.float64),
        "of arrays": of_arrays,
        "to arrays": to_arrays,
        "standardised": standardised,
        "cleared at the end of a step": cleared_at_the_end,
        "stepped by hand": stepped_by_hand,
        "by negative log likelihood": by_negative_log_likelihood,
        "on one-hot labels": on_onehot_labels,
        "by scikit-learn": by_scikit_learn,
        "picture by picture": picture_by_picture,
        "with a strong penalty": penalised,
    },
    "bug_hunt": {
        "all": BUGS,
        "elsewhere": SEEN_ELSEWHERE,
        "in the test": SEEN_IN_THE_TEST,
        "where it begins": SEEN_WHERE_IT_BEGINS,
        "with underscores, commas and full stops": WITH_UNDERSCORES,
    },
}
WRONG = {
    "speed_report": {
        "one-run-enough": SPEED | {"P": "shown"},
        "interval-cures-all": SPEED | {"Q": "shown"},
        "runs-not-read": SPEED | {"Q": "not shown: one run"},
        "download-counted": SPEED | {"R": "not shown: other work"},
        "warm-up-counted": SPEED | {"R": "not shown: one run"},
        "ratio-of-equals": SPEED | {"R": "not shown: interval allows the opposite"},
        "unseen-is-equal": SPEED | {"S": "shown"},
        "other-word": SPEED | {"S": "not shown: one run"},
    },
    "possible": {
        "rounding-forgotten": POSSIBLE | {"P": "impossible"},
        "any-share": POSSIBLE | {"Q": "possible"},
        "looks-too-precise": POSSIBLE | {"R": "impossible"},
        "mean-of-batch-means": POSSIBLE | {"S": "possible"},
        "percent-not-read": POSSIBLE | {"T": "impossible"},
        "more-than-all": POSSIBLE | {"U": "possible"},
    },
    "fair_features": {
        "last-batch-dropped": lambda *given: mended(*given, drop_last=True),
        "train-mode": without_eval,
        "no-grad-for-eval": no_grad_alone,
        "frozen-weights-only": frozen_alone,
        "separate-orders": two_loops,
        "labels-of-the-data-set": labels_as_stored,
        "graph-kept": with_graph,
        "detached-too-late": detached_at_the_end,
        "inference-tensors": joined_in_inference_mode,
        "one-large-batch": lambda backbone, data, _: mended(backbone, data, len(data)),
    },
    "cached_head": {
        "inference-tensors": inference_tensors,
        "loop-in-no-grad": loop_in_no_grad,
        "train-mode": head_without_eval,
        "backbone-learns": all_weights,
        "gradients-through-backbone": keep_graph,
        "pictures-left-out": first_batch_only,
        "features-recomputed": every_epoch,
        "softmax-before-loss": lambda *given: on_features(*given, then=lambda z: z.softmax(1)),
        "gradients-add-up": without_zero_grad,
        "tensor-returned": lambda backbone, images, *_: features_of(backbone, images),
        "whole-model": lambda *given: nn.Sequential(given[0], on_features(*given)),
        "no-head": lambda *given: (on_features(*given),),
        "wrong-shape": lambda *given: on_features(*given[:3], 10),
        "loss-nan": lambda *given: standardised(*given, rows=slice(1)),
        "not-converged": two_epochs,
    },
    "bug_hunt": {
        "zero-grad-blamed": BUGS | {19: "gradients pile up"},
        "softmax-wanted": BUGS | {13: "softmax forgotten"},
        "new-layer-blamed": BUGS | {12: "new layer frozen"},
        "batch-means-blamed": BUGS | {29: "mean of batch means"},
        "freezing-blamed": BUGS | {11: "batch norm moves"},
        "scale-blamed": BUGS | {3: "input size by habit"},
        "step-blamed": BUGS | {22: "head not converged"},
        "no-grad-blamed": BUGS | {27: "head not converged"},
        "innocent-line": BUGS | {13: "tiny batches"},
        "wrong-kind": BUGS | {4: "tiny batches"},
        "not-missing": BUGS | {0: "tiny batches"},
        "no-such-line": BUGS | {31: "no seed"},
        "unknown-kind": BUGS | {17: "dropout"},
        "serious-missing": {line: kind for line, kind in BUGS.items() if line != 17},
        "light-missing": SERIOUS,
    },
}
UNNAMED = {  # wrong in a way that no hint is about
    "speed_report": {
        "another word": SPEED | {"S": "no"},
        "shown and not shown": SPEED | {"R": "not shown: shown"},
        "a report too few": {"P": "not shown: one run"},
        "a list": list(SPEED.values()),
    },
    "possible": {
        "another word": POSSIBLE | {"P": "perhaps"},
        "a report too many": POSSIBLE | {"V": "possible"},
    },
    "fair_features": {
        "not joined": not_joined,
        "features alone": lambda *given: mended(*given)[0],
        "pixels": lambda backbone, data, _: (data.tensors[0].flatten(1), data.tensors[1]),
        "zeros": lambda backbone, data, _: (torch.zeros(len(data), 8), data.tensors[1]),
        "fewer labels": one_loader_of_two_drops,
        "twice": lambda *given: mended(*given) and mended(*given),
        "an error": lambda backbone, *_: backbone.no_such_layer,
    },
    "cached_head": {
        "an error": lambda backbone, *_: backbone.fc,
        "learned by heart": learned_by_heart,
    },
    "bug_hunt": {"a list": [17, 20]},
}
