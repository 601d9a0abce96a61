"""A segmenter asked about pictures that have maps: scores, and a verdict against its test."""

import json
import math
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.maps.examples import MappedPictures
from course_utils.data.maps.reading import read_maps
from course_utils.evaluation.segmentation.confusion import confusion_matrices
from course_utils.evaluation.segmentation.over_pictures import interval_over_pictures
from course_utils.files import PROJECT_FOLDER
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone
from course_utils.models.segmentation.answering import segment_all
from course_utils.models.segmentation.dense import DenseSegmenter
from course_utils.models.side_by_side import seeded
from course_utils.shipping.command import main
from course_utils.shipping.masks.reporting import numbers_of
from course_utils.shipping.masks.verdict import verdict
from tests.helpers.saved_segmenters import ALL_NAMES, SCORE, mapped, save_trained, trained_segmenter

PENN = PROJECT_FOLDER.parent / "shared" / "data" / "penn_fudan.zip"
TESTED = replace(
    SCORE,
    class_iou=(0.92, 0.3, 0.6),
    class_iou_ends=((0.9, 0.94), (0.2, 0.4), (0.5, 0.7)),
    class_units=(20, 12, 9),
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the segmenter."""
    return save_trained(tmp_path_factory.mktemp("saved") / "my_model", test=TESTED)


def with_things(pictures: MappedPictures) -> MappedPictures:
    """Those that show something: two plain ones may be equal."""
    return pictures[(pictures.maps > 0).flatten(1).any(dim=1)]


def as_masks(
    folder: Path, pictures: MappedPictures, values: Sequence[int] = (0, 1, 2), names: object = None
) -> str:
    """The pictures as files with masks of those values; how to ask for them."""
    for number, (image, true) in enumerate(zip(pictures.images, pictures.maps, strict=True)):
        for place, pixels in (
            ("images", image.permute(1, 2, 0).numpy()),
            ("masks", np.array(values, dtype=np.uint8)[true.numpy()]),
        ):
            (folder / place).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / place / f"{number:02d}.png")
    if names is not None:
        (folder / "classes.json").write_text(json.dumps(names), "utf-8")
    return f"masks:{folder}"


def report(saved: Path, dataset: str, *options: str) -> int:
    """Run the command, on the CPU."""
    return main([str(saved), dataset, *options, "--device", "cpu"])


def test_a_data_set_with_masks_gets_a_report(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = with_things(mapped(30, seed=7))
    dataset = as_masks(tmp_path, pictures, names=ALL_NAMES)
    before = sorted(tmp_path.rglob("*"))
    assert report(saved, dataset, "--batch-size", "3") == 0
    assert sorted(tmp_path.rglob("*")) == before
    found = segment_all(trained_segmenter(), pictures.images)
    here = interval_over_pictures(confusion_matrices(found, pictures.maps, 2), ALL_NAMES)
    assert here.mean_iou > 0.85
    lines = capsys.readouterr().out.splitlines()
    assert str(here) in lines and "over 20 pictures" in str(here)
    for line in here.of_classes():
        assert f"  {line}" in lines
    low, high = here.mean_iou_ends
    assert f"here mean IoU {here.mean_iou:.3f} [{low:.3f}, {high:.3f}] on 20 pictures" in lines
    assert "test mean IoU 0.610 [0.500, 0.720] on 20 pictures" in lines
    assert lines[-1].startswith("The segmenter is better here than at its test")


@pytest.mark.slow
def test_outlines_in_cocos_form_get_a_report(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = with_things(mapped(30, seed=7))
    as_masks(tmp_path, pictures)
    names = {k: name for k, name in enumerate(ALL_NAMES) if k}
    images, objects = [], []
    for number, true in enumerate(pictures.maps.numpy()):
        images.append({"id": number, "file_name": f"images/{number:02d}.png",
                       "width": 32, "height": 32})  # fmt: skip
        for row, column in zip(*true.nonzero(), strict=True):  # a square of one pixel each
            x, y, one = int(column), int(row), int(true[row, column])
            corners = [x, y, x + 1, y, x + 1, y + 1, x, y + 1]
            objects.append({"id": len(objects), "image_id": number, "category_id": one,
                            "bbox": [x, y, 1, 1], "iscrowd": 0, "segmentation": [corners],
                            "area": 1})  # fmt: skip
    categories = [{"id": k, "name": name} for k, name in names.items()]
    content = {"images": images, "annotations": objects, "categories": categories}
    (tmp_path / "outlines.json").write_text(json.dumps(content), "utf-8")
    assert report(saved, f"coco:{tmp_path / 'outlines.json'}") == 0
    by_outlines = capsys.readouterr().out
    as_masks(tmp_path / "again", pictures, names=ALL_NAMES)
    assert report(saved, f"masks:{tmp_path / 'again'}") == 0
    assert by_outlines.splitlines()[-8:] == capsys.readouterr().out.splitlines()[-8:]


def test_classes_taken_for_one_another_are_worse(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = (ALL_NAMES[0], ALL_NAMES[2], ALL_NAMES[1])
    assert report(saved, as_masks(tmp_path, mapped(30, seed=7), names=turned)) == 0
    said = capsys.readouterr().out
    assert "The segmenter is worse here than at its test" in said
    assert "labelled by another rule" in said


def test_masks_that_nothing_names_count_by_their_numbers(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = with_things(mapped(30, seed=7))
    said = []
    for names in (ALL_NAMES, None):
        folder = tmp_path / str(names is None)
        assert report(saved, as_masks(folder, pictures, names=names)) == 0
        said.append(capsys.readouterr().out.splitlines())
    assert said[0][-8:] == said[1][-8:]
    for output, is_unnamed in zip(said, (False, True), strict=True):
        taken = f"value 1 counts as {ALL_NAMES[1]}, value 2 counts as {ALL_NAMES[2]}."
        assert is_unnamed == (f"Nothing names the classes of these masks: {taken}" in output)
        assert any(line.startswith("Read as classes") for line in output)


def test_pixels_that_do_not_count_play_no_part(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = with_things(mapped(30, seed=7))
    wrong = pictures.maps.clone()
    wrong[:, :, :8] = 3  # in whose place nobody knows what is there
    dataset = as_masks(tmp_path, replace(pictures, maps=wrong), (0, 1, 2, 255), ALL_NAMES)
    assert report(saved, dataset) == 0
    found = torch.stack(segment_all(trained_segmenter(), pictures.images))
    matrices = confusion_matrices(found[:, :, 8:], pictures.maps[:, :, 8:], 2)
    assert str(interval_over_pictures(matrices, ALL_NAMES)) in capsys.readouterr().out


def test_numbers_become_those_of_the_segmenter() -> None:
    known = ("background", "red", "blue")
    assert numbers_of(("background", "blue", "red"), known) == [0, 2, 1]
    assert numbers_of(("blue", "background"), known) == [2, 0]
    assert numbers_of(("background", "value 2"), known) == [0, 2]
    for name in ("value 255", "value 7", "object"):
        assert numbers_of(("background", name), ("paper", "ink")) == [0, 1]
    names = ("background", "value 4", "value 9")
    assert numbers_of(names, names) == [0, 1, 2]
    for wrong in (("background", "green"), ("background", "object"), ("background", "value 3")):
        with pytest.raises(ValueError, match=f"knows background, red, blue, and.*{wrong[1]}: name"):
            numbers_of(wrong, known)


def test_pictures_that_were_learned_from_do_not_count(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (with_things(mapped(seed=seed)) for seed in (0, 7))
    for number_of_new, last in (
        (9, "The segmenter is better"),
        (1, "1 picture left: a report needs at least 2."),
        (0, "0 pictures left"),
    ):
        both = replace(
            old,
            images=torch.cat([old.images[:9], new.images[:number_of_new]]),
            maps=torch.cat([old.maps[:9], new.maps[:number_of_new]]),
        )
        dataset = as_masks(tmp_path / str(number_of_new), both, names=ALL_NAMES)
        assert report(saved, dataset) == 0
        said = capsys.readouterr().out
        assert "9 pictures that the segmenter learned from: they do not count" in said
        assert said.splitlines()[-1].startswith(last)
        assert ("over 9 pictures" in said) == (number_of_new == 9)


def test_what_cannot_be_reported_is_said(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = ("background", "red", "green")
    dataset = as_masks(tmp_path, mapped(6, seed=7), names=strange)
    for arguments, said in (
        ((dataset,), "the segmenter knows background, red ✓, blue | <b>, and the data set has red"),
        ((dataset, "--draw", "drawn"), "nothing is written or drawn"),
        ((dataset, "--out", "found"), "nothing is written or drawn"),
        ((dataset, "--no-report"), "nothing is written or drawn"),
        (("masks:nowhere",), "nowhere is no folder"),
    ):
        assert report(saved, *arguments) == 2
        assert said in capsys.readouterr().err


def test_a_verdict_says_what_can_be_told() -> None:
    near = replace(TESTED, mean_iou=0.63, mean_iou_ends=(0.53, 0.73))
    assert "No sign that the world has changed" in "\n".join(verdict(near, TESTED))
    assert "never tested" in "\n".join(verdict(TESTED, None))
    grouped = replace(TESTED, mean_iou=0.1, mean_iou_ends=(0.05, 0.15), num_units=6, unit="group")
    said = list(verdict(grouped, TESTED))
    assert said[0] == "here mean IoU 0.100 [0.050, 0.150] on 6 groups"
    assert said[-1].startswith("The segmenter is worse here")


def test_means_over_other_classes_are_not_compared() -> None:
    here = replace(
        TESTED,
        mean_iou=0.2,
        mean_iou_ends=(0.1, 0.3),
        class_iou=(0.91, 0.8, math.nan),
        class_iou_ends=((0.88, 0.94), (0.7, 0.9), (math.nan, math.nan)),
        class_units=(5, 5, 0),
    )
    said = list(verdict(here, TESTED))
    assert said[0] == f"Nothing here shows {ALL_NAMES[2]}."
    assert "cannot be compared" in said[1]
    assert said[2:] == [
        "  background: here 0.910 [0.880, 0.940]; test 0.920 [0.900, 0.940]: cannot tell",
        "  red ✓: here 0.800 [0.700, 0.900]; test 0.300 [0.200, 0.400]: different",
    ]
    turned = list(verdict(TESTED, here))
    assert turned[0] == f"Nothing at the test shows {ALL_NAMES[2]}."
    rare = replace(here, class_iou_ends=(here.class_iou_ends[0], *[(math.nan, math.nan)] * 2))
    assert list(verdict(rare, TESTED))[-1].endswith(
        "red ✓: here 0.800 [no interval]; test 0.300 [0.200, 0.400]"
    )


@pytest.mark.slow
@pytest.mark.skipif(not PENN.is_file(), reason="the photographs of Penn-Fudan are not here")
def test_photographs_with_people_that_masks_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(PENN) as archive:
        names = [name for name in archive.namelist() if name.endswith((".jpg", ".png"))]
        shown = sorted(name for name in names if name.endswith(".jpg"))[:8]
        stems = {Path(name).stem for name in shown}
        archive.extractall(
            tmp_path, [n for n in names if Path(n).stem.removesuffix("_mask") in stems]
        )
    people = read_maps(f"masks:{tmp_path}", 64, class_names=["background", "person"])
    with seeded(0):
        model = DenseSegmenter(FeatureMap(Backbone(3, 4)), 1).eval()
    model.head.classes.bias.data.zero_()  # both classes somewhere
    learned = people[torch.arange(3)]
    how = {"model": model, "learned_from": learned, "image_size": 64, "test": None}
    saved = save_trained(tmp_path / "my_model", **how)
    assert report(saved, f"masks:{tmp_path / 'PennFudanPed'}") == 0
    said = capsys.readouterr().out
    rest = people[torch.arange(3, 8)]
    matrices = confusion_matrices(segment_all(model, rest.images), rest.maps, 1)
    assert str(interval_over_pictures(matrices, people.class_names)) in said
    assert "3 pictures that the segmenter learned from" in said
    assert "object counts as person." in said and "never tested" in said
    photographs = tmp_path / "PennFudanPed" / "PNGImages"
    assert main([str(saved), str(photographs), "--out", str(tmp_path / "found")]) == 0
    for name in shown:
        stem = Path(name).stem
        with (
            Image.open(tmp_path / "found" / f"{stem}.png") as found,
            Image.open(photographs / f"{stem}.jpg") as photograph,
        ):
            assert found.size == photograph.size and max(found.size) > 300
