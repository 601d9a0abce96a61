"""Masks beside pictures: every way in which they do not fit is told before work starts."""

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
from tests.helpers.map_files import in_colours, patches, with_palette, write_maps
from tests.helpers.picture_files import noise, save_picture, scramble

COLOURS = {0: (10, 10, 10), 1: (200, 0, 0), 2: (0, 120, 255)}
NAMED = {"background": [10, 10, 10], "road": (200, 0, 0), "sky": "#0078ff"}
TWO = {"a": patches(1, 2), "b": patches(2)}
NAMES = ["background", "road", "sky"]


def the_only(dataset: str, outcome: MapOutcome, **how: object) -> str:
    """The one finding of a kind; work does not start, and goes on without it when told."""
    survey = survey_maps(dataset, **how)
    (finding,) = survey.of(outcome)
    with pytest.raises(ValueError, match=r"must be mended: .*skip_faulty = True"):
        read_maps(dataset, None, **how)
    assert outcome.value in " ".join(str(survey).split())
    assert len(read_maps(dataset, None, skip_faulty=True, **how)) == len(survey.used)
    return str(finding)


@pytest.mark.parametrize("make", [Image.fromarray, lambda m: with_palette(m, COLOURS)])
def test_values_of_grey_and_of_palettes_are_classes(tmp_path: Path, make: object) -> None:
    dataset = write_maps(tmp_path, {name: make(mask) for name, mask in TWO.items()})
    pictures = read_maps(dataset, None, class_names=NAMES)
    assert pictures.class_names == tuple(NAMES) and pictures.files[0] == "images/a.png"
    for drawn, mask in zip(pictures.maps, TWO.values(), strict=True):
        assert drawn.dtype == torch.uint8 and np.array_equal(drawn.numpy(), mask)
    assert pictures.present.tolist() == [[True, True, True], [True, False, True]]


def test_255_is_ignored(tmp_path: Path) -> None:
    pictures = read_maps(write_maps(tmp_path, {**TWO, "c": patches(1, 255)}), None)
    assert pictures.class_names == ("background", "value 1", "value 2")
    assert pictures.maps[2].unique().tolist() == [0, 1, IGNORED]
    assert pictures.present[2].tolist() == [True, True, False]


def test_0_and_255_alone_are_background_and_a_class(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {"a": patches(255), "b": patches(255, 255)})
    assert read_maps(dataset, None).class_names == ("background", "value 255")
    pictures = read_maps(dataset, None, class_names=["background", "lung"])
    assert pictures.class_names == ("background", "lung")
    assert pictures.maps[0].unique().tolist() == [0, 1]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_grey_saved_in_colours_is_grey(tmp_path: Path, mode: str) -> None:
    masks = {name: Image.fromarray(mask).convert(mode) for name, mask in TWO.items()}
    pictures = read_maps(write_maps(tmp_path, masks), None)
    assert np.array_equal(pictures.maps[0].numpy(), TWO["a"])


def test_16_bits_hold_values_beyond_255(tmp_path: Path) -> None:
    masks = {"a": patches(300, 2, dtype=np.uint16), "b": patches(2, dtype=np.uint16)}
    dataset = write_maps(tmp_path, masks)
    names = {0: "background", 2: "road", 300: "sky"}
    pictures = read_maps(dataset, None, class_names=names)
    assert pictures.class_names == ("background", "road", "sky")
    assert pictures.maps[0].unique().tolist() == [0, 1, 2]
    said = the_only(dataset, MapOutcome.UNKNOWN, class_names=NAMES)
    assert said == "images/a.png: value 300 (12 pixels); 3 classes named"


def test_values_beyond_the_classes_are_told(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1, 7, 9, 9)})
    said = the_only(dataset, MapOutcome.UNKNOWN, class_names=NAMES)
    assert said == "images/c.png: value 9 (24 pixels), 1 more; 3 classes named"


def test_values_may_have_names_of_their_own_and_be_ignored(tmp_path: Path) -> None:
    names = {0: "background", 1: "road", 2: "ignored"}
    pictures = read_maps(write_maps(tmp_path, TWO), None, class_names=names)
    assert pictures.class_names == ("background", "road")
    assert pictures.maps[0].unique().tolist() == [0, 1, IGNORED]


