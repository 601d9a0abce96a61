"""``python -m course_utils.predict`` with a detector: boxes in a file, and drawn."""

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.ops import box_iou

from course_utils.data.boxes.reading import read_boxes
from course_utils.shipping.boxes.answering import find_on_pictures
from course_utils.shipping.boxes.drawing import draw_found
from course_utils.shipping.boxes.loading import load_detector
from course_utils.shipping.command import main
from tests.helpers.saved_detectors import COLOURS, NAMES, draw_picture, save_trained
from tests.helpers.saved_models import save_small

BOX = (40, 30, 90, 100)  # of a picture of 200 x 120: seen at 32 x 19
ORIENTATION, LAID = 0x0112, 6  # EXIF: the camera was turned, turn it back clockwise


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the detector; tests leave it as it is."""
    return save_trained(tmp_path_factory.mktemp("saved") / "my_model")


@pytest.fixture
def here(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two pictures: a blue thing, and a red one that lies on its side."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos" / "deep").mkdir(parents=True)
    draw_picture((200, 120), BOX, 1).save(tmp_path / "photos" / "a.png")
    exif = Image.Exif()
    exif[ORIENTATION] = LAID
    lying = draw_picture((200, 120), BOX, 0).transpose(Image.Transpose.ROTATE_90)
    lying.save(tmp_path / "photos" / "deep" / "b.jpg", exif=exif, quality=95)
    return tmp_path


def predict(saved: Path, *arguments: str) -> int:
    """Run the command here, on the CPU."""
    return main([str(saved), *arguments, "--device", "cpu"])


def content(file: str = "boxes.json") -> dict[str, Any]:
    """The file of boxes."""
    return json.loads(Path(file).read_text("utf-8"))


@pytest.mark.slow
def test_boxes_are_in_the_pixels_of_the_upright_picture(here: Path, saved: Path) -> None:
    assert predict(saved, "photos") == 0
    found = content()
    assert found["images"] == [
        {"id": 1, "file_name": "photos/a.png", "width": 200, "height": 120},
        {"id": 2, "file_name": "photos/deep/b.jpg", "width": 200, "height": 120},
    ]
    assert found["categories"] == [{"id": 1, "name": NAMES[0]}, {"id": 2, "name": NAMES[1]}]
    assert [each["image_id"] for each in found["annotations"]] == [1, 2]
    assert [each["category_id"] for each in found["annotations"]] == [2, 1]
    for each in found["annotations"]:
        left, top, width, height = each["bbox"]
        box = torch.tensor([[left, top, left + width, top + height]])
        assert box_iou(box, torch.tensor([BOX]).float()).item() > 0.8
        assert 0.3 <= each["score"] <= 1 and each["area"] == pytest.approx(width * height, rel=1e-3)


def test_what_was_written_is_read_back_as_coco(here: Path, saved: Path) -> None:
    assert predict(saved, "photos", "--draw", "drawn") == 0
    pictures = read_boxes("coco:boxes.json", None, near_copies=False)
    assert pictures.class_names == NAMES and pictures.files == ("photos/a.png", "photos/deep/b.jpg")
    model = load_detector(saved)
    found = find_on_pictures(model, ["photos/a.png", "photos/deep/b.jpg"])
    for each, boxes, labels in zip(found, pictures.boxes, pictures.labels, strict=True):
        kept = each.from_score(model.min_score).detections
        torch.testing.assert_close(boxes, kept["boxes"], rtol=0, atol=2e-3)
        assert torch.equal(labels, kept["labels"])
    for image, label in zip(pictures.images, (1, 0), strict=True):  # shown upright, too
        middle = image[:, (BOX[1] + BOX[3]) // 2, (BOX[0] + BOX[2]) // 2]
        assert (middle - torch.tensor(COLOURS[label])).abs().max() < 12


def test_a_score_decides_what_is_left(here: Path, saved: Path) -> None:
    numbers = []
    for min_score in ("0", "0.3", "1"):
        out = f"{min_score}.json"
        assert predict(saved, "photos", "--min-score", min_score, "--out", out) == 0
        scores = [each["score"] for each in content(out)["annotations"]]
        assert all(score >= float(min_score) for score in scores)
        assert content(out)["info"]["min_score"] == float(min_score)
        numbers.append(len(scores))
    assert numbers[0] > numbers[1] == 2 and numbers[2] == 0
    assert predict(saved, "photos") == 0
    assert content() == content("0.3.json")  # the one that was saved with it


def test_boxes_and_names_are_drawn_on_copies(here: Path, saved: Path) -> None:
    (here / "photos" / "deep" / "a.PNG").write_bytes((here / "photos" / "a.png").read_bytes())
    before = {file: file.read_bytes() for file in (here / "photos").rglob("*.*")}
    assert predict(saved, "photos", "--draw", "drawn") == 0
    assert sorted(os.listdir("drawn")) == ["a (2).jpg", "a.jpg", "b.jpg"]
    for name, label in (("a.jpg", 1), ("b.jpg", 0)):
        with Image.open(Path("drawn", name)) as drawn:
            shown = np.asarray(drawn.convert("RGB")).astype(int)
        plain = np.asarray(draw_picture((200, 120), BOX, label)).astype(int)
        assert shown.shape == plain.shape
        changed = np.abs(shown - plain).max(axis=2) > 60
        rows, columns = np.nonzero(changed)
        assert len(rows) > 100  # the name, above the box
        assert rows.min() > 5 and rows.max() < 104 and columns.min() > 34
        assert np.abs(shown - plain)[60:90, 55:80].max() < 20  # inside, in its own colours
    assert before == {file: file.read_bytes() for file in (here / "photos").rglob("*.*")}


def test_a_box_is_drawn_on_its_own_pixels() -> None:
    picture = Image.new("RGB", (300, 300), "black")
    found = {
        "boxes": torch.tensor([[50.0, 100.0, 100.0, 140.0]]),
        "labels": torch.tensor([1]),
        "scores": torch.tensor([0.87]),
    }
    draw_found(picture, found, 2.0, NAMES)
    drawn = np.asarray(picture).max(axis=2) > 0
    assert drawn[279, 100:200].all() and not drawn[280:].any()
    assert drawn[200:280, 199].all() and not drawn[205:, 200:].any()
    assert drawn[200:280, 100].all() and not drawn[205:, :100].any()


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "photos" / "aa.png").write_bytes(b"nothing")
    assert predict(saved, "photos", "--draw", "drawn") == 1
    said = capsys.readouterr()
    assert f"{Path('photos', 'aa.png')}: damaged, or no picture; repair or remove" in said.err
    assert "3 pictures, 2 boxes with a score of 0.3 or more: boxes.json" in said.out
    assert "1 could not be read or drawn" in said.out
    problem = {"file_name": "photos/aa.png", "problem": "damaged, or no picture; repair or remove"}
    assert content()["problems"] == [problem]
    assert len(content()["images"]) == len(os.listdir("drawn")) == 2


def test_pictures_outside_of_the_files_folder_are_said(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(saved, "photos", "--out", "tables/boxes.json") == 0
    assert content("tables/boxes.json")["images"][0]["file_name"] == "../photos/a.png"
    assert "Some pictures lie outside of its folder" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("photos", "--sort", "sorted"), "is a detector.*--sort cannot sort by it"),
        (
            ("photos", "--report"),
            "--report needs one data set with boxes for a detector.*got photos",
        ),
        (("photos", "--min-score", "1.2"), "--min-score must be from 0 to 1, got 1.2"),
        (("photos", "--out", "photos/a.png"), "is there already"),
        (("photos", "--draw", "photos"), "photos is there already and not empty.*give --draw"),
        (("nowhere",), "there is nothing called nowhere"),
        (("empty",), "there are no pictures in empty"),
        (("photos", "--batch-size", "0"), "--batch-size must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_work(
    here: Path,
    saved: Path,
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (here / "empty").mkdir()
    before = sorted(here.rglob("*"))
    assert predict(saved, *arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("python -m course_utils.predict: ")
    assert re.search(said, line), line
    assert sorted(here.rglob("*")) == before


def test_options_of_detectors_are_refused_for_classifiers(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_small(tmp_path / "classes")
    for option in (("--draw", "drawn"), ("--min-score", "0.5")):
        assert main(["classes", "photos", *option]) == 2
        assert f"{option[0]} is for detectors" in capsys.readouterr().err


def test_no_picture_has_an_answer_that_depends_on_its_neighbours(here: Path, saved: Path) -> None:
    draw_picture((120, 200), BOX, 1).save(here / "photos" / "tall.png")
    model = load_detector(saved)
    files = sorted(here.glob("photos/**/*.*"))
    together = find_on_pictures(model, files)
    alone = [find_on_pictures(model, [file.read_bytes()])[0] for file in files]
    for one, other in zip(together, alone, strict=True):
        assert one.size == other.size
        torch.testing.assert_close(one.detections["boxes"], other.detections["boxes"])
