"""What stands beside a score in lesson 07: a baseline, the ends of a list."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.evaluation.calibration import Change
from course_utils.lessons.your_own_pictures import scoring


def test_whoever_guesses_knows_only_what_was_learned_from() -> None:
    asked = LabelledImages(torch.zeros(40, 1, 1, 1), torch.arange(40) % 2, ("a", "b"))
    known = LabelledImages(torch.zeros(3, 1, 1, 1), torch.tensor([1, 1, 0]), ("a", "b"))
    assert scoring.guess_share(known, asked[torch.arange(0, 40, 2)]) == 0
    assert scoring.guess_share(known, asked) == 0.5


def test_a_baseline_that_does_no_worse_is_named() -> None:
    good, same = np.arange(200) < 190, np.arange(200) < 190
    poor, near = np.arange(200) < 90, np.arange(200) < 188
    labels = torch.zeros(200).long()
    strangers = LabelledImages(torch.zeros(200, 1, 1, 1), labels, ("a", "b"))
    of_groups = replace(strangers, groups=torch.arange(200) % 5)
    assert "do not ship" in scoring.against_baseline(good, same, strangers)
    beats = scoring.against_baseline(good, poor, strangers)
    assert beats == "The model beats the nearest neighbour."
    assert "cannot tell" in scoring.against_baseline(good, near, of_groups)
    beats = scoring.against_baseline(good, poor, of_groups)
    assert beats == "The model beats the nearest neighbour, counting pictures, of 5 groups."


def test_a_matrix_is_read_along_its_lowest_row_and_down_its_lowest_column() -> None:
    matrix = np.array([[40, 8, 2, 0], [10, 180, 10, 0], [1, 4, 15, 0], [0, 0, 0, 0]])
    assert scoring.read_matrix(matrix, ("cat", "dog", "fox", "owl")).splitlines() == [
        "The lowest row: 20 pictures of 'fox', 15 answered rightly; commonest wrong answer 'dog' "
        "(4).",
        "The lowest column: 27 answers 'fox', 15 of them right.",
    ]
    perfect = scoring.read_matrix(np.diag([3, 2]), ("a", "b"))
    assert perfect.startswith("The lowest row: 3 pictures of 'a', 3 answered rightly.\n")


@pytest.mark.parametrize(("temperature", "word"), [(0.05, "smallest"), (20.0, "largest")])
def test_a_temperature_at_the_end_of_the_list_says_so(temperature: float, word: str) -> None:
    assert f"(the {word} tried" in scoring.temperature_text(temperature)
    assert scoring.temperature_text(1.1) == "1.10"


def test_a_change_says_its_verdict_first() -> None:
    assert scoring.change_text(Change(0.5, 0.4, -0.2, -0.01)).startswith("lower: 0.500 to 0.400")
    assert scoring.change_text(Change(0.4, 0.5, 0.01, 0.2)).startswith("higher: ")
    assert scoring.change_text(Change(0.4, 0.4, -0.1, 0.1)).startswith("cannot tell: ")
