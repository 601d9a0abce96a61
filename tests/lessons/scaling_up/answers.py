"""Answers to the exercises of lesson 13, right and wrong."""

import itertools
import math
import statistics

import numpy as np
import torch
import torch.nn.functional as F


def pairs(indices, correct):
    """Rank, place and whether right, of all answers."""
    return [
        (rank, place, was)
        for rank, (places, some) in enumerate(zip(indices, correct, strict=True))
        for place, was in zip(places.tolist(), some.tolist(), strict=True)
    ]


def ranks_by_loop(indices, correct):
    seen, num_right = set(), 0
    for _, place, was in pairs(indices, correct):
        if place not in seen:
            seen.add(place)
            num_right += was
    return num_right / len(seen)


def ranks_in_a_table(indices, correct):
    """Puts each answer at its place, over the same one if it comes twice."""
    places = torch.cat([torch.from_numpy(each) for each in indices])
    table = torch.full((int(places.max()) + 1,), torch.nan)
    table[places] = torch.cat([torch.from_numpy(each).float() for each in correct])
    return table.nanmean()


def mean_over_ranks(indices, correct):
    shares = [sum(some.tolist()) / len(some) for some in correct]
    return sum(shares) / len(shares)


def mean_over_clean_ranks(indices, correct):
    """Each rank's share of what no rank before it had."""
    seen, shares = set(), {}
    for rank, place, was in pairs(indices, correct):
        if place not in seen:
            seen.add(place)
            shares.setdefault(rank, []).append(was)
    return statistics.fmean(statistics.fmean(each) for each in shares.values())


def alone(indices, correct):
    """Places that came once, or all of them where all came more often."""
    answers = {}
    for _, place, was in pairs(indices, correct):
        answers.setdefault(place, []).append(was)
    fewest = min(map(len, answers.values()))
    kept = [each[0] for each in answers.values() if len(each) == fewest]
    return sum(kept) / len(kept)


def cut_off(indices, correct):
    flags = list(itertools.chain(*(each.tolist() for each in correct)))
    number = len(set(itertools.chain(*(each.tolist() for each in indices))))
    return sum(flags[:number]) / number


def num_answers(indices, correct):
    return sum(len(each) for each in correct)


def num_examples(indices, correct):
    return len({place for _, place, _ in pairs(indices, correct)})


def num_right_answers(indices, correct):
    return sum(was for *_, was in pairs(indices, correct))


def flat(runs):
    """Seconds of all steps but the first."""
    return [second for run in runs.tolist() for second in run[1:]]


def pays_by_counting(seconds, layout):
    """Step after step, until the compiled way is no longer behind."""
    plain, compiled = (seconds[layout][way] for way in ("plain", "compiled"))
    clocks = [statistics.median(runs[:, 0].tolist()) for runs in (plain, compiled)]
    each = [statistics.median(flat(runs)) for runs in (plain, compiled)]
    if each[1] >= each[0]:
        return math.inf
    number = 1
    while clocks[1] > clocks[0]:
        clocks = [clock + second for clock, second in zip(clocks, each, strict=True)]
        number += 1
    return number


def pays_but(*, middle=statistics.median, plain=None, rest=flat, won=None, never=math.inf):
    """Right but for what is given: ``plain`` chooses its seconds, ``won`` what a step gives."""

    def answer(seconds, layout):
        slow = plain(seconds, layout) if plain else seconds[layout]["plain"]
        fast = seconds[layout]["compiled"]
        behind = middle(fast[:, 0].tolist()) - middle(slow[:, 0].tolist())
        steps = middle(rest(slow)), middle(rest(fast))
        if steps[0] <= steps[1] and never is not None:
            return never
        return 1 + behind / (won(*steps) if won else steps[0] - steps[1])

    return answer


def pays_with_torch(seconds, layout):
    firsts, rests = [], []
    for runs in seconds[layout].values():  # plain comes first
        runs = torch.from_numpy(runs)
        firsts.append(runs[:, 0].quantile(0.5))
        rests.append(runs[:, 1:].median(dim=1).values.median())
    if rests[0] <= rests[1]:
        return float("inf")
    return torch.ceil((firsts[1] - firsts[0]) / (rests[0] - rests[1]))


def pays_of_one_run(place):
    def answer(seconds, layout):
        ways = {way: runs[[place]] for way, runs in seconds[layout].items()}
        return pays_but()({layout: ways}, layout)

    return answer


def in_one_layout(layout):
    return pays_but(plain=lambda seconds, asked: seconds[layout]["plain"])


