"""The quizzes of lesson 14: their order, and what they state, each computed once more."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from course_utils.data.digits import load_digits
from course_utils.evaluation.learning_curve import Forecast, forecast_error
from course_utils.evaluation.scores import wilson_interval
from course_utils.lessons.how_long_how_much.quizzes import QUESTIONS

SIZES, TARGET, DRAWS = [20, 40, 80, 160], 640, 40
STRENGTH = 3.0  # of the ridge


def said_in(name: str) -> str:
    """The question and all that is said about its answers."""
    question = QUESTIONS[name]
    return " ".join([question.text, *question.answers, *question.answers.values()])


def reply_to(name: str, beginning: str) -> str:
    """What is said about the one answer that begins so."""
    (reply,) = (
        why for answer, why in QUESTIONS[name].answers.items() if answer.startswith(beginning)
    )
    return reply


def test_questions_stand_in_the_order_of_the_lesson_and_no_place_is_always_right() -> None:
    assert list(QUESTIONS) == [
        "14 what freezing saves",
        "14 peak or traffic",
        "14 what grows with the batch",
        "14 reading a forecast",
    ]
    places = [list(one.answers).index(one.right) for one in QUESTIONS.values()]
    assert {len(one.answers) for one in QUESTIONS.values()} == {4} and len(set(places)) > 1


def test_relu_is_slow_by_what_it_reads_and_writes() -> None:
    numbers = 64 * 64 * 64 * 64
    arithmetic, traffic = numbers / 100e9, 2 * 4 * numbers / 20e9
    said = said_in("14 peak or traffic")
    assert f"{numbers / 1e6:.1f} million numbers" in said
    assert f"{arithmetic * 1e3:.2g} ms: {numbers / 1e6:.1f} million operations" in said
    assert QUESTIONS["14 peak or traffic"].right.startswith(f"{traffic * 1e3:.1f} ms: 134 MB")
    assert f"{traffic * 1e3 / 2:.1f} ms: 67 MB are read" in said
    assert round(8 * numbers / 1e6) == 134
    assert "by a factor of 40 " in said and 39 < traffic / arithmetic < 41
    with FlopCounterMode(display=False) as counter:
        nn.ReLU()(torch.empty(64, 64, 64, 64, device="meta"))
    assert counter.get_total_flops() == 0


def operations(learns: Callable[[str], bool]) -> tuple[int, int]:
    """Operations of ResNet-50 for a picture: forward, and in a step of what ``learns``."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        model, picture = torchvision.models.resnet50(), torch.empty(1, 3, 224, 224)
        for name, weight in model.named_parameters():
            weight.requires_grad_(learns(name))
        answer = model(picture)
        forward = counter.get_total_flops()
        answer.sum().backward()
        return forward, counter.get_total_flops()


@pytest.mark.slow
def test_operations_are_those_of_resnet_50_with_other_parts_frozen() -> None:
    forward, training = operations(lambda name: True)
    said = said_in("14 what freezing saves")
    assert f"{forward / 1e9:.1f} billion operations to answer" in said
    assert f"{training / 1e9:.1f} billion to learn" in said
    of_head = operations(lambda name: name.startswith("fc"))[1]
    assert f"{of_head / forward:.4f} times the answer" in said
    assert QUESTIONS["14 what freezing saves"].right.startswith(f"{of_head / 1e9:.1f} billion")
    assert f"the last layer alone is {2 * 2048 * 1000 / 1e9:.3f} billion" in said
    of_first = operations(lambda name: name == "conv1.weight")[1]
    assert f"{of_first / forward:.2f} times" in reply_to("14 what freezing saves", "16.4 billion")
    assert f"{of_first / 1e9:.1f} billion: the gradient still" in said
    of_last_stage = operations(lambda name: name.startswith(("fc", "layer4")))[1]
    assert f"{of_last_stage / forward:.2f} times the answer" in said


