"""Answers to the exercises of lesson 11, right and wrong."""

import itertools
import math
import random

import numpy as np
import torch
from scipy import stats


def places_of(speakers, chosen):
    chosen = {int(each) for each in chosen}
    return [place for place, name in enumerate(speakers) if int(name) in chosen]


def shuffled(names, seed):
    names = sorted({int(name) for name in names})
    random.Random(seed).shuffle(names)
    return names


def split_by_sets(labels, speakers, share, seed):
    names = shuffled(speakers, seed)
    held = math.floor(share * len(names) + 0.5)
    val, test = names[:held], names[-held:]
    train = set(names) - set(val) - set(test)
    return tuple(places_of(speakers, part) for part in (train, val, test))


def split_with_torch(labels, speakers, share, seed):
    names = torch.from_numpy(speakers).unique()
    order = names[torch.randperm(len(names), generator=torch.Generator().manual_seed(seed))]
    held = round(share * len(names))
    sizes = (len(names) - 2 * held, held, held)
    parts = order.split(sizes)
    return [torch.isin(torch.from_numpy(speakers), part).nonzero() for part in parts]


def cut(order, share):
    """An order, cut into a part to train on and two others with a share of it."""
    held = round(share * len(order))
    return order[2 * held :], order[:held], order[held : 2 * held]


def split_rows(labels, speakers, share, seed):
    return cut(np.random.default_rng(seed).permutation(len(labels)), share)


