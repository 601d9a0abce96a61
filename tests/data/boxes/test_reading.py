"""Boxes in four forms come to one, and what is found is said before any picture is decoded."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.lazily import FromFiles
from course_utils.data.boxes.outcomes import Outcome
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.splitting import split_boxed
from course_utils.data.boxes.survey import BoxSurvey
from course_utils.data.boxes.surveying import survey_boxes
from course_utils.data.examples import PARTS
from tests.helpers.box_files import (
    TWO,
    WRITERS,
    Shown,
    coco_content,
    write_coco,
    write_masks,
    write_voc,
)
from tests.helpers.picture_files import noise, save_picture, truncate

FORMS = sorted(WRITERS)
PHOTOGRAPHS = tuple(replace(shown, name=f"{shown.name[0]}.jpg") for shown in TWO)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_all_forms_come_to_one(tmp_path: Path, form: str) -> None:
    pictures = read_boxes(WRITERS[form](tmp_path, TWO), None)
    assert [Path(name).name for name in pictures.files] == ["a.png", "b.png"]
    assert [image.shape for image in pictures.images] == [(3, 30, 40)] * 2
    assert pictures.images[0].dtype == torch.uint8
    for boxes, shown in zip(pictures.boxes, TWO, strict=True):
        assert boxes.dtype == torch.float32
        torch.testing.assert_close(boxes, torch.tensor(shown.boxes).float(), rtol=0, atol=1e-3)
    names = ["object"] * 3 if form == "masks" else ["cat", "dog", "dog"]
    labels = torch.cat(pictures.labels)
    assert labels.dtype == torch.int64 and [pictures.class_names[i] for i in labels] == names
    assert torch.cat(pictures.counts).all() and pictures.parts is None


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_picture_without_objects_is_legal(tmp_path: Path, form: str) -> None:
    empty = Shown("empty.png", boxes=(), names=())
    dataset = WRITERS[form](tmp_path, [*TWO, empty])
    (finding,) = survey_boxes(dataset).of(Outcome.EMPTY)
    assert finding.file.endswith("empty.png")
    pictures = read_boxes(dataset, None)
    assert len(pictures) == 3 and pictures.boxes[2].shape == (0, 4)
    assert pictures.labels[2].shape == (0,)


def test_boxes_are_scaled_with_their_pictures(tmp_path: Path) -> None:
    pictures = read_boxes(write_masks(tmp_path, TWO), 80)
    assert pictures.images[0].shape == (3, 60, 80)
    assert torch.equal(pictures.boxes[1], 2 * torch.tensor([[1.0, 2, 30, 29]]))
    assert pictures.masks[0].shape == (2, 60, 80)
    assert pictures.masks[0][0].sum() == 4 * 10 * 10


def test_one_channel_makes_them_grey(tmp_path: Path) -> None:
    assert read_boxes(write_voc(tmp_path, TWO), 40, channels=1).images[0].shape == (1, 30, 40)


def test_the_table_comes_before_the_work(tmp_path: Path) -> None:
    dataset = write_coco(tmp_path, PHOTOGRAPHS)
    truncate(tmp_path / "images" / "b.jpg")
    said: list[BoxSurvey] = []
    with pytest.raises(ValueError, match=r"cannot be read: 1 \(images/b.jpg: damaged"):
        read_boxes(dataset, None, report=said.append)
    table = str(said[0])
    assert "  cat                1\n  dog                2\n  2 classes          3\n" in table
    assert "left, top, width, height (xywh)" in table and "40x30" in table
    assert max(map(len, table.splitlines())) <= 88


def test_a_picture_that_cannot_be_decoded_is_left_out_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_coco(tmp_path, PHOTOGRAPHS)
    truncate(tmp_path / "images" / "b.jpg")
    pictures = read_boxes(dataset, None, skip_faulty=True)
    assert pictures.files == ("images/a.jpg",) and len(pictures.images) == 1
    assert "Went on without pictures that cannot be read: 1" in capsys.readouterr().out


def test_without_any_that_can_be_decoded_there_is_a_clear_end(tmp_path: Path) -> None:
    dataset = write_coco(tmp_path, PHOTOGRAPHS)
    for name in "ab":
        truncate(tmp_path / "images" / f"{name}.jpg")
    with pytest.raises(ValueError, match="no picture that can be read"):
        read_boxes(dataset, None, skip_faulty=True)


def test_what_does_not_fit_into_memory_is_read_when_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_masks(tmp_path, TWO)
    lazy, whole = read_boxes(dataset, 20, memory_limit=100), read_boxes(dataset, 20)
    assert "each is read again" in capsys.readouterr().out
    assert isinstance(lazy.images, FromFiles) and isinstance(lazy.masks, FromFiles)
    order = torch.tensor([1, 0])
    for a, b in ((lazy, whole), (lazy[order], whole[order])):
        assert all(map(torch.equal, a.images, b.images)) and all(map(torch.equal, a.masks, b.masks))


def test_pictures_are_turned_upright_or_not_as_their_boxes_want(tmp_path: Path) -> None:
    """A camera's picture lies on its side; which way the boxes are meant, their size says."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    for name, size in (("upright", (30, 40)), ("stored", (40, 30))):
        root = tmp_path / name
        dataset = write_voc(root, [Shown("a.jpg", size, ((2, 3, 20, 25),), ("cat",))])
        save_picture(root / "JPEGImages" / "a.jpg", noise(40, 30), exif=exif)
        pictures = read_boxes(dataset, None)
        assert pictures.images[0].shape == (3, *reversed(size))
        seen = Image.open(root / "JPEGImages" / "a.jpg")
        seen = ImageOps.exif_transpose(seen) if name == "upright" else seen
        assert np.array_equal(pictures.images[0].permute(1, 2, 0), np.array(seen))
        assert pictures.boxes[0].tolist() == [[2, 3, 20, 25]]


