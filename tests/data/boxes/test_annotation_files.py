"""Files of annotations are found as pictures are: behind links, but not among leftovers."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from course_utils.data.boxes.annotation_files import files_below, part_in_path
from course_utils.data.boxes.reading import read_boxes
from tests.helpers.box_files import TWO, coco_content, write_coco, write_voc, write_yolo


def test_files_behind_links_are_found_once(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path / "real", TWO)
    linked = tmp_path / "linked"
    linked.mkdir()
    for name in ("Annotations", "JPEGImages"):
        os.symlink(tmp_path / "real" / name, linked / name)
    os.symlink(linked, linked / "Annotations" / "back")  # a circle
    assert len(read_boxes(f"voc:{linked}", None)) == 2
    (linked / "c.xml").write_text("", encoding="utf-8")
    assert [path.name for path in files_below(linked, ".xml")] == ["a.xml", "b.xml", "c.xml"]
    (tmp_path / "real" / "Annotations" / "back").unlink()
    assert len(read_boxes(dataset, None)) == 2


def test_hidden_files_and_leftovers_are_passed_over(tmp_path: Path) -> None:
    dataset = write_voc(tmp_path, TWO)
    for name in (".a.xml", "__MACOSX/a.xml", ".hidden/a.xml", "@eaDir/b.xml"):
        path = tmp_path / "Annotations" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("no XML", encoding="utf-8")
    assert len(read_boxes(dataset, None)) == 2


def test_endings_may_be_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "A.XML").write_text("", encoding="utf-8")
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    assert [path.name for path in files_below(tmp_path, ".xml")] == ["A.XML"]


def test_text_files_in_a_hidden_folder_are_no_labels(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    hidden = tmp_path / ".ipynb_checkpoints" / "labels"
    hidden.mkdir(parents=True)
    (hidden / "z.txt").write_text("0 0.5 0.5 0.1 0.1\n", encoding="utf-8")
    assert len(read_boxes(dataset, None)) == 2


@pytest.mark.parametrize(
    ("folders", "part"),
    [
        (("images", "train2017"), "train"),
        (("valid", "images"), "val"),
        (("test_tube", "images"), ""),
        (("train", "val"), "val"),
        ((), ""),
    ],
)
def test_a_part_is_the_name_of_a_folder(folders: tuple[str, ...], part: str) -> None:
    assert part_in_path(folders) == part


def test_a_path_from_here_says_which_of_two_pictures_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = coco_content([replace(picture, name=f"images/{picture.name}") for picture in TWO])
    write_coco(tmp_path, TWO, content)
    for picture in TWO:
        picture.save(tmp_path / "copies" / picture.name)
    monkeypatch.chdir(tmp_path)
    files = read_boxes("coco:annotations.json", None, near_copies=False).files
    assert files == ("images/a.png", "images/b.png")
