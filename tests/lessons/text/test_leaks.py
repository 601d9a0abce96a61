"""What a random split flatters by: on texts whose leaks are made, and where they are none."""

import pytest
import torch

from course_utils.data.texts.examples import LabelledTexts
from course_utils.lessons.text.leaks import (
    SETTINGS,
    accuracy_of_words,
    each_once,
    measure_leaks,
    split_four_ways,
)

GROUPS, VARIANTS, TIMES = 80, 2, 3  # groups, sentences of each, how often each stands there


def texts_with_leaks() -> LabelledTexts:
    """Labels are drawn for each group, so that nothing but its own words tells them."""
    drawn = torch.randint(2, (GROUPS,), generator=torch.Generator().manual_seed(0))
    rows = [
        (f"g{group}a g{group}b s{group}x{variant} s{group}y{variant}", group)
        for group in range(GROUPS)
        for variant in range(VARIANTS)
        for _ in range(TIMES)
    ]
    groups = torch.tensor([group for _, group in rows])
    return LabelledTexts(
        tuple(text for text, _ in rows),
        drawn[groups],
        ("heads", "tails"),
        tuple(map(str, range(len(rows)))),
        groups=groups,
    )


def test_what_cannot_be_learned_is_answered_where_it_leaks_alone() -> None:
    found = measure_leaks(texts_with_leaks(), num_repeats=2, seed=1)
    assert tuple(found) == SETTINGS and {len(scores) for scores in found.values()} == {2}
    mean = {setting: sum(scores) / 2 for setting, scores in found.items()}
    assert mean[True, True] > 0.9
    assert mean[False, True] > 0.7
    assert abs(mean[True, False] - 0.5) < 0.2 and abs(mean[False, False] - 0.5) < 0.2
    assert found == measure_leaks(texts_with_leaks(), num_repeats=2, seed=1)
    assert found != measure_leaks(texts_with_leaks(), num_repeats=2, seed=2)


def test_all_four_ways_have_as_many_of_each_class_and_differ_in_what_is_shared() -> None:
    texts = texts_with_leaks()
    ways = split_four_ways(texts, each_once(texts), torch.Generator().manual_seed(3))
    counts = {
        tuple(tuple(part.labels.bincount(minlength=2).tolist()) for part in parts)
        for parts in ways.values()
    }
    assert len(counts) == 1
    ((train, exam),) = counts
    assert sum(train) + sum(exam) > 0.9 * GROUPS * VARIANTS and sum(exam) > 0.2 * sum(train)
    for (repeats_stay, names_shared), (train, exam) in ways.items():
        same_text = set(train.texts) & set(exam.texts)
        assert bool(same_text) == (repeats_stay and names_shared)
        assert bool(set(train.groups.tolist()) & set(exam.groups.tolist())) == names_shared
        assert (len(set(train.texts)) < len(train)) == repeats_stay
        assert not set(train.files) & set(exam.files)


def test_each_once_keeps_the_first_of_what_differs_in_signs_alone() -> None:
    texts = LabelledTexts(
        ("A b.", "c", "a B", "C!"), torch.tensor([0, 1, 0, 1]), ("x", "y"), ("1", "2", "3", "4")
    )
    assert each_once(texts).texts == ("A b.", "c")


def test_words_of_the_exam_are_not_learned_from() -> None:
    """Forty words that only the exam has count nothing; if they did, one word would weigh little.

    Then the larger class would win.
    """
    train = LabelledTexts(
        ("red apple", "red wine", *["blue sea"] * 9),
        torch.tensor([0] * 2 + [1] * 9),
        ("x", "y"),
        ("",) * 11,
    )
    new = " ".join(f"word{number}" for number in range(40))
    exam = LabelledTexts(
        (f"red {new}", f"blue {new}", "blue"), torch.tensor([0, 1, 0]), ("x", "y"), ("",) * 3
    )
    assert accuracy_of_words(train, exam) == pytest.approx(2 / 3)


def test_what_cannot_leak_is_refused() -> None:
    texts = texts_with_leaks()
    with pytest.raises(ValueError, match="num_repeats must be at least 1, got 0"):
        measure_leaks(texts, 0)
    with pytest.raises(ValueError, match="the 160 texts have no repeats"):
        measure_leaks(each_once(texts))
    bare_texts = LabelledTexts(texts.texts, texts.labels, texts.class_names, texts.files)
    with pytest.raises(ValueError, match="the 480 texts have no groups"):
        measure_leaks(bare_texts)
    of_one_group = LabelledTexts(
        texts.texts, texts.groups.eq(0).long(), texts.class_names, texts.files, groups=texts.groups
    )
    with pytest.raises(ValueError, match="class 'tails' has too few groups"):
        measure_leaks(of_one_group)
