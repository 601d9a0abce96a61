"""Answers to the exercises of lesson 02, right and wrong."""

import copy
import random

import torch
import torch.nn.functional as F

from course_utils.data.examples import LabelledImages
from course_utils.evaluation.scores import evaluate
from course_utils.models.inference import eval_mode


def one_step(model, images, labels, optimizer):
    logits = model(images)
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def one_step_otherwise(model, images, labels, optimizer):
    model.zero_grad()
    log_probs = model(images).log_softmax(dim=1)
    loss = -log_probs[torch.arange(len(labels)), labels].mean()
    loss.backward()
    optimizer.step()
    return loss  # a tensor


def one_step_detached(model, images, labels, optimizer):
    optimizer.zero_grad(set_to_none=False)
    loss = F.nll_loss(F.log_softmax(model(images), dim=-1), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


def one_step_on_a_second_pass(model, images, labels, optimizer):
    loss = F.cross_entropy(model(images), labels).item()
    one_step(model, images, labels, optimizer)
    return loss


def step_in_order(order, reduction="mean", softmax=False, eval_mode=False, after=False):
    def function(model, images, labels, optimizer):
        if eval_mode:
            model.eval()
        logits = model(images)
        loss = F.cross_entropy(
            logits.softmax(1) if softmax else logits, labels, reduction=reduction
        )
        for action in order:
            {"z": optimizer.zero_grad, "b": loss.backward, "s": optimizer.step}[action]()
        return F.cross_entropy(model(images), labels).item() if after else loss.item()

    return function


def step_in_eval_mode(model, images, labels, optimizer):
    with eval_mode(model):
        return one_step(model, images, labels, optimizer)


def train(model, images, labels, optimizer, num_steps, batch_size):
    model.train()
    for _ in range(num_steps):
        places = torch.randperm(len(images))[:batch_size]
        one_step(model, images[places], labels[places], optimizer)


def train_with(draw, num_steps=None):
    """A loop whose batches are the pairs that ``draw(images, labels, batch_size)`` gives."""

    def function(model, images, labels, optimizer, steps, batch_size):
        model.train()
        for _ in range(num_steps or steps):
            one_step(model, *draw(images, labels, batch_size), optimizer)

    return function


def train_in_epochs(model, images, labels, optimizer, num_steps, batch_size):
    """Right, too: each epoch has its own order, and its short last batch is left out."""
    step = 0
    while step < num_steps:
        order = torch.randperm(len(images))
        for places in order.split(batch_size)[: len(images) // batch_size]:
            if step < num_steps:
                one_step_otherwise(model, images[places], labels[places], optimizer)
            step += 1


def train_and_look(model, images, labels, optimizer, num_steps, batch_size):
    """Right, too: losses that are only looked at are no steps."""
    first = F.cross_entropy(model(images), labels).item()
    train_with(random_pairs)(model, images, labels, optimizer, num_steps, batch_size)
    return first, F.cross_entropy(model(images[:5]), labels[:5])


def train_by(step):
    """A loop with right pairs and another step."""

    def function(model, images, labels, optimizer, num_steps, batch_size):
        for _ in range(num_steps):
            step(model, *random_pairs(images, labels, batch_size), optimizer)

    return function


def train_to_the_end(model, images, labels, optimizer, num_steps, batch_size):
    """Epochs whose short last batch counts as a step."""
    step = 0
    while step < num_steps:
        for places in torch.randperm(len(images)).split(batch_size):
            if step < num_steps:
                one_step(model, images[places], labels[places], optimizer)
            step += 1


def random_pairs(images, labels, batch_size):
    places = torch.randint(len(images), (batch_size,))
    return images[places], labels[places]


def sorted_pictures(images, labels, batch_size):
    places = torch.randperm(len(images))[:batch_size]
    return images[places.sort().values], labels[places]


def labels_left_behind(images, labels, batch_size):
    return images[torch.randperm(len(images))[:batch_size]], labels[:batch_size]


def first_examples(images, labels, batch_size):
    return images[:batch_size], labels[:batch_size]


def one_draw_for_ever(images, labels, batch_size):
    places = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))[:batch_size]
    return images[places], labels[places]


def everything(images, labels, batch_size):
    return images, labels


def other_pictures(images, labels, batch_size):
    return random_pairs(images / 2, labels, batch_size)


def train_another_network(model, *others):
    train(model, *others)
    model.network[4] = torch.nn.Linear(32, 5)


