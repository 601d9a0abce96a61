"""VOC's files: which picture each belongs to, from where it counts, and what is damaged."""

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest

from course_utils.data.boxes.outcomes import Outcome
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.surveying import survey_boxes
from tests.helpers.box_files import TWO, Shown, voc_element, write_voc, write_xml

FIRST = [list(box) for box in TWO[0].boxes]


def test_corners_are_counted_from_1(tmp_path: Path) -> None:
    whole = Shown("a.png", boxes=((0, 0, 40, 30),), names=("cat",))
    dataset = write_voc(tmp_path, [whole])
    assert "<xmin>1</xmin>" in (tmp_path / "Annotations" / "a.xml").read_text(encoding="utf-8")
    assert read_boxes(dataset, None).boxes[0].tolist() == [[0, 0, 40, 30]]


def from_0(root: Path) -> str:
    """Boxes as programs write them that count from 0."""
    dataset = write_voc(root, [])
    for number in range(3):
        shown = Shown(f"{number}.png", boxes=((0, 4, 21, 30),), names=("cat",), seed=number + 1)
        shown.save(root / "JPEGImages" / shown.name)
        element = voc_element(shown)
        for end in ("xmin", "ymin"):
            element.find(f"object/bndbox/{end}").text = str({"xmin": 0, "ymin": 4}[end])
        write_xml(root, shown.name, element)
    return dataset


def test_boxes_that_begin_at_0_are_counted_from_0(tmp_path: Path) -> None:
    dataset = from_0(tmp_path)
    assert "3 boxes begin at 0 and 0 at 1, so corners are counted from 0" in " ".join(
        str(survey_boxes(dataset)).split()
    )
    assert read_boxes(dataset, None).boxes[0].tolist() == [[0, 4, 21, 30]]
    forced = read_boxes(dataset, None, corners="from_1")
    assert forced.boxes[0].tolist() == [[0, 3, 21, 30]]


def test_one_stray_0_changes_nothing(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, [Shown("a.png", boxes=((0, 0, 9, 9), (5, 5, 9, 9)), names="ab")])
    element = voc_element(Shown("b.png", boxes=((-1, 5, 9, 9), (0, 0, 5, 5)), names="ab"))
    Shown("b.png").save(tmp_path / "JPEGImages" / "b.png")
    write_xml(tmp_path, "b.png", element)
    survey = survey_boxes(dataset)
    assert survey.raw.corners == "from_1" and len(survey.of(Outcome.CLIPPED)) == 1


