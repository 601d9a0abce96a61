"""The workbook's own segmenter: what it learns, and maps at each picture's own size."""

import pytest
import torch
from torch import Tensor, nn

from course_utils.data.boxes.examples import class_map
from course_utils.data.scenes import digit_scenes
from course_utils.models.feature_map import FeatureMap
from course_utils.models.freezing import fingerprint, freeze
from course_utils.models.residual import Backbone
from course_utils.models.segmentation.answering import logits_on, segment_all, surest_class
from course_utils.models.segmentation.dense import DenseSegmenter
from course_utils.models.segmentation.losses import TERMS


def segmenter_of(channels: int = 1, **how: object) -> DenseSegmenter:
    """One that gives every class somewhere, with statistics that differ from the batch's."""
    torch.manual_seed(0)
    made = DenseSegmenter(FeatureMap(Backbone(channels, 8)), 3, **how)
    nn.init.zeros_(made.head.classes.bias)
    return made


def images_of(*shapes: tuple[int, int, int]) -> list[Tensor]:
    """Noise of these shapes."""
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(shape, generator=generator) for shape in shapes]


@pytest.mark.parametrize("skip", [True, False])
def test_maps_have_the_size_of_their_pictures(skip: bool) -> None:
    segmenter = segmenter_of(skip=skip).eval()
    sizes = [(16, 16), (13, 22), (16, 16), (1, 1), (3, 9)]
    images = images_of(*((1, *size) for size in sizes))
    maps = segmenter.segment(images)
    assert [tuple(each.shape) for each in maps] == sizes
    assert all(each.dtype == torch.uint8 for each in maps)
    assert len(torch.cat([each.flatten() for each in maps]).unique()) > 1
    for image, found in zip(images, maps, strict=True):
        assert torch.equal(found, segmenter(image[None])[0].argmax(dim=0))


def test_answers_do_not_depend_on_the_batch_and_the_mode_stays() -> None:
    segmenter = segmenter_of().train()
    images = [(255 * image).byte() for image in images_of(*[(1, 12, 12), (1, 9, 12)] * 4)]
    before = fingerprint(segmenter)
    one, all_at_once = (segment_all(segmenter, images, size) for size in (1, 100))
    assert segmenter.training and fingerprint(segmenter) == before  # no statistics have moved
    assert all(map(torch.equal, one, all_at_once))
    as_floats = segment_all(segmenter, [image / 255 for image in images])
    assert all(map(torch.equal, one, as_floats))
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        segment_all(segmenter, images, 0)


def test_logits_are_those_that_maps_are_made_of_whatever_the_mode() -> None:
    segmenter = segmenter_of(3).train()
    images = [(255 * image).byte() for image in images_of((1, 12, 12), (3, 9, 12))]
    before = fingerprint(segmenter)
    logits = logits_on(segmenter, images)
    assert segmenter.training and fingerprint(segmenter) == before
    for each, found in zip(logits, segment_all(segmenter, images), strict=True):
        assert torch.equal(each.argmax(dim=0).byte(), found)
    assert not any(each.requires_grad for each in logits)


def test_frozen_statistics_are_held_while_the_head_learns() -> None:
    segmenter = segmenter_of()
    freeze(segmenter.backbone)
    segmenter.train()
    before, head = fingerprint(segmenter.backbone), fingerprint(segmenter.head)
    segmenter.losses(images_of((1, 8, 8)), torch.zeros(1, 8, 8, dtype=torch.int64))
    assert fingerprint(segmenter.backbone) == before and fingerprint(segmenter.head) != head


def test_grey_pictures_do_for_a_backbone_of_colour() -> None:
    segmenter = segmenter_of(3).eval()
    (grey,) = images_of((1, 12, 8))
    assert torch.equal(segmenter.segment([grey])[0], segmenter.segment([grey.repeat(3, 1, 1)])[0])
    with pytest.raises(ValueError, match="must be grey for this network, got one of 3 channels"):
        segmenter_of(1).segment(images_of((3, 8, 8)))


def test_losses_of_several_sizes_are_over_all_pixels() -> None:
    segmenter = segmenter_of(terms=TERMS, class_weights=torch.tensor([0.2, 1, 1, 1])).eval()
    images = images_of((1, 12, 8), (1, 7, 9))
    maps = [torch.randint(4, image.shape[1:]) for image in images]
    expected = segmenter.loss([segmenter(image[None])[0] for image in images], maps)
    losses = segmenter.losses(images, maps)
    assert set(losses) == set(TERMS)
    torch.testing.assert_close(losses, expected)
    stacked = torch.stack([images[0]] * 2)
    from_levels = segmenter.losses_of(segmenter.backbone.levels(stacked), [maps[0]] * 2)
    torch.testing.assert_close(from_levels, segmenter.losses(stacked, [maps[0]] * 2))


@pytest.mark.slow
def test_without_skip_connections_one_pixel_is_not_told_from_the_next() -> None:
    """True maps with detail below a cell are learned by heart with them, and not without."""
    torch.manual_seed(1)
    images = torch.rand(2, 1, 16, 16)
    maps = (images[:, 0] > 0.5).long()
    right = []
    for skip in (True, False):
        segmenter = segmenter_of(skip=skip).train()
        optimizer = torch.optim.AdamW(segmenter.parameters(), lr=1e-2)
        for _ in range(40):
            loss = sum(segmenter.losses(images, maps).values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        found = torch.stack(segmenter.segment(images))
        right.append((found == maps).float().mean().item())
    assert right[0] > 0.97 and right[1] < 0.85


@pytest.mark.slow
def test_it_learns_scenes_and_begins_with_background() -> None:
    scenes = digit_scenes(12, 8, 4, 0).train
    maps = list(map(class_map, scenes.masks, scenes.labels))
    torch.manual_seed(0)
    segmenter = DenseSegmenter(FeatureMap(Backbone()), scenes.num_classes)
    first = torch.stack(segment_all(segmenter, scenes.images))
    assert (first == 0).float().mean() > 0.9
    optimizer = torch.optim.AdamW(segmenter.parameters(), lr=1e-2)
    for _ in range(25):
        loss = sum(segmenter.losses(scenes.images, maps).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found, ink = torch.stack(segmenter.segment(scenes.images)), torch.stack(maps) > 0
    assert (found == torch.stack(maps))[ink].float().mean() > 0.4  # of ten classes
    with pytest.raises(ValueError, match="num_classes must be at least 1, got 0"):
        DenseSegmenter(FeatureMap(Backbone()), 0)


@pytest.mark.parametrize("size", [(12, 10), (40, 37), (5, 4)])
def test_logits_not_classes_are_scaled(size: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 5, 12, 10, generator=generator)
    at_once = nn.functional.interpolate(logits, size, mode="bilinear").argmax(dim=1)
    found = surest_class(logits, size)
    assert found.dtype == torch.uint8 and torch.equal(found, at_once)
