"""What moves in lesson 08, moved as a learner moves it: thresholds, pictures, cells of a grid."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from torch import Tensor

from course_utils.data.boxes.examples import BoxedPictures, boxes_of_masks
from course_utils.data.scenes import digit_scenes
from course_utils.figures.axes import new_axes, summary_of
from course_utils.lessons.object_detection.widgets import scene
from course_utils.lessons.object_detection.widgets.grid import explore_grid
from course_utils.lessons.object_detection.widgets.shift import explore_shift, moved
from course_utils.lessons.object_detection.widgets.thresholds import explore_thresholds
from course_utils.session import learner
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

Found = dict[str, Tensor]
SCENES = digit_scenes(1, 40, 1, seed=0, max_objects=3).val
NUM_CLASSES = len(torch.cat(SCENES.labels).unique())  # that there are


def detected(pictures: BoxedPictures, seed: int = 0) -> list[Found]:
    """The truth moved a little, with a second box on the first object and one box on nothing."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for boxes, labels in zip(pictures.boxes, pictures.labels, strict=True):
        near = boxes + 1.2 * torch.randn(boxes.shape, generator=generator)
        far = torch.tensor([[2.0, 20.0, 12.0, 31.0]])
        all_boxes = torch.cat([near, boxes[:1] + 1, far])
        all_boxes[:, 2:] = torch.maximum(all_boxes[:, 2:], all_boxes[:, :2] + 2)
        scores = torch.rand(len(all_boxes), generator=generator)
        order = scores.argsort(descending=True)
        all_labels = torch.cat([labels, labels[:1], torch.tensor([3])])
        found.append(
            {"boxes": all_boxes[order], "labels": all_labels[order], "scores": scores[order]}
        )
    return found


def as_found(pictures: BoxedPictures) -> list[Found]:
    """The truth itself, as if it had been found."""
    return [
        {"boxes": boxes, "labels": labels, "scores": torch.linspace(0.9, 0.6, len(boxes))}
        for boxes, labels in zip(pictures.boxes, pictures.labels, strict=True)
    ]


def iou_of(box: Sequence[float], other: Sequence[float]) -> float:
    """By plain arithmetic."""
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    both = max(0, across) * max(0, down)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (box, other)]
    return both / (sum(areas) - both)


def right_ones(pictures: BoxedPictures, found: Sequence[Found], place: int, iou: float) -> list:
    """The score of each detection of a picture and whether it is right, by plain loops."""
    free = set(range(len(pictures.boxes[place])))
    judged = []
    each = zip(
        *(found[place][name].tolist() for name in ("boxes", "labels", "scores")), strict=True
    )
    for box, label, score in sorted(each, key=lambda one: -one[2]):
        overlaps = {
            k: iou_of(box, pictures.boxes[place][k].tolist())
            for k in free
            if pictures.labels[place][k] == label
        }
        best = max(overlaps, key=overlaps.get, default=None)
        is_right = best is not None and overlaps[best] >= iou
        free -= {best} if is_right else set()
        judged.append((score, is_right))
    return judged


def drawn(ax: Axes, look: scene.Look) -> int:
    """How many boxes of that look stand on the axes."""
    return sum(
        same_color(patch.get_edgecolor(), look.colour) and patch.get_linestyle() == look.line
        for patch in ax.patches
    )