def test_colours_without_names_are_refused_with_all_that_were_found(tmp_path: Path) -> None:
    masks = {name: in_colours(mask, COLOURS) for name, mask in TWO.items()}
    dataset = write_maps(tmp_path, masks)
    said = (
        r"2 masks in colours that nothing names: \(10, 10, 10\) 2,364 pixels, \(0, 120, 255\) 24 "
        r"pixels, \(200, 0, 0\) 12 pixels; name .* by colours ="
    )
    assert "The workbook stops here: 2 masks in colours" in str(survey_maps(dataset))
    for how in ({}, {"skip_faulty": True}, {"class_names": NAMES}):
        with pytest.raises(ValueError, match=said):
            read_maps(dataset, None, **how)


@pytest.mark.slow
@pytest.mark.parametrize("make", [in_colours, with_palette])
def test_colours_with_names_are_classes(tmp_path: Path, make: object) -> None:
    masks = {name: make(mask, COLOURS) for name, mask in TWO.items()}
    dataset = write_maps(tmp_path, masks)
    pictures = read_maps(dataset, None, colours=dict(reversed(NAMED.items())))
    assert pictures.class_names == ("background", "sky", "road")  # background first, else as given
    assert np.array_equal(pictures.maps[0].numpy(), np.array([0, 2, 1])[TWO["a"]])
    void = {**NAMED, "ignored": NAMED["sky"]}
    del void["sky"]
    assert read_maps(dataset, None, colours=void).maps[0].unique().tolist() == [0, 1, IGNORED]


def test_a_colour_without_a_name_is_told(tmp_path: Path) -> None:
    masks = {name: in_colours(mask, COLOURS) for name, mask in TWO.items()}
    del (few := dict(NAMED))["road"]
    said = the_only(write_maps(tmp_path, masks), MapOutcome.UNKNOWN, colours=few)
    assert said == "images/a.png: colour (200, 0, 0) (12 pixels); 2 classes named"


def test_a_jpeg_is_refused_as_a_mask_with_the_reason(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1)})
    (tmp_path / "masks" / "c.png").unlink()
    save_picture(tmp_path / "masks" / "c.jpg", Image.fromarray(patches(1)))
    said = the_only(dataset, MapOutcome.DAMAGED)
    assert said.startswith("masks/c.jpg: a JPEG, which changes numbers")


@pytest.mark.parametrize("mode", ["F", "CMYK"])
def test_masks_of_other_kinds_are_told(tmp_path: Path, mode: str) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1)})
    (tmp_path / "masks" / "c.png").unlink()
    save_picture(tmp_path / "masks" / "c.tif", Image.fromarray(patches(1)).convert(mode))
    said = the_only(dataset, MapOutcome.DAMAGED)
    assert said.startswith(f"masks/c.tif: of the mode {mode}; save it")


def test_transparent_and_damaged_masks_are_told(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (40, 30), (255, 0, 0, 3))
    dataset = write_maps(tmp_path / "clear", {**TWO, "c": clear})
    assert "partly transparent" in the_only(dataset, MapOutcome.DAMAGED)
    dataset = write_maps(tmp_path / "damaged", {**TWO, "c": patches(1)})
    scramble(tmp_path / "damaged" / "masks" / "c.png")
    assert the_only(dataset, MapOutcome.DAMAGED) == "masks/c.png: damaged, or no picture"


def test_a_mask_of_another_size_is_told(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1)})
    save_picture(tmp_path / "masks" / "c.png", Image.fromarray(patches(1, size=(20, 15))))
    said = the_only(dataset, MapOutcome.OTHER_SIZE)
    assert said == "images/c.png: 20x15 in the mask, 40x30 in the file"


def test_what_has_no_partner_is_told(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1)})
    (tmp_path / "masks" / "c.png").rename(tmp_path / "masks" / "z.png")
    assert the_only(dataset, MapOutcome.NO_ANNOTATION) == "images/c.png"
    assert the_only(dataset, MapOutcome.NO_PICTURE) == "masks/z.png"


def test_equal_pictures_with_other_masks_stop_the_work(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1), "d": patches(1)})
    for name in "cd":
        save_picture(tmp_path / "images" / f"{name}.png", noise(40, 30, seed=9))
    (finding,) = survey_maps(dataset).of(MapOutcome.COPY)
    assert str(finding) == "images/d.png: equals images/c.png"
    assert len(read_maps(dataset, None)) == 3
    save_picture(tmp_path / "masks" / "d.png", Image.fromarray(patches(2)))
    assert len(survey_maps(dataset).of(MapOutcome.DISAGREE)) == 2
    with pytest.raises(ValueError, match="equal pictures with other masks"):
        read_maps(dataset, None)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["SegmentationClass", "labels", "annotations/trimaps", "Masks"])
