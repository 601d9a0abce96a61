"""What runs need that does not travel to a worker."""

from pathlib import Path

import pytest

from course_utils.runs.needs import missing_here, needs_of


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with two pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "1.png").write_bytes(b"one")
    (folder / "2.png").write_bytes(b"three")
    return folder


@pytest.fixture
def torch_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without any weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_numbers_and_words_of_the_lessons_need_nothing() -> None:
    needs = needs_of([{"seed": 3, "fast": True, "backbone": "letters", "counts": [1, 5]}])
    assert needs == {}  # so that workers need not import torch to say so


def test_files_are_needed_with_their_names_and_sizes(pictures: Path) -> None:
    needs = needs_of([{"data": f"folder:{pictures}"}, {"data": f"folder:{pictures}", "seed": 1}])
    assert needs == {f"folder:{pictures}": [("1.png", 3), ("2.png", 5)]}
    assert missing_here(needs) == []


def test_other_times_are_the_same_files_to_a_worker(pictures: Path) -> None:
    needs = needs_of([{"data": str(pictures)}])
    (pictures / "1.png").write_bytes(b"two")  # as long
    assert missing_here(needs) == []


@pytest.mark.parametrize("change", ["lost", "longer", "more", "all"])
def test_a_worker_with_other_files_says_which_folder_it_lacks(pictures: Path, change: str) -> None:
    needs = needs_of([{"data": str(pictures)}])
    if change in ("lost", "all"):
        (pictures / "1.png").unlink()
    if change == "longer":
        (pictures / "1.png").write_bytes(b"longer")
    if change == "more":
        (pictures / "3.png").write_bytes(b"more")
    if change == "all":
        (pictures / "2.png").unlink()
        pictures.rmdir()
    assert missing_here(needs) == [f"{pictures} (not there, or not with the same files)"]


def test_cifar10_is_looked_for_where_the_run_keeps_its_data(tmp_path: Path) -> None:
    needs = needs_of([{"data": "cifar10", "data_dir": str(tmp_path)}])
    assert missing_here(needs) == [f"CIFAR-10 in {tmp_path}/cifar10"]
    (tmp_path / "cifar10").mkdir()
    (tmp_path / "cifar10" / "cifar-10-python.tar.gz").write_bytes(b"")
    assert missing_here(needs) == []


def test_voc2007_is_there_once_both_archives_are(tmp_path: Path) -> None:
    needs = needs_of([{"dataset": "voc2007", "data_dir": str(tmp_path)}])
    (tmp_path / "voc2007").mkdir()
    (tmp_path / "voc2007" / "VOCtrainval_06-Nov-2007.tar").write_bytes(b"")
    assert missing_here(needs) == [f"VOC 2007 in {tmp_path}/voc2007"]
    (tmp_path / "voc2007" / "VOCtest_06-Nov-2007.tar").write_bytes(b"")
    assert missing_here(needs) == []


def test_voc2012_is_there_once_its_archive_is(tmp_path: Path) -> None:
    needs = needs_of([{"dataset": "voc2012", "data_dir": str(tmp_path)}])
    assert missing_here(needs) == [f"VOC 2012 in {tmp_path}/voc2012"]
    (tmp_path / "voc2012").mkdir()
    (tmp_path / "voc2012" / "VOCtrainval_11-May-2012.tar").write_bytes(b"")
    assert missing_here(needs) == []


def test_weights_are_looked_for_in_torchs_cache(torch_cache: Path) -> None:
    needs = needs_of([{"backbones": "letters, resnet18", "seed": 0}])
    assert missing_here(needs) == ["the weights of resnet18"]
    from course_utils.models.torchvision_backbones import find_weights

    (torch_cache / "hub" / "checkpoints").mkdir(parents=True)
    name = find_weights("resnet18").url.rpartition("/")[2]
    (torch_cache / "hub" / "checkpoints" / name).write_bytes(b"")
    assert missing_here(needs) == []


def test_each_run_asks_for_what_it_needs_in_its_own_folder(tmp_path: Path) -> None:
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    runs = [{"data": "cifar10", "data_dir": folder} for folder in (first, second)]
    assert missing_here(needs_of(runs)) == [
        f"CIFAR-10 in {folder}/cifar10" for folder in (first, second)
    ]
