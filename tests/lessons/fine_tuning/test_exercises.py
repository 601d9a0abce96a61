"""Slips in the exercises of lesson 04 that come in several forms."""

import warnings

from course_utils.lessons.fine_tuning.exercises import check_mended
from tests.lessons.fine_tuning.answers import all_and_the_head


def test_weights_that_are_twice_in_one_group_are_told_of_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check_mended(all_and_the_head).misconception == "added-twice"
