"""``python -m course_utils.predict`` with a segmenter: maps in a folder, and drawn."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.maps.reading import read_maps
from course_utils.figures.maps import class_colours
from course_utils.models.segmentation.answering import logits_on, surest_class
from course_utils.shipping.command import main
from course_utils.shipping.finding import names_below
from course_utils.shipping.masks.answering import segment_pictures
from course_utils.shipping.masks.drawing import lay_over
from course_utils.shipping.masks.loading import load_segmenter
from tests.helpers.picture_files import DAMAGES, noise, save_picture
from tests.helpers.saved_detectors import draw_picture
from tests.helpers.saved_models import save_small
from tests.helpers.saved_segmenters import ALL_NAMES, save_trained, trained_segmenter

BOX = (40, 30, 90, 100)  # of a picture of 200 x 120: seen at 32 x 19
ORIENTATION, LAID = 0x0112, 6  # EXIF: the camera was turned, turn it back clockwise


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the segmenter; tests leave it as it is."""
    return save_trained(tmp_path_factory.mktemp("saved") / "my_model")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
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


def content(folder: str = "masks") -> dict[str, Any]:
    """What says what the maps are."""
    return json.loads(Path(folder, "classes.json").read_text("utf-8"))


def files_in(folder: str) -> list[str]:
    """All files below, as seen from there."""
    return sorted(f.relative_to(folder).as_posix() for f in Path(folder).rglob("*.*"))


def numbers(file: str | Path) -> np.ndarray:
    """The map in a file, which must have a palette."""
    with Image.open(file) as opened:
        assert opened.mode == "P"
        return np.asarray(opened)


@pytest.mark.slow
def test_maps_are_as_large_as_the_upright_picture_and_show_where_things_are(
    here: Path, saved: Path
) -> None:
    assert predict(saved, "photos") == 0
    assert files_in("masks") == ["a.png", "classes.json", "deep/b.png"]
    left, top, right, bottom = BOX
    true = np.zeros((120, 200), dtype=bool)
    true[top:bottom, left:right] = True
    for name, number in (("a.png", 2), ("deep/b.png", 1)):
        found = numbers(Path("masks", name))
        assert found.shape == true.shape
        shown = found == number
        assert (shown & true).sum() / (shown | true).sum() > 0.85
        assert (found > 0).sum() == shown.sum()


def test_logits_not_classes_are_enlarged(here: Path, saved: Path) -> None:
    model = load_segmenter(saved)
    pixels = np.asarray(draw_picture((200, 120), BOX, 1).resize((32, 19), Image.BILINEAR))
    (logits,) = logits_on(model.network, [torch.tensor(pixels).permute(2, 0, 1)])
    (found,) = segment_pictures(model, ["photos/a.png"])
    assert torch.equal(found.classes, surest_class(logits[None], (120, 200))[0])
    small = torch.nn.functional.interpolate(logits.argmax(dim=0)[None, None].float(), (120, 200))
    assert not torch.equal(found.classes, small[0, 0].byte())
    assert predict(saved, "photos") == 0
    assert np.array_equal(numbers("masks/a.png"), found.classes.numpy())


def test_the_palette_and_the_file_beside_them_say_what_the_numbers_are(
    here: Path, saved: Path
) -> None:
    assert predict(saved, "photos", "--out", "found") == 0
    said, model = content("found"), load_segmenter(saved)
    assert (said["model"], said["problems"]) == ("my_model", [])
    assert said["weights"] == model.record["weights"]["sha256"]
    assert said["maps"] == [
        {"map": "a.png", "picture": "../photos/a.png"},
        {"map": "deep/b.png", "picture": "../photos/deep/b.jpg"},
    ]
    colours = (255 * class_colours(2)).round().astype(int).tolist()
    each = [{"name": n, "colour": c} for n, c in zip(ALL_NAMES, colours, strict=True)]
    assert said["classes"] == {str(number): one for number, one in enumerate(each)}
    with Image.open("found/a.png") as opened:
        shown = np.asarray(opened.convert("RGB"))
    assert np.array_equal(shown, np.array(colours)[numbers("found/a.png")])


