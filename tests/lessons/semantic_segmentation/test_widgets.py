"""What moves in lesson 09, moved as a learner moves it: sizes of maps, cells, losses."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.examples import MappedPictures
from course_utils.data.scenes import digit_scene_maps
from course_utils.figures.maps import class_colours
from course_utils.lessons.semantic_segmentation.scaling import scaled_by_nearest, scaled_by_numbers
from course_utils.lessons.semantic_segmentation.strides import averaged_at_stride, best_at_stride
from course_utils.lessons.semantic_segmentation.widgets.scaling import explore_scaling
from course_utils.lessons.semantic_segmentation.widgets.stride import explore_stride
from course_utils.lessons.semantic_segmentation.widgets.weights import explore_weights
from course_utils.session import learner
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting, every_setting_in_time
from tests.lessons.semantic_segmentation import by_hand

pytestmark = pytest.mark.slow

SCENES = digit_scene_maps(1, 8, 1, 0).val
NAMES = SCENES.class_names
COLOURS = [tuple(colour) for colour in class_colours(254).round(6)]


def found_by(pictures: MappedPictures) -> dict[str, list[Tensor]]:
    """Too little ink, too much of it, and the truth itself."""
    generator = torch.Generator().manual_seed(0)
    kept, added = [], []
    for true in pictures.maps:
        chance = torch.rand(true.shape, generator=generator)
        kept.append(torch.where((chance < 0.5) & (true != IGNORED), true, 0))
        label = torch.randint(1, 11, true.shape, generator=generator, dtype=torch.uint8)
        added.append(torch.where((chance < 0.2) | (true == IGNORED), label, true))
    return {"paper 1": kept, "paper 0.05": added, "Dice": [each.clone() for each in kept]}


def drawn_map(ax: Axes) -> list[list[int]]:
    """The numbers whose colours the map on ``ax`` shows."""
    over = np.asarray(ax.images[-1].get_array()).round(6)
    return [[COLOURS.index(tuple(pixel[:3])) if pixel[3] else 0 for pixel in row] for row in over]


def dotted(ax: Axes) -> set[tuple[int, int]]:
    """Row and column of each pixel with a dot."""
    (dots,) = ax.lines
    return {(int(y), int(x)) for x, y in dots.get_xydata()}


def wrong_ones(found: by_hand.Rows, true: by_hand.Rows) -> set[tuple[int, int]]:
    """Row and column of each pixel that counts and has another class."""
    return {
        (y, x)
        for y, row in enumerate(true)
        for x, number in enumerate(row)
        if number != IGNORED and found[y][x] != number
    }


def test_every_scaled_map_is_drawn_and_its_foreign_classes_are_counted_by_name() -> None:
    moving = explore_scaling(SCENES)
    truth = SCENES.maps.tolist()
    for setting in every_setting(moving):
        place, side = setting["number"] - 1, setting["side"]
        scale = {"nearest pixel": scaled_by_nearest, "numbers in between": scaled_by_numbers}
        scaled = scale[setting["way"]](SCENES.maps, side)[place].tolist()
        shown = sorted({number for row in truth[place] for number in row} - {0})
        ink = [number for row in scaled for number in row if number]
        foreign = [number for number in ink if number not in shown]
        assert drawn_map(moving.axes[1]) == truth[place]
        assert drawn_map(moving.axes[2]) == scaled
        assert dotted(moving.axes[2]) == {
            (y, x) for y in range(side) for x in range(side) if scaled[y][x] in foreign
        }
        said = moving.summary
        names = "; ".join(f"class {NAMES[k]} as number {k}" for k in shown) or "no class"
        assert said.startswith(f"Picture {place + 1} shows {names}. Its map, scaled to {side} by")
        words = f"{len(foreign)} of {len(ink)} pixel{'s' * (len(ink) != 1)} of ink have a class"
        assert words in said
        numbers = re.findall(r"class \d as number (\d+) \((\d+) pixels?\)", said)
        assert {int(k): int(n) for k, n in numbers} == {k: foreign.count(k) for k in foreign}


def test_the_share_of_all_pictures_is_that_of_plain_loops() -> None:
    moving = explore_scaling(SCENES)
    moving.update()
    assert moving.controls["side"].value == 16
    foreign = ink = 0
    for rows in SCENES.maps.tolist():
        shown = {number for row in rows for number in row}
        numbers = [k for row in by_hand.numbers_between(rows, 16, 16) for k in row if k]
        ink += len(numbers)
        foreign += sum(k not in shown for k in numbers)
    assert foreign > 0
    assert f"In all 8 pictures together it is {foreign / ink:.1%} of the ink." in moving.summary
    moving.controls["way"].value = "nearest pixel"
    assert "together it is 0.0% of the ink." in moving.summary


def test_numbers_that_are_no_class_are_said_and_drawn() -> None:
    maps = torch.zeros(1, 8, 8, dtype=torch.uint8)
    maps[:, :, 3] = IGNORED
    maps[:, :4, 6:] = 2
    names = ("background", "a", "b_$5_$10")
    moving = explore_scaling(MappedPictures(torch.zeros(1, 1, 8, 8), maps, names, ("one",)))
    moving.controls["side"].value = 4
    moving.update()
    assert "number 128, which is no class (4 pixels)" in moving.summary
    assert moving.summary.startswith("Picture 1 shows class b_$5_$10 as number 2.")
    assert drawn_map(moving.axes[2])[0][1] == 128


def test_every_stride_says_what_its_map_is_worth() -> None:
    moving = stride_explorer()
    truth = SCENES.maps.tolist()
    make = {
        "shares of the classes": cache(partial(averaged_at_stride, SCENES.maps, num_classes=10)),
        "best logits": cache(partial(best_at_stride, SCENES.maps, num_classes=10)),
    }
    said = {}
    for setting in every_setting(moving):
        place, stride, way = setting["number"] - 1, setting["stride"], setting["way"]
        drawn = drawn_map(moving.axes[2])
        assert drawn == make[way](stride=stride)[place].tolist()
        assert drawn_map(moving.axes[1]) == truth[place]
        wrong = wrong_ones(drawn, truth[place])
        assert dotted(moving.axes[2]) == wrong
        cells = 32 // stride
        words = f"{cells} by {cells} cells of {stride} by {stride} pixels with {way}: "
        assert words + f"{len(wrong)} of 1,024 pixels are wrong." in moving.summary
        said[stride, way] = moving.summary.partition("All together: ")[2]
    assert len(said) > 2 and len(set(said.values())) > 2
    for (stride, way), words in said.items():
        scores = by_hand.scores_of(make[way](stride=stride).tolist(), truth, 10)
        assert words.startswith(f"mean IoU {scores['mean']:.3f} over"), (stride, way)
        assert f"pixel accuracy {scores['accuracy']:.3f} on 8 pictures" in words


def check_scores(moving: Explorer, found: Sequence[Tensor], pictures: MappedPictures) -> None:
    """Words and bars against plain loops."""
    rows = [each.tolist() for each in found]
    scores = by_hand.scores_of(rows, [each.tolist() for each in pictures.maps], 10)
    bars = [bar.get_width() for bar in moving.axes[3].patches]
    classes = [value for name, value in scores.items() if name.isdigit()]
    assert bars == pytest.approx(classes)
    (line,) = moving.axes[3].lines
    assert line.get_xdata()[0] == pytest.approx(scores["mean"])
    said = moving.summary
    assert f"mean IoU {scores['mean']:.3f} over {len(classes)}" in said
    assert f"pixel accuracy {scores['accuracy']:.3f}" in said
    assert f"{scores['recall']:.3f} of the ink is found as ink (recall)" in said
    assert f"{scores['precision']:.3f} of what is found as ink is ink (precision)" in said
    each = [f"{NAMES[int(k)]} {value:.3f}" for k, value in scores.items() if k.isdigit()]
    assert said.endswith(f"IoU of classes: {', '.join(each)}.")


@pytest.mark.parametrize("hide", [False, True])
def test_every_loss_is_drawn_and_scored_as_plain_loops_do(hide: bool) -> None:
    maps = SCENES.maps.clone()
    if hide:
        maps[:, 5:15] = IGNORED
    pictures = replace(SCENES, maps=maps, present=None)
    found = found_by(pictures)
    moving = explore_weights(pictures, found)
    seen = set()
    for setting in every_setting(moving):
        place, chosen = setting["number"] - 1, found[setting["loss"]]
        true, shown = maps[place].tolist(), chosen[place].tolist()
        assert drawn_map(moving.axes[2]) == shown
        wrong = wrong_ones(shown, true)
        assert dotted(moving.axes[2]) == wrong
        counts = 1024 - sum(row.count(IGNORED) for row in true)
        words = f"{len(wrong)} of {counts:,} pixels are wrong."
        assert f"Picture {place + 1}, loss {setting['loss']}: {words}" in moving.summary
        if setting["loss"] not in seen:
            check_scores(moving, chosen, pictures)
        seen.add(setting["loss"])
    assert seen == set(found)


def test_where_no_ink_is_found_nothing_is_said_of_its_share() -> None:
    moving = explore_weights(SCENES, {"none": list(torch.zeros_like(SCENES.maps))})
    moving.update()
    assert "0.000 of the ink is found as ink (recall)" in moving.summary
    assert "nothing is found as ink, so it has no precision" in moving.summary


def photographs(num_classes: int) -> MappedPictures:
    """Two in colour, of other shapes, one wide and one high."""
    sizes = ((30, 45), (60, 24))
    images = [torch.full((3, *size), 100, dtype=torch.uint8) for size in sizes]
    maps = [torch.zeros(size, dtype=torch.uint8) for size in sizes]
    maps[0][5:20, 8:30] = num_classes
    maps[1][40:, :] = 3
    names = ("_background", *(f"name {k} of $5_$10" for k in range(num_classes)))
    return MappedPictures(images, maps, names, ("wide", "high"))


def test_photographs_of_several_shapes_keep_their_words_on_the_figure() -> None:
    pictures = photographs(20)
    moving = explore_weights(pictures, {"Dice, $5_$10": pictures.maps})
    for number in (1, 2):
        moving.controls["number"].value = number
        moving.update()
        assert "mean IoU 1.000 over 3 of 21 classes" in moving.summary
        assert len(moving.axes[3].patches) == 3
        for ax in moving.axes:
            check_inside(ax)


def test_with_many_classes_those_with_most_pixels_have_bars() -> None:
    maps = torch.zeros(1, 30, 30, dtype=torch.uint8)
    for k in range(1, 26):
        maps[0, k, : k + 1] = k
    names = ("background", *map(str, range(25)))
    pictures = MappedPictures(torch.zeros(1, 1, 30, 30), maps, names, ("one",))
    moving = explore_weights(pictures, {"Dice": maps})
    moving.update()
    shown = [label.get_text() for label in moving.axes[3].get_yticklabels()]
    assert shown == ["background", *map(str, range(10, 25))]
    assert len(moving.axes[2].get_legend().get_texts()) == 10


def check_inside(ax: Axes) -> None:
    """All words stand within the figure, and none on another."""
    figure = ax.figure
    assert figure.bbox.width <= 360  # pixels of a page that may have 400
    figure.draw_without_rendering()  # labels on a kept background have no place yet
    renderer = figure.canvas.get_renderer()
    legend = ax.get_legend()
    texts = [ax.xaxis.label, *(legend.get_texts() if legend else [])]
    boxes = [text.get_window_extent(renderer) for text in texts if text.get_text().strip()]
    for k, box in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0, texts[k]
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, texts[k]
        assert not any(box.overlaps(other) for other in boxes[:k]), texts[k]


@cache
def stride_explorer() -> Explorer:
    """It takes a second to make."""
    return explore_stride(SCENES)


def every_explorer() -> list[Explorer]:
    return [
        explore_scaling(SCENES),
        stride_explorer(),
        explore_weights(SCENES, found_by(SCENES)),
    ]


def test_at_every_setting_words_stand_within_figures_that_take_less_than_250_milliseconds() -> None:
    for moving in every_explorer():
        for _ in every_setting_in_time(moving):
            for ax in moving.axes[2:]:
                check_inside(ax)


def test_long_names_of_classes_stand_within_figures() -> None:
    names = ("paper", *(f"digit number {k}" for k in range(10)))
    moving = explore_scaling(replace(SCENES, class_names=names))
    for side in (8, 20):
        moving.controls["side"].value = side
        for ax in moving.axes:
            check_inside(ax)


def test_stills_begin_with_a_picture_of_most_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    most = max(len(set(true.unique().tolist()) - {0}) for true in SCENES.maps)
    for moving in every_explorer():
        moving._ipython_display_()
        (number,) = {still["number"] for still in moving.stills.values()}
        assert len(set(SCENES.maps[number - 1].unique().tolist()) - {0}) == most > 2
    assert len(shown) == 3
    assert list(moving.stills) == ["paper 1", "paper 0.05", "Dice"]


def test_what_does_not_fit_is_refused() -> None:
    no_pictures = SCENES[torch.zeros(0).long()]
    for make in (explore_scaling, explore_stride, lambda some: explore_weights(some, {"a": []})):
        with pytest.raises(ValueError, match="there are no pictures"):
            make(no_pictures)
    for make in (explore_scaling, explore_stride):
        with pytest.raises(ValueError, match="these pictures have several sizes"):
            make(photographs(3))
    with pytest.raises(ValueError, match="found_by is empty"):
        explore_weights(SCENES, {})
    with pytest.raises(ValueError, match="loss Dice: there are 8 pictures and predicted maps for"):
        explore_weights(SCENES, {"Dice": list(SCENES.maps[:3])})
    with pytest.raises(ValueError, match=r"loss 0\.2: picture 0: predicted classes must be from 0"):
        explore_weights(SCENES, {"0.2": list(SCENES.maps + 11)})
