"""Checks of the exercises in lesson 00."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.feedback import Feedback, call_for_number, right, unanswered, wrong


def check_share_right(share_right: Callable[[Tensor, Tensor], Any]) -> Feedback:
    """Compare with counting by hand, on several lengths."""
    for length, num_right in ((4, 3), (7, 7), (10, 0), (3, 1)):
        labels = torch.arange(length)
        answers = torch.where(torch.arange(length) < num_right, labels, labels + 1)
        result = call_for_number(share_right, answers, labels)
        if isinstance(result, Feedback):
            return result
        feedback = _judge_share(result, num_right, length)
        if feedback is not None:
            return feedback
    return right("Your function agrees with counting by hand on four cases.")


def _judge_share(found: float, num_right: int, length: int) -> Feedback | None:
    share = num_right / length
    if abs(found - share) < 1e-6:
        return None
    if abs(found - 100 * share) < 1e-4:
        return wrong("That is per cent; wanted is a share from 0 to 1.", "per-cent")
    if abs(found - num_right) < 1e-6:
        return wrong("That is how many were right; wanted is which share of all.", "count")
    if abs(found - (1 - share)) < 1e-6:
        return wrong("That is the share that was wrong.", "error-rate")
    return wrong(f"{num_right} right of {length} gave {found:.3g}.")


def check_gains_more(gains_more: object) -> Feedback:
    """Which head gains more when there are ten labels per class instead of one."""
    if gains_more in (None, ...):
        return unanswered()
    if gains_more == "pixels":
        return right("The head on pixels had more left to learn; features need fewer labels.")
    if gains_more == "features":
        return wrong(
            "It may end higher, but the question is which of the two means grew by more. "
            "Compare each with its own value before.",
            "level-for-gain",
        )
    return wrong(f'Write "pixels" or "features"; got {gains_more!r}.', "not-an-option")
