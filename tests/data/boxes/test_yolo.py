"""YOLO's text files: where they lie, what names go with them, and what is damaged."""

from pathlib import Path

import pytest

from course_utils.data.boxes.outcomes import Outcome
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.surveying import survey_boxes
from tests.helpers.box_files import TWO, Shown, write_labels, write_yolo

FOUR = [Shown(f"train/{number}.png", seed=number + 1) for number in range(3)] + [
    Shown("valid/9.png", seed=9)
]


def write_yaml(root: Path, text: str) -> None:
    (root / "data.yaml").write_text(text, encoding="utf-8")


def test_text_files_may_lie_beside_the_pictures(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    for name in "ab":
        (tmp_path / "labels" / f"{name}.txt").rename(tmp_path / "images" / f"{name}.txt")
    (tmp_path / "images" / "classes.txt").write_text("cat\ndog\n", encoding="utf-8")
    assert len(read_boxes(dataset, None)) == 2


def test_part_folders_may_be_inside_of_images_or_outside(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path / "inside", FOUR)
    assert read_boxes(dataset, None).parts.tolist() == [0, 0, 0, 1]
    outside = move_parts_out(tmp_path, {"train": "train", "valid": "valid"})
    assert read_boxes(f"yolo:{outside}", None).parts.tolist() == [0, 0, 0, 1]


def test_a_step_too_far_up_in_data_yaml_is_understood(tmp_path: Path) -> None:
    """So Roboflow writes it."""
    write_yolo(tmp_path / "inside", FOUR)
    outside = move_parts_out(tmp_path, {"train": "lot1", "valid": "lot2"})
    write_yaml(outside, "names: [cat, dog]\ntrain: ../lot1/images\nval: ../lot2/images\n")
    for path in (outside, outside / "data.yaml"):
        assert read_boxes(f"yolo:{path}", None).parts.tolist() == [0, 0, 0, 1]


def test_path_in_data_yaml_comes_before_its_folders(tmp_path: Path) -> None:
    shown = [Shown(f"lot{1 + number // 2}/{number}.png", seed=number + 1) for number in range(4)]
    dataset = write_yolo(tmp_path, shown)
    write_yaml(tmp_path, "names: [cat, dog]\npath: images\ntrain: lot1\nval: lot2\n")
    assert read_boxes(dataset, None).parts.tolist() == [0, 0, 1, 1]


def move_parts_out(root: Path, names: dict[str, str]) -> Path:
    """The data set in ``inside`` again, with images and labels inside of each part."""
    outside = root / "outside"
    for part, name in names.items():
        (outside / name).mkdir(parents=True)
        for kind in ("images", "labels"):
            (root / "inside" / kind / part).rename(outside / name / kind)
    write_yaml(outside, "names: [cat, dog]\n")
    return outside


@pytest.mark.slow
@pytest.mark.parametrize(
    "said",
    [
        "train: images/train\nval: images/valid",
        "path: /somewhere/else\ntrain: images/train\nval: images/valid",
        "path: .\ntrain: [images/train]\nval: [images/valid]",
        "train: train.txt\nval: images/valid",
    ],
)
def test_data_yaml_says_the_parts(tmp_path: Path, said: str) -> None:
    dataset = write_yolo(tmp_path, FOUR)
    write_yaml(tmp_path, f"names: {{0: cat, 1: dog}}\n{said}\n")
    (tmp_path / "train.txt").write_text("./images/train/0.png\nimages/train/1.png\n")
    pictures = read_boxes(dataset, None)
    assert pictures.class_names == ("cat", "dog")
    assert pictures.parts.tolist() == ([0, 0, 1] if "train.txt" in said else [0, 0, 0, 1])


def test_one_folder_for_training_and_validation_is_no_split(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    write_yaml(tmp_path, "names: [cat, dog]\ntrain: images\nval: images\n")
    assert read_boxes(dataset, None).parts is None
    assert "the same pictures for training" in " ".join(str(survey_boxes(dataset)).split())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classes.txt", "obj.names", "labels/classes.txt"])
def test_names_may_be_a_line_each(tmp_path: Path, name: str) -> None:
    dataset = write_yolo(tmp_path, TWO)
    (tmp_path / "data.yaml").unlink()
    (tmp_path / name).write_text("Katze\n\nHund \n", encoding="utf-8")
    assert read_boxes(dataset, None).class_names == ("Katze", "Hund")
    assert f"Names of the categories: {name}." in str(survey_boxes(dataset))


def test_names_may_be_given(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    (tmp_path / "data.yaml").unlink()
    assert read_boxes(dataset, None, class_names=["a", "b"]).class_names == ("a", "b")


def test_without_names_it_is_refused(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    (tmp_path / "data.yaml").unlink()
    with pytest.raises(ValueError, match=r"add data.yaml with names, or classes.txt"):
        survey_boxes(dataset)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("names: [", "is damaged YAML"),
        ("cat", "does not hold names"),
        ("names: cat", r"must be a list such as \[cat, dog\], got 'cat'"),
        ("names: {1: cat, 2: dog}", "must have the numbers 0 to 1, got 1, 2"),
        ("names: []", "must be a list"),
    ],
)
def test_a_damaged_data_yaml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    dataset = write_yolo(tmp_path, TWO)
    write_yaml(tmp_path, text)
    with pytest.raises(ValueError, match=said):
        survey_boxes(dataset)


def test_a_picture_without_a_text_file_stops_the_work_or_is_empty(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    (tmp_path / "labels" / "a.txt").unlink()
    with pytest.raises(ValueError, match=r"without an annotation file .*: 1 \(images/a.png\)"):
        read_boxes(dataset, None)
    assert read_boxes(dataset, None, skip_faulty=True).files == ("images/b.png",)
    empty = read_boxes(dataset, None, missing_is_empty=True)
    assert [len(boxes) for boxes in empty.boxes] == [0, 1]


def test_a_text_file_whose_picture_is_missing_stops_the_work(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    (tmp_path / "images" / "a.png").unlink()
    assert [f.file for f in survey_boxes(dataset).of(Outcome.NO_PICTURE)] == ["labels/a.txt"]


def test_notes_beside_the_pictures_are_no_labels(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    for name in ("README.txt", "notes.txt", "train.txt"):
        (tmp_path / "images" / name).write_text("made on a Monday\n", encoding="utf-8")
    assert not survey_boxes(dataset).lines_to_stop()


def test_a_number_without_a_name_is_of_no_known_category(tmp_path: Path) -> None:
    dataset = write_yolo(tmp_path, TWO)
    write_labels(tmp_path, "a.png", "0 0.5 0.5 0.2 0.2\n5 0.5 0.5 0.2 0.2\n-1 0.5 0.5 0.2 0.2\n")
    said = [finding.what for finding in survey_boxes(dataset).of(Outcome.UNKNOWN)]
    assert said == [
        "line 2 'category 5' 0.5, 0.5, 0.2, 0.2", "line 3 'category -1' 0.5, 0.5, 0.2, 0.2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("0 0,5 0,5 0,2 0,2", "line 1: '0 0,5 0,5 0,2 0,2' is not numbers with points"),
        ("cat 0.5 0.5 0.2 0.2", "is not numbers"),
        ("0 0.5 0.5 0.2", "line 1: 4 numbers, not 5 of a box"),
        ("0 0.5 0.5 0.2 0.2 0.9", "6 numbers, as a detector writes its findings with a score"),
        ("0.5 0.5 0.5 0.2 0.2", "0.5 is no number of a category"),
        ("inf 0.5 0.5 0.2 0.2", "inf is no number of a category"),
        ("0 0.1 0.1 0.5 0.1 0.5 nan", "line 1: 7 numbers, not 5"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    dataset = write_yolo(tmp_path, TWO)
    write_labels(tmp_path, "a.png", f"{line}\n")
    (finding,) = survey_boxes(dataset).of(Outcome.DAMAGED)
    assert finding.file == "labels/a.txt" and why in finding.what
    assert read_boxes(dataset, None, skip_faulty=True).files == ("images/b.png",)


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\r\n", "\n\n", " \n"])
def test_ends_of_lines_of_all_systems_are_read(tmp_path: Path, end: str) -> None:
    dataset = write_yolo(tmp_path, TWO)
    text = f"0\t0.5 0.5  0.5 0.2{end}1 0.5 0.5 0.2 0.2{end}"
    (tmp_path / "labels" / "a.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_boxes(dataset, None).labels[0].tolist() == [0, 1]


def test_polygons_give_boxes_and_masks(tmp_path: Path) -> None:
    shown = [Shown("a.png"), Shown("b.png", boxes=((10, 15, 20, 24),), names=("cat",))]
    dataset = write_yolo(tmp_path, shown)
    square = "0.25 0.5 0.5 0.5 0.5 0.8 0.25 0.8"
    for name in "ab":
        write_labels(tmp_path, f"{name}.png", f"0 {square}\n")
    pictures = read_boxes(dataset, None)
    assert pictures.boxes[1].tolist() == [[10, 15, 20, 24]]
    assert pictures.masks[1].sum() == 10 * 9
