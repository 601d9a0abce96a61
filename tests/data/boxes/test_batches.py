"""Batches of pictures with boxes."""

import pytest
import torch
from torchvision.transforms import v2

from course_utils.data.boxes.batches import boxed_batches, target_of
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.targets import mirrored_at_random, move_together
from course_utils.data.scene_drawing import Scenes
from course_utils.data.scenes import digit_scenes


@pytest.fixture
def scenes() -> Scenes:
    return digit_scenes(7, 2, 2, 0).train


def of_two_sizes() -> BoxedPictures:
    sizes = [(3, 8, 10), (3, 6, 6), (3, 6, 6)]
    images = tuple(torch.full(size, 51, dtype=torch.uint8) for size in sizes)
    boxes = tuple(torch.tensor([[1.0, 1.0, 5.0, 4.0]]) for _ in sizes)
    ones = tuple(torch.tensor([0]) for _ in sizes)
    counts = tuple(torch.tensor([True]) for _ in sizes)
    return BoxedPictures(images, boxes, ones, ("thing",), counts, ("a", "b", "c"))


def test_each_pass_takes_every_picture_once_and_what_is_left_over_waits(scenes: Scenes) -> None:
    batches = list(boxed_batches(scenes, 3, 4, seed=5))
    assert [len(images) for images, _ in batches] == [3, 3, 3, 3]
    sums = [image.sum().item() for images, _ in batches[:2] for image in images]
    assert len({round(value, 3) for value in sums}) == 6
    again = list(boxed_batches(scenes, 3, 4, seed=5))
    assert all(torch.equal(a[0], b[0]) for a, b in zip(batches, again, strict=True))
    other = list(boxed_batches(scenes, 3, 4, seed=6))
    assert not all(torch.equal(a[0], b[0]) for a, b in zip(batches, other, strict=True))


def test_targets_are_those_of_their_pictures(scenes: Scenes) -> None:
    for images, targets in boxed_batches(scenes, 2, 5, seed=0):
        for image, target in zip(images, targets, strict=True):
            (place,) = [i for i in range(7) if torch.equal(scenes.images[i], image)]
            expected = target_of(scenes, place)
            assert expected.keys() == target.keys() == {"boxes", "labels", "counts"}
            assert all(torch.equal(expected[name], target[name]) for name in expected)


def test_pictures_of_several_sizes_come_as_a_list_and_bytes_as_shares() -> None:
    ((images, targets),) = boxed_batches(of_two_sizes(), 3, 1, seed=0)
    assert sorted(tuple(image.shape) for image in images) == [(3, 6, 6), (3, 6, 6), (3, 8, 10)]
    assert all(image.unique().item() == pytest.approx(0.2) for image in images)
    assert len(targets) == 3
    few = of_two_sizes()[torch.tensor([1, 2])]
    ((images, _),) = boxed_batches(few, 9, 1, seed=0)
    assert images.shape == (2, 3, 6, 6)


def test_a_transform_moves_boxes_with_their_pictures(scenes: Scenes) -> None:
    flip = move_together(v2.RandomHorizontalFlip(p=1.0))
    plain = list(boxed_batches(scenes, 7, 1, seed=3))
    turned = list(boxed_batches(scenes, 7, 1, seed=3, transform=flip))
    torch.testing.assert_close(turned[0][0], plain[0][0].flip(-1))
    for a, b in zip(plain[0][1], turned[0][1], strict=True):
        mirrored = torch.stack(
            [32 - a["boxes"][:, 2], a["boxes"][:, 1], 32 - a["boxes"][:, 0], a["boxes"][:, 3]], 1
        )
        torch.testing.assert_close(b["boxes"], mirrored)


@pytest.mark.parametrize("numbers", [(0, 1), (1, 0)])
def test_numbers_below_1_are_named(scenes: Scenes, numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"got 7, {numbers[0]} and {numbers[1]}"):
        next(boxed_batches(scenes, *numbers, seed=0))


def test_mirrored_at_random_turns_about_half_with_their_boxes() -> None:
    scenes = digit_scenes(40, 2, 2, 0, min_objects=1).train
    torch.manual_seed(0)
    (plain,) = boxed_batches(scenes, 40, 1, seed=0)
    (turned,) = boxed_batches(scenes, 40, 1, seed=0, transform=mirrored_at_random())
    num_turned = 0
    for image, other, target, moved in zip(plain[0], turned[0], plain[1], turned[1], strict=True):
        is_same = torch.equal(image, other)
        num_turned += not is_same
        assert is_same or torch.equal(image.flip(-1), other)
        sides = moved["boxes"][:, [0, 2]]
        expected = target["boxes"][:, [0, 2]] if is_same else 32 - target["boxes"][:, [2, 0]]
        torch.testing.assert_close(sides, expected)
    assert 8 <= num_turned <= 32
