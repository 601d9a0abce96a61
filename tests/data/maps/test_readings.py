"""Whether numbers in masks are classes or objects: as the masks show, or as the user says."""

from pathlib import Path

import numpy as np
import pytest

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.surveying import survey_maps
from tests.helpers.map_files import patches, write_maps

COUNTED = {"a": patches(1, 2, 3), "b": patches(1), "c": patches(1, 2)}


def told(dataset: str, **how: object) -> str:
    """The table on one line."""
    return " ".join(str(survey_maps(dataset, **how)).split())


def test_numbers_that_count_from_1_are_objects(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, COUNTED)
    pictures = read_maps(dataset, None)
    assert pictures.class_names == ("background", "object")
    for drawn, mask in zip(pictures.maps, COUNTED.values(), strict=True):
        assert np.array_equal(drawn.numpy(), mask > 0)
    said = told(dataset)
    assert "4 values in 3 masks: 0 (98.0% of pixels), 1 (1.0% of pixels), 2 (0.7%" in said
    assert "Read as instances, as every mask counts from 1 without gaps" in said
    assert 'reading = "classes" takes them for classes' in said


@pytest.mark.parametrize(
    ("masks", "why"),
    [
        ({"a": patches(1, 2), "b": patches(1), "c": patches(2, 1)}, "no mask has 3 of them"),
        ({"a": patches(1, 2, 3), "b": patches(3), "c": patches(1)}, "not every mask counts from 1"),
        ({"a": patches(1, 2, 3), "b": patches(3, 2, 1)}, "all masks have the same ones"),
        ({"a": patches(1, 2, 1, 3, 2, 3), "b": patches(1, 2, 1)}, "only 20% of them are in one"),
        ({"a": patches(255), "b": patches()}, "no mask has 3 of them"),
    ],
)
def test_other_numbers_are_classes(tmp_path: Path, masks: dict[str, np.ndarray], why: str) -> None:
    assert f"Read as classes, as {why}" in told(write_maps(tmp_path, masks))


def test_the_user_knows_better(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, COUNTED)
    pictures = read_maps(dataset, None, reading="classes")
    assert pictures.class_names == ("background", "value 1", "value 2", "value 3")
    assert "Read as classes, as reading says so" in told(dataset, reading="classes")
    dataset = write_maps(tmp_path / "b", {"a": patches(4, 9), "b": patches(9, 255)})
    pictures = read_maps(dataset, None, reading="instances", class_names=["cell"])
    assert pictures.class_names == ("background", "cell")
    assert [drawn.unique().tolist() for drawn in pictures.maps] == [[0, 1], [0, 1, IGNORED]]


def test_names_say_it_too(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, COUNTED)
    assert "as there is one name for all" in told(dataset, class_names=["cell"])
    names = ["background", "cell", "wall", "gap"]
    assert "as there are several names of classes" in told(dataset, class_names=names)
    pictures = read_maps(dataset, None, class_names=["paper", "cell"])
    assert pictures.class_names == ("paper", "cell")
    with pytest.raises(ValueError, match=r"must be one name.*if the numbers are classes"):
        survey_maps(dataset, class_names=names, reading="instances")


def test_more_numbers_than_a_map_has_classes_are_objects(tmp_path: Path) -> None:
    many = np.arange(1200, dtype=np.uint16).reshape(30, 40)
    dataset = write_maps(tmp_path, {"a": many, "b": patches(1)})
    assert "as there are 1,199 of them, more than classes" in told(dataset)
    assert "and 1,192 more. - Read" in told(dataset)
    with pytest.raises(ValueError, match=r"at most 255 classes, and there are 1,199: .*instances"):
        survey_maps(dataset, reading="classes")