@pytest.mark.slow
def test_every_threshold_counts_right_wrong_and_missed_boxes() -> None:
    found = detected(SCENES)
    moving = explore_thresholds(SCENES, found)
    for setting in every_setting(moving):
        every = [right_ones(SCENES, found, k, setting["iou"]) for k in range(len(SCENES))]
        kept = [right for all_of in every for score, right in all_of if score >= setting["score"]]
        num_objects = sum(map(len, SCENES.boxes))
        words = f"{len(kept):,} boxes have a score of {setting['score']:g} or more"
        assert words in moving.summary
        if kept:
            words = f"precision {np.mean(kept):.3f}, recall {sum(kept) / num_objects:.3f}"
            assert words in moving.summary
        place = setting["number"] - 1
        here = [right for score, right in every[place] if score >= setting["score"]]
        missed = len(SCENES.boxes[place]) - sum(here)
        counted = (sum(here), missed, len(here) - sum(here))
        numbers = re.search(r"(\d+) found, (\d+) missed, (\d+) wrong", moving.summary)
        assert tuple(map(int, numbers.groups())) == counted
        looks = scene.RIGHT, scene.MISSED, scene.WRONG
        assert tuple(drawn(moving.axes[0], look) for look in looks) == counted


def test_the_point_lies_on_the_curve_and_the_curve_falls_where_it_is_monotone() -> None:
    moving = explore_thresholds(SCENES, detected(SCENES))
    moving.update()
    lines = {line.get_label(): line for line in moving.axes[1].lines}
    monotone, counted, point = lines["monotone"], lines["as counted"], lines["score from 0.3"]
    assert (np.diff(monotone.get_ydata()) <= 0).all()
    assert (np.diff(counted.get_ydata()) > 0).any()
    pairs = set(zip(counted.get_xdata(), counted.get_ydata(), strict=True))
    assert (point.get_xdata()[0], point.get_ydata()[0]) in pairs


def test_the_truth_itself_has_an_average_precision_of_1() -> None:
    moving = explore_thresholds(SCENES, as_found(SCENES))
    for iou in (0.95, 0.5):
        moving.controls["iou"].value = iou
        moving.update()
        assert f"AP at this IoU (mean over {NUM_CLASSES} classes): 1.000" in moving.summary
        assert "0 missed, 0 wrong" in moving.summary


def test_the_boxes_that_are_drawn_are_those_that_were_found() -> None:
    found = detected(SCENES)
    moving = explore_thresholds(SCENES, found)
    moving.controls["score"].value = 0.05
    place = moving.controls["number"].value - 1
    corners = {
        (*patch.get_xy(), patch.get_width(), patch.get_height())
        for patch in moving.axes[0].patches
        if patch.get_linestyle() != ":"
        and not same_color(patch.get_edgecolor(), scene.TRUTH.colour)
    }
    boxes = found[place]["boxes"][found[place]["scores"] >= 0.05].tolist()
    assert corners == {
        (left, top, right - left, bottom - top) for left, top, right, bottom in boxes
    }
    words = {text.get_text() for text in moving.axes[0].texts}
    sure = found[place]["scores"].max()
    name = SCENES.class_names[found[place]["labels"][found[place]["scores"].argmax()]]
    assert f"{name} {sure:.2f}" in words


def test_nothing_found_is_all_missed_and_has_no_point() -> None:
    nothing = {
        "boxes": torch.zeros(0, 4),
        "labels": torch.zeros(0).long(),
        "scores": torch.zeros(0),
    }
    moving = explore_thresholds(SCENES, [nothing] * len(SCENES))
    moving.update()
    assert ": 0 found, 3 missed, 0 wrong boxes. Of all pictures 0 boxes" in moving.summary
    assert f"AP at this IoU (mean over {NUM_CLASSES} classes): 0.000" in moving.summary
    assert not [line for line in moving.axes[1].lines if str(line.get_label()).startswith("score")]


def test_what_does_not_count_is_neither_right_nor_wrong_nor_missed() -> None:
    counts = tuple(torch.zeros_like(each) for each in SCENES.counts[:1]) + SCENES.counts[1:]
    pictures = replace(SCENES, counts=counts)
    moving = explore_thresholds(pictures, as_found(pictures))
    moving.controls["number"].value = 1
    assert moving.summary.startswith("Picture 1 has 0 objects: 0 found, 0 missed, 0 wrong boxes.")
    looks = scene.RIGHT, scene.MISSED, scene.WRONG
    assert [drawn(moving.axes[0], look) for look in looks] == [0, 0, 0]
    moving.controls["score"].value = 0.95  # now nothing is found on it
    assert [drawn(moving.axes[0], look) for look in looks] == [0, 0, 0]


