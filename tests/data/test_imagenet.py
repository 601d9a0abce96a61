"""ImageNet: the official archives or the unpacked tree in, files and labels out, nothing half."""

import hashlib
import io
import shutil
import tarfile
import tempfile
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.io
import torch
from PIL import Image
from torchvision.datasets import ImageNet, imagenet

from course_utils.data.examples import PARTS
from course_utils.data.imagenet import find_imagenet
from course_utils.files import DamagedFileError, size_text

WORDS = {  # WordNet number -> the names of the class; two begin alike, as the two real cranes do
    "n03126707": "crane",
    "n02012849": "crane, wading bird",
    "n01440764": "tench, Tinca tinca",
    "n02123045": "tabby, tabby cat",
}
WNIDS = sorted(WORDS)  # torchvision's order of the classes
VAL_WNIDS = ["n02123045", "n03126707", "n01440764", "n02012849", "n01440764"]
NUM_TRAIN = 2  # pictures per class


def make_tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def make_devkit() -> bytes:
    """``ILSVRC2012_devkit_t12.tar.gz``: classes, one group of classes, and validation answers."""
    fields = ["ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children"]
    fields += ["wordnet_height", "num_train_images"]
    synsets = np.zeros((len(WORDS) + 1, 1), dtype=[(field, object) for field in fields])
    for number, (wnid, words) in enumerate(WORDS.items()):
        synsets[number, 0] = (number + 1.0, wnid, words, "a thing", 0.0, [], 0.0, 2.0)
    synsets[-1, 0] = (5.0, "n00001740", "entity", "all", 4.0, [1.0, 2.0, 3.0, 4.0], 1.0, 0.0)
    meta = io.BytesIO()
    scipy.io.savemat(meta, {"synsets": synsets})
    numbers = [list(WORDS).index(wnid) + 1 for wnid in VAL_WNIDS]
    answers = "".join(f"{number}\n" for number in numbers).encode()
    data = "ILSVRC2012_devkit_t12/data"
    files = {
        f"{data}/meta.mat": meta.getvalue(),
        f"{data}/ILSVRC2012_validation_ground_truth.txt": answers,
    }
    return make_tar(files, "w:gz")


def jpeg(number: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 0, 0)).save(buffer, "JPEG")
    return buffer.getvalue()


