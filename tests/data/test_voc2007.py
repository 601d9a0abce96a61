"""VOC 2007: the official archives in, boxes and the official parts out, and words when it fails."""

import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
from torchvision.datasets import VOCDetection
from torchvision.datasets.voc import DATASET_YEAR_DICT

from course_utils.data.voc2007 import load_voc2007
from course_utils.data.voc_archives import VOC_CLASSES, is_there
from course_utils.download import OfflineError
from course_utils.files import DamagedFileError
from tests.helpers.box_files import Shown, voc_element, write_voc, write_xml
from tests.helpers.file_server import FileServer, closed_port_url
from tests.helpers.voc_server import packed, serving

TRAINVAL, TEST = "VOCtrainval_06-Nov-2007.tar", "VOCtest_06-Nov-2007.tar"
WHOLE = Shown("000005.jpg", boxes=((0, 0, 40, 30),), names=("tvmonitor",))
PARTS = {
    "train": [WHOLE, Shown("000007.jpg", names=("person", "aeroplane"))],
    "val": [Shown("000009.jpg", names=("dog", "person"))],
    "test": [Shown("000001.jpg", names=("cat", "dog")), Shown("000002.jpg", boxes=(), names=())],
}
BOXES = {shown.name: shown for some in PARTS.values() for shown in some}


