"""Answer of ``evaluate``: every picture counts once, and the model is left as it came."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.tables import Table
from course_utils.lessons.pretraining.exercises import observe_evaluate
from course_utils.models.inference import eval_mode

# What is made of one value per picture, in batches.
Made = Callable[[Sequence[Tensor]], Tensor]


def mean(batches: Sequence[Tensor]) -> Tensor:
    """Every picture counts the same."""
    return torch.cat(list(batches)).mean()


def rounded(batches: Sequence[Tensor], decimals: int) -> Tensor:
    """The mean, rounded."""
    return mean(batches).round(decimals=decimals)


WRONG_MEANS: dict[str, list[Made]] = {
    "mean-of-batch-means": [lambda batches: torch.stack([b.mean() for b in batches]).mean()],
    "forgets-the-sizes": [lambda batches: sum(b.mean() for b in batches) / sum(map(len, batches))],
    "sum-for-mean": [
        lambda batches: torch.cat(list(batches)).sum(),
        lambda batches: sum(b.mean() for b in batches),
    ],
    "drops-the-last-batch": [
        lambda batches: mean(batches[:-1]),
        lambda batches: sum(b.sum() for b in batches[:-1]) / sum(map(len, batches)),
    ],
    "short-batch-as-full": [
        lambda batches: sum(b.mean() for b in batches) * len(batches[0]) / sum(map(len, batches))
    ],
    "adds-below-the-loop": [
        lambda batches: mean(batches[-1:]),
        lambda batches: batches[-1].sum() / sum(map(len, batches)),
    ],
    "ends-in-the-loop": [
        lambda batches: mean(batches[:1]),
        lambda batches: batches[0].sum() / sum(map(len, batches)),
    ],
}


def _score(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    batch_size: int,
    *,
    of_losses: Made = mean,
    of_hits: Made = mean,
    softmax: bool = False,
) -> tuple[Tensor, Tensor]:
    """Loss and accuracy, in the mode and with the gradients that are on."""
    losses, hits = [], []
    for pictures, answers in zip(images.split(batch_size), labels.split(batch_size), strict=True):
        logits = model(pictures)
        outputs = logits.softmax(dim=1) if softmax else logits
        losses.append(F.cross_entropy(outputs, answers, reduction="none"))
        hits.append((logits.argmax(dim=1) == answers).float())
    return of_losses(losses), of_hits(hits)


def evaluate(model: nn.Module, *others: Any, **slips: Any) -> tuple[Tensor, Tensor]:
    """Loss and accuracy, without a trace; the options are known slips."""
    with eval_mode(model), torch.no_grad():
        return _score(model, *others, **slips)


def with_gradients(model: nn.Module, *others: Any) -> tuple[Tensor, Tensor]:
    """Right numbers, for which torch keeps a graph."""
    with eval_mode(model):
        return _score(model, *others)


def and_then(leave: Callable[[nn.Module], Any]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Right numbers, after which something else is left behind."""

    def function(model: nn.Module, *others: Any) -> tuple[Tensor, Tensor]:
        found = evaluate(model, *others)
        leave(model)
        return found

    return function


ANSWER = Table(
    observe_evaluate,
    right=evaluate,
    praise="Every picture counted once, and the model is left as it came.",
    wrong={
        "no-eval": _score,
        "swapped": lambda *given: evaluate(*given)[::-1],
        **{
            name: [
                partial(evaluate, of_hits=make, **others)
                for make in wrong_means
                for others in ({"of_losses": make}, {})
            ]
            for name, wrong_means in WRONG_MEANS.items()
        },
        "softmax-twice": [
            partial(evaluate, of_losses=make, softmax=True)
            for make in (mean, *chain.from_iterable(WRONG_MEANS.values()))
        ],
        "rounded": [
            partial(evaluate, of_losses=partial(rounded, decimals=k)) for k in (1, 2, 3, 4)
        ],
        "share-of-errors": partial(evaluate, of_hits=lambda batches: 1 - mean(batches)),
        "per-cent": partial(evaluate, of_hits=lambda batches: 100 * mean(batches)),
        "left-in-eval": and_then(lambda model: model.eval()),
        "always-train-after": and_then(lambda model: model.train()),
        "all-at-once": lambda model, images, labels, _: evaluate(model, images, labels, 10**6),
        "gradients-left-off": and_then(lambda model: torch.set_grad_enabled(False)),
        "weights-held": and_then(lambda model: model.requires_grad_(False)),
        "with-gradients": with_gradients,
    },
    messages={
        "no-eval": "Scoring moved the averages that batch norm keeps: the model learned from what "
        "it was tested on. In which mode does it leave them alone?",
        "left-in-eval": "Both numbers are right. But a model that came in train mode is left in "
        "eval mode, and training would go on with frozen averages.",
        "always-train-after": "Both numbers are right. But a model that came in eval mode is left "
        "in train mode. Remember the mode before you change it.",
        "mean-of-batch-means": "This is a mean of batch means: each picture of the short last "
        "batch counts more than others.",
        "forgets-the-sizes": "You add up means of batches and divide by the number of pictures. "
        "Count each mean as often as its batch has pictures.",
        "sum-for-mean": "This grows with the number of pictures: it is a sum, and a mean is asked "
        "for.",
        "drops-the-last-batch": "The last pictures are left out. A short batch is a batch too.",
        "short-batch-as-full": "You count the mean of each batch batch_size times. The last batch "
        "is shorter: count it as often as it has pictures.",
        "rounded": "The numbers are rounded. Return them as they are; whoever prints them rounds.",
        "share-of-errors": "The loss is right. The other number is the share of wrong answers.",
        "adds-below-the-loop": "Only the last batch counts. Which lines must be repeated for every "
        "batch, and where do they stand?",
        "ends-in-the-loop": "Only the first batch counts: something ends the loop in its first "
        "round.",
        "softmax-twice": "cross_entropy takes the softmax itself, and you took one before it.",
        "swapped": "Both numbers are there, in the wrong order: return the loss first.",
        "per-cent": "The loss is right. The accuracy should be a share from 0 to 1.",
        "all-at-once": "Both numbers are right, but more than batch_size pictures go through at "
        "once; with many pictures, memory would not do.",
        "with-gradients": "Both numbers are right, but torch keeps what a backward pass would "
        "need. A score needs none.",
        "gradients-left-off": "Both numbers are right. But you leave gradients switched off for "
        "the whole program: nothing could learn after your score.",
        "weights-held": "Both numbers are right. But weights that could learn before your score "
        "can no longer learn after it.",
    },
    otherwise={
        "same_weights": "Scoring a model must leave its weights alone.",
        "loss": "The loss is not the mean over all pictures, each with its label, in eval mode.",
        "accuracy": "The loss is right; the accuracy is not the share of right answers.",
        "all_seen": "Give all pictures to the model itself, in batches.",
    },
    atol=1e-4,
)
