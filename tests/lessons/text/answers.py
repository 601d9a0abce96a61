"""Answers to the exercises of lesson 10, right and wrong."""

import copy
import math
import re

import numpy as np
import torch
import torch.nn.functional as F
from scipy.stats import binomtest, norm
from torch import nn


def bits_by_loop(nats, texts):
    bits, size = 0.0, 0
    for losses, text in zip(nats, texts, strict=True):
        bits += sum(losses) * math.log2(math.e)
        size += len(bytes(text, "utf-8"))
    return bits / size


def bits_with_torch(nats, texts):
    total = sum(torch.from_numpy(losses).sum() for losses in nats)
    return total / math.log(2) / len("".join(texts).encode())


def tokens_of(nats):
    return [loss for losses in nats for loss in losses]


def each_text(answer):
    """The mean of what single texts give."""
    return lambda nats, texts: np.mean(
        [answer([one], [text]) for one, text in zip(nats, texts, strict=True)]
    )


def over(size_of):
    """All bits by the size of the texts in one piece."""
    return lambda nats, texts: np.log2(np.exp(1)) * sum(tokens_of(nats)) / size_of("".join(texts))


def last_by_loop(features, real):
    rows = []
    for row, there in zip(features, real, strict=True):
        rows.append(row[[place for place in range(len(row)) if there[place]][-1]])
    return torch.stack(rows)


def last_turned_round(features, real):
    place = real.shape[1] - 1 - real.flip(1).int().argmax(dim=1)
    return features[torch.arange(len(features)), place]


def last_by_gather(features, real):
    place = (real.cumsum(dim=1) * real).argmax(dim=1)
    return features.gather(1, place[:, None, None].expand(-1, 1, features.shape[2])).squeeze(1)


def last_by_masking(features, real):
    """Before the first padding of a row that has some behind its tokens, else the last column."""
    place = real.int().argmin(dim=1) - 1
    return [row[k] for row, k in zip(features, place, strict=True)]


def at(place_of):
    """What stands at some place of each row, counted from either end."""
    return lambda features, real: torch.stack(
        [row[place_of(there)] for row, there in zip(features, real, strict=True)]
    )


def mean_by_loop(features, real):
    return torch.stack([row[there].mean(dim=0) for row, there in zip(features, real, strict=True)])


TEXT_REPORTS = {
    "P": "stands",
    "Q": "other tokens",
    "R": "padding counted",
    "S": "exam was read",
    "T": "mean of texts",
    "U": "tokens as n",
    "V": "chosen on the test",
    "W": "stands",
    "X": "stands",
}


def loss_by_ignoring(logits, tokens, lengths):
    places = torch.arange(tokens.shape[1])
    targets = tokens.masked_fill(places >= lengths[:, None], -100)[:, 1:]
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten())


def loss_by_rows(logits, tokens, lengths):
    losses = []
    for row, said, length in zip(logits, tokens, lengths, strict=True):
        for place in range(1, length):
            losses.append(-row[place - 1].log_softmax(dim=0)[said[place]])
    return torch.stack(losses).mean()


def pairs(logits, tokens, shift=1):
    """The loss of each place, (B, T - shift)."""
    width = tokens.shape[1] - shift
    log_probs = logits[:, :width].log_softmax(dim=2)
    return -log_probs.gather(2, tokens[:, shift:, None])[..., 0]


def there(tokens, lengths, more=0):
    return torch.arange(tokens.shape[1])[None] < lengths[:, None] + more


def loss_of_each_row(logits, tokens, lengths):
    rows = zip(logits.split(1), tokens.split(1), lengths.split(1), strict=True)
    return torch.stack([loss_by_rows(*row) for row in rows if row[2] > 1]).mean()


def backwards(logits, tokens, lengths):
    log_probs = logits.log_softmax(dim=2)[:, 1:]
    losses = -log_probs.gather(2, tokens[:, :-1, None])[..., 0]
    return losses[there(tokens, lengths)[:, 1:]].mean()


class WithMatrices(nn.Module):
    """Right, by sums of matrices."""

    def __init__(self, layer, rank, alpha):
        super().__init__()
        for weight in layer.parameters():
            weight.requires_grad = False
        self.layer, self.factor = layer, alpha / rank
        self.a = nn.Parameter(torch.randn(rank, layer.weight.shape[1]) / 8)
        self.b = nn.Parameter(torch.zeros(layer.weight.shape[0], rank))

    def forward(self, x):
        return self.layer(x) + x @ self.a.T @ self.b.T * self.factor

    def merged(self):
        out, size = self.layer.weight.shape
        twin = nn.Linear(size, out, bias=self.layer.bias is not None)
        state = dict(self.layer.state_dict())
        state["weight"] = state["weight"] + self.factor * (self.b @ self.a).detach()
        twin.load_state_dict(state)
        return twin


