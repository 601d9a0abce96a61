"""Which examples several processes take, how often each counts, and which accuracy is reported."""

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

How = Literal["mean of means", "of all counted", "rank 0", "each once"]
HOWS: tuple[How, ...] = get_args(How)


def sampler_indices(
    num_examples: int,
    num_processes: int,
    *,
    pads: bool = True,
    shuffle_seed: int | None = None,
    epoch: int = 0,
) -> list[Tensor]:
    """Numbers of the examples of each rank, as torch's ``DistributedSampler`` deals them out.

    Every rank gets equally many, since processes that share gradients must take equally many steps.

    Args:
        num_examples: N, at least 1.
        num_processes: P, at least 1.
        pads: Whether the first examples are taken again until P divides their number; else the
            last ones are dropped until it does.
        shuffle_seed: Of the order; None leaves the examples as they are.
        epoch: What ``set_epoch`` would be told. Without it, each epoch has the order of epoch 0.

    Returns:
        P tensors (S,), int64, by rank.

    Raises:
        ValueError: If there are no examples or no processes.
    """
    order = _order(num_examples, num_processes, shuffle_seed, epoch)
    rounds, left = divmod(num_examples, num_processes)
    num_taken = (rounds + (pads and left > 0)) * num_processes
    taken = order.repeat(-(-num_taken // num_examples))[:num_taken]
    return _deal(taken, num_processes)


def indices_each_once(
    num_examples: int, num_processes: int, *, shuffle_seed: int | None = None, epoch: int = 0
) -> list[Tensor]:
    """The same with nothing padded or dropped: the first ranks may have one example more.

    It is for validation, where no process waits for another at each step. Arguments and errors
    are those of ``sampler_indices``.
    """
    return _deal(_order(num_examples, num_processes, shuffle_seed, epoch), num_processes)


def _order(num_examples: int, num_processes: int, shuffle_seed: int | None, epoch: int) -> Tensor:
    if num_examples < 1 or num_processes < 1:
        raise ValueError(
            "num_examples and num_processes must be at least 1, got "
            f"{num_examples} and {num_processes}"
        )
    if shuffle_seed is None:
        return torch.arange(num_examples)
    return torch.randperm(
        num_examples, generator=torch.Generator().manual_seed(shuffle_seed + epoch)
    )


def _deal(order: Tensor, num_processes: int) -> list[Tensor]:
    """As cards are dealt: one to each rank, then the next to each."""
    return [order[rank::num_processes] for rank in range(num_processes)]


def times_counted(indices: Sequence[Tensor], num_examples: int) -> Tensor:
    """How often each example is taken by any rank, (N,), int64.

    Args:
        indices: By rank, as of ``sampler_indices``.
        num_examples: N.

    Raises:
        ValueError: If an index is none of N examples.
    """
    taken = torch.cat(list(indices))
    if len(taken) and not 0 <= int(taken.min()) <= int(taken.max()) < num_examples:
        raise ValueError(
            f"indices must be from 0 to {num_examples - 1}, as there are {num_examples} examples; "
            f"got {int(taken.min())} to {int(taken.max())}"
        )
    return torch.bincount(taken, minlength=num_examples)


def reported_accuracy(
    correct: Tensor,
    indices: Sequence[Tensor],
    how: How = "mean of means",
    *,
    batch_size: int | None = None,
) -> float:
    """The accuracy that P processes report together, from 0 to 1.

    Args:
        correct: Which of N answers are right, (N,), bool.
        indices: The examples of each rank, (S,) each.
        how: ``"mean of means"``: each rank has a mean, and the ranks' means count the same.
            ``"of all counted"``: right answers over answers, both added up over the ranks.
            ``"rank 0"``: the first rank speaks for all.
            ``"each once"``: what several ranks took counts once, and what nobody took not at all.
        batch_size: For ``"mean of means"``: a rank's mean is then the mean of the means of its
            batches, the last of which may be a short one. None for the mean of its examples.

    Raises:
        ValueError: If ``correct`` is not (N,) of bool, ``how`` is another word, a batch has no
            examples, an index is none of N examples, or there are none to average over.
    """
    check_correct(correct)
    if how not in HOWS:
        raise ValueError(f"how must be one of {', '.join(HOWS)}, got {how!r}")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    counted = times_counted(indices, len(correct))
    if how == "each once":
        return _mean(correct[counted > 0], "any rank")
    if how == "of all counted":
        return _mean(correct[torch.cat(list(indices))], "any rank")
    if how == "rank 0":
        return _mean(correct[indices[0]], "rank 0")
    means = []
    for rank, taken in enumerate(indices):
        parts = taken.split(batch_size or max(1, len(taken)))
        own = [_mean(correct[part], f"rank {rank}") for part in parts]
        means.append(sum(own) / len(own))
    return sum(means) / len(means)


def check_correct(correct: Tensor) -> None:
    """Refuse what does not say of each of N answers whether it is right."""
    if correct.ndim != 1 or correct.dtype != torch.bool:
        raise ValueError(
            f"correct must be (N,) of bool, got {tuple(correct.shape)} of {correct.dtype}"
        )


def _mean(correct: Tensor, whose: str) -> float:
    if not len(correct):
        raise ValueError(
            f"no examples for {whose} to average over: take fewer processes than examples"
        )
    return int(correct.sum()) / len(correct)