def photographs() -> BoxedPictures:
    """Two pictures in colour, of other sizes than the scenes, with one class."""
    generator = torch.Generator().manual_seed(0)
    images = [
        torch.randint(0, 256, (3, *size), dtype=torch.uint8, generator=generator)
        for size in ((60, 90), (120, 48))
    ]
    boxes = (torch.tensor([[10.0, 20, 40, 58], [50, 5, 88, 40]]), torch.zeros(0, 4))
    return BoxedPictures(
        images,
        boxes,
        (torch.zeros(2).long(), torch.zeros(0).long()),
        ("a person of $5_$10",),
        (torch.ones(2).bool(), torch.zeros(0).bool()),
        ("one.png", "two.png"),
    )


@pytest.mark.slow
def test_photographs_of_several_sizes_can_be_moved_and_judged() -> None:
    pictures = photographs()
    for moving in (
        explore_thresholds(pictures, as_found(pictures)),
        explore_shift(pictures),
        explore_grid(pictures, stride=16, near=12),
    ):
        for number in (1, 2):
            moving.controls["number"].value = number
            moving.update()
            assert f"Picture {number}" in moving.summary
    moving = explore_thresholds(pictures, as_found(pictures))
    moving.update()
    assert "AP at this IoU (of the one class): 1.000." in moving.summary


def shifted(array: np.ndarray, dx: int, dy: int, flip: bool) -> np.ndarray:
    """Turned round and moved pixel by pixel, 0 where nothing came from."""
    array = array[..., ::-1] if flip else array
    result = np.zeros_like(array)
    height, width = array.shape[-2:]
    for y in range(max(0, dy), min(height, height + dy)):
        for x in range(max(0, dx), min(width, width + dx)):
            result[..., y, x] = array[..., y - dy, x - dx]
    return result


@pytest.mark.parametrize(("dx", "dy", "flip"), [(3, 0, False), (0, -7, True), (-5, 4, True)])
def test_pictures_and_boxes_are_moved_as_their_pixels_are(dx: int, dy: int, flip: bool) -> None:
    for place in range(8):
        image, boxes = moved(SCENES, place, dx, dy, flip)
        assert (image.numpy() == shifted(SCENES.images[place].numpy(), dx, dy, flip)).all()
        masks = shifted(SCENES.masks[place].numpy(), dx, dy, flip)
        before = SCENES.masks[place].flatten(1).sum(dim=1).numpy()
        for k, mask in enumerate(masks):
            if mask.sum() == before[k]:  # all of it is still there
                assert boxes[k].tolist() == boxes_of_masks(torch.from_numpy(mask)[None])[0].tolist()
            elif not mask.any():
                assert k not in boxes or boxes[k].tolist() != SCENES.boxes[place][k].tolist()


@pytest.mark.slow
def test_boxes_that_stay_lose_what_arithmetic_says_and_those_that_move_along_nothing() -> None:
    moving = explore_shift(SCENES)
    for setting in every_setting(moving):
        along = setting["along"]
        place, dx, dy = setting["number"] - 1, setting["dx"], setting["dy"]
        words = moving.summary.partition("is now: ")[2]
        if len(SCENES.boxes[place]) == 0:
            assert words == "there is no object."
            continue
        seen = [part.rstrip(".").replace(",", "").split()[:2] for part in words.split("; ")]
        for (left, top, right, bottom), said in zip(
            SCENES.boxes[place].tolist(), seen, strict=True
        ):
            if setting["flip"]:
                left, right = 32 - right, 32 - left
            box = [min(max(0, n), 32) for n in (left + dx, top + dy, right + dx, bottom + dy)]
            if box[2] - box[0] < 1 or box[3] - box[1] < 1:
                assert said[1] == ("left" if along else "0.00"), moving.summary
                continue
            stayed = SCENES.boxes[place][seen.index(said)].tolist()
            assert said[1] == (f"{1 if along else iou_of(stayed, box):.2f}"), moving.summary
    assert (drawn(moving.axes[1], scene.MISSED) == 0) == setting["along"]


