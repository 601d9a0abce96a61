"""Polygons and run lengths of a COCO file as maps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.outcomes import MapOutcome
from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.surveying import survey_maps
from tests.helpers.box_files import TWO, Shown, coco_content, write_coco

EMPTY = Shown("empty.png", boxes=(), names=())


def written(
    root: Path, change: Callable[[dict[str, Any]], object] | None = None, polygons: bool = False
) -> str:
    """Three pictures, the last one without objects; ``change`` changes the first annotation."""
    content = coco_content([*TWO, EMPTY], run_lengths=True)
    for annotation in content["annotations"]:
        left, top, width, height = annotation["bbox"]
        right, bottom = left + width, top + height
        corners = [left, top, right, top, right, bottom, left, bottom]
        annotation["segmentation"] = [corners] if polygons else annotation["segmentation"]
    if change is not None:
        change(content["annotations"][0])
    return write_coco(root, [*TWO, EMPTY], content)


@pytest.mark.parametrize("polygons", [False, True])
def test_outlines_become_maps(tmp_path: Path, polygons: bool) -> None:
    dataset = written(tmp_path, polygons=polygons)
    pictures = read_maps(dataset, None)
    assert pictures.class_names == ("background", "cat", "dog")
    first, second = (picture.drawn() for picture in TWO)  # cat 1 and dog 2; dog 1
    for drawn, wanted in zip(pictures.maps, (first, 2 * second, 0 * first), strict=True):
        assert np.array_equal(drawn.numpy(), wanted)
    assert pictures.present.int().tolist() == [[1, 1, 1], [1, 0, 1], [1, 0, 0]]
    (finding,) = survey_maps(dataset).of(MapOutcome.EMPTY)
    assert finding.file == "images/empty.png"


def test_crowds_are_ignored(tmp_path: Path) -> None:
    dataset = written(tmp_path, lambda cat: cat.update(iscrowd=1))
    pictures = read_maps(dataset, None)
    assert pictures.maps[0].unique().tolist() == [0, 2, IGNORED]
    assert pictures.present[0].tolist() == [True, False, True]
    assert "crowds (iscrowd): ignored, neither learned from nor scored: 1" in str(
        survey_maps(dataset)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda cat: cat.pop("segmentation"), MapOutcome.NO_MASK),
        (lambda cat: cat.update(segmentation=[[1, 2, 3, 4]]), MapOutcome.NO_MASK),
        (lambda cat: cat["segmentation"].update(size=[5, 5]), MapOutcome.NO_MASK),
        (lambda cat: cat.update(category_id=1), MapOutcome.UNKNOWN),
    ],
)
def test_an_object_whose_pixels_nobody_knows_stops_the_work(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], outcome: MapOutcome
) -> None:
    dataset = written(tmp_path, change)
    (finding,) = survey_maps(dataset).of(outcome)
    assert finding.file == "images/a.png" and finding.what.startswith("annotation 1 ")
    with pytest.raises(ValueError, match=r"must be mended.*images/a.png: annotation 1"):
        read_maps(dataset, None)
    assert len(read_maps(dataset, None, skip_faulty=True)) == 2


def test_boxes_play_no_part(tmp_path: Path) -> None:
    dataset = written(tmp_path, lambda cat: cat.update(bbox=[-5, 99, 0, 2]))
    assert read_maps(dataset, None).maps[0].unique().tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="says which pixels are what, so leave out reading"):
        survey_maps(dataset, reading="classes")
