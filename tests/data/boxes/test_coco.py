"""COCO's files: which one is meant, where its pictures are, and what is damaged."""

import json
from pathlib import Path

import pytest

from course_utils.data.boxes.outcomes import Outcome
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.surveying import survey_boxes
from tests.helpers.box_files import TWO, Shown, coco_content, write_coco


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_the_file_itself_may_be_given(tmp_path: Path) -> None:
    write_coco(tmp_path, TWO)
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert len(read_boxes(f"coco:{tmp_path / 'annotations.json'}", None)) == 2


def test_a_file_in_annotations_has_its_pictures_beside_that_folder(tmp_path: Path) -> None:
    write_coco(tmp_path, TWO)
    write_json(tmp_path / "annotations" / "instances_train.json", coco_content(TWO))
    (tmp_path / "annotations.json").unlink()
    for path in (tmp_path, tmp_path / "annotations" / "instances_train.json"):
        assert len(read_boxes(f"coco:{path}", None)) == 2


def test_captions_and_settings_beside_it_are_passed_over(tmp_path: Path) -> None:
    write_coco(tmp_path, TWO)
    write_json(tmp_path / "captions_train.json", {"images": [], "annotations": []})
    write_json(tmp_path / "settings.json", [1, 2])
    assert len(read_boxes(f"coco:{tmp_path}", None)) == 2


@pytest.mark.parametrize("names", [("one", "two"), ("train", "train_b"), ("val", "test")])
def test_files_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    for name in names:
        write_json(tmp_path / f"{name}.json", coco_content(TWO))
    with pytest.raises(ValueError, match=rf"several JSON files.*{names[0]}.json.*coco:PATH/FILE"):
        survey_boxes(f"coco:{tmp_path}")


def test_pictures_of_one_name_in_two_parts_are_told_apart(tmp_path: Path) -> None:
    """As Roboflow exports: every part has its folder, and in it a file of its own."""
    for part, seed in (("train", 1), ("valid", 2)):
        write_coco(tmp_path / part, [Shown("a.png", seed=seed)])
        (tmp_path / part / "annotations.json").rename(tmp_path / part / "_annotations.coco.json")
    pictures = read_boxes(f"coco:{tmp_path}", None)
    assert pictures.files == ("train/images/a.png", "valid/images/a.png")
    assert pictures.parts.tolist() == [0, 1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["C:\\data\\a.png", "/somewhere/else/a.png", "./images/a.png"])
def test_folders_of_another_computer_in_a_name_are_passed_over(tmp_path: Path, name: str) -> None:
    content = coco_content(TWO)
    content["images"][0]["file_name"] = name
    assert len(read_boxes(write_coco(tmp_path, TWO, content), None)) == 2


def test_a_name_that_two_pictures_have_is_not_guessed(tmp_path: Path) -> None:
    dataset = write_coco(tmp_path, TWO)
    Shown("more/a.png", seed=5).save(tmp_path / "images" / "more" / "a.png")
    assert [f.file for f in survey_boxes(dataset).of(Outcome.NO_PICTURE)] == ["a.png"]


def test_labels_are_in_the_order_of_the_categories_numbers(tmp_path: Path) -> None:
    content = coco_content(TWO)
    content["categories"] = [{"id": 9, "name": "dog"}, {"id": 7, "name": "cat"}]
    content["categories"].append({"id": 1, "name": "animals"})
    dataset = write_coco(tmp_path, TWO, content)
    assert "Categories without a box: animals." in str(survey_boxes(dataset))
    pictures = read_boxes(dataset, None)
    assert pictures.class_names == ("animals", "cat", "dog")
    assert [labels.tolist() for labels in pictures.labels] == [[1, 2], [2]]


@pytest.mark.parametrize("text", ['{"images": [', "", "no JSON", '{"images": [], }'])
def test_damaged_json_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    write_coco(tmp_path, TWO)
    file = tmp_path / "annotations.json"
    file.write_text(text, encoding="utf-8")
    for path in (tmp_path, file):
        with pytest.raises(ValueError, match=r"annotations.json is damaged JSON: .*line 1 column"):
            survey_boxes(f"coco:{path}")


def test_json_in_another_encoding_is_refused(tmp_path: Path) -> None:
    write_coco(tmp_path, TWO)
    file = tmp_path / "annotations.json"
    file.write_bytes('{"images": "ä"}'.encode("latin-1"))
    with pytest.raises(ValueError, match=r"is not text in UTF-8 \(byte 12\); save it in UTF-8"):
        survey_boxes(f"coco:{file}")


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16"])
def test_marks_at_the_beginning_are_read(tmp_path: Path, coding: str) -> None:
    write_coco(tmp_path, TWO)
    file = tmp_path / "annotations.json"
    file.write_text(json.dumps(coco_content(TWO)), encoding=coding)
    assert len(read_boxes(f"coco:{tmp_path}", None)) == 2


@pytest.mark.parametrize("gone", ["images", "annotations", "categories"])
def test_a_list_that_is_missing_is_named(tmp_path: Path, gone: str) -> None:
    content = coco_content(TWO)
    del content[gone]
    write_json(tmp_path / "a.json", content)
    with pytest.raises(ValueError, match=f"it has no list {gone}"):
        survey_boxes(f"coco:{tmp_path / 'a.json'}")


@pytest.mark.parametrize(
    ("where", "entry"), [("images", 5), ("annotations", "x"), ("categories", {"id": "one"})]
)
def test_an_entry_that_is_none_is_refused(tmp_path: Path, where: str, entry: object) -> None:
    content = coco_content(TWO)
    content[where].append(entry)
    with pytest.raises(ValueError, match="COCO file"):
        survey_boxes(write_coco(tmp_path, TWO, content))


def test_a_box_may_be_that_of_its_polygons(tmp_path: Path) -> None:
    content = coco_content(TWO)
    del content["annotations"][0]["bbox"]
    content["annotations"][0]["segmentation"] = [[5, 6, 15, 6, 15, 16, 5, 16]]
    boxes = read_boxes(write_coco(tmp_path, TWO, content), None).boxes[0]
    assert boxes[0].tolist() == [5, 6, 15, 16]


def test_umlauts_are_the_same_however_they_are_written(tmp_path: Path) -> None:
    content = coco_content([Shown("a\u0308.png"), TWO[1]])
    dataset = write_coco(tmp_path, [Shown("\u00e4.png"), TWO[1]], content)
    assert len(read_boxes(dataset, None)) == 2


def test_numbers_written_as_text_are_the_same_numbers(tmp_path: Path) -> None:
    content = coco_content(TWO)
    for annotation in content["annotations"]:
        annotation["image_id"] = str(annotation["image_id"])
        annotation["category_id"] = str(annotation["category_id"])
    assert [len(boxes) for boxes in read_boxes(write_coco(tmp_path, TWO, content), None).boxes] == [
        2,
        1,
    ]


@pytest.mark.parametrize("number", [[1], {"a": 1}, None, "one"])
def test_what_is_no_number_names_nothing(tmp_path: Path, number: object) -> None:
    for name, outcome in (("category_id", Outcome.UNKNOWN), ("image_id", Outcome.NO_PICTURE)):
        content = coco_content(TWO)
        content["annotations"][0][name] = number
        assert len(survey_boxes(write_coco(tmp_path, TWO, content)).of(outcome)) == 1
