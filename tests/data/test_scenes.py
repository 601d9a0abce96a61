"""Scenes: exact boxes and masks, no digit in two parts, scenes without objects, harder paper."""

from dataclasses import replace

import pytest
import torch

from course_utils.data.boxes.examples import IGNORED, boxes_of_masks, class_map
from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.letters import LETTERS
from course_utils.data.maps.examples import scene_maps
from course_utils.data.paper import Paper
from course_utils.data.scene_drawing import Scenes, draw_scenes
from course_utils.data.scenes import digit_scene_maps, digit_scenes, letter_scenes
from course_utils.data.stamps import INK


@pytest.fixture(scope="module")
def digits() -> LabelledImages:
    return load_digits()


@pytest.fixture(scope="module")
def scenes(digits: LabelledImages) -> Scenes:
    return draw_scenes(digits, 300, 0)


def used(scenes: Scenes) -> list[int]:
    """Every digit that was put somewhere."""
    return torch.cat(scenes.sources).tolist()


def test_a_box_ends_one_past_the_last_pixel_of_ink(scenes: Scenes) -> None:
    for image, boxes, masks in zip(scenes.images, scenes.boxes, scenes.masks, strict=True):
        assert torch.equal(boxes_of_masks(masks), boxes)
        for (left, top, right, bottom), mask in zip(boxes.int().tolist(), masks, strict=True):
            inside = image[0, top:bottom, left:right] > INK
            assert torch.equal(mask[top:bottom, left:right], inside)
            assert inside[0].any() and inside[-1].any()  # ink on each of its edges
            assert inside[:, 0].any() and inside[:, -1].any()


def test_all_ink_of_a_scene_is_some_objects(scenes: Scenes) -> None:
    covered = torch.stack([masks.any(dim=0) for masks in scenes.masks])
    assert torch.equal(covered, scenes.images[:, 0] > INK)


def test_no_two_objects_of_a_scene_overlap(digits: LabelledImages, scenes: Scenes) -> None:
    apart = draw_scenes(digits, 100, 1, gap=3)
    for gap, some in ((0, scenes), (3, apart)):
        for boxes in some.boxes:
            for place, one in enumerate(boxes):
                for other in boxes[:place]:
                    starts, ends = torch.maximum(one, other)[:2], torch.minimum(one, other)[2:]
                    assert (starts - ends).max() >= gap


def test_scenes_hold_0_to_4_objects_about_as_often(scenes: Scenes) -> None:
    numbers = torch.tensor([len(boxes) for boxes in scenes.boxes])
    assert numbers.bincount().shape == (5,) and numbers.bincount().min() > 300 / 5 / 2
    empty = int((numbers == 0).nonzero()[0])
    assert scenes.boxes[empty].shape == (0, 4) and scenes.masks[empty].shape == (0, 32, 32)
    assert scenes.images[empty].max() == 0


def test_the_numbers_of_objects_are_as_asked(digits: LabelledImages) -> None:
    scenes = draw_scenes(digits, 50, 0, min_objects=2, max_objects=2, size=64)
    assert {len(boxes) for boxes in scenes.boxes} == {2}
    assert scenes.images.shape == (50, 1, 64, 64) and scenes.images.dtype == torch.float32


def test_an_object_is_the_real_digit(digits: LabelledImages) -> None:
    scenes = draw_scenes(digits, 20, 0, scales=(1.0, 1.0))
    for image, boxes, sources, labels in zip(
        scenes.images, scenes.boxes, scenes.sources, scenes.labels, strict=True
    ):
        for box, source, label in zip(boxes.int().tolist(), sources, labels, strict=True):
            left, top, right, bottom = box
            digit = digits.images[source, 0]
            rows, columns = ((digit > INK).any(dim=axis).nonzero() for axis in (1, 0))
            cut = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            assert torch.equal(image[0, top:bottom, left:right], cut)
            assert label == digits.labels[source]


def test_scales_make_objects_larger(digits: LabelledImages) -> None:
    small, large = (
        draw_scenes(digits, 50, 0, scales=(scale, scale), size=48) for scale in (1.0, 2.0)
    )
    sides = [
        torch.cat([boxes[:, 2:] - boxes[:, :2] for boxes in scenes.boxes]).mean()
        for scenes in (small, large)
    ]
    assert 1.8 < sides[1] / sides[0] < 2.3


def test_the_same_seed_gives_the_same_bits() -> None:
    one, again, other = (digit_scenes(20, 10, 10, seed) for seed in (3, 3, 4))
    for part in ("train", "val"):
        first, second, third = (getattr(split, part) for split in (one, again, other))
        assert torch.equal(first.images, second.images)
        assert not torch.equal(first.images, third.images)
        assert all(map(torch.equal, first.boxes, second.boxes))
        assert all(map(torch.equal, first.masks, second.masks))


def test_no_digit_is_in_two_parts() -> None:
    split = digit_scenes(400, 200, 300, 0)
    split.test.decide("all of it")
    test = split.test.open()
    numbers = [len(part) for part in (split.train, split.val, test)]
    assert numbers == [400, 200, 300]
    train, val, held_out = (set(used(part)) for part in (split.train, split.val, test))
    assert not train & val and not train & held_out and not val & held_out
    assert min(map(len, (train, val, held_out))) > 100


def test_each_digit_is_used_before_any_is_used_again(digits: LabelledImages) -> None:
    few = torch.arange(50, 80)
    scenes = draw_scenes(digits, 60, 0, places=few, size=64)
    sources = used(scenes)
    assert len(sources) > 60 and set(sources[:30]) == set(few.tolist())


