"""What stands beside a score in lesson 07: groups, a baseline, the ends of a list."""

import numpy as np
import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.evaluation.calibration import Change
from course_utils.lessons.your_own_pictures import scoring


def examples(groups: list[int] | None) -> LabelledImages:
    labels = torch.arange(40) % 2
    given = {} if groups is None else {"groups": torch.tensor(groups)}
    return LabelledImages(torch.zeros(40, 1, 1, 1), labels, ("a", "b"), **given)


def test_whoever_guesses_knows_only_what_was_learned_from() -> None:
    asked = examples(None)
    known = LabelledImages(torch.zeros(3, 1, 1, 1), torch.tensor([1, 1, 0]), ("a", "b"))
    assert scoring.guess_share(known, asked[torch.arange(0, 40, 2)]) == 0
    assert scoring.guess_share(known, asked) == 0.5


def test_an_interval_over_groups_is_wide_where_groups_differ() -> None:
    four = examples([n // 10 for n in range(40)])
    apart = np.arange(40) < 20  # two groups all right, two all wrong
    assert scoring.interval_over_groups(apart, four) == (0, 1)
    alike = np.arange(40) % 2 == 0  # half of each group
    assert scoring.interval_over_groups(alike, four) == (0.5, 0.5)
    assert scoring.over_groups_text(apart, four) == "over 4 groups [0.000, 1.000]"


def test_without_two_groups_there_is_no_interval() -> None:
    for groups, said in (
        (None, "no groups"),
        ([7] * 40, "1 group"),
        (list(range(40)), "no groups"),
    ):
        some = examples(groups)
        assert scoring.interval_over_groups(np.ones(40, dtype=bool), some) is None
        assert scoring.over_groups_text(np.ones(40, dtype=bool), some) == (
            f"not over groups ({said})"
        )


def test_a_baseline_that_does_no_worse_is_named() -> None:
    good, same = np.arange(200) < 190, np.arange(200) < 190
    poor, near = np.arange(200) < 90, np.arange(200) < 188
    assert "do not ship" in scoring.against_baseline(good, same)
    assert "beats" in scoring.against_baseline(good, poor)
    assert "cannot tell" in scoring.against_baseline(good, near)


@pytest.mark.parametrize(("temperature", "word"), [(0.05, "smallest"), (20.0, "largest")])
def test_a_temperature_at_the_end_of_the_list_says_so(temperature: float, word: str) -> None:
    assert f"(the {word} tried" in scoring.temperature_text(temperature)
    assert scoring.temperature_text(1.1) == "1.10"


def test_a_change_says_its_verdict_first() -> None:
    assert scoring.change_text(Change(0.5, 0.4, -0.2, -0.01)).startswith("lower: 0.500 to 0.400")
    assert scoring.change_text(Change(0.4, 0.5, 0.01, 0.2)).startswith("higher: ")
    assert scoring.change_text(Change(0.4, 0.4, -0.1, 0.1)).startswith("cannot tell: ")
