"""Answers to the exercises of lesson 03, right and wrong."""

import copy
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.models.freezing import extract_features, freeze, stay_in_eval_mode


def first_parts(backbone, num_parts):
    return list(backbone)[:num_parts]


def freeze_by_loop(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        child.requires_grad_(False)
        for part in child.modules():
            part.training = False
            part.train = lambda mode=True, part=part: part
    return backbone


def freeze_by_function(backbone, num_parts):
    nn.ModuleList(first_parts(backbone, num_parts)).apply(freeze)
    return backbone


def freeze_a_slice(backbone, num_parts):
    freeze(backbone[:num_parts])
    return backbone


def freeze_by_number(backbone, num_parts):
    for number, child in enumerate(backbone.children()):
        if number < num_parts:
            freeze(child)
    return backbone


def freeze_by_deaf_methods(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        for weight in child.parameters():
            weight.requires_grad = False
        for part in child.modules():
            part.training = False
            part.train = lambda mode=True: None
    return backbone


def freeze_modules(backbone, num_parts):
    """The list of all modules begins with the backbone itself."""
    for part in list(backbone.modules())[:num_parts]:
        freeze(part)
    return backbone


def no_momentum(backbone, num_parts):
    """Averages stay, but in train mode their batches are still counted and used."""
    for child in first_parts(backbone, num_parts):
        child.requires_grad_(False)
        for part in child.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.momentum = 0.0
    return backbone


def freeze_by_own_train(backbone, num_parts):
    return freeze_at_train(backbone, num_parts).train()


def freeze_at_train(backbone, num_parts):
    usual = type(backbone).train

    def train(mode=True):
        usual(backbone, mode)
        for child in first_parts(backbone, num_parts):
            child.requires_grad_(False).eval()
        return backbone

    backbone.train = train
    return backbone


def freeze_children(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        child.eval().requires_grad_(False)
        child.train = lambda mode=True, child=child: child
    return backbone


def freeze_batch_norm_by_name(backbone, num_parts):
    """Right: only what has buffers or dropout needs to be deaf."""
    for name, part in backbone.named_modules():
        if name and int(name.split(".")[0]) < num_parts:
            part.requires_grad_(False)
            if isinstance(part, nn.BatchNorm2d):
                part.eval()
                part.train = lambda mode=True, part=part: part
    return backbone


def eval_before_each_pass(backbone, num_parts):
    """Right: whoever woke a first part, it is in eval mode again when pictures come."""
    for child in first_parts(backbone, num_parts):
        child.requires_grad_(False).register_forward_pre_hook(lambda child, _: eval_of(child))
    return backbone


def eval_of(child):
    child.eval()


class Deaf:
    """Whoever has this as a parent is not woken."""

    def train(self, mode=True):
        return self


def freeze_by_other_classes(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        for part in child.eval().requires_grad_(False).modules():
            part.__class__ = type(type(part).__name__, (Deaf, type(part)), {})
    return backbone


def only_requires_grad(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        child.requires_grad_(False)
    return backbone


def eval_once(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        child.requires_grad_(False).eval()
    return backbone


def only_eval(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        child.eval()
        child.train = lambda mode=True, child=child: stay_in_eval_mode(child)
    return backbone


def all_parts(backbone, num_parts):
    only_requires_grad(backbone, len(backbone))
    return freeze_by_own_train(backbone, num_parts)


def all_in_eval(backbone, num_parts):
    backbone.eval().train = lambda mode=True: backbone
    return only_requires_grad(backbone, num_parts)


def deaf_to_eval(backbone, num_parts):
    backbone = eval_once(backbone, num_parts)
    backbone.train = lambda mode=True: backbone
    return backbone


def switches_gradients_off(backbone, num_parts):
    torch.set_grad_enabled(False)
    return freeze_by_loop(backbone, num_parts)


def without_statistics(backbone, num_parts):
    for child in first_parts(backbone, num_parts):
        child.requires_grad_(False)
        for part in child.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.track_running_stats = False
    return backbone


def new_weights(backbone, num_parts):
    with torch.no_grad():
        backbone[0][0].weight.add_(0.1)
    return freeze_by_loop(backbone, num_parts)


def new_order(labels, seed):
    return torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))


def mended_features(backbone, images, labels, seed, order=None):
    order = new_order(labels, seed) if order is None else order
    backbone.eval()
    with torch.no_grad():
        return backbone(images)[order], labels[order]


def features_one_by_one(backbone, images, labels, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    backbone.eval()
    return [torch.stack([backbone(images[i : i + 1])[0].detach() for i in order]), labels[order]]


def features_of_shuffled_pictures(backbone, images, labels, seed):
    order = new_order(labels, seed)
    freeze(backbone)
    return extract_features(backbone, images[order], batch_size=5), labels[order]


def two_orders(backbone, images, labels, seed):
    generator = torch.Generator().manual_seed(seed)
    first, second = (torch.randperm(len(labels), generator=generator) for _ in range(2))
    return mended_features(backbone, images, labels, seed, first)[0], labels[second]


def one_order_in_train_mode(backbone, images, labels, seed):
    order = new_order(labels, seed)
    with torch.no_grad():
        return backbone.train()(images)[order], labels[order]


def drawn_with_replacement(backbone, images, labels, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randint(len(labels), (len(labels),), generator=generator)
    return mended_features(backbone, images, labels, seed, order)


def awake_afterwards(backbone, *task):
    """Right: the mode is no number that the backbone holds."""
    answer = mended_features(backbone, *task)
    backbone.train()
    return answer


def order_undone(backbone, images, labels, seed):
    order = new_order(labels, seed)
    return mended_features(backbone, images, labels, seed)[0], labels[order.argsort()]


def sorted_by_label(backbone, images, labels, seed):
    return mended_features(backbone, images, labels, seed, labels.argsort())


def drifts_afterwards(backbone, images, labels, seed):
    answer = mended_features(backbone, images, labels, seed)
    backbone.train()(images)
    return answer


def with_graph(backbone, images, labels, seed):
    order = new_order(labels, seed)
    return backbone.eval()(images)[order], labels[order]


@torch.inference_mode()
def in_inference_mode(backbone, images, labels, seed):
    order = new_order(labels, seed)
    return backbone.eval()(images)[order], labels[order]


def cloned_from_inference_mode(backbone, images, labels, seed):
    features, labels = in_inference_mode(backbone, images, labels, seed)
    return features.clone(), labels.clone()


def saved(sizes, letters, pixels, few):
    target = letters[list(sizes).index(few)]
    if target > pixels[-1]:
        return np.inf
    return np.exp(np.interp(target, pixels, np.log(sizes))) - few


def saved_step_by_step(sizes, letters, pixels, few):
    target = letters[sizes.index(few)]
    for i in range(1, len(sizes)):
        if pixels[i] >= target:
            share = (target - pixels[i - 1]) / (pixels[i] - pixels[i - 1])
            return sizes[i - 1] * (sizes[i] / sizes[i - 1]) ** share - few
    return math.inf


def saved_up_to_a_size(sizes, letters, pixels, few):
    reached = [s for s, p in zip(sizes, pixels, strict=True) if p >= letters[sizes.index(few)]]
    return reached[0] - few if reached else math.inf


def saved_by_other_curve(sizes, letters, pixels, few):
    height = pixels[sizes.index(few)]
    return np.exp(np.interp(height, letters, np.log(sizes))) - few


def saved_clamped(sizes, letters, pixels, few):
    return np.exp(np.interp(letters[sizes.index(few)], pixels, np.log(sizes))) - few


def saved_before_the_end(sizes, letters, pixels, few):
    at_end = letters[sizes.index(few)] >= pixels[-1]
    return math.inf if at_end else saved(sizes, letters, pixels, few)


def saved_or_nothing(sizes, letters, pixels, few):
    if letters[sizes.index(few)] <= pixels[-1]:
        return saved(sizes, letters, pixels, few)


def nothing_at_the_end(sizes, letters, pixels, few):
    if letters[sizes.index(few)] != pixels[-1]:
        return saved(sizes, letters, pixels, few)


def saved_or_nothing_for_less(*curves):
    return number if (number := saved(*curves)) > 0 else None


def saved_on_two_log_scales(sizes, letters, pixels, few):
    height = letters[sizes.index(few)]
    if height > pixels[-1]:
        return math.inf
    return np.exp(np.interp(np.log(height), np.log(pixels), np.log(sizes))) - few


def saved_extrapolated(sizes, letters, pixels, few):
    height, logs = letters[sizes.index(few)], np.log(sizes)
    if height <= pixels[-1]:
        return saved(sizes, letters, pixels, few)
    steepness = (logs[-1] - logs[-2]) / (pixels[-1] - pixels[-2])
    return np.exp(logs[-1] + (height - pixels[-1]) * steepness) - few


def logarithms_subtracted(sizes, letters, pixels, few):
    height = letters[sizes.index(few)]
    return np.interp(height, pixels, np.log(sizes)) - np.log(few)


def saved_from_few_on(sizes, letters, pixels, few):
    """Looks for the pixels' curve only to the right of few."""
    start = sizes.index(few)
    if pixels[start] >= letters[start]:
        return 0
    return saved_step_by_step(sizes, letters, pixels, few)


def saved_as_distance(sizes, letters, pixels, few):
    ends = sorted([few, saved(sizes, letters, pixels, few) + few])
    return ends[1] - ends[0]


def saved_only_ahead(sizes, letters, pixels, few):
    start = sizes.index(few)
    for i in range(start + 1, len(sizes)):
        if pixels[i - 1] < letters[start] <= pixels[i]:
            return saved(sizes, letters, pixels, few)
    return np.inf


def saved_by_powers(sizes, letters, pixels, few):
    """Right: the whole curve is bent straight, in powers of 2."""
    target = dict(zip(sizes, letters, strict=True))[few]
    if max(pixels) < target:
        return float("inf")
    return 2 ** np.interp(target, pixels, [math.log2(size) for size in sizes]) - few


def saved_by_a_fine_grid(sizes, letters, pixels, few):
    """Right: reads the pixels' curve at very many sizes, and takes the first that is enough."""
    grid = np.geomspace(sizes[0], sizes[-1], 200_001)
    heights = np.interp(np.log(grid), np.log(sizes), pixels)
    enough = heights >= letters[sizes.index(few)] - 1e-12
    return torch.tensor(grid[enough.argmax()] - few if enough.any() else math.inf)


def train_head(
    model,
    images,
    labels,
    rate,
    num_steps,
    *,
    weights=None,
    each_step=lambda model: None,
    loss_of=None,
):
    """The loop, with other weights in the optimizer, another call in each step, another loss."""
    optimizer = torch.optim.SGD(model.head.parameters() if weights is None else weights, rate)
    for _ in range(num_steps):
        model.train()
        each_step(model)
        loss = F.cross_entropy(model(images), labels)
        if loss_of is not None:
            loss = loss_of(loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def eval_backbone(model):
    model.backbone.eval()


def eval_batch_norm(model):
    for part in model.modules():
        if isinstance(part, nn.BatchNorm1d):
            part.eval()


def eval_in_loop(model, *task):
    model.backbone.requires_grad_(False)
    return train_head(model, *task, each_step=eval_backbone)


def all_in_eval_in_loop(model, *task):
    return train_head(model, *task, each_step=nn.Module.eval)


def frozen_before(model, *task):
    freeze(model.backbone)
    return train_head(model, *task, weights=[w for w in model.parameters() if w.requires_grad])


def on_cached_features(model, images, labels, rate, num_steps):
    with torch.no_grad():
        features = model.eval().backbone(images)
    for _ in range(num_steps):
        loss = F.cross_entropy(model.head(features), labels)
        gradients = torch.autograd.grad(loss, list(model.head.parameters()))
        with torch.no_grad():
            for weights, gradient in zip(model.head.parameters(), gradients, strict=True):
                weights -= rate * gradient
    return model


def on_a_copy(model, *task):
    return eval_in_loop(copy.deepcopy(model), *task)


def head_frozen_too(model, *task):
    model.requires_grad_(False)
    return train_head(model, *task, each_step=eval_backbone)


def nothing_for_the_optimizer(model, *task):
    freeze(model)
    return train_head(model, *task, weights=filter(lambda w: w.requires_grad, model.parameters()))


def error_silenced(model, *task):
    model.requires_grad_(False)
    loss_of = torch.Tensor.requires_grad_
    return train_head(model, *task, each_step=eval_backbone, loss_of=loss_of)


def wrong_optimizer(model, *task):
    model.backbone.requires_grad_(False)
    return train_head(model, *task, weights=model.backbone.parameters(), each_step=eval_backbone)


def bias_only(model, *task):
    weights = list(model.parameters())[-1:]
    return train_head(model, *task, weights=weights, each_step=eval_backbone)


def never_frozen(model, *task):
    model.backbone.requires_grad = False  # of a module, this does nothing
    return train_head(model, *task, weights=model.parameters())


def all_weights_learn(model, *task):
    return train_head(model, *task, weights=model.parameters(), each_step=eval_backbone)


def frozen_too_late(model, *task):
    never_frozen(model, *task)
    freeze(model.backbone)
    return model


def statistics_move(model, *task):
    model.backbone.requires_grad_(False)
    return train_head(model, *task)


def eval_undone(model, *task):
    eval_backbone(model)
    return statistics_move(model, *task)


def dropout_on(model, *task):
    model.backbone.requires_grad_(False)
    return train_head(model, *task, each_step=eval_batch_norm)


def one_step_less(model, images, labels, rate, num_steps):
    return eval_in_loop(model, images, labels, rate, num_steps - 1)


def one_step_more(model, images, labels, rate, num_steps):
    return eval_in_loop(model, images, labels, rate, num_steps + 1)


def head_by_hand(model, images, labels, rate, num_steps, *, weights=None, clear="before"):
    """Steps on the head with gradients cleared before ``backward``, after it, or never."""
    optimizer = torch.optim.SGD(weights or model.eval().head.parameters(), rate)
    for _ in range(num_steps):
        loss = F.cross_entropy(model(images), labels)
        if clear == "before":
            optimizer.zero_grad()
        loss.backward()
        if clear == "after":
            optimizer.zero_grad()
        optimizer.step()
    return model


def weight_only(model, *task):
    return head_by_hand(model.eval(), *task, weights=[model.head.weight])


def never_cleared(model, *task):
    return head_by_hand(model, *task, clear="never")


def cleared_too_late(model, *task):
    return head_by_hand(model, *task, clear="after")


def optimizer_in_the_loop(model, images, labels, rate, num_steps):
    for _ in range(num_steps):
        head_by_hand(model, images, labels, rate, 1)
    return model


def statistics_put_back(model, *task):
    """Train mode, and the backbone's state put back at the end: dropout was awake."""
    before = copy.deepcopy(model.backbone.state_dict())
    statistics_move(model, *task)
    model.backbone.load_state_dict(before)
    return model


def by_adam(model, images, labels, rate, num_steps):
    optimizer = torch.optim.Adam(model.eval().head.parameters(), rate)
    for _ in range(num_steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def fresh_head(model, *task):
    model.head = nn.Linear(model.head.in_features, model.head.out_features)
    return eval_in_loop(model, *task)


RIGHT = {
    "reading": {
        "as asked": ("cannot tell", "more draws"),
        "in capitals": (" Cannot tell", "MORE DRAWS "),
        "spaced otherwise": ("cannot  tell", "moredraws"),
        "with a dash and a full stop": ("cannot-tell", "more_draws."),
        "with quotation marks": ("'cannot tell'", '"more draws"'),
    },
    "freeze_first": {
        "part by part": freeze_by_loop,
        "by freeze": freeze_by_function,
        "batch norm by name": freeze_batch_norm_by_name,
        "eval before each pass": eval_before_each_pass,
        "a slice": freeze_a_slice,
        "by number": freeze_by_number,
        "train that returns nothing": freeze_by_deaf_methods,
        "by other classes": freeze_by_other_classes,
    },
    "shuffled_features": {
        "mended": mended_features,
        "one by one": features_one_by_one,
        "shuffled first": features_of_shuffled_pictures,
        "cloned": cloned_from_inference_mode,
        "train mode afterwards": awake_afterwards,
    },
    "labels_saved": {
        "interpolated": saved,
        "step by step": saved_step_by_step,
        "by powers": saved_by_powers,
        "by a fine grid": saved_by_a_fine_grid,
    },
    "frozen_trainer": {
        "eval in the loop": eval_in_loop,
        "all in eval": all_in_eval_in_loop,
        "frozen before": frozen_before,
        "on cached features": on_cached_features,
        "on a copy": on_a_copy,
        "optimizer in the loop": optimizer_in_the_loop,
    },
}
WRONG = {
    "reading": {
        "point-estimate": ("different", "more draws"),
        "no-proof-is-equal": ("equal", "more draws"),
        "nothing-new": ("cannot tell", "score again"),
        "confidence": ("cannot tell", "99% interval"),
    },
    "freeze_first": {
        "weights-learn": only_eval,
        "one-part-less": lambda b, n: freeze_by_loop(b, n - 1),
        "one-part-more": lambda b, n: freeze_by_loop(b, n + 1),
        "buffers-move": only_requires_grad,
        "eval-once": eval_once,
        "only-after-train": freeze_at_train,
        "no-gradients": switches_gradients_off,
        "too-much-frozen": all_parts,
        "rest-in-eval": all_in_eval,
        "batch-statistics": without_statistics,
        "eval-blocked": deaf_to_eval,
        "part-wakes": freeze_by_own_train,
        "part-of-part-wakes": freeze_children,
    },
    "shuffled_features": {
        "gradients": with_graph,
        "train-mode": one_order_in_train_mode,
        "separate-orders": two_orders,
        "labels-stay": lambda b, x, y, seed: (mended_features(b, x, y, seed)[0], y),
        "repeats": drawn_with_replacement,
        "drift": drifts_afterwards,
        "inference-tensors": in_inference_mode,
        "not-shuffled": lambda b, x, y, seed: (b.eval()(x).detach(), y),
        "seed-unused": lambda b, x, y, seed: mended_features(b, x, y, 0, torch.randperm(len(y))),
    },
    "labels_saved": {
        "accuracy-difference": lambda s, a, b, few: a[s.index(few)] - b[s.index(few)],
        "not-subtracted": lambda s, a, b, few: saved(s, a, b, few) + few,
        "ratio": lambda s, a, b, few: (saved(s, a, b, few) + few) / few,
        "nearest-size": saved_up_to_a_size,
        "linear-scale": lambda s, a, b, few: np.interp(a[s.index(few)], b, s) - few,
        "still-logarithms": lambda s, a, b, few: np.interp(a[s.index(few)], b, np.log(s)) - few,
        "turned-round": lambda s, a, b, few: few - (saved(s, a, b, few) + few),
        "swapped-curves": saved_by_other_curve,
        "clamped": saved_clamped,
        "end-refused": saved_before_the_end,
        "rounded": lambda *curves: np.round(saved(*curves)),
        "nothing-for-never": saved_or_nothing,
        "never-below-zero": saved_from_few_on,
        "sign-dropped": saved_as_distance,
        "infinite-for-less": saved_only_ahead,
    },
    "frozen_trainer": {
        "head-frozen-too": head_frozen_too,
        "error-silenced": error_silenced,
        "wrong-optimizer": wrong_optimizer,
        "bias-only": bias_only,
        "weight-only": weight_only,
        "gradients-pile-up": never_cleared,
        "steps-miscounted": one_step_less,
        "never-frozen": never_frozen,
        "weights-learn": all_weights_learn,
        "frozen-too-late": frozen_too_late,
        "statistics-move": statistics_move,
        "eval-undone": eval_undone,
        "dropout-on": dropout_on,
    },
}
UNNAMED = {  # wrong in a way that no hint is about
    "reading": {
        "another verdict": ("who knows", "more draws"),
        "another remedy": ("cannot tell", "pray"),
        "numbers": (0.004, 5),
    },
    "freeze_first": {
        "a number": lambda b, n: 3,
        "another module": lambda b, n: nn.Sequential(*first_parts(b, n)),
        "new weights": new_weights,
    },
    "shuffled_features": {
        "a number": lambda b, x, y, seed: 3,
        "other numbers": lambda b, x, y, seed: (x.flatten(1)[:, :6], y),
        "fixed order": lambda b, x, y, seed: mended_features(b, x, y, 0),
        "sorted": sorted_by_label,
        "both bugs in another form": lambda b, x, y, seed: (
            one_order_in_train_mode(b, x, y, seed)[0],
            y,
        ),
    },
    "labels_saved": {
        "a text": lambda *curves: "many",
        "an error": lambda *curves: 1 / 0,
        "a constant": lambda *curves: 1.5,
        "never": lambda *curves: math.inf,
        "nothing where fewer": saved_or_nothing_for_less,
        "accuracies in logarithms too": saved_on_two_log_scales,
    },
    "frozen_trainer": {
        "a number": lambda *task: 3,
        "the head": lambda model, *task: eval_in_loop(model, *task).head,
        "an error": lambda model, *task: model.no_such_part,
        "by Adam": by_adam,
        "a fresh head": fresh_head,
    },
}