class InTheWeight(nn.Module):
    """Right, by one weight that is put together whenever it is asked; b is random, and a is 0."""

    def __init__(self, layer, rank, alpha):
        super().__init__()
        self.old = copy.deepcopy(layer).requires_grad_(False)
        self.b = nn.Parameter(torch.randn(layer.out_features, rank))
        self.a = nn.Parameter(torch.zeros(rank, layer.in_features))
        self.factor = alpha / rank

    def weight(self):
        return self.old.weight + self.factor * self.b @ self.a

    def forward(self, x):
        return F.linear(x, self.weight(), self.old.bias)

    def merged(self):
        twin = copy.deepcopy(self.old)
        twin.weight = nn.Parameter(self.weight().detach())
        return twin


def built(change):
    """``WithMatrices``, and then something done to it."""

    class Changed(WithMatrices):
        def __init__(self, layer, rank, alpha):
            super().__init__(layer, rank, alpha)
            change(self, rank, alpha)

    return Changed


def factored(factor):
    def change(self, rank, alpha):
        self.factor = factor(rank, alpha)

    return built(change)


def learning(*names):
    """Weights of the old layer that are forgotten when it is frozen."""

    def change(self, rank, alpha):
        for name, weight in self.layer.named_parameters():
            weight.requires_grad_(name in names)

    return built(change)


def with_methods(**methods):
    return type("Changed", (WithMatrices,), methods)


def plain_tensors(self, rank, alpha):
    for name in "ab":
        weight = getattr(self, name).data
        delattr(self, name)
        self.register_buffer(name, weight)


def merged_with(factor):
    def merged(self):
        twin = copy.deepcopy(self.layer)
        with torch.no_grad():
            twin.weight.add_(self.b @ self.a, alpha=factor(self))
        return twin

    return merged


def change_alone(self):
    twin = WithMatrices.merged(self)
    twin.weight.data -= self.layer.weight.data
    return twin


def no_bias(self):
    twin = WithMatrices.merged(self)
    twin.bias = None
    return twin


def in_place(self):
    with torch.no_grad():
        self.layer.weight += self.factor * self.b @ self.a
    return copy.deepcopy(self.layer)


def and_back(self):
    twin = in_place(self)
    with torch.no_grad():
        self.layer.weight -= self.factor * self.b @ self.a
    return twin


def for_good(self):
    twin = in_place(self)
    self.b.data.zero_()
    return twin


class OnItsOwn(InTheWeight):
    """Merges into a copy that it keeps, and goes on with that."""

    def merged(self):
        self.old.weight.data = self.weight().data
        return self.old


def words(text):
    return re.findall(r"\w+", text.lower())


def phrase(text):
    """With a blank on both sides of each word."""
    return f" {' '.join(words(text))} "


def read_by_phrases(texts, question, n):
    asked = words(question)
    n = min(n, len(asked))
    starts = range(len(asked) - n + 1)
    written = [phrase(text) for text in texts]
    return any(f" {' '.join(asked[k : k + n])} " in text for k in starts for text in written)


def exam_by_scipy(texts, questions, right, n):
    read = [read_by_phrases(texts, question, n) for question in questions]
    kept = [int(r) for r, was in zip(right, read, strict=True) if not was]
    ends = binomtest(sum(kept), len(kept)).proportion_ci(0.95, "wilson")
    return read, sum(kept) / len(kept), ends.low, ends.high


def wilson(p, m, z=1.96):
    """Of a share and a number of questions."""
    middle = (p + z * z / (2 * m)) / (1 + z * z / m)
    half = z * math.sqrt(p * (1 - p) / m + z * z / (4 * m * m)) / (1 + z * z / m)
    return middle - half, middle + half


def shingles(text, n):
    return set(zip(*(text[k:] for k in range(n)), strict=False))


def exam_by_sets(texts, questions, right, n):
    read = np.zeros(len(questions), dtype=bool)
    for place, question in enumerate(questions):
        asked = words(question)
        size = min(n, len(asked))
        read[place] = any(shingles(words(text), size) & shingles(asked, size) for text in texts)
    p = right[~read].mean()
    return read, p, *wilson(p, (~read).sum())


