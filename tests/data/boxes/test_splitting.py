"""Pictures with boxes in three parts, or in draws for repeats; and too few of them are told."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.splitting import BoxSplit, draws, split_boxed
from course_utils.data.examples import PARTS


def numbered(
    num_pictures: int, parts: list[int] | None = None, groups: list[int] | None = None
) -> BoxedPictures:
    """Pictures of several sizes; the boxes of each hold its number."""
    numbers = range(num_pictures)
    return BoxedPictures(
        images=tuple(torch.full((3, 4, 5 + n % 3), n, dtype=torch.uint8) for n in numbers),
        boxes=tuple(torch.tensor([[0.0, 0, n, n]]) for n in numbers),
        labels=tuple(torch.tensor([0]) for _ in numbers),
        class_names=("cat",),
        counts=tuple(torch.tensor([True]) for _ in numbers),
        files=tuple(map(str, numbers)),
        parts=None if parts is None else torch.tensor(parts),
        groups=None if groups is None else torch.tensor(groups),
    )


def split(pictures: BoxedPictures, **changes: float) -> BoxSplit:
    usual = {"val_fraction": 0.25, "test_fraction": 0.25, "seed": 0}
    return split_boxed(pictures, **usual | changes)


def files_of(parts: BoxSplit) -> list[list[str]]:
    """Names of the pictures of each part."""
    parts.test.decide("the test")
    return [list(part.files) for part in (parts.train, parts.val, parts.test.open())]


def test_parts_are_whole_pictures_with_what_belongs_to_them() -> None:
    parts = split(numbered(20))
    files = files_of(parts)
    assert list(map(len, files)) == [10, 5, 5]
    names = [name for some in files for name in some]
    assert sorted(names, key=int) == list(numbered(20).files)
    for place, name in enumerate(parts.val.files):
        assert parts.val.images[place].unique().tolist() == [int(name)]
        assert parts.val.images[place].shape == (3, 4, 5 + int(name) % 3)
        assert parts.val.boxes[place].tolist() == [[0, 0, int(name), int(name)]]


def test_the_seed_decides() -> None:
    first, again, other = (files_of(split(numbered(20), seed=seed)) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("num_pictures", "said"),
    [
        (1, "1 picture would come to training 1 .the rest., validation 0"),
        (
            5,
            r"5 pictures would come to training 3 \(the rest\), validation 1 "
            r"\(val_fraction = 0.25\), test 1 \(test_fraction = 0.25\), and each part needs at "
            "least 2: add pictures or change the fractions$",
        ),
    ],
)
def test_too_few_pictures_are_told_with_what_each_part_would_get(
    num_pictures: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        split(numbered(num_pictures))
    assert list(map(len, files_of(split(numbered(8))))) == [4, 2, 2]


def test_too_few_left_to_train_on_are_told() -> None:
    with pytest.raises(ValueError, match=r"come to training 1 \(the rest\), validation 4"):
        split(numbered(10), val_fraction=0.4, test_fraction=0.5)


def test_a_part_that_is_brought_too_small_is_told_with_the_way_out() -> None:
    parts = [PARTS.index("train")] * 9 + [PARTS.index("test")]
    with pytest.raises(ValueError, match=r"test 1 \(its own part\).*split_anew = True$"):
        split(numbered(10, parts))
    brought = split(numbered(11, [*parts, PARTS.index("test")]))
    assert list(map(len, files_of(brought))) == [7, 2, 2]
    assert files_of(brought)[2] == ["9", "10"]


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_together(seed: int) -> None:
    groups = [0, 0, 0, 3, 4, 4, 6, 7, 8, 9, 10, 11]
    files = files_of(split(numbered(12, groups=groups), seed=seed))
    held = [{groups[int(name)] for name in names} for names in files]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])
    assert min(map(len, files)) >= 2


def test_pictures_in_too_few_groups_are_told() -> None:
    with pytest.raises(ValueError, match=r"12 pictures are in 2 groups .* one of 3 parts: add"):
        split(numbered(12, groups=[0] * 6 + [6] * 6))
    parts = [PARTS.index("train")] * 8 + [PARTS.index("test")] * 4
    with pytest.raises(ValueError, match=r"8 pictures are in 1 group .* one of 2 parts: add"):
        split(numbered(12, parts, groups=[0] * 8 + [8, 9, 10, 11]))


def test_groups_that_leave_too_few_to_a_part_are_told() -> None:
    """Ten of one kind and two others: a part gets one of these alone."""
    with pytest.raises(ValueError, match=r"training 10 .*validation 1 .*test 1 .*at least 2"):
        split(numbered(12, groups=[0] * 10 + [10, 11]))


def test_a_part_without_a_box_that_counts_is_refused() -> None:
    """Difficult ones alone are nothing to learn from or to score."""
    pictures = numbered(10, [0] * 6 + [1, 1, 2, 2])
    counts = [torch.tensor([place not in (6, 7)]) for place in range(10)]
    with pytest.raises(ValueError, match="the validation part has 2 pictures and no box that"):
        split(replace(pictures, counts=tuple(counts)))


@pytest.mark.parametrize(("val", "test"), [(0, 0.2), (0.2, 0), (0.5, 0.5)])
def test_fractions_that_leave_nothing_are_refused(val: float, test: float) -> None:
    with pytest.raises(ValueError, match=f"sum to less than 1, got {val} and {test}"):
        split(numbered(20), val_fraction=val, test_fraction=test)


@pytest.mark.parametrize(("num_pictures", "num_repeats"), [(4, 5), (3, 6), (20, 1), (1, 20)])
def test_draws_share_no_picture_where_there_are_enough(num_pictures: int, num_repeats: int) -> None:
    drawn = draws(numbered(20), num_pictures, num_repeats, seed=0)
    assert [len(some) for some in drawn] == [num_pictures] * num_repeats
    names = [name for some in drawn for name in some.files]
    assert len(set(names)) == num_pictures * num_repeats


@pytest.mark.parametrize(("num_pictures", "num_repeats"), [(7, 5), (20, 3), (13, 4), (19, 7)])
def test_where_there_are_too_few_each_is_drawn_about_as_often(
    num_pictures: int, num_repeats: int
) -> None:
    drawn = draws(numbered(20), num_pictures, num_repeats, seed=0)
    assert all(len(set(some.files)) == num_pictures for some in drawn)
    times = Counter(name for some in drawn for name in some.files)
    assert len(times) == 20 and max(times.values()) - min(times.values()) <= 1


def test_a_draw_is_pictures_with_what_belongs_to_them() -> None:
    (drawn,) = draws(numbered(9), 4, 1, seed=3)
    for image, boxes, name in zip(drawn.images, drawn.boxes, drawn.files, strict=True):
        assert image.unique().tolist() == [int(name)]
        assert boxes.tolist() == [[0, 0, int(name), int(name)]]


def test_more_draws_begin_with_the_same_ones_and_the_seed_decides() -> None:
    few, more, other = (
        [some.files for some in draws(numbered(20), 6, number, seed)]
        for number, seed in ((2, 1), (5, 1), (2, 2))
    )
    assert more[:2] == few != other
    assert few[0] != tuple(sorted(few[0], key=int))  # not in the order of the files


def test_every_picture_is_as_likely_in_every_draw() -> None:
    """Also when the pictures run out in the middle of a draw: an interval takes draws as alike."""
    times = torch.zeros(3, 5)
    for seed in range(600):
        for number, some in enumerate(draws(numbered(5), 3, 3, seed)):
            times[number, list(map(int, some.files))] += 1
    assert (times / 600 - 3 / 5).abs().max() < 0.08  # four standard errors


def test_too_few_for_one_draw_are_told_with_both_numbers() -> None:
    with pytest.raises(ValueError, match=r"takes 21 pictures, and there are 20 to draw from"):
        draws(numbered(20), 21, 2, seed=0)


@pytest.mark.parametrize(("num_pictures", "num_repeats"), [(0, 1), (1, 0)])
def test_draws_of_nothing_are_refused(num_pictures: int, num_repeats: int) -> None:
    with pytest.raises(ValueError, match=f"from 1, got {num_pictures} and {num_repeats}"):
        draws(numbered(20), num_pictures, num_repeats, seed=0)
