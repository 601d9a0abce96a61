"""Batches of pictures with maps."""

import pytest
import torch
from torch import Tensor

from course_utils.data.maps.batches import mapped_batches
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.scenes import digit_scene_maps


@pytest.fixture
def scenes() -> MappedPictures:
    return digit_scene_maps(7, 2, 2, 0).train


def test_maps_are_those_of_their_pictures_and_every_picture_has_its_turn(
    scenes: MappedPictures,
) -> None:
    seen = set()
    for images, maps in mapped_batches(scenes, 3, 2, seed=5):
        assert images.dtype == torch.float32
        assert maps.dtype == torch.int64
        for image, true in zip(images, maps, strict=True):
            (place,) = [i for i in range(7) if torch.equal(scenes.images[i], image)]
            assert torch.equal(true, scenes.maps[place].long())
            seen.add(place)
    assert len(seen) == 6


def test_a_seed_gives_the_same_batches_and_another_one_others(scenes: MappedPictures) -> None:
    def first(seed: int) -> Tensor:
        return next(mapped_batches(scenes, 7, 1, seed))[0]

    assert torch.equal(first(1), first(1))
    assert not torch.equal(first(1), first(2))


def test_several_sizes_come_as_lists_and_bytes_as_shares() -> None:
    sizes = [(8, 10), (6, 6), (6, 6)]
    images = tuple(torch.full((3, *size), 51, dtype=torch.uint8) for size in sizes)
    maps = tuple(torch.ones(size, dtype=torch.uint8) for size in sizes)
    pictures = MappedPictures(images, maps, ("background", "thing"), ("a", "b", "c"))
    ((shown, truth),) = mapped_batches(pictures, 3, 1, seed=0)
    assert sorted(tuple(true.shape) for true in truth) == sorted(sizes)
    assert [image.shape[1:] for image in shown] == [true.shape for true in truth]
    assert all(image.unique().item() == pytest.approx(0.2) for image in shown)


def test_a_transform_moves_both(scenes: MappedPictures) -> None:
    def mirrored(image: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
        return image.flip(-1), true.flip(-1)

    plain = next(mapped_batches(scenes, 7, 1, seed=3))
    turned = next(mapped_batches(scenes, 7, 1, seed=3, transform=mirrored))
    assert torch.equal(plain[0].flip(-1), turned[0])
    assert torch.equal(plain[1].flip(-1), turned[1])


def test_nothing_to_deliver_is_refused(scenes: MappedPictures) -> None:
    with pytest.raises(ValueError, match="batch_size 1 and num_batches 1, got 7, 0 and 1"):
        next(mapped_batches(scenes, 0, 1, seed=0))
