"""Which examples count how often, beside torch's own sampler and numbers worked out by hand."""

from itertools import product

import pytest
import torch
from torch.utils.data import DistributedSampler

from course_utils.lessons.scaling_up.sampling import (
    HOWS,
    indices_each_once,
    reported_accuracy,
    sampler_indices,
    times_counted,
)

WORLDS = ((801, 8), (801, 2), (800, 8), (10, 8), (100, 64), (3, 8), (8, 8), (1, 1), (5, 1))


def of_torch(
    num_examples: int, num_processes: int, pads: bool, seed: int | None, epoch: int
) -> list[list[int]]:
    """What torch's own sampler gives to each rank."""
    found = []
    for rank in range(num_processes):
        how = {"shuffle": seed is not None, "seed": seed or 0, "drop_last": not pads}
        sampler = DistributedSampler(range(num_examples), num_processes, rank, **how)
        sampler.set_epoch(epoch)
        found.append(list(sampler))
    return found


@pytest.mark.parametrize(("num_examples", "num_processes"), WORLDS)
def test_each_rank_takes_what_torch_gives_it(num_examples: int, num_processes: int) -> None:
    for pads, seed, epoch in product((True, False), (None, 0, 5), (0, 3)):
        ours = sampler_indices(
            num_examples, num_processes, pads=pads, shuffle_seed=seed, epoch=epoch
        )
        theirs = of_torch(num_examples, num_processes, pads, seed, epoch)
        assert [rank.tolist() for rank in ours] == theirs
        assert {len(rank) for rank in ours} == {len(ours[0])}


def test_each_once_takes_every_example_once() -> None:
    for (num_examples, num_processes), seed in product(WORLDS, (None, 4)):
        ranks = indices_each_once(num_examples, num_processes, shuffle_seed=seed, epoch=1)
        assert times_counted(ranks, num_examples).tolist() == [1] * num_examples
        lengths = [len(rank) for rank in ranks]
        assert lengths == sorted(lengths, reverse=True) and lengths[0] - lengths[-1] <= 1
        if num_examples % num_processes == 0:
            same = sampler_indices(num_examples, num_processes, shuffle_seed=seed, epoch=1)
            assert [rank.tolist() for rank in ranks] == [rank.tolist() for rank in same]


def test_801_examples_on_8_processes_count_808() -> None:
    padded = times_counted(sampler_indices(801, 8), 801)
    assert (
        padded.sum() == 808 and padded[:7].tolist() == [2] * 7 and set(padded[7:].tolist()) == {1}
    )
    dropped = times_counted(sampler_indices(801, 8, pads=False), 801)
    assert dropped.sum() == 800 and dropped[-1] == 0
    assert times_counted(sampler_indices(3, 8), 3).tolist() == [3, 3, 2]


def test_a_padding_sampler_reports_more_or_less_than_is_true() -> None:
    correct = torch.arange(801) >= 80  # the 80 wrong ones first
    ranks = sampler_indices(801, 8)
    assert f"{correct.double().mean():.4f}" == "0.9001"
    found = {how: reported_accuracy(correct, ranks, how) for how in HOWS}
    assert found["of all counted"] == found["mean of means"] == pytest.approx(721 / 808)
    assert f"{found['of all counted']:.4f}" == "0.8923"
    assert found["each once"] == 721 / 801 and found["rank 0"] == 91 / 101
    last_wrong = torch.arange(10) < 9
    assert reported_accuracy(last_wrong, sampler_indices(10, 8)) == 0.9375


def test_four_ways_to_report_worked_out_by_hand() -> None:
    correct = torch.tensor([True, False, True, True, True])
    ranks = [torch.tensor([0, 1, 2]), torch.tensor([3, 0])]  # 4 is dropped, 0 counts twice
    found = {how: reported_accuracy(correct, ranks, how) for how in HOWS}
    assert found == {
        "mean of means": pytest.approx((2 / 3 + 1) / 2),
        "of all counted": 4 / 5,
        "rank 0": 2 / 3,
        "each once": 3 / 4,
    }
    by_batch = reported_accuracy(correct, ranks, batch_size=2)
    assert by_batch == pytest.approx(((0.5 + 1) / 2 + 1) / 2)


def test_without_a_new_epoch_the_order_is_the_same() -> None:
    first, again, other = (
        torch.cat(sampler_indices(40, 2, shuffle_seed=3, epoch=epoch)) for epoch in (0, 0, 1)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(first.sort().values, other.sort().values)


def test_what_cannot_be_counted_is_refused() -> None:
    correct = torch.ones(5, dtype=torch.bool)
    for wrong in ((0, 2), (5, 0), (-1, 1)):
        for deal in (sampler_indices, indices_each_once):
            with pytest.raises(ValueError, match=f"at least 1, got {wrong[0]} and {wrong[1]}"):
                deal(*wrong)
    with pytest.raises(ValueError, match="from 0 to 4, as there are 5 examples; got 0 to 5"):
        times_counted([torch.arange(6)], 5)
    ranks = sampler_indices(5, 2)
    for not_bool in (correct.float(), correct[None]):
        with pytest.raises(ValueError, match=r"correct must be \(N,\) of bool, got"):
            reported_accuracy(not_bool, ranks)
    with pytest.raises(ValueError, match=r"how must be one of mean of means, .* got 'best'"):
        reported_accuracy(correct, ranks, "best")
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        reported_accuracy(correct, ranks, batch_size=0)
    with pytest.raises(ValueError, match="no examples for rank 5 to average over"):
        reported_accuracy(correct, indices_each_once(5, 8))
    for how in ("of all counted", "each once", "rank 0"):
        with pytest.raises(ValueError, match=r"no examples for (any rank|rank 0) to average over"):
            reported_accuracy(correct, sampler_indices(5, 8, pads=False), how)
