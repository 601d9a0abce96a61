"""Both loops of a part take the same steps, and the part says by how much their weights differ."""

from collections.abc import Callable

import pytest
import torch

from benchmark import bare_loops, detection_loop, segmentation_loop
from benchmark.bare_loops import LoopCase
from benchmark.loops import weights_of
from benchmark.measurements import Turn

# 40 scenes: two whole batches in each pass, and a rest.
CASES = pytest.mark.parametrize(
    "loop_case", [detection_loop.loop_case, segmentation_loop.loop_case]
)


@pytest.mark.slow
@CASES
def test_both_loops_end_with_the_same_weights(loop_case: Callable[[int, int], LoopCase]) -> None:
    case = loop_case(40, 0)
    finals = []
    for loop in case.loops().values():
        network = case.new_network(0)
        loop(network, case.pictures, bare_loops.groups_of(network), 5, 16, 0)
        finals.append(weights_of(network))
    assert torch.equal(*finals)
    assert not torch.equal(finals[0], weights_of(case.new_network(0)))


@CASES
def test_the_goal_and_the_gap_of_the_weights_are_told(
    loop_case: Callable[[int, int], LoopCase],
) -> None:
    weights = torch.zeros(3)
    turns = {"ours": [Turn(2.0, weights + 0.5)], "other": [Turn(1.0, weights)]}
    compared = bare_loops.compare(loop_case(1, 0), turns, 5)
    assert compared.verdict == "at least 0.97: missed"
    assert compared.note == "final weights differ by at most 0.5"
    assert (compared.ours, compared.other, compared.ratios) == ([0.4], [0.2], [0.5])
