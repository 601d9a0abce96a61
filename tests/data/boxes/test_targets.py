"""Boxes and masks move with their pictures through torchvision's transforms, and stay together."""

from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader
from torchvision import tv_tensors
from torchvision.transforms import v2

from course_utils.data.boxes.examples import BoxedPictures, Target, boxes_of_masks
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.targets import (
    as_tv_tensors,
    move_together,
    stack_batch,
)
from course_utils.data.digits import load_digits
from course_utils.data.scene_drawing import draw_scenes
from tests.helpers.box_files import TWO, write_coco

EXACT = {  # what moves whole pixels: the box of the moved mask is the moved box
    "flip": v2.RandomHorizontalFlip(1.0),
    "flip over": v2.RandomVerticalFlip(1.0),
    "pad": v2.Pad((3, 5, 7, 2)),
    "twice as large": v2.Resize((64, 64)),
    "three times as wide": v2.Resize((32, 96)),
    "turned by 90": v2.RandomRotation((90, 90)),
    "shifted": v2.Compose([v2.Pad((6, 4, 0, 0)), v2.CenterCrop((36, 38))]),
}


@pytest.fixture(scope="module")
def scenes() -> BoxedPictures:
    return draw_scenes(load_digits(), 40, 0)


@pytest.mark.parametrize("name", EXACT)
def test_the_box_of_the_moved_mask_is_the_moved_box(scenes: BoxedPictures, name: str) -> None:
    moved_any = False
    for place in range(len(scenes)):
        before = as_tv_tensors(scenes, place)
        image, target = move_together(EXACT[name])(*before)
        assert isinstance(image, tv_tensors.Image)
        assert isinstance(target["boxes"], tv_tensors.BoundingBoxes)
        assert target["masks"].shape[-2:] == image.shape[-2:] == target["boxes"].canvas_size
        assert torch.equal(
            boxes_of_masks(target["masks"]), target["boxes"].as_subclass(torch.Tensor)
        )
        assert torch.equal(target["labels"], scenes.labels[place])
        moved_any |= not torch.equal(target["boxes"], before[1]["boxes"])
    assert moved_any


def test_ink_stays_under_its_mask(scenes: BoxedPictures) -> None:
    for place in range(len(scenes)):
        image, target = move_together(v2.RandomHorizontalFlip(1.0))(*as_tv_tensors(scenes, place))
        assert torch.equal(image[0] > 0.15, target["masks"].any(dim=0))


def test_a_cropped_object_is_cropped_in_both(scenes: BoxedPictures) -> None:
    """A box that is cut may be larger than what is left of its mask, never smaller."""
    lost = 0
    crop = move_together(v2.CenterCrop(16))
    for place in range(len(scenes)):
        image, target = crop(*as_tv_tensors(scenes, place))
        boxes, masks = target["boxes"].as_subclass(torch.Tensor), target["masks"]
        numbers = [len(target[key]) for key in ("boxes", "labels", "counts", "masks")]
        assert len(set(numbers)) == 1
        lost += len(scenes.boxes[place]) - numbers[0]
        assert image.shape == (1, 16, 16) and (boxes >= 0).all() and (boxes <= 16).all()
        visible = masks.flatten(1).any(dim=1)
        tight = boxes_of_masks(masks[visible])
        assert (tight[:, :2] >= boxes[visible][:, :2]).all()
        assert (tight[:, 2:] <= boxes[visible][:, 2:]).all()
        untouched = (boxes[visible] > 0).all(dim=1) & (boxes[visible] < 16).all(dim=1)
        assert torch.equal(tight[untouched], boxes[visible][untouched])
    assert lost > 5


def test_what_a_transform_moves_out_of_the_picture_is_clipped_or_taken_out(tmp_path: Path) -> None:
    """Those of torchvision clip; one's own need not."""
    pictures = read_boxes(write_coco(tmp_path, TWO), None)

    def to_the_right(image: torch.Tensor, target: Target) -> tuple[torch.Tensor, Target]:
        boxes = target["boxes"] + torch.tensor([15.0, 0, 15, 0])
        return image, target | {"boxes": tv_tensors.wrap(boxes, like=target["boxes"])}

    _, target = move_together(to_the_right)(*as_tv_tensors(pictures, 0))
    assert target["boxes"].tolist() == [[20, 6, 30, 16], [35, 8, 40, 28]]
    _, target = move_together(to_the_right, least_side=6)(*as_tv_tensors(pictures, 0))
    assert target["boxes"].tolist() == [[20, 6, 30, 16]] and target["labels"].tolist() == [0]


def test_resizing_moves_both_within_a_pixel(scenes: BoxedPictures) -> None:
    """Masks have whole pixels, boxes do not."""
    for place in range(len(scenes)):
        _, target = move_together(v2.Resize((45, 51)))(*as_tv_tensors(scenes, place))
        moved = target["boxes"].as_subclass(torch.Tensor)
        torch.testing.assert_close(boxes_of_masks(target["masks"]), moved, rtol=0, atol=1)


def test_torchvisions_detectors_count_from_1(scenes: BoxedPictures) -> None:
    _, target = as_tv_tensors(scenes, 0, first_label=1)
    assert torch.equal(target["labels"], scenes.labels[0] + 1)


def test_without_masks_there_are_none(tmp_path: Path) -> None:
    image, target = as_tv_tensors(read_boxes(write_coco(tmp_path, TWO), None), 0)
    assert set(target) == {"boxes", "labels", "counts"} and image.dtype == torch.uint8
    assert target["boxes"].canvas_size == (30, 40) == tuple(image.shape[-2:])


def test_batches_of_several_sizes_are_lists(tmp_path: Path) -> None:
    pictures = read_boxes(write_coco(tmp_path, TWO), None)
    crop = move_together(v2.RandomCrop((20, 25)))
    items = [crop(*as_tv_tensors(pictures, place)) for place in range(2)]
    ((images, targets),) = DataLoader(items, batch_size=2, collate_fn=stack_batch)
    assert [image.shape for image in images] == [(3, 20, 25)] * 2 and len(targets) == 2
