"""Every fault that files of boxes are known to have has an outcome, and its files are named."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from course_utils.data.boxes.outcomes import LEFT_OUT, MENDED, STOPS, Outcome
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.survey import BoxSurvey
from course_utils.data.boxes.surveying import survey_boxes
from tests.helpers.box_files import (
    TWO,
    Shown,
    coco_content,
    runs_of,
    voc_element,
    write_coco,
    write_labels,
    write_voc,
    write_xml,
    write_yolo,
)
from tests.helpers.picture_files import empty, scramble

Content = dict[str, Any]


def coco_with(root: Path, change: Callable[[Content], object], run_lengths: bool = False) -> str:
    """A COCO data set of two pictures after ``change`` was made to its file."""
    content = coco_content(TWO, run_lengths)
    change(content)
    return write_coco(root, TWO, content)


def box_as(*numbers: object) -> Callable[[Content], None]:
    """Give the first box of the first picture these numbers."""

    def change(content: Content) -> None:
        content["annotations"][0]["bbox"] = list(numbers)

    return change


def found(survey: BoxSurvey, outcome: Outcome) -> list[str]:
    """What was found of one kind."""
    return [f"{finding.file}: {finding.what}" for finding in survey.of(outcome)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "outcome", "becomes"),
    [
        ((30, 20, 25, 25), Outcome.CLIPPED, [30, 20, 40, 30]),
        ((-5, -5, 10, 10), Outcome.CLIPPED, [0, 0, 5, 5]),
        ((45, 5, 10, 10), Outcome.OUTSIDE, None),
        ((5, 5, 0, 10), Outcome.NO_AREA, None),
        ((15, 16, -10, -10), Outcome.SWAPPED, [5, 6, 15, 16]),
        ((20, 8, 16, 20), Outcome.TWIN, None),
    ],
)
def test_a_box_that_does_not_fit(
    tmp_path: Path, numbers: tuple[int, ...], outcome: Outcome, becomes: list[int] | None
) -> None:
    def change(content: Content) -> None:
        content["annotations"][0] |= {"bbox": list(numbers)}
        if outcome is Outcome.TWIN:
            content["annotations"][0]["category_id"] = content["annotations"][1]["category_id"]

    dataset = coco_with(tmp_path, change)
    survey = survey_boxes(dataset)
    (said,) = found(survey, outcome)
    number = 2 if outcome is Outcome.TWIN else 1  # of twins the first one is kept
    assert said.startswith(f"images/a.png: annotation {number} ")
    assert outcome in LEFT_OUT + MENDED and not survey.lines_to_stop()
    assert f"{outcome.value}: 1 (images/a.png: annotation" in " ".join(str(survey).split())
    boxes = read_boxes(dataset, None).boxes[0].tolist()
    others = [[20, 8, 36, 28]]
    assert boxes == (others if becomes is None else [becomes, *others])


def test_a_picture_that_loses_all_its_boxes_is_told_of(tmp_path: Path) -> None:
    lost = Shown("c.png", boxes=((5, 5, 5, 9),), names=("cat",))
    survey = survey_boxes(write_coco(tmp_path, [*TWO, lost]))
    assert found(survey, Outcome.EMPTY) == ["images/c.png: its boxes are left out"]


def test_rounding_of_text_is_no_clipping(tmp_path: Path) -> None:
    survey = survey_boxes(coco_with(tmp_path, box_as(-0.001, 0, 40.002, 30)))
    assert not found(survey, Outcome.CLIPPED)
    assert survey.used[0].checked.boxes[0].tolist() == [0, 0, 40, 30]


def drop_category(content: Content) -> None:
    content["annotations"][0]["category_id"] = 99


def drop_image(content: Content) -> None:
    content["annotations"][0]["image_id"] = 99


def rename_image(content: Content) -> None:
    content["images"][0]["file_name"] = "gone.png"


def resize_image(content: Content) -> None:
    content["images"][0] |= {"width": 80, "height": 60}


@pytest.mark.parametrize(
    ("change", "outcome", "said", "left"),
    [
        (drop_category, Outcome.UNKNOWN, "images/a.png: annotation 1 'category_id 99'", 1),
        (drop_image, Outcome.NO_PICTURE, "annotations.json: 1 boxes of image_id 99", 2),
        (rename_image, Outcome.NO_PICTURE, "gone.png: 2 boxes in annotations.json", 1),
        (resize_image, Outcome.OTHER_SIZE, "images/a.png: 80x60 in the annotations, 40x30", 1),
        (box_as(1, 2, 3), Outcome.NO_NUMBERS, "images/a.png: annotation 1 'cat'", 1),
        (box_as("a", 2, 3, 4), Outcome.NO_NUMBERS, "images/a.png: annotation 1 'cat'", 1),
        (box_as(float("nan"), 2, 3, 4), Outcome.NO_NUMBERS, "images/a.png: annotation 1", 1),
    ],
)
def test_what_stops_the_work(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Content], None],
    outcome: Outcome,
    said: str,
    left: int,
) -> None:
    dataset = coco_with(tmp_path, change)
    survey = survey_boxes(dataset)
    assert outcome in STOPS and [line[: len(said)] for line in found(survey, outcome)] == [said]
    with pytest.raises(ValueError, match=r"must be mended: .*skip_faulty = True"):
        read_boxes(dataset, None)
    assert len(read_boxes(dataset, None, skip_faulty=True)) == left
    assert f"Went on without {outcome.value}: 1" in capsys.readouterr().out
    assert "skip_faulty = True" in str(survey)


@pytest.mark.parametrize("damage", [scramble, empty])
def test_a_picture_that_cannot_be_opened_stops_the_work(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    dataset = write_coco(tmp_path, TWO)
    damage(tmp_path / "images" / "a.png")
    assert found(survey_boxes(dataset), Outcome.UNREADABLE) == [
        "images/a.png: damaged, or no picture"
    ]
    with pytest.raises(ValueError, match="pictures that cannot be read: 1"):
        read_boxes(dataset, None)
    assert read_boxes(dataset, None, skip_faulty=True).files == ("images/b.png",)


def test_pictures_that_a_coco_file_does_not_name_are_not_used(tmp_path: Path) -> None:
    dataset = write_coco(tmp_path, TWO)
    Shown("c.png").save(tmp_path / "images" / "c.png")
    assert found(survey_boxes(dataset), Outcome.UNLISTED) == ["images/c.png: "]
    assert len(read_boxes(dataset, None)) == 2


def test_crowds_are_kept_and_do_not_count(tmp_path: Path) -> None:
    dataset = coco_with(tmp_path, lambda c: c["annotations"][0].update(iscrowd=1))
    assert len(found(survey_boxes(dataset), Outcome.CROWD)) == 1
    pictures = read_boxes(dataset, None)
    assert pictures.counts[0].tolist() == [False, True] and len(pictures.boxes[0]) == 2


def test_difficult_ones_are_kept_and_do_not_count(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    element = voc_element(TWO[0])
    element.findall("object")[1].find("difficult").text = "1"
    write_xml(tmp_path, "a.png", element)
    assert found(survey_boxes(dataset), Outcome.DIFFICULT) == [
        "JPEGImages/a.png: object 2 'dog' 21, 9, 36, 28"
    ]
    assert read_boxes(dataset, None).counts[0].tolist() == [True, False]


def test_equal_pictures_count_once(tmp_path: Path) -> None:
    shown = [*TWO, Shown("c.png", seed=sum(b"a.png"))]
    dataset = write_coco(tmp_path, shown)
    survey = survey_boxes(dataset)
    assert found(survey, Outcome.COPY) == ["images/c.png: equals images/a.png"]
    assert read_boxes(dataset, None).files == ("images/a.png", "images/b.png")


def test_equal_pictures_with_other_boxes_stop_the_work(tmp_path: Path) -> None:
    twin = Shown("c.png", boxes=((1, 1, 9, 9),), names=("cat",), seed=sum(b"a.png"))
    dataset = write_coco(tmp_path, [*TWO, twin])
    assert found(survey_boxes(dataset), Outcome.DISAGREE) == [
        "images/a.png: equals images/c.png",
        "images/c.png: equals images/a.png",
    ]
    with pytest.raises(ValueError, match="of which one must be wrong: 2"):
        read_boxes(dataset, None)
    assert read_boxes(dataset, None, skip_faulty=True).files == ("images/b.png",)


def one_short(content: Content) -> None:
    for annotation in content["annotations"][:2]:
        annotation["bbox"][2] -= 1
        annotation["bbox"][3] -= 1


def test_boxes_one_pixel_short_of_their_masks_are_taken_from_these(tmp_path: Path) -> None:
    dataset = coco_with(tmp_path, one_short, run_lengths=True)
    survey = survey_boxes(dataset)
    assert len(found(survey, Outcome.SHORT)) == 2
    pictures = read_boxes(dataset, None)
    assert pictures.boxes[0].tolist() == [list(box) for box in TWO[0].boxes]


AT_THE_END = [
    Shown(f"{number}.png", boxes=((10 + number, 5, 40, 20),), names=("cat",), seed=number + 1)
    for number in range(4)
]


def test_boxes_that_never_reach_the_edge_are_a_suspicion(tmp_path: Path) -> None:
    content = coco_content(AT_THE_END)
    for annotation in content["annotations"]:
        annotation["bbox"][2] -= 1
        annotation["bbox"][3] -= 1
    dataset = write_coco(tmp_path, AT_THE_END, content)
    (said,) = survey_boxes(dataset).suspicions
    assert said.startswith("Only a suspicion: no box ends at") and "4 end exactly one" in said
    assert "Suspicions:" in str(survey_boxes(dataset))
    mended = read_boxes(dataset, None, corners="from_0")
    assert mended.boxes[0].tolist() == [[10, 5, 40, 20]]
    assert not survey_boxes(dataset, corners="from_0").suspicions
    assert not survey_boxes(write_coco(tmp_path, AT_THE_END)).suspicions
    one_at_the_edge = content | {"annotations": content["annotations"].copy()}
    one_at_the_edge["annotations"][0] = coco_content(AT_THE_END)["annotations"][0]
    assert not survey_boxes(write_coco(tmp_path, AT_THE_END, one_at_the_edge)).suspicions


def test_corners_for_width_and_height_are_recognised(tmp_path: Path) -> None:
    def change(content: Content) -> None:
        for annotation in content["annotations"]:
            left, top, width, height = annotation["bbox"]
            annotation["bbox"] = [left, top, left + width, top + height]

    shown = [replace(TWO[0], boxes=((15, 6, 39, 16), (20, 18, 36, 28))), TWO[1]]
    content = coco_content(shown)
    change(content)
    dataset = write_coco(tmp_path, shown, content)
    said = r"33% of the 3 boxes .* read as .* \(xyxy\), 100%; box_format = 'xyxy' reads them so"
    with pytest.raises(ValueError, match=said):
        read_boxes(dataset, None)
    assert "stops here: read as left, top, width, height" in str(survey_boxes(dataset))
    right = read_boxes(dataset, None, box_format="xyxy")
    assert right.boxes[0].tolist() == [list(box) for box in shown[0].boxes]
    assert len(read_boxes(dataset, None, box_format="xywh")) == 2  # who insists gets it


def test_width_and_height_for_corners_are_recognised(tmp_path: Path) -> None:
    shown = [Shown("a.png", boxes=((20, 15, 30, 25), (25, 12, 35, 20)), names=("cat", "dog"))]
    dataset = write_voc(tmp_path, shown)
    element = voc_element(shown[0])
    for thing, (left, top, right, bottom) in zip(
        element.findall("object"), shown[0].boxes, strict=True
    ):
        thing.find("bndbox/xmax").text = str(right - left)
        thing.find("bndbox/ymax").text = str(bottom - top)
    write_xml(tmp_path, "a.png", element)
    with pytest.raises(ValueError, match=r"0% of the 2 boxes .*box_format = 'xywh' reads them so"):
        read_boxes(dataset, None)
    assert len(read_boxes(dataset, None, box_format="xywh").boxes[0]) == 2


def test_a_few_boxes_that_would_fit_otherwise_are_only_a_suspicion(tmp_path: Path) -> None:
    shown = [
        Shown(f"{n}.png", boxes=((2, 2, 10 + n, 12),), names=("cat",), seed=n + 1) for n in range(3)
    ]
    content = coco_content(shown)
    content["annotations"][0]["bbox"] = [20, 10, 30, 25]  # beyond the edge, but fine as corners
    dataset = write_coco(tmp_path, shown, content)
    (said,) = survey_boxes(dataset).suspicions
    assert said.startswith("Only a suspicion: read as left, top, width, height (xywh), 67%")
    assert len(read_boxes(dataset, None)) == 3


def test_pixels_for_shares_are_refused(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    for name in "ab":
        write_labels(tmp_path, f"{name}.png", "0 20 15 10 10\n")
    with pytest.raises(
        ValueError, match=r"100% of the boxes hold numbers above 1, up to 20: .*divide"
    ):
        read_boxes(dataset, None)


def test_shares_for_pixels_are_refused(tmp_path: Path) -> None:
    def change(content: Content) -> None:
        for annotation in content["annotations"]:
            annotation["bbox"] = [0.1, 0.2, 0.5, 0.5]

    dataset = coco_with(tmp_path, change)
    with pytest.raises(ValueError, match=r"no number of any box is above 1 .* multiply"):
        read_boxes(dataset, None)
    assert len(read_boxes(dataset, None, box_format="xywh").boxes[0]) == 2  # who insists gets it


def test_masks_are_offered_where_every_object_has_one(tmp_path: Path) -> None:
    pictures = read_boxes(coco_with(tmp_path, lambda content: None, run_lengths=True), None)
    for masks, shown in zip(pictures.masks, TWO, strict=True):
        drawn = torch.from_numpy(shown.drawn())
        assert all(torch.equal(mask, drawn == n) for n, mask in enumerate(masks, start=1))


@pytest.mark.slow
@pytest.mark.parametrize(
    "segmentation",
    [None, [], [[1, 1, 5, 5]], [[1, 1, 5, 1, 5]], {"counts": [3, 4]}, "polygon",
     {"size": [30, 40], "counts": [5, 3]}, {"size": [3, 4], "counts": [5, 3, 4]},
     {"size": [30, 40], "counts": "zzz"}, [[1, 1, float("nan"), 1, 5, 5]]],
)  # fmt: skip
def test_an_object_without_a_mask_that_can_be_drawn(tmp_path: Path, segmentation: object) -> None:
    def change(content: Content) -> None:
        content["annotations"][0]["segmentation"] = segmentation

    dataset = coco_with(tmp_path, change, run_lengths=True)
    assert read_boxes(dataset, None).masks is None
    assert "of 3 objects have one, so none is used" in str(survey_boxes(dataset))
    (said,) = found(survey_boxes(dataset, need_masks=True), Outcome.NO_MASK)
    assert said.startswith("images/a.png: annotation 1 'cat'")
    pictures = read_boxes(dataset, None, need_masks=True, skip_faulty=True)
    assert pictures.files == ("images/b.png",) and len(pictures.masks) == 1


def test_every_finding_is_told_in_the_details(tmp_path: Path) -> None:
    shown = [
        Shown(f"{n}.png", boxes=((30, 20, 50, 40),), names=("cat",), seed=n + 1) for n in range(9)
    ]
    survey = survey_boxes(write_coco(tmp_path, shown))
    assert "clipped to it: 9 (" in str(survey) and "…" in str(survey)
    assert [f"images/{n}.png" in str(survey) for n in range(9)] == [True] * 3 + [False] * 6
    assert [f"images/{n}.png" in survey.details() for n in range(9)] == [True] * 9


def test_many_boxes_of_one_file_are_one_entry(tmp_path: Path) -> None:
    boxes = tuple((30, 20 + n, 50, 40) for n in range(5))
    survey = survey_boxes(write_coco(tmp_path, [Shown("a.png", boxes=boxes, names=["cat"] * 5)]))
    assert (
        "clipped to it: 5 in 1 file (images/a.png: annotation 1 'cat' 30, 20, 20, 20 and 4 more"
        in (" ".join(str(survey).split()))
    )


def test_a_data_set_without_a_single_box_is_refused(tmp_path: Path) -> None:
    dataset = write_coco(tmp_path, [Shown("a.png", boxes=(), names=())])
    with pytest.raises(ValueError, match="no box in any picture"):
        read_boxes(dataset, None)


def test_run_lengths_written_by_hand_are_those_of_the_library() -> None:
    from faster_coco_eval import mask as library

    drawn = TWO[0].drawn() == 1
    packed = library.frPyObjects(runs_of(drawn), *drawn.shape)
    assert (library.decode(packed) == drawn).all()
    assert json.dumps(runs_of(drawn))
