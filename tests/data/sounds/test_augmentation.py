"""Varied pictures of sound: little, each in its own way, with noise and blanks as they are said."""

from collections.abc import Callable

import pytest
import torch

from course_utils.data.sounds import augmentation
from course_utils.data.sounds.augmentation import BLANK, MEAN, NOISE, VarySound


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], VarySound]:
    """Leave one kind of change on, with the others off."""
    sizes = {name: getattr(augmentation, name) for name in ("WARP", "SHIFT", "NOISE", "BLANK")}

    def keep(kind: str) -> VarySound:
        for name, size in sizes.items():
            monkeypatch.setattr(augmentation, name, size if name == kind else 0.0)
        return VarySound(0)

    return keep


def ramp(count: int) -> torch.Tensor:
    """Pictures (count, 1, 16, 16) that grow lighter with time, and darker with pitch."""
    rising = torch.linspace(0.3, 0.7, 16)
    return (rising[None, :] - rising[:, None] / 2 + 0.2).expand(count, 1, 16, 16).clone()


def test_pictures_change_a_little_and_each_in_its_own_way() -> None:
    varied = VarySound(0)(ramp(60))
    assert varied.shape == (60, 1, 16, 16) and varied.dtype == torch.float32
    apart = (varied - ramp(60)).abs().mean(dim=(1, 2, 3))
    assert apart.min() > 0 and apart.max() < 0.1
    assert len(apart.unique()) == 60


def test_the_same_seed_gives_the_same_and_the_next_batch_others() -> None:
    vary, again = VarySound(3), VarySound(3)
    state = torch.get_rng_state()
    first = vary(ramp(4))
    assert first.equal(again(ramp(4)))
    assert not first.equal(vary(ramp(4)))
    assert state.equal(torch.get_rng_state())  # torch's own numbers are left alone


def test_noise_alone_has_at_most_three_tenths_of_a_pictures_spread(
    only: Callable[[str], VarySound],
) -> None:
    change = only("NOISE")(ramp(400)) - ramp(400)
    spread = change.std(dim=(1, 2, 3))
    assert pytest.approx(0.3 * 32 / 255) == NOISE
    assert spread.min() < 0.1 * NOISE and 0.9 * NOISE < spread.max() < 1.15 * NOISE
    assert spread.mean().item() == pytest.approx(NOISE / 2, rel=0.1)


def test_blanks_alone_are_whole_bands_or_whole_steps_at_the_mean(
    only: Callable[[str], VarySound],
) -> None:
    images = torch.full((2000, 1, 16, 16), 0.9)
    images[:, :, :, ::2] = 0.1
    varied = only("BLANK")(images)
    blank = (varied - images).abs() > 0.05
    bands = blank.squeeze(1).all(dim=2).sum(1)  # (N,), how many bands are blanked whole
    steps = blank.squeeze(1).all(dim=1).sum(1)
    in_neither = blank.squeeze(1) & ~blank.squeeze(1).all(2, True) & ~blank.squeeze(1).all(1, True)
    assert not in_neither.any()
    assert bands.max() == steps.max() == 16 // 6
    for counted in (bands, steps):
        assert (counted > 0).float().mean().item() == pytest.approx(BLANK, abs=0.04)
    assert varied[blank].unique().tolist() == pytest.approx([MEAN])
    assert pytest.approx(128 / 255) == MEAN


def test_a_shift_alone_moves_by_at_most_a_pixel_at_16(only: Callable[[str], VarySound]) -> None:
    dot = torch.zeros(300, 1, 16, 16)
    dot[:, :, 8, 8] = 1
    moved = only("SHIFT")(dot).squeeze(1)
    place = torch.arange(16.0)
    for summed in (moved.sum(1), moved.sum(2)):
        middle = (summed * place).sum(1) / summed.sum(1)
        assert 0.7 < (middle - 8).abs().max() <= 0.06 * 16 + 1e-3
        assert (middle - 8).mean().abs() < 0.1


def test_a_warp_alone_keeps_the_middle_and_stretches_by_at_most_its_share(
    only: Callable[[str], VarySound],
) -> None:
    rising = torch.linspace(0, 1, 16).expand(300, 1, 16, 16)
    warped = only("WARP")(rising)
    steepness = (warped[..., 9] - warped[..., 6])[:, 0, 8] / (rising[..., 9] - rising[..., 6])[
        0, 0, 8
    ]
    assert 0.84 < steepness.min() < 0.88 and 1.12 < steepness.max() < 1.16
    assert torch.allclose(warped[..., 7:9].mean(-1), torch.tensor(0.5), atol=1e-5)


def test_a_uniform_picture_at_the_mean_only_gets_noise(only: Callable[[str], VarySound]) -> None:
    grey = torch.full((5, 1, 16, 16), MEAN)
    for kind in ("WARP", "SHIFT", "BLANK"):
        assert torch.allclose(VarySound(0)(grey), grey, atol=6 * NOISE)
        assert torch.allclose(only(kind)(grey), grey)
