"""VOC 2012: the official archive in, maps out, and its validation part is the sealed test."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import VOCSegmentation
from torchvision.datasets.voc import DATASET_YEAR_DICT

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.maps.catalogue import open_mapped
from course_utils.data.maps.splitting import MapSplit
from course_utils.data.splits import SealedError
from course_utils.data.voc2012 import load_voc2012
from course_utils.data.voc_archives import VOC_CLASSES, is_there
from course_utils.download import OfflineError
from course_utils.files import DamagedFileError
from tests.helpers.file_server import FileServer, closed_port_url
from tests.helpers.map_files import patches, write_voc_masks
from tests.helpers.picture_files import noise, save_picture
from tests.helpers.voc_server import packed, serving

ARCHIVE = "VOCtrainval_11-May-2012.tar"
MASKS = {f"2007_0000{n:02d}": patches(1 + n % 20, 15, 255) for n in range(12)}
TRAIN, VAL = list(MASKS)[:8], list(MASKS)[8:]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive as the challenge has it: of most photographs there are no masks."""
    folder = tmp_path_factory.mktemp("made")
    root = folder / "VOCdevkit" / "VOC2012"
    write_voc_masks(root, MASKS, {"train": TRAIN, "val": VAL, "trainval": [*TRAIN, *VAL]})
    for name in ("2008_000001", "2008_000002"):
        save_picture(root / "JPEGImages" / f"{name}.jpg", noise(40, 30, seed=int(name[-1])))
    (root / "ImageSets" / "Main").mkdir()
    (root / "ImageSets" / "Main" / "train.txt").write_text("2008_000001\n", encoding="utf-8")
    (root / "Annotations").mkdir()
    (root / "Annotations" / "2008_000001.xml").write_text("<annotation/>", encoding="utf-8")
    return packed(folder)