def test_folders_of_masks_go_by_several_names(tmp_path: Path, folder: str) -> None:
    assert len(read_maps(write_maps(tmp_path, TWO, folder), None)) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("images", "masks"),
    [
        ("train", "train_masks"),
        ("train", "trainannot"),
        ("train/images", "train/labels"),
        ("images/training", "annotations/training"),
        ("train_images", "TrainMasks"),
    ],
)
def test_parts_go_by_several_names(tmp_path: Path, images: str, masks: str) -> None:
    """Pictures of two parts may have the same name."""
    for seed, part in enumerate(("train", "test")):
        of_part = [
            name.replace("train", part).replace("Train", part.capitalize())
            for name in (images, masks)
        ]
        save_picture(tmp_path / of_part[0] / "a.png", noise(40, 30, seed=seed))
        save_picture(tmp_path / of_part[1] / "a.png", Image.fromarray(patches(1 + seed)))
    pictures = read_maps(f"masks:{tmp_path}", None)
    of_train = pictures[pictures.parts == PARTS.index("train")]
    assert len(pictures) == 2 and of_train.maps[0].unique().tolist() == [0, 1]


def test_masks_may_lie_beside_their_pictures(tmp_path: Path) -> None:
    for seed, (name, mask) in enumerate(TWO.items()):
        save_picture(tmp_path / "train" / f"{name}.jpg", noise(40, 30, seed=seed))
        save_picture(tmp_path / "train" / f"{name}_mask.png", Image.fromarray(mask))
    pictures = read_maps(f"masks:{tmp_path}", None)
    assert pictures.files == ("train/a.jpg", "train/b.jpg")
    assert np.array_equal(pictures.maps[0].numpy(), TWO["a"])


def test_of_vocs_two_folders_the_one_of_classes_is_meant(tmp_path: Path) -> None:
    objects = {"a": patches(1, 2, 3), "b": patches(1)}
    dataset = write_maps(tmp_path, objects, "SegmentationObject")
    write_maps(tmp_path, TWO, "SegmentationClass")
    pictures = read_maps(dataset, None)
    assert len(pictures) == 2 and np.array_equal(pictures.maps[0].numpy(), TWO["a"])
    assert "Passed over: SegmentationObject." in str(survey_maps(dataset))
    pictures = read_maps(dataset, None, mask_folder="SegmentationObject")
    assert pictures.class_names == ("background", "object")


def test_a_folder_of_masks_may_be_named(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, TWO, "truth")
    with pytest.raises(ValueError, match=r"no folder of masks .* name it by mask_folder"):
        survey_maps(dataset)
    assert len(read_maps(dataset, None, mask_folder="truth")) == 2
    with pytest.raises(ValueError, match="no picture in mask_folder = 'lies'"):
        survey_maps(dataset, mask_folder="lies")


@pytest.mark.slow
@pytest.mark.parametrize("end", ["_mask", "_label", "_L"])
def test_masks_go_by_several_names_and_belong_to_one_picture(tmp_path: Path, end: str) -> None:
    for part, mask in (("north", patches(1)), ("south", patches(2))):
        write_maps(tmp_path, {f"{part}/a": mask})
        (tmp_path / "masks" / part / "a.png").rename(tmp_path / "masks" / part / f"a{end}.png")
    save_picture(tmp_path / "images" / "south" / "a.png", noise(40, 30, seed=7))
    pictures = read_maps(f"masks:{tmp_path}", None)
    assert pictures.files == ("images/north/a.png", "images/south/a.png")
    assert [drawn.max().item() for drawn in pictures.maps] == [1, 2]
    (tmp_path / "masks" / "south" / f"a{end}.png").unlink()
    (finding,) = survey_maps(f"masks:{tmp_path}").of(MapOutcome.NO_ANNOTATION)
    assert finding.file == "images/south/a.png"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"reading": "boxes"}, "reading must be 'classes', 'instances' or None, got 'boxes'"),
        ({"colours": NAMED, "class_names": NAMES}, "leave out class_names and reading"),
        ({"colours": {}}, "at least one colour"),
        ({"colours": {"road": [1, 2]}}, "the colour of 'road' must be three numbers"),
        ({"colours": {"road": "#12"}}, "the colour of 'road' must be three numbers"),
        ({"colours": {"road": [1, 2, 256]}}, "the colour of 'road' must be three numbers"),
        ({"colours": {"a": [1, 2, 3], "b": [1, 2, 3]}}, r"same colour \(1, 2, 3\)"),
        ({"class_names": "road"}, "class_names must be a list of names, got 'road'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    tmp_path: Path, how: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        survey_maps(write_maps(tmp_path, TWO), **how)
