"""From a lesson's parameter to three parts of pictures with maps, and clear refusals."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from course_utils.data.boxes.splitting import draws
from course_utils.data.maps import catalogue
from course_utils.data.maps.catalogue import open_mapped
from course_utils.data.maps.examples import MappedPictures, classes_in
from course_utils.data.maps.splitting import MapSplit, split_mapped
from course_utils.data.splits import SealedError
from tests.helpers.map_files import patches, write_maps


def opened(dataset: str, data_dir: Path = Path("nowhere"), **changes: object) -> MapSplit:
    """The parts with what tests need not say."""
    usual = {"val_fraction": 0.25, "test_fraction": 0.25, "seed": 0}
    return open_mapped(dataset, 20, data_dir, **usual | changes)


def files_of(parts: MapSplit) -> list[set[str]]:
    """Names of the pictures of each part."""
    parts.test.decide("the test")
    return [set(part.files) for part in (parts.train, parts.val, parts.test.open())]


def several(root: Path, number: int = 12) -> str:
    return write_maps(root, {str(n): patches(1, 2 + n % 2) for n in range(number)})


def numbered(number: int, values: list[int], parts: list[int] | None = None) -> MappedPictures:
    """Pictures whose maps hold one value each."""
    maps = torch.tensor(values, dtype=torch.uint8)[:, None, None].expand(-1, 4, 5)
    images = torch.arange(number, dtype=torch.uint8)[:, None, None, None].expand(-1, 1, 4, 5)
    names = ("background", "road")
    given = None if parts is None else torch.tensor(parts)
    return MappedPictures(images, maps, names, tuple(map(str, range(number))), parts=given)


@pytest.mark.slow
def test_pictures_come_in_three_parts_the_last_one_sealed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = several(tmp_path)
    parts = opened(dataset)
    said = capsys.readouterr().out
    assert "  background         12\n" in said and "splits the pictures into training" in said
    assert "No near copies among 12 pictures." in said
    with pytest.raises(SealedError):
        parts.test.open()
    files = files_of(parts)
    assert list(map(len, files)) == [6, 3, 3] and len(set.union(*files)) == 12
    for name, drawn in zip(parts.train.files, parts.train.maps, strict=True):
        assert drawn.max() == 2 + int(Path(name).stem) % 2 and drawn.shape == (15, 20)
    assert files_of(opened(dataset)) == files != files_of(opened(dataset, seed=1))


def test_what_a_survey_takes_is_handed_on_and_parts_are_kept(tmp_path: Path) -> None:
    masks = {f"{'train' if n < 8 else 'test'}/{n}": patches(1, 2) for n in range(12)}
    parts = opened(write_maps(tmp_path, masks), class_names=["a", "b", "c"])
    assert parts.train.class_names == ("a", "b", "c")
    assert {Path(name).stem for name in files_of(parts)[2]} == {"8", "9", "10", "11"}


def test_a_class_that_a_part_lacks_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(several(tmp_path), class_names=["background", "road", "sky", "tree", "sea"])
    said = " ".join(capsys.readouterr().out.split())
    assert "No map of the training part holds 'sea': no model learns to find it." in said
    assert "No map of the validation part holds 'sea'" in said


def test_a_relative_path_starts_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(tmp_path / "own")
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", tmp_path)
    monkeypatch.chdir("/")
    assert len(opened("masks:own").train) == 6


def test_other_names_are_refused_with_what_the_folder_looks_like(tmp_path: Path) -> None:
    several(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "voc" / "SegmentationClass").mkdir(parents=True)
    (tmp_path / "voc" / "SegmentationClass" / "a.png").touch()
    known = 'dataset must be "scenes", "voc2012", "masks:PATH" or "coco:PATH", got'
    for dataset, rest in {
        "yolo:x": "'yolo:x'$",
        str(tmp_path): f'.*; it looks like "masks:{re.escape(str(tmp_path))}"$',
        f"voc:{tmp_path / 'voc'}": f'.*; it looks like "masks:{re.escape(str(tmp_path))}/voc"$',
        f"voc:{tmp_path / 'other'}": ".*other holds no folder of masks and no COCO file$",
    }.items():
        with pytest.raises(ValueError, match=f"{known} {rest}"):
            opened(dataset, built_in=["scenes"])


@pytest.mark.slow
def test_parts_may_be_forgotten_and_what_is_called_val_may_be_the_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    masks = {f"{'train' if n < 8 else 'val'}/{n}": patches(1, 2) for n in range(12)}
    dataset = write_maps(tmp_path, masks)
    held = {f"images/val/{n}.png" for n in range(8, 12)}
    assert files_of(opened(dataset))[1] == held
    files = files_of(opened(dataset, val_is_test=True))
    assert files[2] == held and list(map(len, files)) == [6, 2, 4]
    said = " ".join(capsys.readouterr().out.split())
    assert "parts are kept: train, test; val will be drawn from train." in said
    assert "The test is what the data set calls val." in said
    anew = files_of(opened(dataset, val_is_test=True, split_anew=True))
    assert list(map(len, anew)) == [6, 3, 3] and anew[2] != held
    assert "The test is what" not in capsys.readouterr().out


@pytest.mark.parametrize(("others", "there"), [("test", "test, train"), ("train", "train")])
def test_the_test_is_taken_from_no_other_part(tmp_path: Path, others: str, there: str) -> None:
    masks = {f"{'train' if n < 8 else others}/{n}": patches(1, 2) for n in range(12)}
    with pytest.raises(ValueError, match=f"with a part val and without a test, .* has {there}; l"):
        opened(write_maps(tmp_path, masks), val_is_test=True)


def test_too_few_pictures_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"4 pictures would come to training 2 .*validation 1"):
        opened(several(tmp_path, 4))


def test_a_part_of_one_class_is_refused() -> None:
    pictures = numbered(8, [0, 1, 0, 1, 1, 1, 0, 1], [0] * 4 + [1, 1, 2, 2])
    with pytest.raises(ValueError, match="the validation part has 2 pictures and fewer than two"):
        split_mapped(pictures, val_fraction=0.2, test_fraction=0.2, seed=0)


def test_pictures_are_taken_with_their_maps_also_in_draws() -> None:
    pictures = numbered(9, [0, 1, 255] * 3)
    assert classes_in(pictures)[:3].tolist() == [[True, False], [False, True], [False, False]]
    looked = replace(pictures, present=classes_in(pictures))
    (drawn,) = draws(looked, 4, 1, seed=3)
    for place, name in enumerate(drawn.files):
        assert drawn.images[place].unique().tolist() == [int(name)]
        assert drawn.maps[place].unique().tolist() == [[0, 1, 255][int(name) % 3]]
    assert torch.equal(classes_in(drawn), classes_in(replace(drawn, present=None)))
