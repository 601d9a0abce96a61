"""The loss of a segmenter, pixel by pixel and class by class."""

import pytest
import torch
from torch import Tensor

from course_utils.models.segmentation.losses import TERMS, PixelLoss

SIZES = ((4, 5), (3, 3))


@pytest.fixture
def batch() -> tuple[list[Tensor], list[Tensor]]:
    """Logits of background and 3 classes, and maps without class 3 and with ignored pixels."""
    generator = torch.Generator().manual_seed(0)
    logits = [torch.randn(4, *size, generator=generator) for size in SIZES]
    maps = [torch.randint(3, size, generator=generator) for size in SIZES]
    maps[0][0] = maps[1][:, 0] = 255
    return logits, maps


def pixels(logits: list[Tensor], maps: list[Tensor]) -> list[tuple[Tensor, int]]:
    """Probabilities and true class of each pixel that counts."""
    return [
        (each[:, row, column].softmax(dim=0), int(true[row, column]))
        for each, true in zip(logits, maps, strict=True)
        for row, column in (true != 255).nonzero().tolist()
    ]


@pytest.mark.parametrize("weights", [None, [0.2, 1.0, 3.0, 0.0]])
def test_cross_entropy_is_the_mean_over_pixels_that_count(batch: tuple, weights: list) -> None:
    each = pixels(*batch)
    shares = [1.0 if weights is None else weights[true] for _, true in each]
    expected = sum(-w * probs[true].log() for w, (probs, true) in zip(shares, each, strict=True))
    given = None if weights is None else torch.tensor(weights)
    loss = PixelLoss(3, class_weights=given)(*batch)
    assert list(loss) == ["cross_entropy"]
    torch.testing.assert_close(loss["cross_entropy"], expected / sum(shares))


def test_dice_is_the_mean_over_the_classes_that_are_there(batch: tuple) -> None:
    each = pixels(*batch)
    assert {true for _, true in each} == {0, 1, 2}
    dice = []
    for label in range(3):
        in_both = sum(probs[label] for probs, true in each if true == label)
        both = sum(probs[label] for probs, _ in each) + sum(true == label for _, true in each)
        dice.append(2 * in_both / both)
    loss = PixelLoss(3, ("dice",))(*batch)
    torch.testing.assert_close(loss["dice"], 1 - sum(dice) / 3)


def test_both_terms_are_given_by_name(batch: tuple) -> None:
    both = PixelLoss(3, TERMS)(*batch)
    assert both == {**PixelLoss(3)(*batch), **PixelLoss(3, ("dice",))(*batch)}


def test_nothing_is_learned_from_ignored_pixels(batch: tuple) -> None:
    logits, maps = batch
    for each in logits:
        each.requires_grad_()
    sum(PixelLoss(3, TERMS)(logits, maps).values()).backward()
    for each, true in zip(logits, maps, strict=True):
        moved = each.grad.abs().sum(dim=0)
        assert (moved[true == 255] == 0).all() and (moved[true != 255] > 0).all()


@pytest.mark.parametrize("weights", [None, torch.tensor([0.0, 1.0, 1.0, 1.0])])
@pytest.mark.parametrize("value", [0, 255])
def test_maps_without_classes_have_losses_that_are_numbers(
    batch: tuple, value: int, weights: Tensor | None
) -> None:
    logits = [each.requires_grad_() for each in batch[0]]
    maps = [torch.full_like(each, value) for each in batch[1]]
    losses = PixelLoss(3, TERMS, weights)(logits, maps)
    sum(losses.values()).backward()
    assert all(each.grad.isfinite().all() for each in logits)
    assert (losses["dice"] > 0) == (value == 0)
    assert (losses["cross_entropy"] > 0) == (value == 0 and weights is None)


def test_any_whole_numbers_will_do_and_weights_are_no_state(batch: tuple) -> None:
    logits, maps = batch
    loss = PixelLoss(3, class_weights=torch.ones(4))
    assert loss(logits, [each.byte() for each in maps]) == loss(logits, maps)
    assert loss.state_dict() == {} and loss.double().class_weights.dtype == torch.float64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"terms": ("focal",)}, r"terms must be some of 'cross_entropy', 'dice', got \('focal',\)"),
        ({"terms": ()}, "terms must be some of"),
        ({"terms": "dice"}, "terms must be some of .* got 'dice'"),
        ({"class_weights": torch.ones(3)}, "class_weights must be 4 finite numbers from 0"),
        ({"class_weights": torch.tensor([1, -1, 1, 1])}, "class_weights must be 4 finite"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PixelLoss(3, **arguments)


def test_maps_that_do_not_fit_are_refused(batch: tuple) -> None:
    logits, maps = batch
    with pytest.raises(ValueError, match="there are 2 pictures and 1 maps"):
        PixelLoss(3)(logits, maps[:1])
    with pytest.raises(ValueError, match=r"picture 1 is \(3, 3\) .* and its map \(3, 2\)"):
        PixelLoss(3)(logits, [maps[0], maps[1][:, :2]])
    for wrong in (-1, 4, 254, 300):
        maps[1][1, 1] = wrong
        with pytest.raises(ValueError, match=f"classes from 0 to 3, or 255 .*, got {wrong}$"):
            PixelLoss(3)(logits, maps)