def test_what_was_written_is_read_back_as_masks(here: Path, saved: Path) -> None:
    assert predict(saved, "photos") == 0
    pictures = read_maps("masks:.", None, near_copies=False)
    assert pictures.class_names == ALL_NAMES
    assert pictures.files == ("photos/a.png", "photos/deep/b.jpg")
    for true, name in zip(pictures.maps, ("a.png", "deep/b.png"), strict=True):
        assert np.array_equal(true.numpy(), numbers(Path("masks", name)))
    middle = pictures.images[1][:, (BOX[1] + BOX[3]) // 2, (BOX[0] + BOX[2]) // 2]
    assert middle[0] > 200 > middle[2]  # red, upright


def test_maps_among_the_pictures_are_read_back_too(here: Path, saved: Path) -> None:
    os.remove("photos/a.png")  # so that all maps lie in a folder below that of the names
    assert predict(saved, "photos", "--out", "photos/masks") == 0
    assert files_in("photos/masks") == ["classes.json", "deep/b.png"]
    assert read_maps("masks:photos", None).class_names == ALL_NAMES


def test_maps_are_laid_over_copies_with_a_legend_below(here: Path, saved: Path) -> None:
    before = {file: file.read_bytes() for file in (here / "photos").rglob("*.*")}
    assert predict(saved, "photos", "--draw", "drawn") == 0
    assert files_in("drawn") == ["a.jpg", "deep/b.jpg"]
    for name, number in (("a.jpg", 2), ("deep/b.jpg", 1)):
        with Image.open(Path("drawn", name)) as drawn:
            shown = np.asarray(drawn.convert("RGB")).astype(float)
        plain = np.asarray(draw_picture((200, 120), BOX, number - 1)).astype(float)
        assert shown.shape[1] == 200 and 130 < shown.shape[0] < 160
        half = plain / 2 + 255 * class_colours(2)[number] / 2
        inside = slice(BOX[1] + 10, BOX[3] - 10), slice(BOX[0] + 10, BOX[2] - 10)
        assert np.abs(shown[inside] - half[inside]).max() < 12
        assert np.abs(shown[:20] - plain[:20]).max() < 12  # background shows the picture
        patch = shown[126:134, 6:14].mean(axis=(0, 1))  # of the legend
        assert np.abs(patch - 255 * class_colours(2)[number]).max() < 30
        assert (shown[120:, 30:].min(axis=2) < 90).sum() > 50  # its letters
    assert before == {file: file.read_bytes() for file in (here / "photos").rglob("*.*")}


def test_a_legend_has_a_row_for_what_does_not_fit_and_none_for_background() -> None:
    names = ("background", *(f"a class with a long name, number {k}" for k in range(6)))
    colours = [(0, 0, 0), *((10 * k, 200 - 10 * k, 50) for k in range(1, 7))]
    picture = Image.new("RGB", (300, 100), (100, 100, 100))
    empty = torch.zeros(50, 150, dtype=torch.uint8)
    assert np.array_equal(np.asarray(lay_over(picture, empty, names, colours)), np.asarray(picture))
    heights = []
    for most in (1, 2, 6):
        classes = empty.clone()
        classes[0, : most + 1] = torch.arange(most + 1)
        drawn = lay_over(picture, classes, names, colours)
        heights.append(drawn.height - 100)
        pixels = np.asarray(drawn)
        for k in range(1, most + 1):
            assert (pixels[100:] == colours[k]).all(axis=2).sum() >= 50, k
        assert np.array_equal(pixels[1, 3], np.mean([colours[1], (100, 100, 100)], axis=0))
    assert heights[0] < heights[1] < heights[2]


def test_two_pictures_that_are_called_alike_keep_a_map_each(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw_picture((50, 40), (5, 5, 20, 30), 0).save(here / "photos" / "A.bmp")
    assert predict(saved, "photos", "--draw", "drawn") == 0
    names = {each["picture"]: each["map"] for each in content()["maps"]}
    sizes = {name: numbers(Path("masks", called)).shape for name, called in names.items()}
    assert sizes["../photos/A.bmp"] == (40, 50) and sizes["../photos/a.png"] == (120, 200)
    assert files_in("masks") == ["A.png", "a (2).png", "classes.json", "deep/b.png"]
    assert files_in("drawn") == ["A.jpg", "a (2).jpg", "deep/b.jpg"]
    assert "1 got a number behind the name" in capsys.readouterr().out


def test_names_begin_below_the_folder_that_holds_all_that_was_asked_for(here: Path) -> None:
    a, b = Path("photos", "a.png"), Path("photos", "deep", "b.jpg")
    for asked, files, names in (
        (["photos"], [a, b], ["a.png", "deep/b.jpg"]),
        (["photos/a.png"], [a], ["a.png"]),
        (["photos/deep", "photos/a.png"], [b, a], ["deep/b.jpg", "a.png"]),
        (["photos/**/*.*"], [a, b], ["a.png", "deep/b.jpg"]),
        (["photos/deep/../deep"], [Path("photos/deep/../deep/b.jpg")], ["b.jpg"]),
    ):
        found = names_below(asked, files)
        assert [found[file].as_posix() for file in files] == names


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    here: Path,
    saved: Path,
    damage: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage(save_picture(here / "photos" / "aa.jpg", noise(300, 300)))
    assert predict(saved, "photos", "--draw", "drawn", "--batch-size", "2") == 1
    said = capsys.readouterr()
    assert f"{Path('photos', 'aa.jpg')}: damaged, or no picture; repair or remove" in said.err
    assert "maps of 2 pictures: masks" in said.out and "drawn into drawn" in said.out
    assert "1 could not be read, written or drawn: see problems in classes.json" in said.out
    why = "damaged, or no picture; repair or remove"
    assert content()["problems"] == [{"picture": "../photos/aa.jpg", "problem": why}]
    assert files_in("masks") == ["a.png", "classes.json", "deep/b.png"]
    assert files_in("drawn") == ["a.jpg", "deep/b.jpg"]


def test_a_map_that_cannot_be_written_is_named_and_the_rest_goes_on(
    here: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "x" * 250  # with .png and what an unfinished file has behind it: too long for a name
    (here / "photos" / "a.png").rename(here / "photos" / f"{long}.png")
    assert predict(saved, "photos") == 1
    (problem,) = content()["problems"]
    assert problem["picture"] == f"../photos/{long}.png"
    assert problem["problem"].startswith("not written: ")
    assert files_in("masks") == ["classes.json", "deep/b.png"]
    assert "maps of 1 picture: masks" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("photos", "--sort", "sorted"), "is a segmenter.*--sort cannot sort by it"),
        (("photos", "--min-score", "0.5"), "is a segmenter.*--min-score leaves nothing out"),
        (("photos", "--report"), "--report needs one data set with maps for a seg.*got photos"),
        (("photos", "--out", "photos"), "photos is there already and not empty.*give --out"),
        (("photos", "--out", "photos/a.png"), "is there already and not empty.*give --out"),
        (("photos", "--draw", "photos"), "photos is there already and not empty.*give --draw"),
        (("photos", "--draw", "masks"), "--draw masks is inside masks, where the maps go"),
        (("photos", "--out", "m", "--draw", "m/drawn"), "is inside m, where the maps go"),
        (("voc:photos",), "has boxes, which do not say what each pixel is"),
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


def test_a_second_run_overwrites_nothing(
    here: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(saved, "photos") == 0
    before = {file: file.read_bytes() for file in here.rglob("*.*")}
    assert predict(saved, "photos") == 2
    assert "masks is there already and not empty" in capsys.readouterr().err
    assert before == {file: file.read_bytes() for file in here.rglob("*.*")}


def test_drawing_is_refused_for_classifiers(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_small(here / "classes")
    assert main(["classes", "photos", "--draw", "drawn"]) == 2
    assert "--draw is for detectors and segmenters" in capsys.readouterr().err


def test_no_picture_has_a_map_that_depends_on_its_neighbours(here: Path, saved: Path) -> None:
    draw_picture((120, 200), BOX, 1).save(here / "photos" / "tall.png")
    model = load_segmenter(saved)
    files = sorted(here.glob("photos/**/*.*"))
    together = segment_pictures(model, files)
    alone = [segment_pictures(model, [file.read_bytes()])[0] for file in files]
    for one, other in zip(together, alone, strict=True):
        assert torch.equal(one.classes, other.classes)


def test_pictures_as_they_are_have_maps_without_scaling(here: Path) -> None:
    model = load_segmenter(save_trained(here / "whole", image_size=None))
    picture = draw_picture((41, 33), (8, 8, 20, 20), 0)
    picture.save("c.png")
    (found,) = segment_pictures(model, ["c.png"])
    pixels = torch.tensor(np.asarray(picture)).permute(2, 0, 1)
    assert torch.equal(found.classes, trained_segmenter().segment(pixels[None] / 255)[0])
