"""Maps move with their pictures, and no number of a map is mixed from two."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.batches import mapped_batches
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.maps.transforms import (
    MovedTogether,
    cropped_at_random,
    mirrored_at_random,
)

WAYS = {
    "mirrored": mirrored_at_random,
    "cropped": lambda: cropped_at_random(24),
    "cropped, larger than all": lambda: cropped_at_random(90),
    "both": lambda: v2.Compose([mirrored_at_random(), cropped_at_random(24)]),
    "torchvision's own": lambda: MovedTogether(v2.RandomCrop(16)),
}


def pair(seed: int = 0) -> tuple[Tensor, Tensor]:
    """A picture (3, 40, 56), uint8, and its map: among 0, 100 and 200 any mean is seen."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randint(0, 3, (4, 5), generator=generator)
    classes = (100 * coarse.repeat_interleave(11, 0).repeat_interleave(13, 1)).byte()[:40, :56]
    return torch.stack([classes, 255 - classes, 255 * (classes == 200)]).byte(), classes


def moved(make: Callable[[], object], times: int = 30) -> list[tuple[Tensor, Tensor]]:
    """What comes of one picture each time, from one seed on."""
    torch.manual_seed(0)
    transform = make()
    return [transform(*pair()) for _ in range(times)]


@pytest.mark.parametrize("name", WAYS)
def test_numbers_of_maps_are_never_mixed(name: str) -> None:
    for image, classes in moved(WAYS[name]):
        assert classes.dtype == torch.uint8 and type(classes) is type(image) is Tensor
        assert set(classes.unique().tolist()) <= {0, 100, 200, IGNORED}
        assert image.shape[1:] == classes.shape


@pytest.mark.parametrize("name", WAYS)
def test_a_map_stays_where_its_picture_shows_it(name: str) -> None:
    """A picture that is white where its map is 200 stays so, and a pixel beside it is not."""
    matches = torch.tensor([agreement(*each) for each in moved(WAYS[name])])
    assert matches.mean() > 0.995 and matches.min() > 0.9
    beside = [agreement(image, classes.roll(1, -1)) for image, classes in moved(WAYS[name])]
    assert torch.tensor(beside).mean() < 0.97


def agreement(image: Tensor, classes: Tensor) -> float:
    """The share of pixels of the map that the picture's last colour agrees with."""
    inside = classes != IGNORED
    return ((image[2] > 127) == (classes == 200))[inside].float().mean().item()


@pytest.mark.parametrize("name", WAYS)
def test_the_same_seed_gives_the_same_and_every_turn_something_else(name: str) -> None:
    first, again = moved(WAYS[name]), moved(WAYS[name])
    for (image, classes), (image_again, classes_again) in zip(first, again, strict=True):
        assert torch.equal(image, image_again) and torch.equal(classes, classes_again)
    assert any(
        one.shape != other.shape or not torch.equal(one, other)
        for (_, one), (_, other) in pairwise(first)
    )


def test_half_of_all_pictures_are_mirrored_with_their_maps() -> None:
    image, classes = pair()
    turned = 0
    for image_after, classes_after in moved(mirrored_at_random, 200):
        is_turned = torch.equal(classes_after, classes.flip(-1))
        turned += is_turned
        assert torch.equal(image_after, image.flip(-1) if is_turned else image)
        assert is_turned or torch.equal(classes_after, classes)
    assert 70 < turned < 130


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
@pytest.mark.parametrize("channels", [1, 3])
def test_outside_is_the_mean_colour_and_does_not_count(dtype: torch.dtype, channels: int) -> None:
    image, classes = pair()
    image = image[:channels] if dtype == torch.uint8 else image[:channels] / 255
    places = set()
    torch.manual_seed(0)
    for _ in range(20):
        after, classes_after = cropped_at_random(90, 1.0, 1.0)(image, classes)
        assert after.dtype == dtype and after.shape == (channels, 90, 90)
        outside = classes_after == IGNORED
        assert outside.sum() == 90 * 90 - 40 * 56  # all of the picture is there
        means = image.float().mean(dim=(1, 2))
        wanted = means if dtype == torch.float32 else means.round()
        torch.testing.assert_close(
            after[:, outside].float(), wanted[:, None].expand(-1, int(outside.sum()))
        )
        assert torch.equal(after[:, ~outside], image.flatten(1))
        places.add(tuple((~outside).nonzero()[0].tolist()))
    assert len(places) > 10


def test_scales_go_from_the_least_to_the_most_and_halves_are_as_likely_as_doubles() -> None:
    """The picture is one block of 40x56 pixels, whose size tells the scale."""
    all_moved = moved(lambda: cropped_at_random(120), 300)
    sides = [(classes != IGNORED).any(dim=1).sum().item() for _, classes in all_moved]
    assert 20 <= min(sides) < 22 and 76 < max(sides) <= 80
    assert 120 < sum(side < 40 for side in sides) < 180


def test_a_map_of_whole_numbers_for_losses_is_moved_as_well() -> None:
    image, classes = pair()
    torch.manual_seed(0)
    _, after = cropped_at_random(24)(image, classes.long())
    torch.manual_seed(0)
    _, wanted = cropped_at_random(24)(image, classes)
    assert after.dtype == torch.int64 and torch.equal(after, wanted.long())


def test_batches_of_pictures_of_several_sizes_become_tensors() -> None:
    image, classes = pair()
    pictures = MappedPictures(
        (image, image[:, :30]), (classes, classes[:30]), ("background", "a"), ("1", "2")
    )
    ((images, maps),) = mapped_batches(pictures, 2, 1, 0, transform=cropped_at_random(32))
    assert images.shape == (2, 3, 32, 32) and maps.shape == (2, 32, 32)


@pytest.mark.parametrize("how", [(0,), (8, 0.0), (8, 2.0, 1.0), (8, 1.0, float("inf"))])
def test_sizes_and_scales_that_cannot_be_are_refused(how: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="crop_size must be at least 1"):
        cropped_at_random(*how)
