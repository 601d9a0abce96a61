"""Many pictures are asked about some at a time, and those of one size together."""

import pytest
import torch
from torch import Tensor

from course_utils.models.asking import ask_all, ask_by_size, with_channels


def images_of(*shapes: tuple[int, int]) -> list[Tensor]:
    """Grey pictures, each full of its own place."""
    return [torch.full((1, *shape), float(place)) for place, shape in enumerate(shapes)]


def test_those_of_one_size_go_together_and_answers_keep_the_order() -> None:
    asked = []

    def ask(batch: Tensor) -> list[float]:
        asked.append(tuple(batch.shape))
        return batch[:, 0, 0, 0].tolist()

    images = images_of((2, 3), (3, 2), (2, 3), (4, 4), (3, 2))
    assert ask_by_size(images, ask) == [0, 1, 2, 3, 4]
    assert asked == [(2, 1, 2, 3), (2, 1, 3, 2), (1, 1, 4, 4)]
    bytes_too = [images[0], images[2].byte()]  # stacked, they would be on two scales
    assert ask_by_size(bytes_too, ask) == [0, 2] and asked[3:] == [(1, 1, 2, 3)] * 2


@pytest.mark.parametrize(
    ("several_sizes", "batch_size", "at_a_time"),
    [(False, None, [64, 36]), (True, None, [8] * 12 + [4]), (True, 70, [70, 30])],
)
def test_some_at_a_time(several_sizes: bool, batch_size: int | None, at_a_time: list[int]) -> None:
    images = torch.arange(100.0).view(100, 1, 1, 1)
    asked = []

    def ask(some: list[Tensor]) -> list[float]:
        asked.append(len(some))
        return [image.item() for image in some]

    answers = ask_all(list(images) if several_sizes else images, ask, batch_size)
    assert answers == list(range(100)) and asked == at_a_time


def test_no_pictures_at_a_time_are_refused() -> None:
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        ask_all(images_of((2, 2)), list, 0)


def test_grey_becomes_colour_and_nothing_else_changes() -> None:
    (grey,), colour = images_of((2, 3)), torch.rand(3, 2, 3)
    assert torch.equal(with_channels(grey, 3), grey.repeat(3, 1, 1))
    assert torch.equal(with_channels(colour, 3), colour)
    with pytest.raises(ValueError, match=r"grey or of 3 channels for this network, got .* 4 chan"):
        with_channels(torch.rand(4, 2, 3), 3)
    with pytest.raises(ValueError, match="must be grey for this network, got one of 3 channels"):
        with_channels(colour, 1)