def test_the_name_of_the_xml_file_comes_before_what_it_says(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    element = voc_element(TWO[0])
    element.find("filename").text = "b.png"  # as after renaming
    write_xml(tmp_path, "a.png", element)
    assert read_boxes(dataset, None).boxes[0].tolist() == FIRST


def test_what_it_says_counts_where_no_picture_has_its_name(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    (tmp_path / "Annotations" / "a.xml").rename(tmp_path / "Annotations" / "0001.xml")
    assert read_boxes(dataset, None).boxes[0].tolist() == FIRST


def test_a_picture_without_a_file_stops_the_work(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    (tmp_path / "Annotations" / "a.xml").unlink()
    survey = survey_boxes(dataset)
    assert [f.file for f in survey.of(Outcome.NO_ANNOTATION)] == ["JPEGImages/a.png"]
    with pytest.raises(ValueError, match=r"without an annotation file .*: 1 \(JPEGImages/a.png\)"):
        read_boxes(dataset, None)
    assert read_boxes(dataset, None, skip_faulty=True).files == ("JPEGImages/b.png",)


def test_a_file_whose_picture_is_missing_stops_the_work(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    (tmp_path / "JPEGImages" / "a.png").unlink()
    (finding,) = survey_boxes(dataset).of(Outcome.NO_PICTURE)
    assert (finding.file, finding.what) == ("Annotations/a.xml", "2 boxes")


BOMB = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><annotation>&d;</annotation>'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<annotation><object>", "damaged XML: .*line 1"),
        ("", "damaged XML"),
        ("<annotations></annotations>", "begins with <annotations>"),
        (BOMB, "defines entities"),
        (
            '<?xml version="1.0" encoding="klingon"?><annotation/>',
            "in an encoding that cannot be read: unknown",
        ),
    ],
)
def test_a_damaged_file_stops_the_work(tmp_path: Path, text: str, why: str) -> None:
    dataset = write_voc(tmp_path, TWO)
    (tmp_path / "Annotations" / "a.xml").write_text(text, encoding="utf-8")
    survey = survey_boxes(dataset)
    assert [f.file for f in survey.of(Outcome.DAMAGED)] == ["Annotations/a.xml"]
    assert not survey.of(Outcome.NO_ANNOTATION)  # the picture is not told of twice
    with pytest.raises(ValueError, match=rf"cannot be read: 1 \(Annotations/a.xml: ({why})"):
        read_boxes(dataset, None)
    assert read_boxes(dataset, None, skip_faulty=True).files == ("JPEGImages/b.png",)


def test_a_folder_in_which_all_xml_is_of_another_form_is_refused(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    for name in "ab":
        (tmp_path / "Annotations" / f"{name}.xml").write_text("<annotations/>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no XML file in .* is of VOC's form: Annotations/a.xml"):
        survey_boxes(dataset)


def test_the_names_are_all_that_occur_or_those_given(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    assert survey_boxes(dataset).raw.class_names == ("cat", "dog")
    given = survey_boxes(dataset, class_names=["dog"])
    assert given.raw.class_names == ("dog",)
    assert [f.file for f in given.of(Outcome.UNKNOWN)] == ["JPEGImages/a.png"]


def test_an_object_without_a_name_is_of_no_known_category(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    element = voc_element(TWO[0])
    element.find("object/name").text = " "
    write_xml(tmp_path, "a.png", element)
    (finding,) = survey_boxes(dataset).of(Outcome.UNKNOWN)
    assert "(no name)" in finding.what


@pytest.mark.parametrize("gone", ["bndbox", "bndbox/xmax"])
def test_an_object_without_its_box_is_named(tmp_path: Path, gone: str) -> None:
    dataset = write_voc(tmp_path, TWO)
    element = voc_element(TWO[0])
    parent = element.find("object" if gone == "bndbox" else "object/bndbox")
    parent.remove(parent.find(gone.split("/")[-1]))
    write_xml(tmp_path, "a.png", element)
    (finding,) = survey_boxes(dataset).of(Outcome.NO_NUMBERS)
    assert finding.what == "object 1 'cat'"


def test_names_that_differ_only_in_capitals_are_said(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, [Shown("a.png", names=("Cat", "cat"))])
    assert "Names that differ only in capitals or blanks" in str(survey_boxes(dataset))


def test_parts_of_an_object_are_no_objects(tmp_path: Path) -> None:
    """VOC keeps boxes of heads and hands inside those of people."""
    dataset = write_voc(tmp_path, TWO)
    element = voc_element(TWO[0])
    part = Element("part")
    SubElement(part, "name").text = "head"
    part.append(element.findall("object/bndbox")[1])
    element.find("object").insert(0, part)
    write_xml(tmp_path, "a.png", element)
    assert read_boxes(dataset, None).boxes[0].tolist() == FIRST


def test_a_size_of_0_says_nothing(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    element = voc_element(TWO[0])
    element.find("size/width").text = "0"
    write_xml(tmp_path, "a.png", element)
    assert len(read_boxes(dataset, None)) == 2


def test_lists_in_image_sets_are_the_parts(tmp_path: Path) -> None:
    shown = [Shown(f"{number}.png", seed=number + 1) for number in range(4)]
    dataset = write_voc(tmp_path, shown)
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    for name, text in {"train": "0\n1\n", "val": "2\n", "cat_train": "3 1\n"}.items():
        (lists / f"{name}.txt").write_text(text, encoding="utf-8")
    pictures = read_boxes(dataset, None)
    assert pictures.parts.tolist() == [0, 0, 1]
    assert [(f.file, f.what) for f in survey_boxes(dataset).of(Outcome.UNLISTED)] == [
        ("JPEGImages/3.png", "in no part")
    ]


def test_a_list_of_both_is_for_training_and_of_two_lists_the_last_one_counts(
    tmp_path: Path,
) -> None:
    shown = [Shown(f"{number}.png", seed=number + 1) for number in range(4)]
    dataset = write_voc(tmp_path, shown)
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    for name, text in {"trainval": "0 -1\n1  1\n2\n", "val": "2\n", "test": "3\n1\n"}.items():
        (lists / f"{name}.txt").write_text(text, encoding="utf-8")
    assert read_boxes(dataset, None).parts.tolist() == [0, 2, 1, 2]
    assert survey_boxes(dataset).raw.notes[-1].startswith("1 picture in several lists: 1; of train")


def test_masks_that_come_with_voc_are_no_pictures(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    for folder in ("SegmentationClass", "SegmentationObject"):
        TWO[0].save(tmp_path / folder / "a.png")
    TWO[0].save(tmp_path / "SegmentationObject" / "only_there.png")
    pictures = read_boxes(dataset, None)
    assert pictures.files == ("JPEGImages/a.png", "JPEGImages/b.png")
    assert pictures.boxes[0].tolist() == FIRST
