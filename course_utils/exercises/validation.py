"""Checks of lesson 05: early stopping, possible accuracies, a leak, and a paired verdict."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.feedback import Feedback, call, right, unanswered, wrong
from course_utils.exercises.validation_ideas import (
    ACCURACIES,
    LOSSES,
    SHARE_IDEAS,
    STOP_IDEAS,
    TABLES,
    VERDICT_IDEAS,
    Ideas,
    epoch_kept,
    paired_verdict,
)


def _judge(
    function: Callable[..., Any],
    cases: Sequence[tuple],
    truth: Callable[..., Any],
    ideas: Ideas,
    tell: Callable[..., str],
) -> Feedback:
    """Compare answers on all ``cases`` with the truth, then with each known wrong idea."""
    answers = []
    for case in cases:
        answer = call(function, *case)
        if isinstance(answer, Feedback):
            return answer
        if answer is ...:
            return unanswered()
        answers.append(answer)
    expected = [truth(*case) for case in cases]
    if answers == expected:
        return right(f"All {len(cases)} cases, easy and nasty, are as they should be.")
    for name, (idea, hint) in ideas.items():
        if answers == [idea(*case) for case in cases]:
            return wrong(hint, name)
    pairs = zip(cases, answers, expected, strict=True)
    return wrong(next(tell(*case) for case, answer, best in pairs if answer != best))


def check_stop_early(stop_early: Callable[..., int]) -> Feedback:
    """Check exercise 1 on curves that rise, tie, recover too late, or never rise."""
    return _judge(
        stop_early,
        LOSSES,
        lambda train, val, patience: epoch_kept(val, patience),
        STOP_IDEAS,
        lambda train, val, patience: f"Walk through losses {val} with patience {patience}.",
    )


def check_could_be(could_be: Callable[[float, int], bool]) -> Feedback:
    """Check exercise 2 on accuracies that are r / n, exactly or rounded, and some that are not."""
    return _judge(
        could_be,
        ACCURACIES,
        lambda a, n: any(f"{r / n:.4f}" == f"{a:.4f}" for r in range(n + 1)),
        SHARE_IDEAS,
        lambda a, n: f"{a} of {n}: write down the shares r / {n} around it, and look again.",
    )


def check_standardise(
    standardise: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
) -> Feedback:
    """Check exercise 3 on pictures whose validation part is brighter than the training part."""
    generator = torch.Generator().manual_seed(0)
    train = torch.rand(40, 1, 8, 8, generator=generator)
    val = 0.5 + 2 * torch.rand(10, 1, 8, 8, generator=generator)
    answer = call(standardise, train.clone(), val.clone())
    if isinstance(answer, Feedback) or answer is ...:
        return answer if isinstance(answer, Feedback) else unanswered()
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return wrong("Return two tensors: training pictures, then validation pictures.")
    if [part.shape for part in answer] != [train.shape, val.shape]:
        return wrong("The shapes of the pictures changed; only their values should.")
    both = torch.cat([train, val])
    for name, of_train, of_val, hint in (
        ("everything", both, both, "Mean or spread still saw validation examples."),
        ("own-statistics", train, val, "Validation pictures got a scale of their own, which the "
         "model never learns; and one new picture alone would have no such scale."),
        ("from-validation", val, val, "Mean and spread come from the validation pictures."),
        ("untouched", train, None, "The validation pictures did not change: the model would see "
         "them on another scale than the one it was trained on."),
    ):  # fmt: skip
        if _is_scaled(answer[0], train, of_train) and _is_scaled(answer[1], val, of_val):
            return wrong(hint, name)
    if _is_scaled(answer[0], train, train) and _is_scaled(answer[1], val, train):
        return right("Mean and spread are fitted on training pictures and applied to both.")
    return wrong("Subtract a mean, then divide by a standard deviation; the same two for both.")


def _is_scaled(answer: Tensor, images: Tensor, source: Tensor | None) -> bool:
    """Whether ``answer`` is ``images`` on the scale of ``source``, over all values or per pixel."""
    if source is None:
        return torch.equal(answer, images)
    for axes in (None, 0, (0, 2, 3)):
        for correction in (0, 1):
            spread, mean = torch.std_mean(source, axes, correction=correction, keepdim=True)
            if torch.allclose(answer.float(), (images - mean) / spread, atol=1e-3):
                return True
    return False


def check_verdict(verdict: Callable[[int, int, int, int], str]) -> Feedback:
    """Check exercise 4 against ``compare_models`` on tables of many kinds."""
    return _judge(
        verdict,
        TABLES,
        paired_verdict,
        VERDICT_IDEAS,
        lambda *table: f"Work out p for both, only A, only B, neither = {table}.",
    )
