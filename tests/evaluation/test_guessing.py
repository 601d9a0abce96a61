"""Beside an accuracy: the commonest class, and where classes are unbalanced how each one fares."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score

from course_utils.data.examples import LabelledImages
from course_utils.evaluation.guessing import (
    balanced_accuracy,
    guessing_text,
    right_by_class,
    share_of_largest,
)
from course_utils.evaluation.scores import wilson_interval


def with_counts(**counts: int) -> LabelledImages:
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor([*counts.values()]))
    return LabelledImages(torch.zeros(len(labels), 1, 2, 2), labels, tuple(counts))


def test_guessing_is_the_share_of_the_commonest_class() -> None:
    assert share_of_largest(with_counts(defect=12, fine=160)) == ("fine", pytest.approx(160 / 172))


def test_always_naming_the_largest_class_is_worth_nothing_in_balanced_accuracy() -> None:
    examples = with_counts(fine=160, defect=12)
    said = guessing_text(examples, (examples.labels == 0).numpy())
    assert said.splitlines() == [
        "guessing (always 'fine') scores 0.930",
        "balanced accuracy: 0.500 [0.488, 0.621], guessing 0.500",
        "  0.000 [0.000, 0.242], n = 12: defect",
        "  1.000 [0.977, 1.000], n = 160: fine",
    ]


def test_even_classes_need_one_line() -> None:
    examples = with_counts(ant=30, bee=20)
    right = np.ones(50, dtype=bool)
    assert guessing_text(examples, right) == "guessing (always 'ant') scores 0.600"
    said = guessing_text(with_counts(fine=160, defect=12))
    assert said == "guessing (always 'fine') scores 0.930"
    assert (
        guessing_text(examples, guess_from=with_counts(ant=2, bee=3))
        == "guessing (always 'bee') scores 0.400"
    )


def test_of_many_classes_the_worst_are_told_and_the_others_counted() -> None:
    examples = with_counts(**{f"c{k}": 10 + 10 * (k == 0) for k in range(40)})
    right = np.ones(len(examples), dtype=bool)
    right[-3:] = False  # of the last class
    lines = guessing_text(examples, right).splitlines()
    assert len(lines) == 13 and lines[2].endswith(": c39")
    assert lines[-1] == "  and 30 classes that are better"


def test_a_name_is_whole_whatever_is_in_it() -> None:
    long = "$5_" + "a" * 200
    examples = with_counts(**{long: 9, "b": 3})
    said = guessing_text(examples, np.ones(12, dtype=bool))
    assert re.findall(r"always '(.*)'\) scores", said) == [long] and f": {long}\n" in said + "\n"


def test_balanced_accuracy_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    examples = with_counts(a=40, b=7, c=90)
    labels = examples.labels.numpy()
    answers = np.where(rng.random(137) < 0.7, labels, (labels + 1) % 3)
    mean, low, high = balanced_accuracy(answers == labels, examples)
    assert mean == pytest.approx(balanced_accuracy_score(labels, answers))
    assert low < mean < high


def test_of_one_class_the_interval_is_wilsons() -> None:
    examples, right = with_counts(a=30), np.arange(30) < 27
    assert balanced_accuracy(right, examples)[1:] == pytest.approx(wilson_interval(27, 30))


def test_the_interval_holds_the_true_mean_95_times_in_100() -> None:
    examples, rng = with_counts(fine=160, defect=12), np.random.default_rng(0)
    truth = np.where(examples.labels.numpy() == 0, 0.97, 0.6)
    ends = [balanced_accuracy(rng.random(172) < truth, examples)[1:] for _ in range(200)]
    assert 0.92 < np.mean([low <= 0.785 <= high for low, high in ends]) < 0.98


def test_a_class_without_examples_is_left_out() -> None:
    examples = with_counts(a=10, b=0, c=4)
    right = examples.labels.numpy() == 0
    assert right_by_class(right, examples) == {"a": (10, 10), "c": (0, 4)}
    assert balanced_accuracy(right, examples)[0] == pytest.approx(0.5)


@pytest.mark.parametrize("correct", [np.ones(3, dtype=bool), np.ones(4)])
def test_answers_to_other_examples_are_refused(correct: np.ndarray) -> None:
    with pytest.raises(ValueError, match="correct"):
        balanced_accuracy(correct, with_counts(a=2, b=2))


def test_the_accuracy_without_near_copies_is_told_beside_it() -> None:
    seen = replace(with_counts(a=3, b=3), groups=torch.arange(6))
    asked = replace(with_counts(a=2, b=2), groups=torch.tensor([0, 10, 3, 11]))
    correct = np.array([True, False, True, True])
    lines = guessing_text(asked, correct, seen).splitlines()
    assert lines[1].startswith("without 2 near copies of what was learned from: 0.500 [")
    assert lines[1].endswith("n = 2")
    apart = replace(asked, groups=torch.arange(20, 24))
    for other in (apart, replace(asked, groups=None)):  # none, or nobody looked
        assert len(guessing_text(other, correct, seen).splitlines()) == 1
    all_copies = replace(asked, groups=torch.arange(4))
    assert "all are near copies of what was learned from" in guessing_text(
        all_copies, correct, seen
    )
