"""The verdict on labelled pictures: does the model do as well as at its test?"""

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.shipping.score import Score, from_json, score_answers, to_json
from course_utils.shipping.world import compare_worlds, verdict

NAMES = ("a", "b")


def score(right: tuple[int, int], number: tuple[int, int]) -> Score:
    """Of two classes."""
    return Score(NAMES, right, number)


def test_answers_are_counted_by_class() -> None:
    labels = torch.tensor([0, 0, 0, 2, 2, 1])
    examples = LabelledImages(torch.empty(6, 0), labels, ("a", "b", "c", "d"))
    answers = torch.tensor([0, 2, 2, 2, 0, 1])
    found = score_answers(answers, examples)
    assert (found.right, found.number) == ((1, 1, 1, 0), (3, 1, 2, 0))
    assert found.confusions == (("a", "c", 2), ("c", "a", 1))
    assert found.guess == ("a", 0.5)
    assert found.balanced[0] == pytest.approx((1 / 3 + 1 + 1 / 2) / 3)
    assert score_answers(torch.eye(4)[answers], examples) == found
    assert from_json(to_json(found)) == found
    with pytest.raises(ValueError, match="got 5 answers to 6 examples"):
        score_answers(answers[:5], examples)


def test_groups_are_drawn_whole() -> None:
    labels, groups = torch.arange(40) % 2, torch.arange(40) // 10
    examples = LabelledImages(torch.empty(40, 0), labels, NAMES, groups=groups)
    answers = torch.where(groups < 2, labels, 1 - labels)  # two groups right, two wrong
    found = score_answers(answers, examples)
    assert found.over_groups == (4, 0.0, 1.0)
    assert "accuracy over 4 groups [0.000, 1.000]" in list(found.summary())
    assert from_json(to_json(found)) == found
    assert any("4 groups that belong together" in line for line in verdict(found, found))


def test_a_model_of_before_there_were_groups_is_read() -> None:
    content = to_json(score((1, 2), (3, 4)))
    del content["over_groups"], content["commonest"]
    assert from_json(content) == score((1, 2), (3, 4))


def test_of_many_classes_the_worst_are_told() -> None:
    names = tuple(f"class {k}" for k in range(40))
    lines = list(Score(names, tuple(range(40)), (40,) * 40).by_class())
    assert len(lines) == 31
    assert lines[0].endswith(": class 0") and lines[29].endswith(": class 29")
    assert lines[30] == "  and 10 classes that are better"


def test_a_worse_world_is_told() -> None:
    lines = list(verdict(score((60, 55), (100, 100)), score((92, 90), (100, 100))))
    assert lines[2].endswith(": different")
    assert "worse here than at its test" in lines[3]
    assert [line[:4] for line in lines[4:]] == ["  a:", "  b:"]


def test_chance_is_not_called_a_change() -> None:
    lines = list(verdict(score((88, 90), (100, 100)), score((92, 90), (100, 100))))
    assert lines[2].endswith(": cannot tell")
    assert lines[3].startswith("No sign that the world has changed; a change within [-0.0")
    assert len(lines) == 4


def test_another_mix_of_classes_alone_is_no_other_world() -> None:
    test = score((99, 60), (100, 100))
    here = score((20, 118), (20, 200))  # each class fares as at the test
    plain = score((20, 118), (20, 200)).accuracy
    assert plain < 0.65 and test.accuracy > 0.79
    found, is_mixed = compare_worlds(here, test)
    assert is_mixed and found.verdict == "cannot tell"
    assert "mixed otherwise" in next(verdict(here, test))


def test_a_class_that_fails_hides_in_no_mix() -> None:
    found, is_mixed = compare_worlds(score((20, 60), (20, 200)), score((99, 60), (100, 100)))
    assert is_mixed and found.verdict == "different"


def test_classes_that_one_side_lacks_are_left_out() -> None:
    found, is_mixed = compare_worlds(score((90, 0), (100, 0)), score((90, 10), (100, 100)))
    assert is_mixed and found.difference == pytest.approx(0)
    list(verdict(score((0, 5), (0, 9)), score((5, 0), (9, 0))))  # nothing in common: no error


def test_without_a_test_nothing_is_compared() -> None:
    (line,) = verdict(score((1, 1), (1, 1)), None)
    assert "never tested" in line