def train_pictures(wnid: str) -> dict[str, bytes]:
    return {f"{wnid}_{number}.JPEG": jpeg(number) for number in range(NUM_TRAIN)}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three small archives whose checksums torchvision takes for the right ones."""
    val = {f"ILSVRC2012_val_{i:08}.JPEG": jpeg(100 + i) for i in range(1, 1 + len(VAL_WNIDS))}
    contents = {
        "devkit": make_devkit(),
        "train": make_tar({f"{wnid}.tar": make_tar(train_pictures(wnid)) for wnid in WORDS}),
        "val": make_tar(dict(sorted(val.items(), reverse=True))),
    }
    root = tmp_path / "imagenet"
    root.mkdir()
    for key, content in contents.items():
        (root / archive_name(key)).write_bytes(content)
        entry = (archive_name(key), hashlib.md5(content).hexdigest())
        monkeypatch.setitem(imagenet.ARCHIVE_META, key, entry)
    return root


@pytest.fixture
def tree(root: Path) -> Path:
    """What torchvision itself makes of the archives, which are then removed."""
    for split in ("train", "val"):
        ImageNet(root, split)
    for key in ("devkit", "train", "val"):
        (root / archive_name(key)).unlink()
    return root


def archive_name(key: str) -> str:
    return imagenet.ARCHIVE_META[key][0]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def expected_files(root: Path) -> list[Path]:
    """Every picture in its class folder, in the order of the classes, training ones first."""
    files = [root / "train" / wnid / name for wnid in WNIDS for name in train_pictures(wnid)]
    answers = [(wnid, number) for number, wnid in enumerate(VAL_WNIDS, start=1)]
    return files + [
        root / "val" / wnid / f"ILSVRC2012_val_{number:08}.JPEG" for wnid, number in sorted(answers)
    ]


def test_archives_become_files_with_labels_parts_and_names(root: Path) -> None:
    found = find_imagenet(root)
    assert list(found.files) == expected_files(root)
    assert [file.parent.name for file in found.files] == [WNIDS[i] for i in found.labels]
    parts = [PARTS[part] for part in found.parts]
    assert parts == ["train"] * 8 + ["test"] * 5
    assert found.labels.dtype == found.parts.dtype == torch.int64
    assert found.class_names == ("tench", "crane (n02012849)", "tabby", "crane (n03126707)")


def test_every_picture_is_the_one_that_its_archive_held(root: Path) -> None:
    files = find_imagenet(root).files
    assert [file.read_bytes() for file in files[:8]] == [jpeg(0), jpeg(1)] * 4
    numbers = [int(file.stem[-8:]) for file in files[8:]]
    assert [file.read_bytes() for file in files[8:]] == [jpeg(100 + i) for i in numbers]


def test_nothing_but_torchvisions_own_layout_stays_on_the_disk(root: Path) -> None:
    before = names(root)
    find_imagenet(root)
    assert names(root) == sorted([*before, "meta.bin", "train", "val"])
    assert names(root / "train") == names(root / "val") == WNIDS


def test_the_unpacked_tree_alone_is_enough(tree: Path) -> None:
    assert list(find_imagenet(tree).files) == expected_files(tree)


def test_a_tree_without_meta_file_takes_the_devkit(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, content = archive_name("devkit"), make_devkit()
    monkeypatch.setitem(imagenet.ARCHIVE_META, "devkit", (name, hashlib.md5(content).hexdigest()))
    (tree / name).write_bytes(content)
    (tree / "meta.bin").unlink()
    assert list(find_imagenet(tree).files) == expected_files(tree)


def test_the_second_call_unpacks_nothing_and_no_call_decodes_pictures(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("was called")

    monkeypatch.setattr(Image, "open", fail)
    first = find_imagenet(root)
    assert f"Unpacking {archive_name('train')}" in capsys.readouterr().out
    monkeypatch.setattr(tarfile, "open", fail)
    assert find_imagenet(root).files == first.files
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("gone", [["devkit"], ["train"], ["val", "devkit"], []])
def test_one_message_names_all_that_is_missing_and_how_to_get_it(
    root: Path, gone: list[str]
) -> None:
    folder = root if gone else root / "nowhere"
    for key in gone:
        (root / archive_name(key)).unlink()
    before = names(root)
    with pytest.raises(FileNotFoundError) as caught:
        find_imagenet(folder)
    message = str(caught.value)
    for key in ("devkit", "train", "val"):
        assert (archive_name(key) in message) == (key in gone or not gone)
    assert f"ImageNet (ILSVRC2012) is not complete on this machine: looked in {folder}" in message
    assert "https://image-net.org/" in message and "account" in message
    assert message.endswith('or run without it: dataset = "digits"')
    assert names(root) == before  # nothing was begun


@pytest.mark.parametrize("key", ["devkit", "train", "val"])
def test_a_damaged_archive_is_named_and_leaves_nothing(root: Path, key: str) -> None:
    archive = root / archive_name(key)
    content = archive.read_bytes()
    archive.write_bytes(content[:-100])
    size = f"{len(content) - 100:,} bytes"
    with pytest.raises(DamagedFileError, match=rf"{archive.name} \({size}\) is half-downloaded"):
        find_imagenet(root)
    assert not any("unfinished" in name or "unpacking" in name for name in names(root))
    archive.write_bytes(content)
    assert len(find_imagenet(root).files) == 13


@pytest.mark.parametrize("num_calls", [1, 2, 5, 6, 7])
def test_unpacking_that_is_stopped_starts_over(
    root: Path, monkeypatch: pytest.MonkeyPatch, num_calls: int
) -> None:
    extract, calls = tarfile.TarFile.extractall, []

    def stop_at_a_call(*arguments: object, **options: object) -> None:
        calls.append(None)
        extract(*arguments, **options)
        if len(calls) == num_calls:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", stop_at_a_call)
        with pytest.raises(KeyboardInterrupt):
            find_imagenet(root)
    assert not any("unfinished" in name or "unpacking" in name for name in names(root))
    assert list(find_imagenet(root).files) == expected_files(root)


def test_half_a_meta_file_is_never_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def be_stopped_midway(_: object, path: str) -> None:
        Path(path).write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", be_stopped_midway)
        with pytest.raises(KeyboardInterrupt):
            find_imagenet(root)
    assert list(find_imagenet(root).files) == expected_files(root)


def test_what_a_killed_run_left_is_refused_until_it_is_deleted(root: Path) -> None:
    (root / "train.unfinished" / "n01440764").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"train\.unfinished is there.*delete that folder"):
        find_imagenet(root)
    assert names(root / "train.unfinished") == ["n01440764"]  # another run's, perhaps
    shutil.rmtree(root / "train.unfinished")
    assert list(find_imagenet(root).files) == expected_files(root)


def test_a_folder_that_torchvision_unpacked_half_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract, calls = imagenet.extract_archive, []

    def be_killed(*arguments: object, **options: object) -> None:
        calls.append(None)
        if len(calls) == 4:  # devkit, all of train, its first class
            raise KeyboardInterrupt
        extract(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(imagenet, "extract_archive", be_killed)
        with pytest.raises(KeyboardInterrupt):
            ImageNet(root, "train")
    assert len(ImageNet(root, "train")) == NUM_TRAIN  # torchvision takes it for all
    message = r"train is not ImageNet .*: missing class folders: 3 .*files in no class folder: 3"
    with pytest.raises(DamagedFileError, match=message):
        find_imagenet(root)


def test_validation_pictures_that_are_not_sorted_into_classes_are_refused(tree: Path) -> None:
    for wnid in WNIDS:
        for file in (tree / "val" / wnid).iterdir():
            file.rename(tree / "val" / file.name)
        (tree / "val" / wnid).rmdir()
    message = r"val is not ImageNet .*missing class folders: 4 .*files in no class folder: 5"
    with pytest.raises(DamagedFileError, match=message) as caught:
        find_imagenet(tree)
    assert archive_name("val") in str(caught.value)


def test_a_missing_validation_picture_is_noticed(tree: Path) -> None:
    (tree / "val" / "n01440764" / "ILSVRC2012_val_00000003.JPEG").unlink()
    with pytest.raises(DamagedFileError, match=r"val is not .*4 pictures instead of 5"):
        find_imagenet(tree)


def test_an_empty_class_folder_is_named(tree: Path) -> None:
    for file in (tree / "train" / "n02123045").iterdir():
        file.unlink()
    with pytest.raises(DamagedFileError, match=r"train is not .*n02123045"):
        find_imagenet(tree)


def test_a_part_of_imagenet_is_refused_with_the_setting_that_loads_it(tree: Path) -> None:
    shutil.rmtree(tree / "train" / "n02123045")
    (tree / "train" / "n99999999").mkdir()
    message = r"folders: 1 \(n02123045\); folders that are no class: 1 \(n99999999\)"
    with pytest.raises(DamagedFileError, match=message) as caught:
        find_imagenet(tree)
    assert f'"folder:{tree / "train"}"' in str(caught.value)


def test_a_damaged_meta_file_is_named(tree: Path) -> None:
    (tree / "meta.bin").write_bytes((tree / "meta.bin").read_bytes()[:100])
    with pytest.raises(DamagedFileError, match=r"meta\.bin cannot be read: delete it"):
        find_imagenet(tree)


def test_a_disk_too_small_is_told_before_unpacking(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    num_bytes = size_text((root / archive_name("train")).stat().st_size)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))
    message = rf"{archive_name('train')} takes {num_bytes} and .* has 4\.10 KB free"
    with pytest.raises(ValueError, match=message):
        find_imagenet(root)
    assert not (root / "train").exists() and not (root / "train.unfinished").exists()


def test_a_folder_that_is_not_writable_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", fail)
    with pytest.raises(ValueError, match=r"cannot unpack .*devkit.*Permission denied"):
        find_imagenet(root)


def test_what_python_says_of_unpacking_is_not_passed_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extract(*arguments: object, **options: object) -> None:
        warnings.warn("Python 3.14 will filter archives", DeprecationWarning, stacklevel=2)
        original_extract(*arguments, **options)

    original_extract = tarfile.TarFile.extractall
    monkeypatch.setattr(tarfile.TarFile, "extractall", extract)
    assert len(find_imagenet(root).files) == 13