def exam_but(read=None, score=None, ends=None):
    """Right but for which were read (of texts, question and n), for the score or for the ends."""

    def answer(texts, questions, right, n):
        found = np.array([(read or read_by_phrases)(texts, each, n) for each in questions])
        p, m = right[~found].mean(), (~found).sum()
        given = p if score is None else score(right, found)
        return found.tolist(), given, *(wilson(p, m) if ends is None else ends(p, m, len(right)))

    return answer


def exam_turned_round(*case):
    read, *rest = exam_by_sets(*case)
    return np.logical_not(read), *rest


def read_letters(texts, question, n):
    asked = words(question)
    parts = [" ".join(asked[k : k + n]) for k in range(max(1, len(asked) - n + 1))]
    return any(part in " ".join(words(text)) for part in parts for text in texts)


def read_in_any_order(texts, question, n):
    asked = set(words(question))
    return any(len(asked & set(words(text))) >= min(n, len(asked)) for text in texts)


def read_each(texts, question, n):
    asked = words(question)
    n = min(n, len(asked))
    return all(
        any(tuple(asked[k : k + n]) in shingles(words(text), n) for text in texts)
        for k in range(len(asked) - n + 1)
    )


def read_with(cut):
    """Right but for how texts become words."""

    def read(texts, question, n):
        asked = cut(question)
        n = min(n, len(asked))
        return any(shingles(cut(text), n) & shingles(asked, n) for text in texts)

    return read


def read_without_last(texts, question, n):
    asked = words(question)
    n = min(n, len(asked))
    return any(
        words(text)[k : k + n] == asked[j : j + n]
        for text in texts
        for k in range(len(words(text)) - n)
        for j in range(len(asked) - n + 1)
    )


def read_in_blocks(texts, question, n):
    asked = words(question)
    n = min(n, len(asked))
    blocks = {
        tuple(words(text)[k : k + n]) for text in texts for k in range(0, len(words(text)), n)
    }
    return bool(blocks & shingles(asked, n))


def read_but(short):
    """A fixed answer for questions of fewer than n words."""
    return lambda texts, question, n: (
        short if len(words(question)) < n else read_by_phrases(texts, question, n)
    )


