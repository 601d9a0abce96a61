"""Where pictures belong together, their group is the unit."""

import numpy as np
import torch

from course_utils.data.examples import LabelledImages
from course_utils.evaluation import over_groups


def examples(groups: list[int] | None) -> LabelledImages:
    labels = torch.arange(40) % 2
    given = {} if groups is None else {"groups": torch.tensor(groups)}
    return LabelledImages(torch.zeros(40, 1, 1, 1), labels, ("a", "b"), **given)


def test_an_interval_over_groups_is_wide_where_groups_differ() -> None:
    four = examples([n // 10 for n in range(40)])
    apart = np.arange(40) < 20  # two groups all right, two all wrong
    assert over_groups.interval_over_groups(apart, four) == (0, 1)
    alike = np.arange(40) % 2 == 0  # half of each group
    assert over_groups.interval_over_groups(alike, four) == (0.5, 0.5)
    assert over_groups.over_groups_text(apart, four) == "over 4 groups [0.000, 1.000]"


def test_without_two_groups_there_is_no_interval() -> None:
    for groups, said in (
        (None, "no groups"),
        ([7] * 40, "1 group"),
        (list(range(40)), "no groups"),
    ):
        some = examples(groups)
        assert over_groups.units_of(some) is None
        assert over_groups.interval_over_groups(np.ones(40, dtype=bool), some) is None
        assert over_groups.over_groups_text(np.ones(40, dtype=bool), some) == (
            f"not over groups ({said})"
        )