def make_archive(folder: Path, parts: Sequence[str]) -> bytes:
    """An archive as the challenge has it: lists, photographs, boxes, and masks of some."""
    root = folder / "VOCdevkit" / "VOC2007"
    write_voc(root, [shown for part in parts for shown in PARTS[part]])
    lists = root / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    for part in parts:
        stems = [Path(shown.name).stem for shown in PARTS[part]]
        (lists / f"{part}.txt").write_text("".join(f"{stem}\n" for stem in stems), "utf-8")
        for name in (f"cat_{part}", "trainval" if part != "test" else "aeroplane_test"):
            (lists / f"{name}.txt").write_text("".join(f"{s} -1\n" for s in stems), "utf-8")
        for masks in ("SegmentationClass", "SegmentationObject"):
            PARTS[part][0].save(root / masks / f"{stems[0]}.png")
    if "val" in parts:
        element = voc_element(PARTS["val"][0])
        element.find("object/difficult").text = "1"
        write_xml(root, "000009.jpg", element)
    return packed(folder)


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small VOC 2007 by the names of its archives at torchvision."""
    parts = {"2007": ("train", "val"), "2007-test": ("test",)}
    return {name: make_archive(tmp_path_factory.mktemp("made"), parts[name]) for name in parts}


@pytest.fixture
def servers(
    contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, FileServer]]:
    """Both archives on web servers."""
    with serving(contents, monkeypatch) as servers:
        yield servers


def asked(servers: dict[str, FileServer]) -> list[int]:
    """How often each server was asked."""
    return [len(server.ranges) for server in servers.values()]


def unpacked(data_dir: Path) -> Path:
    return data_dir / "voc2007" / "VOCdevkit"


def put_archives(data_dir: Path, servers: dict[str, FileServer]) -> None:
    """Put both where a user puts them by hand."""
    (data_dir / "voc2007").mkdir(parents=True)
    for name, server in zip((TRAINVAL, TEST), servers.values(), strict=True):
        (data_dir / "voc2007" / name).write_bytes(server.content)


def test_boxes_names_and_the_official_parts_come_out(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    pictures = load_voc2007(tmp_path, None)
    names = [Path(file).name for file in pictures.files]
    assert names == ["000001.jpg", "000002.jpg", "000005.jpg", "000007.jpg", "000009.jpg"]
    assert pictures.parts.tolist() == [2, 2, 0, 0, 1]
    assert pictures.class_names == VOC_CLASSES
    for name, boxes, labels in zip(names, pictures.boxes, pictures.labels, strict=True):
        shown = BOXES[name]
        assert torch.equal(boxes, torch.tensor(shown.boxes).float().reshape(-1, 4))
        assert [VOC_CLASSES[label] for label in labels] == list(shown.names)
    assert [counts.tolist() for counts in pictures.counts[3:]] == [[True, True], [False, True]]


def test_the_classes_are_the_twenty_of_the_challenge_in_its_order() -> None:
    assert len(VOC_CLASSES) == 20 and list(VOC_CLASSES) == sorted(set(VOC_CLASSES))
    assert (VOC_CLASSES[0], VOC_CLASSES[14], VOC_CLASSES[-1]) == (
        "aeroplane",
        "person",
        "tvmonitor",
    )


def test_torchvision_reads_the_same_from_the_same_folder(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    pictures = load_voc2007(tmp_path, None)
    for part, name in enumerate(("train", "val", "test")):
        theirs = VOCDetection(tmp_path / "voc2007", "2007", name)
        ours = pictures[pictures.parts == part]
        assert len(theirs) == len(ours)
        for (image, target), own, boxes in zip(theirs, ours.images, ours.boxes, strict=True):
            assert (image.width, image.height) == (own.shape[2], own.shape[1])
            ends = [thing["bndbox"] for thing in target["annotation"]["object"]]
            said = [[int(box[end]) for end in ("xmin", "ymin", "xmax", "ymax")] for box in ends]
            # From 1 with the last pixel to edges: left and top are one less, the rest stays.
            assert (boxes + torch.tensor([1, 1, 0, 0])).tolist() == said


def test_photographs_are_scaled_with_their_boxes(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    pictures = load_voc2007(tmp_path, 20)
    assert pictures.images[2].shape == (3, 15, 20)
    assert pictures.boxes[2].tolist() == [[0, 0, 20, 15]]


def test_what_is_fetched_and_how_much_is_said_once(
    servers: dict[str, FileServer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_voc2007(tmp_path / "data", 20)
    said = capsys.readouterr().out
    assert f"kept in {tmp_path / 'data' / 'voc2007'}: VOC 2007 for training and" in said
    assert "(460 MB)" in said and "(451 MB)" in said and said.count("\n") == 1
    names = sorted(path.name for path in (tmp_path / "data" / "voc2007").iterdir())
    assert names == ["VOCdevkit", TEST, TRAINVAL]
    load_voc2007(tmp_path / "data", 20)
    assert capsys.readouterr().out == "" and asked(servers) == [1, 1]


@pytest.mark.parametrize("download", [True, False])
def test_archives_put_there_by_hand_need_no_network(
    servers: dict[str, FileServer],
    tmp_path: Path,
    download: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put_archives(tmp_path, servers)
    assert len(load_voc2007(tmp_path, 20, download)) == 5
    assert asked(servers) == [0, 0] and capsys.readouterr().out == ""


def test_the_unpacked_folder_alone_is_enough(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    load_voc2007(tmp_path, 20)
    for name in (TRAINVAL, TEST):
        (tmp_path / "voc2007" / name).unlink()
    assert is_there("voc2007", tmp_path) and len(load_voc2007(tmp_path, 20, download=False)) == 5
    assert asked(servers) == [1, 1]


def test_it_is_there_once_both_archives_are(servers: dict[str, FileServer], tmp_path: Path) -> None:
    assert not is_there("voc2007", tmp_path)
    put_archives(tmp_path, servers)
    assert is_there("voc2007", tmp_path)
    (tmp_path / "voc2007" / TEST).unlink()
    assert not is_there("voc2007", tmp_path)


@pytest.mark.parametrize("name", [TRAINVAL, TEST])
def test_an_archive_cut_short_is_named_and_left_alone(
    servers: dict[str, FileServer], tmp_path: Path, name: str
) -> None:
    put_archives(tmp_path, servers)
    archive = tmp_path / "voc2007" / name
    archive.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(DamagedFileError, match=rf"{name} \(5,000 bytes\).*delete it"):
        load_voc2007(tmp_path, 20)
    assert archive.stat().st_size == 5000 and not unpacked(tmp_path).exists()
    assert asked(servers) == [0, 0]


def test_a_broken_connection_is_told_and_the_second_run_completes(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    servers["2007-test"].stops_after = 7000
    with pytest.raises(OfflineError, match=r"VOC 2007 for the test \(451 MB\).*7,000 bytes are"):
        load_voc2007(tmp_path, 20)
    assert not unpacked(tmp_path).exists()
    servers["2007-test"].stops_after = None
    assert len(load_voc2007(tmp_path, 20)) == 5
    assert [server.ranges for server in servers.values()] == [[None], [None, "bytes=7000-"]]


def test_half_of_both_archives_is_never_used(
    servers: dict[str, FileServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one is interrupted: the folder must not be there with the first one alone."""
    extract = tarfile.TarFile.extractall

    def interrupt(self: tarfile.TarFile, *rest: object, **options: object) -> None:
        if TEST in str(self.name):
            raise KeyboardInterrupt
        extract(self, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_voc2007(tmp_path, 20)
    names = sorted(path.name for path in (tmp_path / "voc2007").iterdir())
    assert names == [TEST, TRAINVAL]
    assert len(load_voc2007(tmp_path, 20)) == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    "lost",
    ["JPEGImages/000007.jpg", "Annotations/000001.xml", "ImageSets/Main/test.txt", "JPEGImages"],
)
def test_what_is_missing_of_the_unpacked_folder_is_named_with_a_way_out_that_leads_out(
    servers: dict[str, FileServer], tmp_path: Path, lost: str
) -> None:
    load_voc2007(tmp_path, 20)
    unpacked(tmp_path).rename(tmp_path / "moved")
    (unpacked(tmp_path) / "VOC2007").mkdir(parents=True)
    for path in (tmp_path / "moved" / "VOC2007").rglob("*"):
        place = path.relative_to(tmp_path / "moved" / "VOC2007")
        if path.is_file() and not place.as_posix().startswith(lost):
            (unpacked(tmp_path) / "VOC2007" / place).parent.mkdir(parents=True, exist_ok=True)
            path.rename(unpacked(tmp_path) / "VOC2007" / place)
    with pytest.raises(DamagedFileError, match=rf"it lacks {lost}.*Delete that folder and run"):
        load_voc2007(tmp_path, 20)
    unpacked(tmp_path).rename(tmp_path / "deleted")
    assert len(load_voc2007(tmp_path, 20)) == 5
    assert asked(servers) == [1, 1]