def test_grey_paper_is_darker_and_leaves_boxes_and_masks(digits: LabelledImages) -> None:
    clean = draw_scenes(digits, 40, 0)
    paper = draw_scenes(digits, 40, 0, paper=Paper(grey=0.3, noise=0.05))
    empty = torch.stack(
        [image for image, b in zip(paper.images, paper.boxes, strict=True) if len(b) == 0]
    )
    assert 0.1 < empty.mean() < 0.25 and paper.images.min() >= 0 and paper.images.max() <= 1
    assert (empty[:, :, 1:] - empty[:, :, :-1]).std() > 0.04
    assert clean.images[0].shape == paper.images[0].shape
    for boxes, masks in zip(paper.boxes, paper.masks, strict=True):
        assert torch.equal(boxes_of_masks(masks), boxes)


def test_a_share_of_the_scenes_stays_clean(digits: LabelledImages) -> None:
    paper = Paper(grey=0.3, clean_share=0.5)
    scenes = draw_scenes(digits, 200, 0, paper=paper, min_objects=0, max_objects=0)
    clean = (scenes.images.flatten(1).max(dim=1).values == 0).float().mean()
    assert 0.4 < clean < 0.6


def test_letter_scenes_are_the_same_with_letters() -> None:
    scenes = letter_scenes(30, 0, num_letters=200)
    assert scenes.class_names == tuple(LETTERS) and scenes.num_classes == len(LETTERS)
    for boxes, masks in zip(scenes.boxes, scenes.masks, strict=True):
        assert torch.equal(boxes_of_masks(masks), boxes)


def test_a_map_of_classes_puts_each_object_where_its_mask_is(scenes: Scenes) -> None:
    place = next(place for place, boxes in enumerate(scenes.boxes) if len(boxes) > 1)
    masks, labels = scenes.masks[place], scenes.labels[place]
    drawn = class_map(masks, labels)
    assert torch.equal(drawn > 0, masks.any(dim=0))
    assert all((drawn[mask] == label + 1).all() for mask, label in zip(masks, labels, strict=True))


def test_in_a_map_small_objects_are_in_front_and_crowds_behind() -> None:
    masks = torch.zeros(3, 4, 4, dtype=torch.bool)
    masks[0, 1, 1], masks[1, :2, :2], masks[2] = True, True, True
    labels, counts = torch.tensor([5, 6, 7]), torch.tensor([True, True, False])
    drawn = class_map(masks, labels, counts)
    assert (drawn[1, 1], drawn[0, 0], drawn[3, 3]) == (6, 7, IGNORED)


def test_scenes_are_taken_with_all_that_belongs_to_them(scenes: Scenes) -> None:
    some = scenes[torch.tensor([7, 3])]
    assert isinstance(some, Scenes) and some.files == ("scene 7", "scene 3")
    assert torch.equal(some.images[0], scenes.images[7])
    assert torch.equal(some.boxes[1], scenes.boxes[3])
    assert torch.equal(some.sources[1], scenes.sources[3])
    full = scenes[torch.tensor([len(boxes) > 0 for boxes in scenes.boxes])]
    assert 0 < len(full) < len(scenes) and min(map(len, full.boxes)) > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"num_scenes": 0}, "at least 1, got 0"),
        ({"min_objects": 3, "max_objects": 2}, "got 3 and 2"),
        ({"scales": (2.0, 1.0)}, "the smaller first"),
        ({"gap": -1}, "gap must be at least 0 pixels, got -1"),
        ({"size": 11}, "set size to 12 or more, or scales"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(
    digits: LabelledImages, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        draw_scenes(digits, **{"num_scenes": 5, "seed": 0, **wrong})


def test_a_blank_picture_is_refused() -> None:
    blank = LabelledImages(torch.zeros(1, 1, 8, 8), torch.zeros(1).long(), ("a",))
    with pytest.raises(ValueError, match="picture 0 is blank"):
        draw_scenes(blank, 5, 0)


@pytest.mark.parametrize("wrong", [{"grey": 1.5}, {"noise": -0.1}, {"clean_share": 2.0}])
def test_paper_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
        Paper(**wrong)


def test_scenes_come_with_maps_of_the_same_pixels() -> None:
    boxed, mapped = (of(6, 4, 4, 1, max_objects=3) for of in (digit_scenes, digit_scene_maps))
    for parts in (boxed, mapped):
        parts.test.decide("the test")
    for some, maps in (
        (boxed.train, mapped.train),
        (boxed.val, mapped.val),
        (boxed.test.open(), mapped.test.open()),
    ):
        assert torch.equal(some.images, maps.images) and maps.files == some.files
        assert maps.maps.shape == (len(some), 32, 32) and maps.maps.dtype == torch.uint8
        assert torch.equal(maps.maps > 0, some.images[:, 0] > INK)
        for drawn, masks, labels in zip(maps.maps, some.masks, some.labels, strict=True):
            for mask, label in zip(masks, labels, strict=True):
                assert (drawn[mask] == label + 1).all()
    assert maps.class_names == ("background", *map(str, range(10)))


def test_maps_need_masks() -> None:
    letters = letter_scenes(3, 0, num_letters=100)
    assert scene_maps(letters).class_names == ("background", *LETTERS)
    with pytest.raises(ValueError, match="boxes but no masks"):
        scene_maps(replace(letters, masks=None))
