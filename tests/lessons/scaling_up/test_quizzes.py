"""The quizzes of lesson 13: their order, and what their replies state, each tried once."""

import math
import re
from collections.abc import Sequence

import pytest
import torch

from course_utils.data.digits import load_digits
from course_utils.lessons.scaling_up.parts import gradient, relative_difference
from course_utils.lessons.scaling_up.quizzes import QUESTIONS
from course_utils.lessons.scaling_up.sampling import reported_accuracy, sampler_indices
from course_utils.models.classifier import Classifier

UNEVEN = (100, 100, 56)


def reply_to(name: str, beginning: str) -> str:
    """What is said about the one answer that begins so."""
    (reply,) = (
        why for answer, why in QUESTIONS[name].answers.items() if answer.startswith(beginning)
    )
    return reply


def in_parts(
    model: Classifier, sizes: Sequence[int], weights: Sequence[float]
) -> tuple[float, float]:
    """How far the gradient in parts is from the whole one of 256 digits, and its relative length.

    Computed in the model's mode and precision.
    """
    digits = load_digits()[torch.arange(256)]
    given = digits.images.to(next(model.parameters()).dtype), digits.labels
    whole = gradient(model, *given, [256], [1.0])
    found = gradient(model, *given, sizes, weights)
    return relative_difference(found, whole), (found.norm() / whole.norm()).item()


def test_they_stand_in_the_order_in_which_the_lesson_asks_them() -> None:
    assert list(QUESTIONS) == [
        "13 loss of parts",
        "13 batch norm in parts",
        "13 padded validation",
        "13 as fast as",
    ]


def test_each_answer_has_a_reply_of_its_own() -> None:
    for question in QUESTIONS.values():
        replies = list(question.answers.values())
        assert len(replies) == len(set(replies)) == 4
        assert all(reply.endswith(".") and len(reply.split()) > 12 for reply in replies)


@pytest.mark.slow
def test_uneven_parts_are_right_only_by_their_share(model: Classifier) -> None:
    name = "13 loss of parts"
    assert 2.9 < in_parts(model, UNEVEN, [1.0] * 3)[1] < 3.1
    off, _ = in_parts(model, UNEVEN, [1 / 3] * 3)
    assert f"off by {100 * off:.1f} % of its length" in reply_to(name, "By 1/3")
    assert UNEVEN[2] * 3 == 168 and UNEVEN[0] * 3 == 300
    shares = [size / 256 for size in UNEVEN]
    assert in_parts(model, UNEVEN, shares)[0] < 1e-6  # 4e-07 where it was tried
    assert in_parts(model.double(), UNEVEN, shares)[0] < 1e-14
    assert in_parts(model, UNEVEN, [1 / 256] * 3)[1] == pytest.approx(3 / 256, rel=0.05)


@pytest.mark.slow
def test_live_batch_norm_makes_another_gradient_that_64_bits_do_not_mend(
    model: Classifier,
) -> None:
    name, quarters = "13 batch norm in parts", [64] * 4
    assert in_parts(model, quarters, [0.25] * 4)[0] < 1e-6  # held
    model.train()
    for precise in (model, model.double()):
        off, length = in_parts(precise, quarters, [0.25] * 4)
        assert f"{100 * off:.0f} %" == "11 %" and abs(length - 1) < 0.01
    assert f"{100 * in_parts(model, [128] * 2, [0.5] * 2)[0]:.0f} %" == "9 %"
    smallest = in_parts(model, [4] * 64, [1 / 64] * 64)[0]
    assert f"With 64 parts of 4 it is {100 * smallest:.0f} %." in reply_to(name, "Batch norm")
    off, length = in_parts(model, quarters, [1 / 16] * 4)
    assert (round(off, 2), round(length, 2)) == (0.75, 0.25)
    text = QUESTIONS[name].text
    assert "differs by 11 %" in text and "differ by 9 %" in text
    assert torch.finfo(torch.float32).eps / torch.finfo(torch.float64).eps > 2e8


def test_running_statistics_do_not_change_a_gradient_in_training_mode(model: Classifier) -> None:
    model.train()
    digits = load_digits()[torch.arange(64)]
    given = digits.images, digits.labels, [64], [1.0]
    first = gradient(model, *given)
    for buffer in model.buffers():
        buffer.zero_()
    assert torch.equal(gradient(model, *given), first)


def test_padding_makes_808_of_801_and_counts_wrong_ones_twice() -> None:
    name, correct = "13 padded validation", torch.arange(801) >= 80
    assert int(correct.sum()) == 721 and f"{721 / 801:.4f}" == "0.9001"
    padded = sampler_indices(801, 8)
    for how in ("of all counted", "mean of means"):
        assert f"{reported_accuracy(correct, padded, how):.4f}" == "0.8923"
    assert {len(rank) for rank in padded} == {101}
    dropped = sampler_indices(801, 8, pads=False)
    assert f"{reported_accuracy(correct, dropped, 'of all counted'):.4f}" == "0.9000"
    assert "720 of 800 would be right, 0.9000" in reply_to(name, "The last picture")
    assert reported_accuracy(correct.flip(0), padded, "of all counted") > 721 / 801


def test_counts_of_steps_and_ratios_are_what_the_question_says() -> None:
    question = QUESTIONS["13 as fast as"]
    plain, last, first = (
        float(number) for number in re.findall(r"(\d+) (?:ms\. C|ms, and|s\. A)", question.text)
    )
    steps = {batch: 10 * math.ceil(1024 / batch) for batch in (64, 512)}
    assert question.right.startswith(f"There are {steps[512]} steps in place of {steps[64]},")
    assert f"{plain / last:.1f} times as fast" in question.answers[question.right]
    assert f"as much as {1000 * first / last:.0f} of the other" in reply_to(
        "13 as fast as", "The first step"
    )
