"""Answer of ``last_token``: the features of each row's last real token, whatever side is padded."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.text.exercise_cases import padded_batches
from course_utils.lessons.text.exercises import observe_last_token

Places = Callable[[Tensor], Tensor]  # of ``real`` (B, T): which place each row takes, (B,)
Answer = Callable[[Tensor, Tensor], Tensor]


def last_of(real: Tensor) -> Tensor:
    """The last place where a token stands."""
    return (real * torch.arange(real.shape[1])).argmax(dim=1)


def first_of(real: Tensor) -> Tensor:
    """The first one."""
    return real.int().argmax(dim=1)


def taking(places: Places) -> Answer:
    """Takes one place of each row; what lies beyond the last one becomes the last one."""

    def answer(features: Tensor, real: Tensor) -> Tensor:
        last = features.shape[1] - 1
        return features[torch.arange(len(features)), places(real).clamp(max=last)]

    return answer


def counting(more: int) -> Answer:
    """As if padding always stood on the right: the number of tokens, and so many more."""
    return taking(lambda real: real.sum(dim=1) + more)


def with_zeros(features: Tensor, real: Tensor) -> Tensor:
    """Padding made to 0."""
    return features * real[..., None]


def over_tokens(features: Tensor, real: Tensor) -> Tensor:
    """The mean of the row's tokens."""
    return with_zeros(features, real).sum(dim=1) / real.sum(dim=1, keepdim=True)


def largest(features: Tensor, real: Tensor) -> Tensor:
    """The largest of each feature over the row's tokens."""
    return features.masked_fill(~real[..., None], -torch.inf).amax(dim=1)


def where_it_differs(difference: Difference) -> str:
    """The first batch that is wrong, and its first row that is."""
    _, real = padded_batches(difference.seed)[difference.place]
    found, truth = torch.tensor(difference.found), torch.tensor(difference.truth)
    row = int((found - truth).abs().amax(dim=1).gt(1e-5).int().argmax())
    drawn = "".join("x" if each else "." for each in real[row])
    return (
        f"Row {row} of a batch is {drawn}, where x is a token and . is padding. Your answer is not "
        f"the features at place {int(last_of(real)[row])}."
    )


ANSWER = Table(
    observe_last_token,
    right=taking(last_of),
    praise="Each row gives the token that has read all of its text, on whatever side it is padded.",
    wrong={
        "last-column": lambda features, real: features[:, -1],
        "last-column-or-0": lambda features, real: with_zeros(features, real)[:, -1],
        "padded-right-only": counting(-1),
        "first-padding": [
            counting(0), taking(lambda real: last_of(real) + 1),
            taking(lambda real: (~real).int().argmax(dim=1)),
        ],
        "last-but-one": [
            counting(-2), taking(lambda real: last_of(real) - 1),
            taking(lambda real: (last_of(real) - 1).clamp(min=0)),
        ],
        "longest-row": [
            taking(lambda real: real.sum(dim=1).max().expand(len(real)) - 1),
            taking(lambda real: last_of(real).max().expand(len(real))),
        ],
        "first-token": [lambda features, real: features[:, 0], taking(first_of)],
        "mean": over_tokens,
        "mean-with-padding": [
            lambda features, real: features.mean(dim=1),
            lambda features, real: with_zeros(features, real).mean(dim=1),
        ],
        "largest": [largest, lambda features, real: features.amax(dim=1)],
        "sum": lambda features, real: with_zeros(features, real).sum(dim=1),
    },
    messages={
        "last-column": "This takes the last column. Where a row is padded on the right, padding "
        "stands there, and the answer depends on how long the other texts are.",
        "last-column-or-0": "Where a row is padded on the right, the last column is padding, which "
        "is 0 here. Its last token stands further to the left.",
        "padded-right-only": "This is right for rows padded on the right. On the left the first "
        "token does not stand at place 0, so their number says nothing of the last place.",
        "first-padding": "This takes what stands one place behind the last token. Places are "
        "counted from 0.",
        "last-but-one": "This takes the token before the last one. It has not seen the last one.",
        "longest-row": "All rows take the place where the longest one ends. Each row has a last "
        "token of its own.",
        "first-token": "This is the start of the row. In a causal model the first token has seen "
        "nothing but itself.",
        "mean": "This is the mean over the tokens, without padding. It is a way to sum up a text, "
        "too; asked for is the last token.",
        "mean-with-padding": "This is a mean in which padding counts. A text would have other "
        "features in another batch.",
        "largest": "This is the largest of each feature in the row. Asked for are the features of "
        "one token, the last.",
        "sum": "This is the sum over the tokens, which grows with the length of the text. Asked "
        "for are the features of one token.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