def score(model, images, labels, batch_size):
    was_training = model.training
    model.eval()
    loss_sum, num_correct = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            logits = model(images[batch])
            loss_sum += F.cross_entropy(logits, labels[batch], reduction="sum").item()
            num_correct += (logits.argmax(dim=1) == labels[batch]).sum().item()
    model.train(was_training)
    return loss_sum / len(images), num_correct / len(images)


def score_full_batches(model, images, labels, batch_size):
    """Divides by all pictures, and leaves the last ones out."""
    num_batches = len(images) // batch_size
    return score_slices(model, images, labels, [batch_size] * num_batches)


def score_last_batch(model, images, labels, batch_size):
    with eval_mode(model), torch.no_grad():
        for start in range(0, len(images), batch_size):
            logits = model(images[start : start + batch_size])
            truth = labels[start : start + batch_size]
    loss_sum = F.cross_entropy(logits, truth, reduction="sum")
    return loss_sum / len(images), (logits.argmax(dim=1) == truth).sum() / len(images)


def score_first_batch(model, images, labels, batch_size):
    with eval_mode(model), torch.no_grad():
        for pictures, truth in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            logits = model(pictures)
            return F.cross_entropy(logits, truth), (logits.argmax(dim=1) == truth).float().mean()


def score_slices(model, images, labels, sizes):
    """Right where the sizes add up: batches of these sizes, and one sum of each."""
    start, losses, hits = 0, [], []
    with eval_mode(model), torch.no_grad():
        for size in sizes:
            logits, truth = model(images[start : start + size]), labels[start : start + size]
            losses.append(size * F.cross_entropy(logits, truth).item())
            hits += (logits.argmax(dim=1) == truth).tolist()
            start += size
    return sum(losses) / len(images), sum(hits) / len(images)