RIGHT = {
    "bits_per_byte": {"as asked": bits_by_loop, "with torch": bits_with_torch},
    "last_token": {
        "as asked": last_by_loop,
        "turned round": last_turned_round,
        "by gather": last_by_gather,
        "by the first padding": last_by_masking,
    },
    "text_reports": {
        "as asked": TEXT_REPORTS,
        "in capitals": {key: f" {word.upper()}." for key, word in TEXT_REPORTS.items()},
    },
    "next_token": {"as asked": loss_by_ignoring, "by rows": loss_by_rows},
    "low_rank": {
        "as asked": WithMatrices,
        "in the weight": InTheWeight,
    },
    "clean_exam": {"as asked": exam_by_sets, "by SciPy": exam_by_scipy},
}
WRONG = {
    "bits_per_byte": {
        "per-token": lambda nats, texts: np.log2(np.exp(tokens_of(nats))).mean(),
        "perplexity": lambda nats, texts: math.exp(np.mean(tokens_of(nats))),
        "per-character": over(len),
        "per-word": lambda nats, texts: (
            sum(tokens_of(nats)) / math.log(2) / sum(len(text.split()) for text in texts)
        ),
        "per-text": lambda nats, texts: sum(tokens_of(nats)) / math.log(2) / len(texts),
        "another-encoding": lambda nats, texts: (
            sum(tokens_of(nats)) / math.log(2) / sum(len(text.encode("utf-16")) for text in texts)
        ),
        "in-nats": lambda nats, texts: sum(tokens_of(nats)) / len("".join(texts).encode()),
        "times-ln-2": lambda *case: bits_by_loop(*case) * math.log(2) ** 2,
        "mean-of-texts": each_text(bits_by_loop),
        "mean-loss": lambda nats, texts: bits_by_loop(nats, texts) / len(tokens_of(nats)),
        "of-eight-bits": lambda *case: bits_by_loop(*case) / 8,
        "turned-over": lambda *case: 1 / bits_by_loop(*case),
    },
    "last_token": {
        "last-column": at(lambda there: -1),
        "last-column-or-0": lambda features, real: (features * real[:, :, None])[:, -1],
        "padded-right-only": at(lambda there: int(there.sum()) - 1),
        "first-padding": at(lambda there: min(int(there.sum()), len(there) - 1)),
        "last-but-one": at(lambda there: int(there.nonzero()[-1]) - 1),
        "longest-row": lambda features, real: features[:, int(real.sum(dim=1).max()) - 1],
        "first-token": at(lambda there: int(there.nonzero()[0])),
        "mean": mean_by_loop,
        "mean-with-padding": lambda features, real: features.mean(dim=1),
        "largest": lambda features, real: torch.stack(
            [row[there].max(dim=0).values for row, there in zip(features, real, strict=True)]
        ),
        "sum": lambda features, real: torch.einsum("btd,bt->bd", features, real.float()),
    },
    "text_reports": {
        "padding-is-forbidden": TEXT_REPORTS | {"P": "padding counted"},
        "misread-P": TEXT_REPORTS | {"P": "tokens as n"},
        "lower-is-better": TEXT_REPORTS | {"Q": "stands"},
        "misread-Q": TEXT_REPORTS | {"Q": "mean of texts"},
        "the-end-is-a-token": TEXT_REPORTS | {"R": "stands"},
        "misread-R": TEXT_REPORTS | {"R": "other tokens"},
        "unlabelled-is-unseen": TEXT_REPORTS | {"S": "stands"},
        "misread-S": TEXT_REPORTS | {"S": "chosen on the test"},
        "any-mean-will-do": TEXT_REPORTS | {"T": "stands"},
        "misread-T": TEXT_REPORTS | {"T": "tokens as n"},
        "narrow-is-good": TEXT_REPORTS | {"U": "stands"},
        "misread-U": TEXT_REPORTS | {"U": "exam was read"},
        "the-best-counts": TEXT_REPORTS | {"V": "stands"},
        "misread-V": TEXT_REPORTS | {"V": "exam was read"},
        "bytes-need-same-tokens": TEXT_REPORTS | {"W": "other tokens"},
        "misread-W": TEXT_REPORTS | {"W": "mean of texts"},
        "packers-are-no-models": TEXT_REPORTS | {"X": "other tokens"},
    },
    "next_token": {
        "not-shifted": lambda logits, tokens, lengths: (
            pairs(logits, tokens, 0)[there(tokens, lengths)].mean()
        ),
        "end-ignored": lambda logits, tokens, lengths: F.cross_entropy(
            logits[:, :-1].transpose(1, 2), tokens[:, 1:], ignore_index=0
        ),
        "padding-counted": lambda logits, tokens, lengths: pairs(logits, tokens).mean(),
        "one-padding-counted": lambda logits, tokens, lengths: (
            pairs(logits, tokens)[there(tokens, lengths)[:, :-1]].mean()
        ),
        "last-lost": lambda logits, tokens, lengths: (
            pairs(logits, tokens)[there(tokens, lengths, -2)[:, :-1]].mean()
        ),
        "over-all-places": lambda logits, tokens, lengths: (
            pairs(logits, tokens)[there(tokens, lengths)[:, 1:]].sum() / tokens[:, 1:].numel()
        ),
        "firsts-counted": lambda logits, tokens, lengths: (
            loss_by_ignoring(logits, tokens, lengths) * (lengths - 1).sum() / lengths.sum()
        ),
        "backwards": backwards,
        "two-ahead": lambda logits, tokens, lengths: (
            pairs(logits, tokens, 2)[there(tokens, lengths)[:, 2:]].mean()
        ),
        "mean-of-rows": loss_of_each_row,
        "sum": lambda *case: loss_by_rows(*case) * (case[2] - 1).sum(),
        "softmax-twice": lambda logits, *rest: loss_by_ignoring(logits.softmax(dim=2), *rest),
        "no-gradient": lambda logits, *rest: loss_by_ignoring(logits.detach(), *rest),
    },
    "low_rank": {
        "alpha-alone": factored(lambda rank, alpha: alpha),
        "no-scale": factored(lambda rank, alpha: 1),
        "rank-over-alpha": factored(lambda rank, alpha: rank / alpha),
        "over-root": factored(lambda rank, alpha: alpha / math.sqrt(rank)),
        "change-alone": with_methods(forward=lambda self, x: self.factor * x @ (self.b @ self.a).T),
        "base-without-bias": with_methods(
            forward=lambda self, x: x @ (self.layer.weight + self.factor * self.b @ self.a).T
        ),
        "base-learns": learning("weight", "bias"),
        "bias-learns": learning("bias"),
        "one-half-learns": built(lambda self, *_: self.a.requires_grad_(False)),
        "no-parameters": built(plain_tensors),
        "both-random": built(lambda self, *_: nn.init.xavier_normal_(self.b)),
        "both-zero": built(lambda self, *_: nn.init.zeros_(self.a)),
        "all-alike": built(lambda self, *_: nn.init.ones_(self.a)),
        "merged-unscaled": with_methods(merged=merged_with(lambda self: 1)),
        "merged-alpha-alone": with_methods(
            merged=merged_with(lambda self: self.factor * len(self.a))
        ),
        "merged-not-at-all": with_methods(merged=lambda self: self.layer),
        "merged-change-alone": with_methods(merged=change_alone),
        "merged-without-bias": with_methods(merged=no_bias),
        "merged-in-place": with_methods(merged=in_place),
    },
    "clean_exam": {
        "turned-round": exam_turned_round,
        "whole-question": exam_but(
            lambda texts, question, n: any(phrase(question) in phrase(text) for text in texts)
        ),
        "any-order": exam_but(read_in_any_order),
        "letters": exam_but(read_letters),
        "across-texts": exam_but(
            lambda texts, *rest: read_by_phrases([" ".join(texts)], *rest)
        ),
        "short-never": exam_but(read_but(False)),
        "short-always": exam_but(read_but(True)),
        "capitals-count": exam_but(read_with(lambda text: re.findall(r"\w+", text))),
        "signs-count": exam_but(read_with(lambda text: text.lower().split())),
        "as-written": exam_but(read_with(str.split)),
        "last-words-missed": exam_but(read_without_last),
        "in-blocks": exam_but(read_in_blocks),
        "one-word-fewer": exam_but(lambda texts, each, n: read_by_phrases(texts, each, n - 1)),
        "one-word-more": exam_but(lambda texts, each, n: read_by_phrases(texts, each, n + 1)),
        "all-questions": exam_but(score=lambda right, read: right.sum() / len(right)),
        "read-counted-wrong": exam_but(score=lambda right, read: right[~read].sum() / len(right)),
        "those-read": exam_but(score=lambda right, read: right[read].mean()),
        "difference": exam_but(score=lambda right, read: right.mean() - right[~read].mean()),
        "normal": exam_but(
            ends=lambda p, m, _: p + np.array([-1.96, 1.96]) * np.sqrt(p * (1 - p) / m)
        ),
        "all-as-m": exam_but(ends=lambda p, m, n: wilson(p, n)),
        "not-moved": exam_but(ends=lambda p, m, _: p + (np.array([-1, 1]) @ wilson(p, m)) / 2
                              * np.array([-1, 1])),
        "one-error": exam_but(ends=lambda p, m, _: wilson(p, m, 1)),
        "one-sided": exam_but(ends=lambda p, m, _: wilson(p, m, norm.ppf(0.95))),
        "ends-turned": exam_but(ends=lambda p, m, _: wilson(p, m)[::-1]),
    },
}  # fmt: skip
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("bits_per_byte", "per-token", each_text(lambda nats, texts: np.mean(tokens_of(nats)))),
    ("bits_per_byte", "perplexity", each_text(lambda nats, texts: np.exp(np.mean(nats)))),
    ("bits_per_byte", "per-character", lambda nats, texts: (
        sum(tokens_of(nats)) / len("".join(texts)))),
    ("bits_per_byte", "mean-of-texts", each_text(
        lambda nats, texts: sum(tokens_of(nats)) / len(texts[0].encode()))),
    ("bits_per_byte", "another-encoding", over(lambda text: 4 * len(text))),
    ("last_token", "first-padding", at(lambda there: int(there.int().argmin()))),
    ("last_token", "first-token", at(lambda there: 0)),
    ("last_token", "longest-row", lambda features, real: (
        features[:, int(real.any(dim=0).nonzero().max())])),
    ("last_token", "mean-with-padding", lambda features, real: (
        torch.einsum("btd,bt->bd", features, real.float()) / real.shape[1])),
    ("last_token", "largest", lambda features, real: features.max(dim=1).values),
    ("text_reports", "misread-P", TEXT_REPORTS | {"P": "exam was read"}),
    ("text_reports", "packers-are-no-models", TEXT_REPORTS | {"X": "exam was read"}),
    ("next_token", "not-shifted", lambda logits, tokens, lengths: F.cross_entropy(
        logits.flatten(0, 1), tokens.flatten())),
    ("next_token", "not-shifted", lambda logits, tokens, lengths: F.cross_entropy(
        logits[:, 1:].transpose(1, 2), tokens[:, 1:])),
    ("next_token", "not-shifted", lambda logits, tokens, lengths: F.cross_entropy(
        logits[:, 1:].transpose(1, 2), tokens[:, 1:], ignore_index=0)),
    ("next_token", "end-ignored", lambda logits, tokens, lengths: F.cross_entropy(
        logits[:, :-1].transpose(1, 2), tokens[:, 1:], ignore_index=0, reduction="sum"
    ) / (lengths - 1).sum()),
    ("next_token", "mean-of-rows", lambda logits, tokens, lengths: torch.nan_to_num(torch.stack([
        row[real].mean() for row, real in zip(
            pairs(logits, tokens), there(tokens, lengths)[:, 1:], strict=True)])).mean()),
    ("next_token", "no-gradient", lambda *case: loss_by_ignoring(*case).item()),
    ("low_rank", "one-half-learns", built(lambda self, *_: self.b.requires_grad_(False))),
    ("low_rank", "no-parameters", built(lambda self, *_: self.requires_grad_(False))),
    ("low_rank", "both-random", built(lambda self, *_: self.b.data.fill_(0.1))),
    ("low_rank", "merged-in-place", with_methods(merged=for_good)),
    ("low_rank", "merged-in-place", with_methods(merged=and_back)),
    ("low_rank", "merged-in-place", OnItsOwn),
    ("clean_exam", "whole-question", exam_but(read_each)),
    ("clean_exam", "letters", exam_but(lambda texts, question, n: (
        len(words(question)) >= n and read_letters(texts, question, n)))),
    ("clean_exam", "any-order", exam_but(lambda texts, question, n: (
        len(set(words(question)) & set(words(" ".join(texts)))) >= n))),
    ("clean_exam", "difference", exam_but(
        score=lambda right, read: right[read].mean() - right[~read].mean())),
    ("clean_exam", "normal", exam_but(ends=lambda p, m, _: np.clip(
        p + np.array([-1.96, 1.96]) * np.sqrt(p * (1 - p) / m), 0, 1))),
]  # fmt: skip
UNNAMED = {
    "bits_per_byte": {
        "two": lambda nats, texts: 2.0,
        "a text": lambda nats, texts: "good",
        "of each text": lambda nats, texts: np.array([losses.sum() for losses in nats]),
        "without the last text": lambda nats, texts: bits_by_loop(nats[:2], texts[:2]),
    },
    "last_token": {
        "all of it": lambda features, real: features,
        "zeros": lambda features, real: torch.zeros_like(features[:, 0]),
        "one row": lambda features, real: features[0, 0],
        "places": lambda features, real: real.sum(dim=1) - 1,
        "a text": lambda features, real: "last",
    },
    "text_reports": {
        "one missing": {"P": "stands"},
        "another word": TEXT_REPORTS | {"P": "perhaps"},
    },
    "next_token": {
        "none": lambda logits, tokens, lengths: logits.sum() * 0,
        "of each place": lambda logits, tokens, lengths: pairs(logits, tokens),
        "negative": lambda *case: -loss_by_rows(*case),
        "perplexity": lambda *case: loss_by_rows(*case).exp(),
    },
    "low_rank": {
        "a function": lambda layer, rank, alpha: lambda x: layer(x),
        "the layer itself": lambda layer, rank, alpha: layer,
        "a and b changed round": built(
            lambda self, *_: (setattr(self, "a", self.b), setattr(self, "b", self.a))
        ),
        "no merging": with_methods(merged=lambda self: self.layer.weight),
        "twice as strong": factored(lambda rank, alpha: 2 * alpha / rank),
        "zeros": with_methods(forward=lambda self, x: 0 * self.layer(x)),
        "a number": lambda layer, rank, alpha: 1.0,
    },
    "clean_exam": {
        "nothing was read": exam_but(lambda *_: False),
        "three parts": lambda *case: exam_by_sets(*case)[:3],
        "places": lambda *case: (np.flatnonzero(exam_by_sets(*case)[0]), 0.5, 0.4, 0.6),
        "a number": lambda *case: 0.5,
        "no score": exam_but(score=lambda right, read: 0.0),
        "no width": exam_but(ends=lambda p, m, _: (p, p)),
    },
}