def in_the_other(seconds, layout):
    (other,) = set(seconds) - {layout}
    return pays_but()(seconds, other)


def faster(seconds, layout):
    found = [statistics.median(flat(runs)) for runs in seconds[layout].values()]
    return found[0] / found[1]


def all_steps(runs):
    return runs.ravel().tolist()


def grads_but(*, scale=None, start=True, kept=slice(None), rest=True):
    """Loss by loss; ``scale`` multiplies the sum over a part, by its size and the batch's.

    Args:
        scale: Of the size of a part, of the batch, and of a part that is full.
        start: Whether gradients are cleared first.
        kept: Which parts count.
        rest: Whether examples count that fill no part.
    """

    def answer(model, images, labels, part_size):
        params = list(model.parameters())
        total = [torch.zeros_like(p) if start or p.grad is None else p.grad.clone() for p in params]
        size = len(images)
        starts = list(range(0, size, part_size))
        if not rest and size >= part_size:
            starts = [start for start in starts if start + part_size <= size]
        for k in starts[kept]:
            some, wanted = images[k : k + part_size], labels[k : k + part_size]
            loss = F.cross_entropy(model(some), wanted, reduction="sum")
            factor = scale(len(some), size, part_size) if scale else 1 / size
            found = torch.autograd.grad(loss * factor, params)
            total = [a + b for a, b in zip(total, found, strict=True)]
        return total

    return answer


def grads_by_hand(model, images, labels, part_size):
    """From the formula, an example at a time."""
    gradients = [torch.zeros_like(p) for p in model.parameters()]
    for image, label in zip(images, labels, strict=True):
        with torch.no_grad():
            off = model(image[None])[0].softmax(0)
        off[label] -= 1
        gradients[0] += torch.outer(off, image) / len(labels)
        if len(gradients) == 2:
            gradients[1] += off / len(labels)
    return gradients


def grads_in_dot_grad(model, images, labels, part_size):
    """As libraries do it, and as numbers."""
    for weight in model.parameters():
        weight.grad = None
    number = math.ceil(len(images) / part_size)
    for some, wanted in zip(images.chunk(number), labels.chunk(number), strict=True):
        (F.cross_entropy(model(some), wanted) * (len(some) / len(images))).backward()
    return tuple(weight.grad.numpy().tolist() for weight in model.parameters())


def grads_cleared(model, images, labels, part_size):
    for some, wanted in zip(images.split(part_size), labels.split(part_size), strict=True):
        model.zero_grad()
        (F.cross_entropy(model(some), wanted) * len(some) / len(images)).backward()
    return [weight.grad for weight in model.parameters()]


def grads_after_the_loop(model, images, labels, part_size):
    model.zero_grad()
    for some, wanted in zip(images.split(part_size), labels.split(part_size), strict=True):
        loss = F.cross_entropy(model(some), wanted)
    loss.backward()
    return [weight.grad for weight in model.parameters()]


def grads_of_all(model, images, labels, part_size):
    return torch.autograd.grad(F.cross_entropy(model(images), labels), list(model.parameters()))


def per_part(part, size, part_size):
    """A part's mean, by the number of parts."""
    return 1 / part / math.ceil(size / part_size)


SCALING_REPORTS = {
    "P": "holds",
    "Q": "equal bits",
    "R": "batch norm",
    "S": "half the time",
    "T": "holds",
    "U": "batch norm",
    "V": "not rounding",
    "W": "unequal examples",
    "X": "holds",
}


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def trained_but(
    *,
    shuffled=lambda number, seed, epoch, rank: torch.randperm(
        number, generator=seeded(100 * seed + epoch)
    ),
    own=lambda batch, rank, number: batch.chunk(number)[rank],
    draw=lambda seed, rank: seed * 50 + rank,
    chosen=lambda makers, rank: makers[rank],
    fresh=False,
    combine=lambda ranks: torch.stack(ranks).mean(0),
):
    """Right but for what is given, with all weights in one vector.

    Args:
        shuffled: The order of an epoch on a rank.
        own: The part of a batch of 12 that a rank takes.
        draw: The seed of a rank's generator.
        chosen: The generator that a rank draws from, of all.
        fresh: Whether generators are made anew in every step.
        combine: Makes one gradient of those of all ranks.
    """

    def answer(model, images, labels, augment, num_processes, num_epochs, seed):
        ranks = range(num_processes)
        makers = [seeded(draw(seed, rank)) for rank in ranks]
        for epoch in range(num_epochs):
            orders = [shuffled(len(images), seed, epoch, rank) for rank in ranks]
            for k in range(0, len(images), 12):
                found = []
                for rank in ranks:
                    part = own(orders[rank][k : k + 12], rank, num_processes)
                    maker = seeded(draw(seed, rank)) if fresh else chosen(makers, rank)
                    model.zero_grad()
                    F.cross_entropy(model(augment(images[part], maker)), labels[part]).backward()
                    vector = [weight.grad.ravel() for weight in model.parameters()]
                    found.append(torch.cat(vector).clone())
                _step_by(model, combine(found))
        return model

    return answer