def score_in_uneven_batches(model, images, labels, batch_size):
    sizes = [len(part) for part in torch.arange(len(images)).chunk(len(images) // batch_size + 1)]
    return score_slices(model, images, labels, sizes)


def score_joined(model, images, labels, batch_size):
    with eval_mode(model), torch.inference_mode():
        logits = torch.cat([model(batch) for batch in images.split(batch_size)])
    return F.cross_entropy(logits, labels), (logits.argmax(1) == labels).float().mean()


def score_by_library(model, images, labels, batch_size):
    batches = zip(images.split(batch_size), labels.split(batch_size), strict=True)
    return evaluate(model, batches)


def score_a_copy(model, images, labels, batch_size):
    twin = copy.deepcopy(model).eval()
    with torch.no_grad():
        logits = torch.cat([twin(batch) for batch in images.split(batch_size)])
    return F.cross_entropy(logits, labels), (logits.argmax(1) == labels).float().mean()


def score_without_eval(model, images, labels, batch_size):
    loss_sum, num_correct = 0.0, 0
    with torch.no_grad():
        for batch in torch.arange(len(images)).split(batch_size):
            logits = model(images[batch])
            loss_sum += F.cross_entropy(logits, labels[batch], reduction="sum").item()
            num_correct += (logits.argmax(dim=1) == labels[batch]).sum().item()
    return loss_sum / len(images), num_correct / len(images)


def score_and_leave(after):
    def function(model, images, labels, batch_size):
        numbers = score(model, images, labels, batch_size)
        after(model)
        return numbers

    return function


def score_made(make_loss, make_accuracy=None, softmax=False):
    """A score made of the losses (N,) and the right answers (N,), both in batches."""

    def mean(batches):
        return torch.cat(batches).mean()

    def function(model, images, labels, batch_size):
        with eval_mode(model), torch.no_grad():
            logits = torch.cat([model(batch) for batch in images.split(batch_size)])
        right = (logits.argmax(1) == labels).float().split(batch_size)
        logits = logits.softmax(1) if softmax else logits
        losses = F.cross_entropy(logits, labels, reduction="none").split(batch_size)
        return (make_loss or mean)(losses), (make_accuracy or mean)(right)

    return function


def mean_of_means(batches):
    return sum(batch.mean().item() for batch in batches) / len(batches)


def score_with_gradients(model, images, labels, batch_size):
    with eval_mode(model):
        logits = torch.cat([model(batch) for batch in images.split(batch_size)])
    return F.cross_entropy(logits, labels), (logits.argmax(1) == labels).float().mean()


def score_with_weights_held(model, *others):
    """Right: where no weight may learn, torch keeps nothing for a backward pass."""
    model.requires_grad_(False)
    numbers = score_with_gradients(model, *others)
    model.requires_grad_(True)
    return numbers


def fit_pictures(model, images, labels, optimizer, num_epochs, batch_size):
    accuracies = []
    for _ in range(num_epochs):
        model.train()
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            answers = model(images).argmax(dim=1)
        accuracies.append((answers == labels).float().mean().item())
    return accuracies


def fit_by_log_probs(model, images, labels, optimizer, num_epochs, batch_size):
    accuracies = []
    for _ in range(num_epochs):
        for pictures, answers in zip(
            images.split(batch_size), labels.split(batch_size), strict=True
        ):
            F.nll_loss(model(pictures).softmax(dim=1).log(), answers).backward()
            optimizer.step()
            model.zero_grad()
        accuracies.append(score_joined(model, images, labels, 100)[1])
    return accuracies


def fit_with(clear="step", wake="epoch", loss_of=F.cross_entropy, score_in_eval=True, rate=None):
    """A loop that clears gradients and sets train mode at other times, or has another loss."""

    def function(model, images, labels, optimizer, num_epochs, batch_size):
        accuracies = []
        if rate is not None:
            optimizer.param_groups[0]["lr"] = rate
        for _ in range(num_epochs):
            if wake == "epoch":
                model.train()
            if clear == "epoch":
                optimizer.zero_grad()
            for batch in torch.arange(len(images)).split(batch_size):
                if clear == "step":
                    optimizer.zero_grad()
                loss_of(model(images[batch]), labels[batch]).backward()
                if clear == "late":
                    optimizer.zero_grad()
                optimizer.step()
            if score_in_eval:
                model.eval()
            with torch.no_grad():
                answers = model(images).argmax(dim=1)
            accuracies.append((answers == labels).float().mean())
        return accuracies

    return function


def twice(logits, labels):
    return F.cross_entropy(logits.softmax(dim=1), labels)


def fit_and_wake_afterwards(model, images, labels, optimizer, num_epochs, batch_size):
    accuracies = []
    model.train()
    for _ in range(num_epochs):
        for start in range(0, len(images), batch_size):
            logits = model(images[start : start + batch_size])
            loss = F.nll_loss(logits.log_softmax(1), labels[start : start + batch_size])
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            accuracies.append((model(images).argmax(1) == labels).float().mean().item())
        model.train()
    return accuracies


def fit_squares(logits, labels):
    return F.mse_loss(logits.softmax(1), F.one_hot(labels, 4).float())


def one_step_zero_at_the_end(model, images, labels, optimizer):
    loss = torch.nn.CrossEntropyLoss()(model(images), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def one_step_times_size(model, images, labels, optimizer):
    return one_step(model, images, labels, optimizer) * len(images)


def sample_pairs(images, labels, batch_size):
    places = random.sample(range(len(images)), batch_size)
    return images[places], labels[places]


def same_seed_each_step(images, labels, batch_size):
    torch.manual_seed(0)
    return random_pairs(images, labels, batch_size)


def score_short_batch_as_full(batches):
    return sum(len(batches[0]) * batch.mean() for batch in batches) / sum(map(len, batches))


def staying(examples, names):
    """Names that stay, their old labels, and which examples have one of these."""
    kept = [name for name in examples.class_names if name not in names]
    old = torch.tensor([examples.class_names.index(name) for name in kept])
    return tuple(kept), old, torch.isin(examples.labels, old)


def leave_out(examples, names):
    kept, old, stays = staying(examples, names)
    return LabelledImages(
        examples.images[stays], torch.searchsorted(old, examples.labels[stays]), kept
    )


def leave_out_in_a_loop(examples, names):
    kept = [name for name in examples.class_names if name not in names]
    images, labels = [], []
    for image, label in zip(examples.images, examples.labels, strict=True):
        if examples.class_names[label] in kept:
            images.append(image)
            labels.append(kept.index(examples.class_names[label]))
    return LabelledImages(torch.stack(images), torch.tensor(labels), kept)


def leave_out_and_sort(examples, names):
    """Right: names in another order, pictures too, and labels that fit."""
    kept = sorted(set(examples.class_names) - set(names))
    _, _, stays = staying(examples, names)
    order = torch.randperm(int(stays.sum()))
    labels = [kept.index(examples.class_names[label]) for label in examples.labels[stays]]
    return LabelledImages(examples.images[stays][order], torch.tensor(labels)[order], tuple(kept))


def leave_out_with(make_labels):
    """Leave out with the old labels of those that stay made into others."""

    def function(examples, names):
        kept, _, stays = staying(examples, names)
        labels = make_labels(examples.labels[stays], names)
        return LabelledImages(examples.images[stays], labels, kept)

    return function


def leave_out_in_place(examples, names):
    kept, old, stays = staying(examples, names)
    for new, label in enumerate(old):
        examples.labels[examples.labels == label] = new
    return LabelledImages(examples.images[stays], examples.labels[stays], kept)


def leave_out_the_first(examples, names):
    return leave_out(examples, names[:1])


def leave_out_the_others(examples, names):
    _, _, stays = staying(examples, names)
    return LabelledImages(examples.images[~stays], examples.labels[~stays], tuple(names))


def mark_by_minus_one(examples, names):
    kept, _, stays = staying(examples, names)
    return LabelledImages(examples.images, torch.where(stays, examples.labels, -1), kept)


RIGHT = {
    "diagnosis": {"as asked": "b", "in capitals": " B ", "in brackets": "(b)"},
    "rates": {
        "as asked": {"A": 20, "B": 0.02, "C": 1},
        "in another order": {"C": 1.0, "A": 2e1, "B": torch.tensor(2e-2, dtype=torch.double)},
        "as words": {"A": "20", "B": "0.02", "C": "1"},
    },
    "one_step": {
        "the five lines": one_step,
        "by log probabilities": one_step_otherwise,
        "a detached loss": one_step_detached,
        "cleared at the end": one_step_zero_at_the_end,
    },
    "train": {
        "mended": train,
        "with replacement": train_with(random_pairs),
        "by a sample": train_with(sample_pairs),
        "in epochs": train_in_epochs,
        "with losses looked at": train_and_look,
    },
    "evaluate": {
        "in a loop": score,
        "joined": score_joined,
        "by the library": score_by_library,
        "on a copy": score_a_copy,
        "in other batches": score_in_uneven_batches,
        "weights held for a while": score_with_weights_held,
    },
    "three_faults": {
        "mended": fit_pictures,
        "by log probabilities": fit_by_log_probs,
        "train mode after each score": fit_and_wake_afterwards,
    },
    "leave_out": {
        "by old labels": leave_out,
        "in a loop": leave_out_in_a_loop,
        "in another order": leave_out_and_sort,
    },
}
WRONG = {
    "diagnosis": {"loop-broken": "a", "learned-by-heart": "c", "weights-unmoved": "d"},
    "rates": {
        "larger-is-better": {"A": 0.02, "B": 1, "C": 20},
        "high-means-slow": {"A": 0.02, "B": 20, "C": 1},
        "jumps-are-good": {"A": 1, "B": 20, "C": 0.02},
        "smooth-is-good": {"A": 20, "B": 1, "C": 0.02},
    },
    "one_step": {
        "no-zero-grad": step_in_order("bs"),
        "weights-unmoved": step_in_order("bzs"),
        "step-before-backward": step_in_order("szb"),
        "softmax-first": step_in_order("zbs", softmax=True),
        "sum-of-losses": step_in_order("zbs", reduction="sum"),
        "eval-mode": step_in_order("zbs", eval_mode=True),
        "loss-after-the-update": step_in_order("zbs", after=True),
        "steps-in-eval-mode": step_in_eval_mode,
        "two-passes": one_step_on_a_second_pass,
    },
    "train": {
        "pairs-broken": train_with(sorted_pictures),
        "labels-not-drawn": train_with(labels_left_behind),
        "not-random": train_with(first_examples),
        "same-batch": train_with(same_seed_each_step),
        "all-at-once": train_with(everything),
        "sum-of-losses": train_by(step_in_order("zbs", reduction="sum")),
        "steps-in-eval-mode": train_by(step_in_eval_mode),
        "weights-unmoved": train_by(step_in_order("zb")),
    },
    "evaluate": {
        "no-eval": score_without_eval,
        "left-in-eval": score_and_leave(lambda model: model.eval()),
        "always-train-after": score_and_leave(lambda model: model.train()),
        "mean-of-batch-means": score_made(mean_of_means, mean_of_means),
        "forgets-the-sizes": score_made(
            lambda batches: sum(b.mean() for b in batches) / sum(map(len, batches))
        ),
        "sum-for-mean": score_made(lambda batches: sum(b.sum() for b in batches)),
        "drops-the-last-batch": score_full_batches,
        "adds-below-the-loop": score_last_batch,
        "ends-in-the-loop": score_first_batch,
        "softmax-twice": score_made(None, softmax=True),
        "swapped": lambda *a: score(*a)[::-1],
        "short-batch-as-full": score_made(score_short_batch_as_full),
        "rounded": lambda *a: tuple(round(number, 2) for number in score(*a)),
        "share-of-errors": lambda *a: (score(*a)[0], 1 - score(*a)[1]),
        "per-cent": score_made(None, lambda batches: 100 * torch.cat(batches).mean()),
        "all-at-once": lambda model, images, labels, _: score(model, images, labels, len(images)),
        "with-gradients": score_with_gradients,
        "gradients-left-off": score_and_leave(lambda _: torch.set_grad_enabled(False)),
        "weights-held": score_and_leave(lambda model: model.requires_grad_(False)),
    },
    "three_faults": {
        "gradients-left": fit_with(clear="start"),
        "mode-left": fit_with(wake="start"),
        "softmax-left": fit_with(loss_of=twice),
        "gradients-and-mode-left": fit_with(clear="start", wake="start"),
        "gradients-and-softmax-left": fit_with(clear="start", loss_of=twice),
        "mode-and-softmax-left": fit_with(wake="start", loss_of=twice),
        "logarithm-missing": fit_with(loss_of=lambda z, y: F.nll_loss(z.softmax(1), y)),
        "weights-unmoved": fit_with(clear="late"),
        "cleared-once-an-epoch": fit_with(clear="epoch"),
        "scores-in-train-mode": fit_with(score_in_eval=False),
    },
    "leave_out": {
        "names-left": lambda examples, names: examples[staying(examples, names)[2]],
        "old-labels": leave_out_with(lambda labels, names: labels),
        "by-rank": leave_out_with(lambda labels, names: labels.unique(return_inverse=True)[1]),
        "moved-down": leave_out_with(lambda labels, names: labels - len(names)),
        "keeps-the-others": leave_out_the_others,
        "first-name-only": leave_out_the_first,
        "nothing-left-out": mark_by_minus_one,
    },
}
UNNAMED = {  # wrong in a way that no hint is about
    "diagnosis": {"no such letter": "x", "a number": 2},
    "rates": {
        "a rate that was not run": {"A": 20, "B": 1, "C": 3},
        "a curve is missing": {"A": 20},
        "a word": {"A": "large", "B": 0.02, "C": 1},
    },
    "one_step": {
        "a word": lambda *_: "done",
        "an error": lambda model: None,
        "half the loss": lambda *a: one_step(*a) / 2,
        "the sum of the losses": one_step_times_size,
        "a model without batch norm": lambda model, *a: model.pop(2) and one_step(model, *a),
    },
    "train": {
        "an error": lambda model: None,
        "three steps": train_with(random_pairs, num_steps=3),
        "short batches": train_to_the_end,
        "gradients add up": train_by(step_in_order("bs")),
        "other pictures": train_with(other_pictures),
        "another network": train_another_network,
    },
    "evaluate": {
        "one number": lambda *a: score(*a)[0],
        "a loss per picture": score_made(torch.cat),
        "an accuracy per picture": score_made(None, torch.cat),
        "a constant": lambda *_: (1.0, 0.5),
        "a copy in train mode": lambda model, *a: score_without_eval(copy.deepcopy(model), *a),
        "past the model": lambda model, *others: score(model.network, *others),
    },
    "three_faults": {
        "half the rate": fit_with(rate=0.05),
        "squared errors": fit_with(loss_of=fit_squares),
        "no accuracies": lambda *a: fit_pictures(*a) and [],
        "the last accuracy alone": lambda *a: fit_pictures(*a)[-1],
        "an accuracy per picture": lambda *a: [torch.zeros(22) for _ in fit_pictures(*a)],
        "an error": lambda model: [],
    },
    "leave_out": {
        "a pair": lambda examples, names: (examples.images, examples.labels),
        "labels of all": lambda examples, names: LabelledImages(
            leave_out(examples, names).images, examples.labels, staying(examples, names)[0]
        ),
        "labels with a point": lambda examples, names: LabelledImages(
            leave_out(examples, names).images,
            leave_out(examples, names).labels.float(),
            staying(examples, names)[0],
        ),
        "changed in place": leave_out_in_place,
        "an error": lambda examples: examples,
    },
}