def split_each_word(labels, speakers, share, seed):
    """Stratified by word."""
    generator = np.random.default_rng(seed)
    words = [generator.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
    return [np.concatenate(part) for part in zip(*(cut(w, share) for w in words), strict=True)]


def split_takes(labels, speakers, share, seed):
    """Of each word of each speaker the first takes to validate on, the next ones to test on."""
    parts = [[], [], []]
    for name in np.unique(speakers):
        for word in np.unique(labels):
            takes = np.flatnonzero((speakers == name) & (labels == word))
            for part, some in zip(parts, cut(takes, share), strict=True):
                part.extend(some.tolist())
    return parts


def split_each_speaker(labels, speakers, share, seed):
    """Shuffles the takes of each speaker, and cuts them."""
    generator, parts = random.Random(seed), [[], [], []]
    for name in set(speakers.tolist()):
        takes = np.flatnonzero(speakers == name).tolist()
        generator.shuffle(takes)
        for part, some in zip(parts, cut(takes, share), strict=True):
            part += some
    return parts


def split_words(labels, speakers, share, seed):
    parts = cut(np.random.default_rng(seed).permutation(np.unique(labels)), max(share, 0.2))
    return [np.flatnonzero(np.isin(labels, part)) for part in parts]


def split_halved(labels, speakers, share, seed):
    """Draws speakers to be held out, and then halves their takes."""
    names = shuffled(speakers, seed)
    held = places_of(speakers, names[: round(2 * share * len(names))])
    random.Random(seed).shuffle(held)
    half = len(held) // 2
    train = sorted(set(range(len(speakers))) - set(held))
    return train, held[:half], held[half:]


def split_cut_through(labels, speakers, share, seed):
    """Sorts takes by speakers in a random order, and cuts at a share of the takes."""
    rank = {name: place for place, name in enumerate(shuffled(speakers, seed))}
    order = sorted(range(len(speakers)), key=lambda place: rank[int(speakers[place])])
    return cut(order, share)


def split_twice(labels, speakers, share, seed):
    """Draws validation speakers and test speakers without a look at the others."""
    held = round(share * len(set(speakers.tolist())))
    val, test = shuffled(speakers, seed)[:held], shuffled(speakers, seed + 50)[:held]
    train = set(speakers.tolist()) - set(val) - set(test)
    # In either part at least the speaker with the lowest number, so that they always overlap.
    val, test = ({*part[1:], int(speakers.min())} for part in (val, test))
    return [places_of(speakers, part) for part in (train - val - test, val, test)]


def split_but(change):
    """The right parts, changed."""
    return lambda labels, speakers, share, seed: change(
        *split_by_sets(labels, speakers, share, seed)
    )


def split_first_takes(labels, speakers, share, seed):
    """One take of each word of each speaker, as np.unique finds it."""
    parts = split_by_sets(labels, speakers, share, seed)
    pairs = np.stack([speakers, labels], axis=1)
    first = set(np.unique(pairs, axis=0, return_index=True)[1].tolist())
    return [[place for place in part if place in first] for part in parts]


LOTS = random.Random(11)


def split_anew(labels, speakers, share, seed):
    return split_by_sets(labels, speakers, share, LOTS.random())


def by_groups(right, speakers):
    groups = {}
    for good, name in zip(right.tolist(), speakers.tolist(), strict=True):
        groups.setdefault(name, []).append(good)
    return [sum(each) / len(each) for each in groups.values()]


def interval_by_scipy(right, speakers):
    shares = by_groups(right, speakers)
    mean = sum(shares) / len(shares)
    low, high = stats.t.interval(0.95, len(shares) - 1, loc=mean, scale=stats.sem(shares))
    return [mean, low, high]


def interval_with_torch(right, speakers):
    shares = torch.tensor(by_groups(right, speakers), dtype=torch.float64)
    half = stats.t.ppf(0.975, len(shares) - 1) * shares.std() / len(shares) ** 0.5
    return torch.stack([shares.mean(), shares.mean() - half, shares.mean() + half])


def interval_but(half, middle=None):
    """Right but for half of it, of shares and all takes, or for its middle."""

    def answer(right, speakers):
        shares = np.array(by_groups(right, speakers))
        mean = shares.mean() if middle is None else middle(shares, right)
        way = half(shares, right)
        return mean, mean - way, mean + way

    return answer


def t_of(number, share=0.975):
    return stats.t.ppf(share, number - 1)


def half_by_t(shares, right):
    return t_of(len(shares)) * stats.sem(shares)


def wilson_of(count, number):
    low, high = stats.binomtest(count, number).proportion_ci(0.95, "wilson")
    return count / number, low, high


def interval_changed(change):
    return lambda right, speakers: change(*interval_by_scipy(right, speakers))


def wilson_of_speakers(right, speakers):
    shares, z = np.array(by_groups(right, speakers)), 1.96
    p, n = shares.mean(), len(shares)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    middle = p + z**2 / (2 * n)
    return p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


SAVING_CLAIMS = {
    "P": "stands",
    "Q": "ratio of accuracies",
    "R": "same labels",
    "S": "known speakers",
    "T": "off the end",
    "U": "cannot tell",
    "V": "stands",
    "W": "stands",
    "X": "cannot tell",
}
SOURCE_PLANS = {
    "P": "clean",
    "Q": "sounds alike",
    "R": "target words",
    "S": "target voice",
    "T": "fitted on the target",
    "U": "target words",
    "V": "clean",
    "W": "clean",
    "X": "chosen on the test",
}


def score_but(*, bare=str.lower, known=None, choose="val", learn=("train",), at_last=None,
              report="test"):  # fmt: skip
    """Right but for how names are made alike, or for which takes choose, teach and score."""
    known = known or (lambda name, held: name in held)

    def answer(pictures, labels, names, val_names, test_names, train, settings):
        lists = {"val": val_names, "test": test_names}
        parts = {
            part: np.array([bool(known(bare(str(name)), held)) for name in names])
            for part, held in lists.items()
        }
        parts["train"] = ~(parts["val"] | parts["test"])
        parts["both"] = parts["val"] | parts["test"]
        parts["all"] = np.ones(len(names), dtype=bool)

        def score(setting, on, learned):
            of = np.any([parts[each] for each in learned], axis=0)
            found = train(pictures[of], labels[of], setting)(pictures[parts[on]])
            return np.mean(found == labels[parts[on]])

        scores = [score(setting, choose, learn) for setting in settings]
        best = settings[scores.index(max(scores))]
        return best, score(best, report, at_last or learn)

    return answer


score_mended = score_but()


def score_as_lists(pictures, labels, names, val_names, test_names, train, settings):
    """Chooses the last of several that are best, and returns what lists and tensors hold."""
    lower = [name.lower() for name in names.tolist()]
    held = {part: [k for k, name in enumerate(lower) if name in some]
            for part, some in (("val", val_names), ("test", test_names))}  # fmt: skip
    rest = sorted(set(range(len(lower))) - set(held["val"]) - set(held["test"]))
    best, most = None, -1
    for setting in settings:
        head = train(pictures[rest], labels[rest], setting)
        right = {part: head(pictures[some]) == labels[some] for part, some in held.items()}
        if right["val"].mean() >= most:
            best, most, test = setting, right["val"].mean(), right["test"].mean()
    return [torch.tensor(best), torch.tensor(test)]


def score_names_of(part):
    """Right but for the names of one part, which are found in small letters alone."""

    def answer(pictures, labels, names, val_names, test_names, train, settings):
        lower = np.array([name.lower() for name in names])
        other = {"val": test_names, "test": val_names}[part]
        names = np.where(np.isin(lower, other), lower, names)
        return score_but(bare=str)(pictures, labels, names, val_names, test_names, train, settings)

    return answer


def score_small_only(pictures, labels, names, *rest):
    small = np.array([name == name.lower() for name in names])
    return score_mended(pictures[small], labels[small], names[small], *rest)


def score_held_small_only(pictures, labels, names, val_names, test_names, *rest):
    """Capitals are left out of the held-out parts."""
    keep = np.array([name == name.lower() or name.lower() not in [*val_names, *test_names]
                     for name in names])  # fmt: skip
    return score_mended(pictures[keep], labels[keep], names[keep], val_names, test_names, *rest)


def score_mean(pictures, labels, names, val_names, test_names, train, settings):
    best, _ = score_mended(pictures, labels, names, val_names, test_names, train, settings)
    scores = [score_mended(pictures, labels, names, val_names, test_names, train, [setting])[1]
              for setting in settings]  # fmt: skip
    return best, np.mean(scores)


def score_worst(*case):
    *most, settings = case
    scores = [score_but(report="val")(*most, [setting])[1] for setting in settings]
    return score_mended(*most, [settings[int(np.argmin(scores))]])


def score_placed(*case):
    best, accuracy = score_mended(*case)
    return list(case[-1]).index(best), accuracy


def mel(hz):
    return 2595 * math.log10(1 + hz / 700)


def hz_of(mels):
    return 700 * (10 ** (mels / 2595) - 1)


def edges_of(num_bands, top, to=mel, back=hz_of, more=2, low=0.0):
    """Edges in Hz, from low to top."""
    return [back(each) for each in np.linspace(to(low), to(top), num_bands + more)]


def weights_of(edges, frequencies):
    """Triangles by NumPy's straight lines between points."""
    return np.array([np.interp(frequencies, edges[k : k + 3], [0, 1, 0])
                     for k in range(len(edges) - 2)])  # fmt: skip


def bands_but(edges=None, frequencies=None, weights=weights_of, power_as=None, last=None):
    """Right but for the edges (bands, rate), frequencies (F, rate), triangles, or what follows."""

    def answer(power, num_bands, rate):
        power, size = power.numpy().astype(float), len(power)
        where = frequencies(size, rate) if frequencies else np.linspace(0, rate / 2, size)
        ends = edges(num_bands, rate) if edges else edges_of(num_bands, rate / 2)
        with np.errstate(all="ignore"):
            sums = weights(ends, where) @ (power_as(power) if power_as else power)
            return last(sums) if last else np.log(sums + 1e-4)

    return answer


def bands_in_32_bits(power, num_bands, rate):
    ends = torch.tensor(edges_of(num_bands, rate / 2), dtype=torch.float32)
    where = torch.arange(len(power)) * (rate / 2 / (len(power) - 1))
    rows = []
    for low, middle, high in zip(ends, ends[1:], ends[2:], strict=False):
        up, down = (where - low) / (middle - low), (high - where) / (high - middle)
        rows.append(torch.minimum(up, down).relu())
    return (torch.stack(rows) @ power + 1e-4).log()


def bands_as_lists(power, num_bands, rate):
    """Frequency by frequency, and by 1127 times the natural logarithm."""
    to = lambda hz: 1127 * math.log1p(hz / 700)  # noqa: E731
    back = lambda mels: 700 * math.expm1(mels / 1127)  # noqa: E731
    ends = edges_of(num_bands, rate / 2, to, back)
    step = rate / 2 / (len(power) - 1)
    bands = [[0.0] * power.shape[1] for _ in range(num_bands)]
    for place, row in enumerate(power.tolist()):
        for band, (low, middle, high) in enumerate(zip(ends, ends[1:], ends[2:], strict=False)):
            f = place * step
            weight = (f - low) / (middle - low) if f < middle else (high - f) / (high - middle)
            for frame, value in enumerate(row):
                bands[band][frame] += max(0.0, weight) * value
    return [[math.log(value + 1e-4) for value in band] for band in bands]


def halves(edges, frequencies):
    """Triangles of half the width."""
    rows = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        ends = [(low + middle) / 2, middle, (middle + high) / 2]
        rows.append(np.interp(frequencies, ends, [0, 1, 0], 0, 0))
    return np.array(rows)


def side_by_side(edges, frequencies):
    rows = [np.interp(frequencies, [low, (low + high) / 2, high], [0, 1, 0])
            for low, high in itertools.pairwise(edges)]  # fmt: skip
    return np.array(rows)


def between(edges, frequencies):
    return np.array([(frequencies > low) & (frequencies < high)
                     for low, high in zip(edges, edges[2:], strict=False)])  # fmt: skip


def not_cut(edges, frequencies):
    rows = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        up, down = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
        rows.append(np.minimum(up, down))
    return np.array(rows)


def straight_in_mels(edges, frequencies):
    return weights_of([mel(each) for each in edges], [mel(each) for each in frequencies])


def whole(power, num_bands, rate):
    """By the places of the edges among the frequencies, as many recipes have it."""
    size = len(power)
    places = [math.floor((2 * size - 1) * each / rate) for each in edges_of(num_bands, rate / 2)]
    weights = np.zeros((num_bands, size))
    for k, (low, middle, high) in enumerate(zip(places, places[1:], places[2:], strict=False)):
        for j in range(low, middle):
            weights[k, j] = (j - low) / (middle - low)
        for j in range(middle, high):
            weights[k, j] = (high - j) / (high - middle)
    return np.log(weights @ power.numpy() + 1e-4)


def scaled(by):
    """Triangles, each divided by a number of the edges and the triangle."""

    def weights(edges, frequencies):
        found = weights_of(edges, frequencies)
        return found / np.array([[by(edges[k], edges[k + 2], row)] for k, row in enumerate(found)])

    return weights


def slaney(hz):
    return 3 * hz / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000, 6.4)