def _step_by(model, vector):
    with torch.no_grad():
        for weight in model.parameters():
            weight -= 0.1 * vector[: weight.numel()].reshape(weight.shape)
            vector = vector[weight.numel() :]


def trained_with_samplers(model, images, labels, augment, num_processes, num_epochs, seed):
    """Torch's sampler for each rank, and its optimizer."""
    samplers = [
        torch.utils.data.DistributedSampler(range(len(images)), num_processes, rank, seed=seed)
        for rank in range(num_processes)
    ]
    makers = [seeded(1000 * (rank + 1) + seed) for rank in range(num_processes)]
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for epoch in range(num_epochs):
        for sampler in samplers:
            sampler.set_epoch(epoch)
        places = [torch.tensor(list(sampler)).split(12 // num_processes) for sampler in samplers]
        for step in zip(*places, strict=True):
            optimizer.zero_grad()
            for part, maker in zip(step, makers, strict=True):
                loss = F.cross_entropy(model(augment(images[part], maker)), labels[part])
                (loss / num_processes).backward()
            optimizer.step()
    return model


def trained_with_larger_batches(model, images, labels, augment, num_processes, num_epochs, seed):
    """Each rank has batches of 12 from a share of its own."""
    makers = [seeded(seed * 50 + rank) for rank in range(num_processes)]
    for epoch in range(num_epochs):
        order = torch.randperm(len(images), generator=seeded(seed + epoch))
        shares = [order[rank::num_processes].split(12) for rank in range(num_processes)]
        for step in zip(*shares, strict=True):
            found = []
            for part, maker in zip(step, makers, strict=True):
                loss = F.cross_entropy(model(augment(images[part], maker)), labels[part])
                gradients = torch.autograd.grad(loss, list(model.parameters()))
                found.append(torch.cat([each.ravel() for each in gradients]))
            _step_by(model, torch.stack(found).mean(0))
    return model


def one_order(number, seed, epoch, rank):
    return torch.randperm(number, generator=seeded(seed))


def untrained(model, *_):
    return model


def seconds_but(
    *, examples=None, payload=None, per_second=None, rounds=None, waits=None, seconds=None
):
    """Seconds of a step, right but for what is given, by N and what is known of the run."""

    def of(n, run):
        most = examples(n, run["batch_size"]) if examples else -(-run["batch_size"] // n)
        busy = most * run["operations"] / run["operations_per_second"]
        times = 2 * n - 2 if rounds is None else rounds(n)
        sent = payload(n, run) if payload else 4 * run["weights"] / n
        speed = run["gigabits_per_second"] * (per_second or 1.25e8)
        number = times if waits is None else waits(n)
        sending = number * run["seconds_per_message"] + times * sent / speed
        return seconds(busy, sending, n) if seconds else busy + sending

    return of


def told(of=None, *, times=None, best=None):
    """The three things, with these seconds."""
    of = of or seconds_but()

    def answer(processes, run):
        found = {n: of(n, run) for n in processes}
        one = of(1, run)
        ratios = [times(s, one, list(found.values())) if times else one / s for s in found.values()]
        chosen = best(found) if best else min(found, key=found.get)
        return [*found.values()], ratios, chosen

    return answer


def seconds_with_numpy(processes, run):
    """All numbers of processes at once."""
    n = np.array(processes, dtype=float)
    work = run["operations"] / run["operations_per_second"]
    link = run["gigabits_per_second"] / 8 * 1e9
    moved = 2 * (n - 1) / n * (run["weights"] * 32 / 8) / link
    found = np.ceil(run["batch_size"] / n) * work + moved
    found = found + (n - 1) * 2 * run["seconds_per_message"]
    return found, run["batch_size"] * work / found, torch.tensor(processes)[found.argmin()]


RIGHT = {
    "each_once": {"as asked": ranks_by_loop, "in a table": ranks_in_a_table},
    "compiling_pays": {
        "by counting": pays_by_counting,
        "as asked": pays_but(),
        "with torch": pays_with_torch,
    },
    "gradient_by_parts": {
        "as asked": grads_but(),
        "by hand": grads_by_hand,
        "in even parts": grads_in_dot_grad,
    },
    "scaling_reports": {
        "as asked": SCALING_REPORTS,
        "in capitals": {key: f" {word.upper()}." for key, word in SCALING_REPORTS.items()},
    },
    "two_as_one": {"as asked": trained_but(), "with samplers": trained_with_samplers},
    "seconds_of_many": {"as asked": told(), "with numpy": seconds_with_numpy},
}
WRONG = {
    "each_once": {
        "padding-counted": lambda *case: num_right_answers(*case) / num_answers(*case),
        "mean-of-means": mean_over_ranks,
        "one-rank": lambda indices, correct: sum(correct[0]) / len(indices[0]),
        "more-right-than-examples": lambda *case: num_right_answers(*case) / num_examples(*case),
        "fewer-right-than-answers": lambda *case: (
            ranks_by_loop(*case) * num_examples(*case) / num_answers(*case)
        ),
        "doubles-left-out": alone,
        "front-of-the-ranks": cut_off,
        "a-number": lambda *case: ranks_by_loop(*case) * num_examples(*case),
    },
    "compiling_pays": {
        "first-step-left-out": lambda *case: 1 if faster(*case) > 1 else math.inf,
        "other-layout": in_one_layout("channels first"),
        "one-run": pays_of_one_run(0),
        "loaded-runs": pays_but(middle=statistics.fmean),
        "first-among-the-later": pays_but(middle=statistics.fmean, rest=all_steps),
        "below-0": pays_but(never=None),
        "always-pays": pays_but(won=lambda plain, compiled: abs(plain - compiled), never=None),
        "by-a-whole-step": pays_but(won=lambda plain, compiled: plain),
        "a-ratio": faster,
        "in-seconds": lambda seconds, layout: float(
            np.diff([np.median(runs[:, 0]) for runs in seconds[layout].values()])[0]
        ),
    },
    "gradient_by_parts": {
        "not-divided": grads_but(scale=lambda part, size, full: 1 / part),
        "mean-of-means": grads_but(scale=per_part),
        "divided-twice": grads_but(scale=lambda part, size, full: per_part(part, size, full) * (
            part / size)),
        "by-the-part-size": grads_but(
            scale=lambda part, size, full: 1 / full / math.ceil(size / full)
        ),
        "a-sum": grads_but(scale=lambda *_: 1),
        "cleared-in-every-part": grads_cleared,
        "last-part": grads_after_the_loop,
        "rest-lost": grads_but(rest=False),
        "old-kept": grads_but(start=False),
        "all-at-once": grads_of_all,
    },
    "scaling_reports": {
        "never-the-same": SCALING_REPORTS | {"P": "equal bits"},
        "bits-are-owed": SCALING_REPORTS | {"Q": "holds"},
        "misread-Q": SCALING_REPORTS | {"Q": "batch norm"},
        "averaging-is-all": SCALING_REPORTS | {"R": "holds"},
        "misread-R": SCALING_REPORTS | {"R": "not rounding"},
        "two-need-half": SCALING_REPORTS | {"S": "holds"},
        "misread-S": SCALING_REPORTS | {"S": "unequal examples"},
        "seconds-do-not-add": SCALING_REPORTS | {"T": "half the time"},
        "weights-are-all": SCALING_REPORTS | {"U": "holds"},
        "misread-U": SCALING_REPORTS | {"U": "equal bits"},
        "all-is-rounding": SCALING_REPORTS | {"V": "holds"},
        "misread-V": SCALING_REPORTS | {"V": "batch norm"},
        "steps-are-enough": SCALING_REPORTS | {"W": "holds"},
        "misread-W": SCALING_REPORTS | {"W": "half the time"},
        "too-far-for-rounding": SCALING_REPORTS | {"X": "not rounding"},
    },
    "two_as_one": {
        "whole-batch": trained_but(own=lambda batch, rank, number: batch),
        "batch-of-its-own": trained_with_larger_batches,
        "orders-of-their-own": trained_but(
            shuffled=lambda number, seed, epoch, rank: torch.randperm(
                number, generator=seeded(seed + 10 * epoch + rank)
            )
        ),
        "same-order": trained_but(shuffled=one_order),
        "same-changes": trained_but(draw=lambda seed, rank: seed),
        "one-generator": trained_but(chosen=lambda makers, rank: makers[0]),
        "changes-come-again": trained_but(fresh=True),
        "not-repeatable": trained_but(
            shuffled=lambda number, seed, epoch, rank, kept={}: kept.setdefault(
                epoch, torch.randperm(number)
            ) if rank else kept.update({epoch: torch.randperm(number)}) or kept[epoch]
        ),
        "summed": trained_but(combine=sum),
        "divided-twice": trained_but(combine=lambda ranks: sum(ranks) / len(ranks) ** 2),
        "one-rank": trained_but(combine=lambda ranks: ranks[0]),
    },
    "seconds_of_many": {
        "always-n-times": told(lambda n, run: seconds_but()(1, run) / n),
        "nothing-sent": told(seconds_but(seconds=lambda busy, sending, n: busy)),
        "whole-batch": told(seconds_but(examples=lambda n, size: size)),
        "part-of-an-example": told(seconds_but(examples=lambda n, size: size / n)),
        "rounded-down": told(seconds_but(examples=lambda n, size: int(size / n))),
        "activations-sent": told(seconds_but(
            payload=lambda n, run: 4 * run["activations"] * math.ceil(run["batch_size"] / n) / n)),
        "bits-as-bytes": told(seconds_but(per_second=1e9)),
        "bytes-as-bits": told(seconds_but(per_second=8e9)),
        "a-byte-each": told(seconds_but(payload=lambda n, run: run["weights"] / n)),
        "all-in-each-round": told(seconds_but(payload=lambda n, run: 4 * run["weights"])),
        "one-way": told(seconds_but(rounds=lambda n: n - 1)),
        "n-rounds": told(seconds_but(rounds=lambda n: 2 * n)),
        "sent-once": told(seconds_but(
            payload=lambda n, run: 4 * run["weights"], rounds=lambda n: int(n > 1))),
        "no-waiting": told(seconds_but(waits=lambda n: 0)),
        "waits-once": told(seconds_but(waits=lambda n: 1)),
        "at-the-same-time": told(seconds_but(seconds=lambda busy, sending, n: max(busy, sending))),
        "to-the-first": told(times=lambda s, one, found: found[0] / s),
        "turned-over": told(times=lambda s, one, found: s / one),
        "a-share-saved": told(times=lambda s, one, found: (one - s) / one),
        "a-place": told(best=lambda found: list(found).index(min(found, key=found.get))),
        "the-most": told(best=max),
        "the-slowest": told(best=lambda found: max(found, key=found.get)),
    },
}  # fmt: skip
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("each_once", "mean-of-means", mean_over_clean_ranks),
    ("each_once", "one-rank", lambda indices, correct: np.mean(correct[-1])),
    ("each_once", "a-number", num_right_answers),
    ("compiling_pays", "first-step-left-out", lambda *case: 0 if faster(*case) > 1 else math.inf),
    ("compiling_pays", "other-layout", in_one_layout("channels last")),
    ("compiling_pays", "other-layout", in_the_other),
    ("compiling_pays", "one-run", pays_of_one_run(-1)),
    ("compiling_pays", "loaded-runs", pays_but(middle=max)),
    ("compiling_pays", "always-pays", pays_but(never=0)),
    ("compiling_pays", "by-a-whole-step", pays_but(won=lambda plain, compiled: compiled)),
    ("compiling_pays", "a-ratio", lambda *case: 1 / faster(*case)),
    ("gradient_by_parts", "divided-twice", grads_but(
        scale=lambda part, size, full: 1 / part / size)),
    ("gradient_by_parts", "divided-twice", grads_but(
        scale=lambda part, size, full: per_part(part, size, full) / math.ceil(size / full))),
    ("gradient_by_parts", "cleared-in-every-part", grads_but(scale=per_part, kept=slice(-1, None))),
    ("gradient_by_parts", "last-part", grads_but(
        scale=lambda part, size, full: 1 / part, kept=slice(-1, None))),
    ("gradient_by_parts", "rest-lost", grads_but(rest=False, scale=lambda part, size, full: (
        1 / (size // full * full or size)))),
    ("scaling_reports", "never-the-same", SCALING_REPORTS | {"P": "batch norm"}),
    ("scaling_reports", "seconds-do-not-add", SCALING_REPORTS | {"T": "unequal examples"}),
    ("two_as_one", "divided-twice", trained_but(combine=lambda ranks: (
        sum(ranks) / len(ranks) / 12))),
    ("two_as_one", "one-rank", trained_but(combine=lambda ranks: ranks[-1])),
    ("two_as_one", "one-generator", trained_but(chosen=lambda makers, rank: None)),
    ("two_as_one", "same-order", trained_but(
        shuffled=lambda number, seed, epoch, rank: torch.arange(number))),
    ("two_as_one", "same-order", trained_but(shuffled=lambda number, seed, epoch, rank: (
        one_order(number, seed, 0, 0).reshape(-1, 12).flip(epoch % 2).ravel()))),
    ("seconds_of_many", "always-n-times", told(lambda n, run: seconds_but()(n, run) / n)),
    ("seconds_of_many", "activations-sent", told(seconds_but(
        payload=lambda n, run: 4 * run["activations"] * run["batch_size"] / n))),
    ("seconds_of_many", "activations-sent", told(seconds_but(
        payload=lambda n, run: 4 * run["activations"] / n))),
    ("seconds_of_many", "n-rounds", told(seconds_but(rounds=lambda n: n))),
    ("seconds_of_many", "sent-once", told(seconds_but(
        payload=lambda n, run: 4 * run["weights"], rounds=lambda n: 2 * (n > 1)))),
    ("seconds_of_many", "waits-once", told(seconds_but(waits=lambda n: int(n > 1)))),
    ("seconds_of_many", "a-byte-each", told(seconds_but(
        payload=lambda n, run: 2 * run["weights"] / n))),
]  # fmt: skip
UNNAMED = {
    "each_once": {
        "a text": lambda *case: "good",
        "of each rank": lambda indices, correct: np.array([each.mean() for each in correct]),
        "percent": lambda *case: 100 * ranks_by_loop(*case),
        "the error": lambda *case: 1 - ranks_by_loop(*case),
        "nan": lambda *case: math.nan,
        "assumes an order": lambda indices, correct: np.stack(correct, 1).mean(),
    },
    "compiling_pays": {
        "a text": lambda *case: "soon",
        "twice": lambda *case: 2 * pays_but()(*case),
        "of each run": lambda seconds, layout: seconds[layout]["plain"][:, 0],
        "another key": lambda seconds, layout: seconds["eager"],
        "nan": lambda *case: math.nan,
    },
    "gradient_by_parts": {
        "a number": lambda *case: 1.0,
        "a text": lambda *case: "ab",
        "one gradient": lambda *case: grads_but()(*case)[:1] * 3,
        "no gradients": lambda model, *_: [None for _ in model.parameters()],
        "turned": lambda *case: [each.T for each in grads_but()(*case)],
        "words": lambda model, *_: ["a" for _ in model.parameters()],
        "the first part": grads_but(kept=slice(0, 1)),
        "uphill": lambda *case: [-each for each in grads_but()(*case)],
        "no such method": lambda model, *_: model.backward(),
    },
    "scaling_reports": {
        "one missing": {"P": "holds"},
        "another word": SCALING_REPORTS | {"P": "perhaps"},
        "a list": list(SCALING_REPORTS.values()),
    },
    "two_as_one": {
        "a number": lambda *case: 1.0,
        "the weights": lambda model, *_: model.weight,
        "untrained": untrained,
        "another rate": trained_but(combine=lambda ranks: 5 * torch.stack(ranks).mean(0)),
        "half a part": trained_but(own=lambda batch, rank, number: batch.chunk(2 * number)[rank]),
        "other pictures": lambda model, images, labels, augment, *rest: trained_but()(
            model, images, labels, lambda some, maker: augment(some + 1, maker), *rest),
        "an example twice": trained_but(
            shuffled=lambda number, seed, epoch, rank: torch.arange(12).repeat(number // 12)
        ),
        "no generator": trained_but(draw=lambda seed, rank: "seed"),
    },
    "seconds_of_many": {
        "two things": lambda *case: told()(*case)[:2],
        "a text": lambda *case: "abc",
        "a number": lambda *case: 0.5,
        "one number": lambda processes, run: (0.5, 2.0, 1),
        "too few": lambda processes, run: ([0.5], [2.0], 1),
        "words": lambda processes, run: (["a"] * len(processes), [1.0] * len(processes), 1),
        "best as a list": lambda *case: (*told()(*case)[:2], [1, 2]),
        "twice": told(seconds_but(seconds=lambda busy, sending, n: 2 * (busy + sending))),
        "another key": lambda processes, run: run["bandwidth"],
        "times in percent": told(times=lambda s, one, found: 100 * one / s),
        "the middle one": told(best=lambda found: sorted(found)[1] + 1),
    },
}  # fmt: skip