def kept_bytes(model: nn.Module, picture: Tensor) -> int:
    """Bytes that the way back of one picture needs, weights left out."""
    weights = {weight.untyped_storage()._cdata for weight in model.parameters()}
    kept, held = {}, []

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage.nbytes()
            held.append(tensor)  # else its place is given to another
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        model(picture)
    return sum(kept.values())


def test_memory_is_that_of_resnet_18_with_adamw() -> None:
    with torch.device("meta"):
        model = torchvision.models.resnet18()
        of_batch = kept_bytes(model, torch.empty(8, 3, 224, 224)) / 8
    of_weights = 4 * sum(weight.numel() for weight in model.parameters())
    held = 4 * of_weights  # weights, gradients, and two numbers for each of AdamW
    small, large = (held + size * of_batch for size in (32, 64))
    said = said_in("14 what grows with the batch")
    assert f"{held / 1e6:.0f} MB" in said and f"one picture take {of_batch / 1e6:.0f} MB" in said
    assert f"64 times {of_batch / 1e6:.1f} MB" in said
    assert f"bound is {small / 1e9:.2f} GB" in said
    assert QUESTIONS["14 what grows with the batch"].right.startswith(f"{large / 1e9:.2f} GB")
    assert f"{2 * small / 1e9:.2f} GB: twice" in said
    assert f"{(large + of_weights) / 1e9:.2f} GB: the kept activations and the grad" in said
    assert f"{1 - held / large:.0%}".replace("%", " %") + " of the bound are kept" in said
    assert f"{1 - held / small:.0%}".replace("%", " %") + " of the bound already" in said


@cache
def draws_of_labels() -> tuple[list[Forecast], np.ndarray, np.ndarray]:
    """Forecasts from four sizes, the errors measured at the target, and those of the line."""
    digits = load_digits()
    inputs = np.c_[digits.images.flatten(1).numpy(), np.ones(len(digits.labels))]
    labels = digits.labels.numpy()
    found, truths, lines = [], [], []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(labels))
        judged, pool = order[:400], order[400:]

        def wrong_after(size: int, judged: np.ndarray = judged, pool: np.ndarray = pool):  # noqa: ANN202
            known = inputs[pool[:size]]
            products = known.T @ np.eye(10)[labels[pool[:size]]]
            weights = np.linalg.solve(known.T @ known + STRENGTH * np.eye(65), products)
            return (inputs[judged] @ weights).argmax(axis=1) != labels[judged]

        wrong = np.stack([wrong_after(size) for size in SIZES])
        found.append(forecast_error(SIZES, wrong, TARGET, draws=100))
        truths.append(wrong_after(TARGET).mean())
        slope, start = np.polyfit(np.log(SIZES), np.log(wrong.mean(axis=1)), 1)
        lines.append(np.exp(start + slope * np.log(TARGET)))
    return found, np.array(truths), np.array(lines)


@pytest.mark.slow
def test_the_forecast_its_interval_and_how_often_it_held_were_computed() -> None:
    found, truths, lines = draws_of_labels()
    said, first = said_in("14 reading a forecast"), found[0]
    ends = f"[{first.low:.3f}, {first.high:.3f}]"
    assert f"an error of {first.error:.3f} with the interval {ends}" in said
    assert f"Its floor is {first.floor:.3f}" in said and first.floor > truths[0]
    assert f"With {TARGET} labels it was {truths[0]:.3f}" in said
    assert f"too much: {lines[0]:.3f} here, where {truths[0]:.3f}" in said
    held = sum(one.low <= truth <= one.high for one, truth in zip(found, truths, strict=True))
    low, high = wilson_interval(held, DRAWS)
    assert f"{held} of the {DRAWS} intervals held" in said and high < 0.95
    assert f"{held} of {DRAWS}, which is {held / DRAWS:.2f} [{low:.2f}, {high:.2f}]" in said
    assert f"In {(lines < truths).sum()} of the {DRAWS} draws it promised less" in said
    assert (lines / truths).mean() == pytest.approx(2 / 3, abs=0.05)
    floors = [one.floor for one in found]
    assert "anything from 0 to 0.13" in said
    assert min(floors) < 0.005 and max(floors) == pytest.approx(0.13, abs=0.005)
