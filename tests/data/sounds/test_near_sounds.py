"""Nearly equal pictures are found and no others, however many are looked at together."""

import pytest
import torch

from course_utils.data.sounds import near_sounds
from course_utils.data.sounds.near_sounds import find_near_sounds


@pytest.mark.parametrize("cells", [1, 100, 10**6])
def test_pairs_are_those_that_one_by_one_are_found(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_sounds, "CELLS", cells)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (30, 1, 16, 16), generator=generator, dtype=torch.uint8)
    images[21] = images[4]
    images[9] = (images[4].int() + 1).clamp(max=255)
    near = torch.randint(-6, 7, images[12].shape, generator=generator)  # 3.7 in the mean: too much
    images[25] = (images[12].int() + near).clamp(0, 255)
    wanted = [
        [one, other]
        for one in range(30)
        for other in range(one + 1, 30)
        if (images[one].double() - images[other].double()).square().mean().sqrt() < 2
    ]
    assert find_near_sounds(images).tolist() == wanted == [[4, 9], [4, 21], [9, 21]]


@pytest.mark.parametrize("number", [0, 1])
def test_few_pictures_have_no_pairs(number: int) -> None:
    images = torch.zeros(number, 1, 16, 16, dtype=torch.uint8)
    assert find_near_sounds(images).shape == (0, 2)
