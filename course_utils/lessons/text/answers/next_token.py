"""Answer of ``next_token``: the mean loss of all tokens that stand behind another."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.text.exercise_cases import token_rows
from course_utils.lessons.text.exercises import observe_next_token

Answer = Callable[[Tensor, Tensor, Tensor], Tensor]
END = 0


def losses_of(logits: Tensor, tokens: Tensor, shift: int = 1) -> Tensor:
    """What it costs to say the tokens so many places later, (B, T - shift); of all places."""
    logits, targets = logits[:, : logits.shape[1] - shift], tokens[:, shift:]
    return F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")


def is_real(tokens: Tensor, lengths: Tensor) -> Tensor:
    """Where a token stands, (B, T)."""
    return torch.arange(tokens.shape[1]) < lengths[:, None]


def mean_where(chosen: Callable[[Tensor, Tensor], Tensor], shift: int = 1) -> Answer:
    """The mean over tokens that are chosen of all but the first, by tokens and lengths."""

    def answer(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
        return losses_of(logits, tokens, shift)[chosen(tokens, lengths)[:, shift:]].mean()

    return answer


def as_given(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
    """Each logit is to say the token that it was given, and no end counts."""
    return mean_where(lambda tokens, lengths: tokens != END, 0)(logits, tokens, lengths)


def everywhere(tokens: Tensor, lengths: Tensor) -> Tensor:
    """All places."""
    return torch.ones_like(tokens, dtype=torch.bool)


def without_first(chosen: Callable[[Tensor, Tensor], Tensor]) -> Answer:
    """The token itself is said, at all places but the first."""

    def answer(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
        return losses_of(logits, tokens, 0)[:, 1:][chosen(tokens, lengths)[:, 1:]].mean()

    return answer


def backwards(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
    """Each logit says the token before."""
    losses = F.cross_entropy(logits[:, 1:].transpose(1, 2), tokens[:, :-1], reduction="none")
    return losses[is_real(tokens, lengths)[:, 1:]].mean()


def counted_losses(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
    """The losses that count, and 0 elsewhere."""
    return losses_of(logits, tokens) * is_real(tokens, lengths)[:, 1:]


def by_places(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
    """The right sum, by the number of all places but the first of each row."""
    return counted_losses(logits, tokens, lengths).mean()


def by_tokens(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
    """The right sum, by the number of all tokens, the first of each row among them."""
    return counted_losses(logits, tokens, lengths).sum() / lengths.sum()


def mean_of_rows(least: int) -> Answer:
    """The mean of each row, then that of all rows, or of those with at least so many tokens."""

    def answer(logits: Tensor, tokens: Tensor, lengths: Tensor) -> Tensor:
        sums = counted_losses(logits, tokens, lengths).sum(dim=1)
        return (sums / (lengths - 1).clamp(min=1))[lengths >= least].mean()

    return answer


def where_it_differs(difference: Difference) -> str:
    """The first batch that is wrong."""
    if difference.part == "learns":
        return "The losses are right. But no gradient comes back from some of them."
    _, tokens, lengths = token_rows(difference.seed)[difference.place]
    return (
        f"For a batch of {tuple(tokens.shape)} places, with rows of {lengths.tolist()} tokens, the "
        f"loss is {difference.truth:.4f}; yours is {difference.found:.4f}."
    )


next_token_loss = mean_where(is_real)
ANSWER = Table(
    observe_next_token,
    right=next_token_loss,
    praise="Each token but the first is predicted from those before it, the end among them.",
    as_given=as_given,
    say_as_given="The loss is that of the function as it was given: both faults are left.",
    wrong={
        "not-shifted": [
            mean_where(is_real, 0), mean_where(everywhere, 0), without_first(is_real),
            without_first(everywhere), without_first(lambda tokens, _: tokens != END),
        ],
        "end-ignored": [
            mean_where(lambda tokens, lengths: tokens != END),
            lambda *case: (losses_of(*case[:2]) * (case[1][:, 1:] != END)).sum()
            / is_real(*case[1:])[:, 1:].sum(),
        ],
        "padding-counted": mean_where(everywhere),
        "one-padding-counted": mean_where(
            lambda tokens, lengths: is_real(tokens, lengths + 1)
        ),
        "last-lost": mean_where(lambda tokens, lengths: is_real(tokens, lengths - 1)),
        "over-all-places": by_places,
        "firsts-counted": by_tokens,
        "backwards": backwards,
        "two-ahead": mean_where(is_real, 2),
        "mean-of-rows": [mean_of_rows(1), mean_of_rows(2)],
        "sum": lambda *case: counted_losses(*case).sum(),
        "softmax-twice": lambda logits, tokens, lengths: next_token_loss(
            logits.softmax(dim=-1), tokens, lengths
        ),
        "no-gradient": lambda *case: next_token_loss(*case).item(),
    },
    messages={
        "not-shifted": "Still left: each logit is to say the token that the model was given at the "
        "same place. It only has to copy, so the loss falls to almost nothing.",
        "end-ignored": "One fault is mended. Still left: 0 is padding, but it is also the end of a "
        "text, and the model never learns to end one.",
        "padding-counted": "The tokens are shifted, and the end is learned. But padding is learned "
        "now, too, and to say it is easy.",
        "one-padding-counted": "Nearly: in each row that is not full, one place of padding counts. "
        "Shift what is real as you shift the tokens.",
        "last-lost": "Nearly: the last token of each row does not count, and often that is the "
        "end. Shift what is real as you shift the tokens.",
        "over-all-places": "The sum is right. It is divided by all places, those of padding among "
        "them.",
        "firsts-counted": "The sum is right. It is divided by all tokens, but nobody predicts the "
        "first of a row.",
        "backwards": "The shift goes the wrong way: each logit is to say the token before, which "
        "the model has already read.",
        "two-ahead": "The tokens are shifted by two places. Each logit is to say the next token.",
        "mean-of-rows": "Each row counts the same here, so that tokens of short rows count more. "
        "Divide once, for the whole batch.",
        "sum": "This is the sum. A batch with more tokens would be learned in larger steps: divide "
        "it.",
        "softmax-twice": "F.cross_entropy takes logits, and makes probabilities of them itself. "
        "Here it is given probabilities.",
        "no-gradient": "The numbers are right. But this is a bare number: no gradient can come "
        "back from it. Return the tensor.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
