"""Varied pictures: each in its own way, little, repeatable, and mirrored only if asked."""

import pytest
import torch

from course_utils.data.augmentation import Vary


def ramp(count: int) -> torch.Tensor:
    """Pictures (count, 1, 16, 16) that grow lighter to the right, and have a dark corner."""
    images = torch.linspace(0, 1, 16).expand(count, 1, 16, 16).clone()
    images[:, :, :4, :4] = 0
    return images


def test_pictures_change_a_little_and_each_in_its_own_way() -> None:
    varied = Vary(0, mirror=False)(ramp(50))
    assert varied.shape == (50, 1, 16, 16)
    assert varied.min() >= 0 and varied.max() <= 1
    apart = (varied - ramp(50)).abs().mean(dim=(1, 2, 3))
    assert apart.min() > 0 and apart.max() < 0.15
    assert len(apart.unique()) > 40


def test_the_same_seed_gives_the_same_and_the_next_batch_others() -> None:
    vary, again = Vary(3, mirror=False), Vary(3, mirror=False)
    first = vary(ramp(4))
    assert first.equal(again(ramp(4)))
    assert not first.equal(vary(ramp(4)))
    state = torch.get_rng_state()
    vary(ramp(4))
    assert state.equal(torch.get_rng_state())  # torch's own numbers are left alone


@pytest.mark.parametrize(("mirror", "share"), [(False, 0.0), (True, 0.5)])
def test_half_are_mirrored_where_that_is_asked_and_none_elsewhere(
    mirror: bool, share: float
) -> None:
    varied = Vary(1, mirror=mirror)(ramp(400))
    turned = (varied[..., -4:].mean(dim=(1, 2, 3)) < varied[..., :4].mean(dim=(1, 2, 3))).float()
    assert turned.mean().item() == pytest.approx(share, abs=0.08)


def test_a_uniform_picture_stays_what_it_is() -> None:
    grey = torch.full((5, 3, 8, 8), 0.4)
    assert torch.allclose(Vary(0, mirror=True)(grey), grey)