@pytest.mark.parametrize("name", ["2007", "2007-test"])
def test_offline_one_message_says_what_where_how_and_which_setting(
    servers: dict[str, FileServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    url = closed_port_url()
    monkeypatch.setitem(DATASET_YEAR_DICT, name, DATASET_YEAR_DICT[name] | {"url": url})
    with pytest.raises(OfflineError) as caught:
        load_voc2007(tmp_path, 20)
    what = "VOC 2007 for the test (451 MB)" if name == "2007-test" else "validation (460 MB)"
    archive = tmp_path / "voc2007" / DATASET_YEAR_DICT[name]["filename"]
    for part in (what, f"looked for {archive}", url, "leave dataset as the lesson has it"):
        assert part in str(caught.value)


def test_without_permission_nothing_is_fetched(
    servers: dict[str, FileServer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OfflineError, match=r"download=False.*put the file at"):
        load_voc2007(tmp_path, 20, download=False)
    assert asked(servers) == [0, 0] and list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""


def test_torchvision_still_has_what_is_looked_for() -> None:
    for name, archive in (("2007", TRAINVAL), ("2007-test", TEST)):
        about = DATASET_YEAR_DICT[name]
        assert about["filename"] == archive and about["url"].endswith(archive)
        assert len(about["md5"]) == 32 and Path(about["base_dir"]).parts == ("VOCdevkit", "VOC2007")
