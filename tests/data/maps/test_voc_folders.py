"""Masks as VOC lays them out: lists are parts, colours say the classes, borders do not count."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.examples import PARTS
from course_utils.data.maps.outcomes import MapOutcome
from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.surveying import survey_maps
from course_utils.data.maps.voc_folders import voc_colour
from course_utils.data.voc_archives import VOC_CLASSES
from tests.helpers.map_files import VOC_COLOURS, patches, with_palette, write_voc_masks
from tests.helpers.picture_files import noise, save_picture

MASKS = {
    "2007_000032": patches(1, 15, 255),
    "2007_000033": patches(1, 20),
    "2007_000042": patches(19, 255),
    "2007_000061": patches(4),
}
NAMES = list(MASKS)
LISTS = {"train": NAMES[:2], "val": NAMES[2:3], "test": NAMES[3:], "trainval": NAMES[:3]}


def written(root: Path, **lists: list[str]) -> str:
    """The pictures, with other lists where they are given."""
    return write_voc_masks(root, MASKS, LISTS | lists)


def parts_of(dataset: str, **how: object) -> dict[str, list[str]]:
    """Names of the pictures of each part."""
    pictures = read_maps(dataset, None, **how)
    found: dict[str, list[str]] = {}
    for file, part in zip(pictures.files, pictures.parts.tolist(), strict=True):
        found.setdefault(PARTS[part], []).append(Path(file).stem)
    return found


def told(dataset: str, **how: object) -> str:
    """The table on one line."""
    return " ".join(str(survey_maps(dataset, **how)).split())


@pytest.mark.slow
def test_lists_are_the_parts_and_classes_have_vocs_names(tmp_path: Path) -> None:
    dataset = written(tmp_path)
    assert parts_of(dataset) == {name: LISTS[name] for name in PARTS}
    pictures = read_maps(dataset, None)
    assert pictures.class_names == ("background", *VOC_CLASSES)
    for drawn, mask in zip(pictures.maps, MASKS.values(), strict=True):
        assert np.array_equal(drawn.numpy(), mask)
    assert pictures.maps[0].unique().tolist() == [0, 1, 15, IGNORED]
    assert pictures.present[0].nonzero().flatten().tolist() == [0, 1, 15]
    said = told(dataset)
    assert not survey_maps(dataset).findings and "Passed over: SegmentationObject." in said
    assert "VOC's own, as the masks have its colours" in said and "are kept: train, val, t" in said
    assert read_maps(dataset, None, split_anew=True).parts is None


def test_the_colours_are_those_of_the_challenge() -> None:
    assert {value: voc_colour(value) for value in VOC_COLOURS} == VOC_COLOURS


def test_pictures_that_no_list_names_need_no_mask_and_are_left_out(tmp_path: Path) -> None:
    dataset = written(tmp_path, test=[])
    save_picture(tmp_path / "JPEGImages" / "2008_000001.jpg", noise(40, 30, seed=9))
    survey = survey_maps(dataset)
    assert not survey.lines_to_stop() and not survey.of(MapOutcome.NO_ANNOTATION)
    assert {str(finding) for finding in survey.of(MapOutcome.UNLISTED)} == {
        "JPEGImages/2007_000061.jpg: in no part",
        "JPEGImages/2008_000001.jpg: no mask",
    }
    assert parts_of(dataset) == {"train": NAMES[:2], "val": NAMES[2:3]}
    anew = read_maps(dataset, None, split_anew=True)
    assert [Path(file).stem for file in anew.files] == NAMES  # with a mask, so it can be used


def test_a_listed_picture_without_a_mask_stops_the_work(tmp_path: Path) -> None:
    dataset = written(tmp_path)
    (tmp_path / "SegmentationClass" / f"{NAMES[2]}.png").unlink()
    (finding,) = survey_maps(dataset).of(MapOutcome.NO_ANNOTATION)
    assert finding.file == f"JPEGImages/{NAMES[2]}.jpg"
    assert finding.what == "ImageSets/Segmentation/val.txt names it"
    with pytest.raises(ValueError, match="must be mended: pictures without a mask"):
        read_maps(dataset, None)


def test_a_listed_picture_that_is_not_there_stops_the_work_and_is_named(tmp_path: Path) -> None:
    dataset = written(tmp_path, train=[*NAMES[:2], "2009_000001", "2009_000002"])
    (first, second) = survey_maps(dataset).of(MapOutcome.NO_PICTURE)
    assert str(first) == "ImageSets/Segmentation/train.txt: 2009_000001"
    assert second.what == "2009_000002"
    said = r"picture is missing: 2 in 1 file \(ImageSets/.*: 2009_000001 and 1 more there\)"
    with pytest.raises(ValueError, match=said):
        read_maps(dataset, None)
    assert parts_of(dataset, skip_faulty=True) == {name: LISTS[name] for name in PARTS}


def test_a_listed_mask_of_which_only_the_picture_is_lost(tmp_path: Path) -> None:
    dataset = written(tmp_path)
    (tmp_path / "JPEGImages" / f"{NAMES[0]}.jpg").unlink()
    found = survey_maps(dataset).of(MapOutcome.NO_PICTURE)
    assert [finding.file for finding in found] == [
        f"SegmentationClass/{NAMES[0]}.png",
        "ImageSets/Segmentation/train.txt",
    ]


def test_without_lists_every_picture_needs_a_mask(tmp_path: Path) -> None:
    dataset = write_voc_masks(tmp_path, MASKS, {"default": NAMES})
    assert read_maps(dataset, None).parts is None
    save_picture(tmp_path / "JPEGImages" / "2008_000001.jpg", noise(40, 30, seed=9))
    (finding,) = survey_maps(dataset).of(MapOutcome.NO_ANNOTATION)
    assert str(finding) == "JPEGImages/2008_000001.jpg"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        ({"trainval": NAMES[:3], "test": NAMES[3:]}, {"train": NAMES[:3], "test": NAMES[3:]}),
        ({"trainval": NAMES, "val": NAMES[3:]}, {"train": NAMES[:3], "val": NAMES[3:]}),
        (
            {"train": [f"JPEGImages/{name}.jpg" for name in NAMES[:3]], "val": [f'"{NAMES[3]}"']},
            {"train": NAMES[:3], "val": NAMES[3:]},
        ),
    ],
)  # fmt: skip
def test_lists_come_in_several_forms(
    tmp_path: Path, lists: dict[str, list[str]], wanted: dict[str, list[str]]
) -> None:
    dataset = write_voc_masks(tmp_path, MASKS, lists)
    assert parts_of(dataset) == wanted and "several lists" not in told(dataset)


def test_a_picture_in_two_lists_is_told_and_in_one_part(tmp_path: Path) -> None:
    dataset = written(tmp_path, test=[NAMES[0], NAMES[3]])
    assert parts_of(dataset) == {
        "train": [NAMES[1]], "val": [NAMES[2]], "test": [NAMES[0], NAMES[3]],
    }  # fmt: skip
    assert f"1 picture in several lists: {NAMES[0]}; of train, val and test the last" in told(
        dataset
    )


def test_lists_of_several_years_lie_below_one_folder(tmp_path: Path) -> None:
    for year, names in (("VOC2007", NAMES[:2]), ("VOC2012", NAMES[2:])):
        masks = {name: MASKS[name] for name in names}
        write_voc_masks(tmp_path / year, masks, {"train": names[:1], "val": names[1:]})
    assert parts_of(f"masks:{tmp_path}") == {"train": NAMES[::2], "val": NAMES[1::2]}


def test_a_list_that_is_no_text_is_named(tmp_path: Path) -> None:
    dataset = written(tmp_path)
    (tmp_path / "ImageSets" / "Segmentation" / "val.txt").write_bytes(b"\xff\x00\xfe")
    with pytest.raises(ValueError, match=r"val\.txt is not text in UTF-8"):
        survey_maps(dataset)


def test_other_names_come_before_vocs(tmp_path: Path) -> None:
    dataset = written(tmp_path)
    (tmp_path / "classes.txt").write_text("".join(f"c{n}\n" for n in range(21)), encoding="utf-8")
    assert read_maps(dataset, None).class_names[1] == "c1"
    given = dict.fromkeys(range(1, 21), "ignored") | {0: "background", 1: "plane"}
    pictures = read_maps(dataset, None, class_names=given)
    assert pictures.class_names == ("background", "plane")


@pytest.mark.slow
@pytest.mark.parametrize("change", ["value 21", "other colours", "no palette", "other folder"])
def test_what_is_not_vocs_has_no_names_of_its(tmp_path: Path, change: str) -> None:
    dataset = written(tmp_path)
    file = tmp_path / "SegmentationClass" / f"{NAMES[0]}.png"
    other = {
        "value 21": with_palette(patches(1, 21), {**VOC_COLOURS, 21: voc_colour(21)}),
        "other colours": with_palette(patches(1, 15), {**VOC_COLOURS, 15: (1, 2, 3)}),
        "no palette": Image.fromarray(patches(1, 15)),
    }
    if change == "other folder":
        file.parent.rename(tmp_path / "masks")
    else:
        save_picture(file, other[change])
    assert "value 1" in read_maps(dataset, None).class_names


def test_objects_may_be_asked_for(tmp_path: Path) -> None:
    dataset = written(tmp_path)
    pictures = read_maps(dataset, None, mask_folder="SegmentationObject", reading="instances")
    assert pictures.class_names == ("background", "object") and len(pictures) == 4
    pictures = read_maps(dataset, None, reading="instances")
    assert pictures.class_names == ("background", "object")
    assert torch.equal(pictures.maps[3], torch.from_numpy(MASKS[NAMES[3]] > 0).byte())