def in_parts(root: Path, form: str) -> str:
    """Three pictures for training, and one for validation, one folder for each part."""
    shown = {
        "train": [Shown(f"train/{number}.png", seed=number + 1) for number in range(3)],
        "val": [Shown("val/9.png", seed=9)],
    }
    if form == "coco":
        for part, some in shown.items():
            write_coco(root, some)
            (root / "annotations.json").rename(root / f"instances_{part}2017.json")
        return f"coco:{root}"
    return WRITERS[form](root, [picture for some in shown.values() for picture in some])


@pytest.mark.slow
@pytest.mark.parametrize("form", ["coco", "voc", "yolo"])
def test_a_data_sets_own_parts_are_kept(tmp_path: Path, form: str) -> None:
    dataset = in_parts(tmp_path, form)
    pictures = read_boxes(dataset, None)
    parts = {
        Path(name).name: PARTS[number]
        for name, number in zip(pictures.files, pictures.parts, strict=True)
    }
    assert parts == {"0.png": "train", "1.png": "train", "2.png": "train", "9.png": "val"}
    assert "kept: train, val; test will be drawn from train." in str(survey_boxes(dataset))
    assert read_boxes(dataset, None, split_anew=True).parts is None


def test_a_split_keeps_parts_and_groups_together(tmp_path: Path) -> None:
    shown = [Shown(f"{number}.png", seed=number + 1) for number in range(12)]
    dataset = write_coco(tmp_path, shown)
    twin = Image.open(tmp_path / "images" / "0.png").resize((80, 60))
    twin.save(tmp_path / "images" / "1.png")
    content = coco_content(shown)
    content["images"][1] |= {"width": 80, "height": 60}
    (tmp_path / "annotations.json").write_text(json.dumps(content), encoding="utf-8")
    said: list[BoxSurvey | str] = []
    pictures = read_boxes(dataset, 40, report=said.append)
    assert pictures.groups[0] == pictures.groups[1] and len(pictures.groups.unique()) == 11
    assert "2 pictures are near copies" in said[-1] and "images/0.png ~ images/1.png" in said[-1]
    for seed in range(5):
        split = split_boxed(pictures, val_fraction=0.25, test_fraction=0.25, seed=seed)
        split.test.decide("it")
        parts = (split.train, split.val, split.test.open())
        files = [set(part.files) for part in parts]
        assert sum(map(len, files)) == 12 and set().union(*files) == set(pictures.files)
        assert len([some for some in files if some & set(pictures.files[:2])]) == 1


def test_near_copies_are_not_looked_for_where_that_is_not_wanted(tmp_path: Path) -> None:
    said: list[BoxSurvey | str] = []
    dataset = write_coco(tmp_path, TWO)
    assert read_boxes(dataset, None, near_copies=False, report=said.append).groups is None
    assert "near_copies = True" in said[-1]


@pytest.mark.parametrize("dataset", ["boxes:there", "coco:", "coco", "folder:there"])
def test_another_form_is_refused(dataset: str) -> None:
    with pytest.raises(ValueError, match=rf"coco:PATH.*got '{dataset}'"):
        survey_boxes(dataset)


@pytest.mark.parametrize("form", FORMS)
def test_a_path_to_nothing_is_refused(tmp_path: Path, form: str) -> None:
    with pytest.raises(ValueError, match=r"looked for .*check the path"):
        survey_boxes(f"{form}:{tmp_path / 'nowhere'}")


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_of_another_form_is_refused(tmp_path: Path, form: str) -> None:
    other = "voc" if form != "voc" else "coco"
    WRITERS[other](tmp_path, TWO)
    with pytest.raises(ValueError, match=r"there is no |nothing in .* says what"):
        survey_boxes(f"{form}:{tmp_path}")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"image_size": 0}, "image_size must be at least 1"),
        ({"channels": 2}, "channels must be 1"),
        ({"box_format": "yxyx"}, "box_format must be 'xyxy', 'xywh', 'cxcywh' or None"),
        ({"corners": "pixels"}, "corners must be 'edges', 'from_0', 'from_1' or None"),
        ({"class_names": ["cat"]}, "leave out class_names"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        read_boxes(write_coco(tmp_path, TWO), **{"image_size": None, **wrong})


def test_pictures_of_the_common_form_are_taken_together(tmp_path: Path) -> None:
    pictures = read_boxes(write_masks(tmp_path, TWO), None)
    second = pictures[torch.tensor([False, True])]
    assert isinstance(second, BoxedPictures) and second.files == pictures.files[1:]
    assert torch.equal(second.masks[0], pictures.masks[1]) and second.class_names == ("object",)


def test_the_table_of_many_pictures_asks_as_often_for_the_parts_as_that_of_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time goes through all pictures: once a picture, 5,000 took half a minute."""
    asked, parts = [], BoxSurvey.parts.fget
    monkeypatch.setattr(BoxSurvey, "parts", property(lambda own: asked.append(own) or parts(own)))
    times = []
    for number in (2, 9):
        shown = [Shown(f"{place}.png", seed=place + 1) for place in range(number)]
        str(survey_boxes(write_coco(tmp_path / str(number), shown)))
        times.append(len(asked) - sum(times))
    assert times[0] == times[1] > 0