def test_a_cell_learns_the_box_in_whose_middle_it_lies() -> None:
    moving = explore_grid(SCENES, stride=4, near=0)
    place = moving.controls["number"].value - 1
    wanted = {}
    for box, label in zip(SCENES.boxes[place], SCENES.labels[place], strict=True):
        left, top, right, bottom = box.tolist()
        row, column = int((top + bottom) / 2 // 4) + 1, int((left + right) / 2 // 4) + 1
        x, y = 4 * column - 2, 4 * row - 2
        wanted[row, column] = (
            f"class {SCENES.class_names[label]} must be 1, and the sides of its box are "
            f"{x - left:g} pixels left, {y - top:g} pixels up, {right - x:g} pixels right, "
            f"{bottom - y:g} pixels down."
        )
    assert len(wanted) == len(SCENES.boxes[place])
    assert (moving.controls["row"].value, moving.controls["column"].value) in wanted
    across, down = {(4, column) for column in range(1, 9)}, {(row, 3) for row in range(1, 9)}
    for row, column in sorted({*wanted, *across, *down}):
        ax = new_axes()
        moving.draw(ax, number=place + 1, row=row, column=column)
        said = summary_of(ax.figure)
        assert wanted.get((row, column), "it must say that no class is here") in said
        assert f"middle at {4 * column - 2} across and {4 * row - 2} down" in said


def test_a_cell_on_what_does_not_count_is_asked_nothing() -> None:
    pictures = replace(SCENES, counts=tuple(torch.zeros_like(each) for each in SCENES.counts))
    moving = explore_grid(pictures, stride=4, near=3)
    moving.update()
    assert "it lies on something that does not count" in moving.summary


def every_explorer() -> list[Explorer]:
    return [
        explore_thresholds(SCENES, detected(SCENES)),
        explore_shift(SCENES),
        explore_grid(SCENES, stride=4, near=3.0),
    ]


@pytest.mark.slow
def test_each_answer_takes_less_than_250_milliseconds_of_work() -> None:
    for moving in every_explorer():
        moving.update()
        spent = []
        for number in (2, 5, 9, 12, 7):
            start = time.process_time()
            moving.controls["number"].value = number
            spent.append(time.process_time() - start)
        assert sorted(spent)[2] < 0.25, spent


@pytest.mark.slow
def test_stills_begin_with_the_fullest_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    for moving in every_explorer():
        moving._ipython_display_()
        (number,) = {still["number"] for still in moving.stills.values()}
        assert len(SCENES.boxes[number - 1]) == max(map(len, SCENES.boxes)) == 3
    assert len(shown) == 3


def test_what_does_not_fit_is_refused() -> None:
    found, no_pictures = detected(SCENES), SCENES[torch.zeros(0).long()]
    with pytest.raises(ValueError, match="40 pictures and detections for 3"):
        explore_thresholds(SCENES, found[:3])
    for make in (explore_shift, lambda pictures: explore_grid(pictures, 4, 3.0)):
        with pytest.raises(ValueError, match="there are no pictures"):
            make(no_pictures)


def test_words_of_a_box_stand_where_no_other_look_has_its_own() -> None:
    corners = [look.corner for look in (scene.RIGHT, scene.WRONG, scene.MISSED)]
    assert len(set(corners)) == 3
    ax = new_axes()
    scene.mark_box(ax, torch.tensor([2.0, 3.0, 10.0, 12.0]), scene.WRONG, "7 0.50")
    (text,) = ax.texts
    assert text.get_position() == (10.0, 12.0)
    assert summary_of(ax.figure) == ""