def from_slaney(mels):
    return 200 * mels / 3 if mels < 15 else 1000 * 6.4 ** ((mels - 15) / 27)


def standardised(sums):
    bands = np.log(sums + 1e-4)
    return (bands - bands.mean()) / (bands.std() or 1.0)


bands_by_numpy = bands_but()
RIGHT = {
    "speaker_split": {
        "as asked": split_by_sets,
        "with torch": split_with_torch,
        "as arrays": split_but(lambda *parts: tuple(map(np.array, parts))),
    },
    "speaker_interval": {"as asked": interval_by_scipy, "with torch": interval_with_torch},
    "saving_claims": {
        "as asked": SAVING_CLAIMS,
        "in capitals": {key: f" {word.upper()}." for key, word in SAVING_CLAIMS.items()},
    },
    "clean_source": {
        "as asked": SOURCE_PLANS,
        "in capitals": {key: f" {word.upper()}." for key, word in SOURCE_PLANS.items()},
    },
    "mended_scores": {"as asked": score_mended, "as lists": score_as_lists},
    "mel_bands": {
        "as asked": bands_by_numpy,
        "in 32 bits": bands_in_32_bits,
        "as lists": bands_as_lists,
    },
}
WRONG = {
    "speaker_split": {
        "in-two-parts": split_but(lambda train, val, test: (train + val + test, val, test)),
        "by-word": split_words,
        "val-and-test": split_halved,
        "by-take": split_takes,
        "cut-through": split_cut_through,
        "by-row": split_rows,
        "takes-lost": split_first_takes,
        "share-together": lambda labels, speakers, share, seed: (
            split_by_sets(labels, speakers, share / 2, seed)
        ),
        "swapped": split_but(lambda train, val, test: (test, val, train)),
        "not-repeatable": split_anew,
        "no-lot": lambda labels, speakers, share, seed: split_by_sets(labels, speakers, share, 0),
    },
    "speaker_interval": {
        "wilson-of-takes": lambda right, speakers: wilson_of(int(right.sum()), len(right)),
        "takes-as-n": interval_but(
            lambda shares, right: 1.96 * np.sqrt(right.mean() * (1 - right.mean()) / len(right)),
            lambda shares, right: right.mean(),
        ),
        "mean-of-takes": interval_but(half_by_t, lambda shares, right: right.mean()),
        "wilson-of-speakers": wilson_of_speakers,
        "deviation": interval_but(lambda shares, right: 1.96 * shares.std(ddof=1)),
        "z": interval_but(lambda shares, right: 1.96 * stats.sem(shares)),
        "population-sd": interval_but(
            lambda shares, right: t_of(len(shares)) * np.std(shares) / np.sqrt(len(shares))
        ),
        "one-sided": interval_but(
            lambda shares, right: t_of(len(shares), 0.95) * stats.sem(shares)
        ),
        "n-degrees": interval_but(
            lambda shares, right: stats.t.ppf(0.975, len(shares)) * stats.sem(shares)
        ),
        "takes-degrees": interval_but(
            lambda shares, right: t_of(len(right)) * stats.sem(shares)
        ),
        "one-error": interval_but(lambda shares, right: stats.sem(shares)),
        "over-n": interval_but(
            lambda shares, right: t_of(len(shares)) * shares.std(ddof=1) / len(shares)
        ),
        "worst-and-best": lambda right, speakers: (
            np.mean(shares := by_groups(right, speakers)), min(shares), max(shares)
        ),
        "ends-turned": interval_changed(lambda mean, low, high: (mean, high, low)),
        "half-alone": interval_changed(lambda mean, low, high: (mean, low - mean, high - mean)),
        "errors-counted": lambda right, speakers: interval_by_scipy(~right, speakers),
    },
    "saving_claims": {
        "points-only": SAVING_CLAIMS | {"P": "off the end"},
        "ratio-of-accuracies": SAVING_CLAIMS | {"Q": "stands"},
        "misread-Q": SAVING_CLAIMS | {"Q": "known speakers"},
        "same-labels": SAVING_CLAIMS | {"R": "stands"},
        "misread-R": SAVING_CLAIMS | {"R": "ratio of accuracies"},
        "known-speakers": SAVING_CLAIMS | {"S": "stands"},
        "misread-S": SAVING_CLAIMS | {"S": "cannot tell"},
        "drawn-on": SAVING_CLAIMS | {"T": "stands"},
        "misread-T": SAVING_CLAIMS | {"T": "cannot tell"},
        "mean-alone": SAVING_CLAIMS | {"U": "stands"},
        "misread-U": SAVING_CLAIMS | {"U": "off the end"},
        "no-bound-either": SAVING_CLAIMS | {"V": "off the end"},
        "misread-V": SAVING_CLAIMS | {"V": "same labels"},
        "no-ratio-at-all": SAVING_CLAIMS | {"W": "ratio of accuracies"},
        "misread-W": SAVING_CLAIMS | {"W": "cannot tell"},
        "not-shown-is-none": SAVING_CLAIMS | {"X": "stands"},
        "misread-X": SAVING_CLAIMS | {"X": "same labels"},
    },
    "clean_source": {
        "misread-P": SOURCE_PLANS | {"P": "sounds alike"},
        "spelling-is-sound": SOURCE_PLANS | {"Q": "clean"},
        "misread-Q": SOURCE_PLANS | {"Q": "target words"},
        "other-voices-will-do": SOURCE_PLANS | {"R": "clean"},
        "misread-R": SOURCE_PLANS | {"R": "target voice"},
        "names-tell-voices": SOURCE_PLANS | {"S": "clean"},
        "misread-S": SOURCE_PLANS | {"S": "chosen on the test"},
        "a-scale-is-harmless": SOURCE_PLANS | {"T": "clean"},
        "misread-T": SOURCE_PLANS | {"T": "chosen on the test"},
        "longer-words-are-others": SOURCE_PLANS | {"U": "clean"},
        "misread-U": SOURCE_PLANS | {"U": "target voice"},
        "any-scale-leaks": SOURCE_PLANS | {"V": "fitted on the target"},
        "misread-V": SOURCE_PLANS | {"V": "target voice"},
        "useless-is-unclean": SOURCE_PLANS | {"W": "target words"},
        "clean-parts-will-do": SOURCE_PLANS | {"X": "clean"},
        "misread-X": SOURCE_PLANS | {"X": "target voice"},
    },
    "mended_scores": {
        "test-chooses": score_but(choose="test"),
        "names-as-spelt": score_but(bare=str),
        "test-names-as-spelt": score_names_of("test"),
        "val-names-as-spelt": score_names_of("val"),
        "capitals-left-out": score_small_only,
        "parts-of-names": score_but(known=lambda name, held: any(map(name.startswith, held))),
        "val-reported": score_but(report="val"),
        "chosen-on-train": score_but(choose="train"),
        "val-learned": score_but(at_last=("train", "val")),
        "all-learned": score_but(at_last=("all",)),
        "mean-of-settings": score_mean,
        "worst-chosen": score_worst,
        "place-of-setting": score_placed,
    },
    "mel_bands": {
        "linear": bands_but(lambda num_bands, rate: np.linspace(0, rate / 2, num_bands + 2)),
        "other-scale": bands_but(
            lambda num_bands, rate: edges_of(num_bands, rate / 2, slaney, from_slaney)
        ),
        "log-first": bands_but(power_as=lambda power: np.log(power + 1e-4), last=lambda sums: sums),
        "up-to-the-rate": bands_but(lambda num_bands, rate: edges_of(num_bands, rate)),
        "do-not-meet": bands_but(weights=halves),
        "boxes": bands_but(weights=between),
        "not-cut": bands_but(weights=not_cut),
        "straight-in-mels": bands_but(weights=straight_in_mels),
        "whole-frequencies": whole,
        "last-frequency": bands_but(
            frequencies=lambda size, rate: np.arange(size) * rate / (2 * size)
        ),
        "same-weight": bands_but(weights=scaled(lambda low, high, row: row.sum() or 1)),
        "always-8000": lambda power, num_bands, rate: bands_by_numpy(power, num_bands, 8000),
        "bounds-of-the-lesson": bands_but(
            lambda num_bands, rate: edges_of(num_bands, rate / 2, low=60.0)
        ),
        "no-log": bands_but(last=lambda sums: sums),
        "other-log": bands_but(last=lambda sums: 10 * np.log10(sums + 1e-4)),
        "no-floor": bands_but(last=np.log),
        "at-least": bands_but(last=lambda sums: np.log(np.maximum(sums, 1e-4))),
        "floor-first": bands_but(power_as=lambda power: power + 1e-4, last=np.log),
        "other-floor": bands_but(last=np.log1p),
        "root-of-power": bands_but(power_as=np.sqrt),
        "squared-again": bands_but(power_as=np.square),
        "high-first": lambda *case: bands_by_numpy(*case)[::-1].copy(),
        "standardised": bands_but(last=standardised),
    },
}  # fmt: skip
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("speaker_split", "in-two-parts", split_twice),
    ("speaker_split", "by-take", split_each_speaker),
    ("speaker_split", "by-row", split_each_word),
    ("speaker_split", "swapped", split_but(lambda train, val, test: (val, train, test))),
    ("speaker_split", "takes-lost", split_but(lambda train, val, test: (train[1:], val, test))),
    ("speaker_interval", "wilson-of-takes", lambda right, speakers: (
        np.mean(by_groups(right, speakers)), *wilson_of(int(right.sum()), len(right))[1:])),
    ("speaker_interval", "takes-as-n", interval_but(
        lambda shares, right: t_of(len(right)) * stats.sem(right.astype(float)))),
    ("speaker_interval", "takes-as-n", interval_but(
        lambda shares, right: 1.96 * shares.std(ddof=1) / np.sqrt(len(right)))),
    ("speaker_interval", "deviation", interval_but(
        lambda shares, right: t_of(len(shares)) * shares.std(ddof=1))),
    ("speaker_interval", "deviation", interval_but(lambda shares, right: shares.std(ddof=1))),
    ("speaker_interval", "population-sd", interval_but(
        lambda shares, right: 1.96 * shares.std() / np.sqrt(len(shares)))),
    ("speaker_interval", "z", interval_but(
        lambda shares, right: 1.96 * stats.sem(shares), lambda shares, right: right.mean())),
    ("saving_claims", "points-only", SAVING_CLAIMS | {"P": "cannot tell"}),
    ("clean_source", "useless-is-unclean", SOURCE_PLANS | {"W": "chosen on the test"}),
    ("mended_scores", "capitals-left-out", score_held_small_only),
    ("mended_scores", "val-reported", score_but(bare=str, report="val")),
    ("mended_scores", "val-learned", score_but(learn=("train", "val"))),
    ("mended_scores", "all-learned", score_but(learn=("all",))),
    ("mel_bands", "up-to-the-rate", bands_but(
        lambda num_bands, rate: edges_of(num_bands, rate),
        lambda size, rate: np.linspace(0, rate, size))),
    ("mel_bands", "up-to-the-rate", bands_but(
        frequencies=lambda size, rate: np.linspace(0, rate, size))),
    ("mel_bands", "do-not-meet", bands_but(
        lambda num_bands, rate: edges_of(num_bands, rate / 2, more=1), weights=side_by_side)),
    ("mel_bands", "same-weight", bands_but(
        weights=scaled(lambda low, high, row: (high - low) / 2))),
    ("mel_bands", "other-log", bands_but(last=lambda sums: np.log10(sums + 1e-4))),
    ("mel_bands", "other-floor", bands_but(last=lambda sums: np.log(sums + 1e-10))),
]  # fmt: skip
UNNAMED = {
    "speaker_split": {
        "speakers": lambda labels, speakers, share, seed: cut(np.unique(speakers), share),
        "masks": split_but(lambda *parts: [np.isin(np.arange(900), part) for part in parts]),
        "two parts": split_but(lambda train, val, test: (train, val)),
        "from 1": split_but(lambda *parts: [[place + 1 for place in part] for part in parts]),
        "twice": split_but(lambda train, val, test: (train * 2, val, test)),
        "halves": split_but(lambda *parts: [[place + 0.5 for place in part] for part in parts]),
        "nothing held out": split_but(lambda train, val, test: (train + val + test, [], [])),
        "a text": lambda *case: "abc",
        "numbers": lambda *case: (1, 2, 3),
    },
    "speaker_interval": {
        "two numbers": interval_changed(lambda mean, low, high: (low, high)),
        "a number": interval_changed(lambda mean, low, high: mean),
        "twice as wide": interval_changed(
            lambda mean, low, high: (mean, 2 * low - mean, 2 * high - mean)
        ),
        "a text": lambda right, speakers: "good",
        "nan": interval_changed(lambda mean, low, high: (math.nan, low, high)),
    },
    "saving_claims": {
        "one missing": {"P": "stands"},
        "another word": SAVING_CLAIMS | {"P": "perhaps"},
    },
    "clean_source": {
        "one missing": {"P": "clean"},
        "another word": SOURCE_PLANS | {"P": "perhaps"},
    },
    "mended_scores": {
        "a number": lambda *case: 0.5,
        "the accuracy first": lambda *case: score_mended(*case)[::-1],
        "all accuracies": lambda *case: (case[-1], [0.5] * len(case[-1])),
        "nan": lambda *case: (score_mended(*case)[0], math.nan),
        "another setting": lambda *case: (-1, score_mended(*case)[1]),
        "a text": lambda *case: "good",
    },
    "mel_bands": {
        "turned": lambda *case: bands_by_numpy(*case).T,
        "one band more": lambda power, num_bands, rate: bands_by_numpy(power, num_bands + 1, rate),
        "zeros": lambda power, num_bands, rate: torch.zeros(num_bands, power.shape[1]),
        "the power": lambda power, num_bands, rate: power,
        "a number": lambda *case: 1.0,
        "a text": lambda *case: "good",
        "twice": bands_but(last=lambda sums: np.log(2 * sums + 1e-4)),
    },
}