@pytest.fixture
def server(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """The archive on a web server."""
    with serving({"2012": content}, monkeypatch) as servers:
        yield servers["2012"]


def opened(data_dir: Path, **changes: object) -> MapSplit:
    """The parts with what tests need not say."""
    usual = {"val_fraction": 0.25, "test_fraction": 0.25, "seed": 0}
    return open_mapped("voc2012", 20, data_dir, **usual | changes)


def stems_of(parts: MapSplit) -> list[set[str]]:
    parts.test.decide("the test")
    three = (parts.train, parts.val, parts.test.open())
    return [{Path(name).stem for name in part.files} for part in three]


def test_maps_and_names_come_out_and_the_official_validation_is_the_test(
    server: FileServer, tmp_path: Path
) -> None:
    pictures = load_voc2012(tmp_path, None)
    assert [Path(file).stem for file in pictures.files] == [*TRAIN, *VAL]
    assert pictures.parts.tolist() == [0] * len(TRAIN) + [2] * len(VAL)
    assert pictures.class_names == ("background", *VOC_CLASSES) and pictures.num_classes == 20
    for drawn, mask in zip(pictures.maps, MASKS.values(), strict=True):
        assert np.array_equal(drawn.numpy(), mask) and IGNORED in drawn
    small = load_voc2012(tmp_path, 20)
    assert small.images[0].shape == (3, 15, 20) and small.maps[0].shape == (15, 20)


def test_torchvision_reads_the_same_from_the_same_folder(
    server: FileServer, tmp_path: Path
) -> None:
    pictures = load_voc2012(tmp_path, None)
    for part, name in ((0, "train"), (2, "val")):
        theirs = VOCSegmentation(tmp_path / "voc2012", "2012", name)
        ours = pictures[pictures.parts == part]
        assert len(theirs) == len(ours)
        for (image, mask), own, drawn in zip(theirs, ours.images, ours.maps, strict=True):
            assert np.array_equal(np.asarray(image), own.permute(1, 2, 0).numpy())
            assert np.array_equal(np.asarray(mask), drawn.numpy())


def test_validation_is_drawn_from_training_and_the_test_is_sealed(
    server: FileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = opened(tmp_path)
    said = " ".join(capsys.readouterr().out.split())
    assert f"kept in {tmp_path / 'voc2012'}: VOC 2012 for training and validation (2.0 GB)" in said
    assert "The test is what the data set calls val." in said
    assert "parts are kept: train, test; val will be drawn from train." in said
    assert "pictures that the file or the parts do not name: 2 (JPEGImages/2008_000001" in said
    with pytest.raises(SealedError):
        parts.test.open()
    stems = stems_of(parts)
    assert list(map(len, stems)) == [6, 2, 4] and stems[2] == set(VAL)
    assert stems[0] | stems[1] == set(TRAIN)
    anew = stems_of(opened(tmp_path, split_anew=True))
    assert list(map(len, anew)) == [6, 3, 3] and set.union(*anew) == set(MASKS)
    assert not anew[2] <= set(VAL)
    assert len(server.ranges) == 1  # fetched once


def test_the_unpacked_folder_or_the_archive_alone_is_enough(
    server: FileServer, tmp_path: Path
) -> None:
    assert not is_there("voc2012", tmp_path)
    (tmp_path / "voc2012").mkdir()
    (tmp_path / "voc2012" / ARCHIVE).write_bytes(server.content)
    assert is_there("voc2012", tmp_path) and len(load_voc2012(tmp_path, 20, download=False)) == 12
    (tmp_path / "voc2012" / ARCHIVE).unlink()
    assert is_there("voc2012", tmp_path) and len(load_voc2012(tmp_path, 20, download=False)) == 12
    assert server.ranges == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "lost",
    [
        f"SegmentationClass/{VAL[0]}.png",
        f"JPEGImages/{TRAIN[0]}.jpg",
        "ImageSets/Segmentation/val.txt",
    ],
)
def test_what_is_missing_of_the_unpacked_folder_is_named(
    server: FileServer, tmp_path: Path, lost: str
) -> None:
    load_voc2012(tmp_path, 20)
    (tmp_path / "voc2012" / "VOCdevkit" / "VOC2012" / lost).unlink()
    with pytest.raises(DamagedFileError, match=rf"it lacks {lost}.*unpacked again from {ARCHIVE}"):
        load_voc2012(tmp_path, 20)


def test_offline_one_message_says_what_where_how_and_which_setting(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = closed_port_url()
    monkeypatch.setitem(DATASET_YEAR_DICT, "2012", DATASET_YEAR_DICT["2012"] | {"url": url})
    with pytest.raises(OfflineError) as caught:
        opened(tmp_path)
    where = f"looked for {tmp_path / 'voc2012' / ARCHIVE}"
    for part in ("(2.0 GB)", where, url, "leave dataset as the lesson has it"):
        assert part in str(caught.value)


def test_what_is_known_must_not_be_named(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="which pixels are what, so leave out colours and reading"):
        opened(tmp_path, colours={"a": "red"}, reading="classes", class_names=None)
    assert server.ranges == []  # before anything is fetched
    assert len(opened(tmp_path, colours=None, reading=None, mask_folder=None).train) == 6


def test_a_damaged_mask_is_named(server: FileServer, tmp_path: Path) -> None:
    load_voc2012(tmp_path, 20)
    root = tmp_path / "voc2012" / "VOCdevkit" / "VOC2012"
    save_picture(root / "SegmentationClass" / f"{VAL[0]}.png", Image.fromarray(patches(21)))
    with pytest.raises(ValueError, match=rf"{VAL[0]}.jpg: value 21 \(12 pixels\); 21 classes"):
        opened(tmp_path)


def test_torchvision_still_has_what_is_looked_for() -> None:
    about = DATASET_YEAR_DICT["2012"]
    assert about["filename"] == ARCHIVE and about["url"].endswith(ARCHIVE)
    assert len(about["md5"]) == 32 and Path(about["base_dir"]).parts == ("VOCdevkit", "VOC2012")
