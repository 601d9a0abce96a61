"""What answers return becomes plain numbers, in whatever form it comes."""

import numpy as np
import pytest
import torch

from course_utils.exercises.feedback import Feedback
from course_utils.exercises.reading import as_lists


@pytest.mark.parametrize(
    "numbers",
    [
        np.array([3.0, 2.0, 1.0])[::-1],
        np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0]])[:, 0],
        torch.tensor([1.0, 2.0, 3.0], requires_grad=True),
        [np.float32(1), torch.tensor(2), 3],
    ],
    ids=["backwards", "every second", "with a gradient", "of all kinds"],
)
def test_numbers_are_read_from_arrays_tensors_and_lists(numbers: object) -> None:
    assert as_lists(numbers) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("numbers", ["abc", {"a": 1}, np.array([1j]), [[1.0], [1.0, 2.0]]])
def test_what_holds_no_numbers_is_told_what_is_wanted(numbers: object) -> None:
    found = as_lists(numbers)
    assert isinstance(found, Feedback) and "a tensor or an array is wanted" in found.message
