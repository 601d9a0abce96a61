"""CIFAR-10: the official layout in, pixels and the official split out, and words when it fails."""

import hashlib
import io
import os
import pickle
import tarfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torchvision.datasets import CIFAR10

from course_utils.data.cifar10 import load_cifar10
from course_utils.data.examples import LabelledImages
from course_utils.download import OfflineError
from course_utils.files import DamagedFileError
from tests.helpers.file_server import FileServer, closed_port_url

BATCHES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
CLASS_NAMES = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
]
PER_BATCH = 4


def old_pickle(value: object) -> bytes:
    """Opcodes for ``value`` as Python 2 wrote them: text as bytes, flags as integers."""
    if isinstance(value, int):
        return pickle.BININT + value.to_bytes(4, "little", signed=True)
    if isinstance(value, str | bytes):
        content = value.encode() if isinstance(value, str) else value
        return pickle.BINSTRING + len(content).to_bytes(4, "little") + content
    if isinstance(value, list | tuple):
        opening, end = (b"](", b"e") if isinstance(value, list) else (b"(", b"t")
        return opening + b"".join(map(old_pickle, value)) + end
    if isinstance(value, dict):
        pairs = (old_pickle(key) + old_pickle(entry) for key, entry in value.items())
        return b"}(" + b"".join(pairs) + b"u"
    nothing, minus_one = b"NNN", old_pickle(-1)
    kind = b"cnumpy\ndtype\n" + old_pickle(("u1", 0, 1)) + b"R"
    kind += b"(" + old_pickle(3) + old_pickle("|") + nothing + minus_one * 2 + old_pickle(0) + b"tb"
    empty = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n"
    empty += old_pickle((0,)) + old_pickle("b") + b"tR"
    state = old_pickle(1) + old_pickle(value.shape) + kind + old_pickle(0)
    return empty + b"(" + state + old_pickle(value.tobytes()) + b"tb"


def official_file(content: dict) -> bytes:
    """A file of the archive with ``content``."""
    return b"\x80\x02" + old_pickle(content) + b"."


def make_archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{CIFAR10.base_folder}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def truth() -> SimpleNamespace:
    """Random pictures (24, 3, 32, 32), uint8, and labels (24,): 20 for training, then 4 to test."""
    source = np.random.default_rng(0)
    size = len(BATCHES) * PER_BATCH
    pixels = source.integers(0, 256, (size, 3, 32, 32), dtype=np.uint8)
    return SimpleNamespace(pixels=pixels, labels=source.integers(0, 10, size).tolist())


@pytest.fixture
def server(truth: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Serves a small CIFAR-10 whose checksums torchvision takes for the right ones."""
    files = {}
    for number, name in enumerate(BATCHES):
        place = slice(number * PER_BATCH, (number + 1) * PER_BATCH)
        data = truth.pixels[place].reshape(PER_BATCH, 3072)
        batch = {"batch_label": "part", "labels": truth.labels[place], "data": data}
        files[name] = official_file(batch)
    files["batches.meta"] = official_file({"num_vis": 3072, "label_names": CLASS_NAMES})
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    archive = make_archive(files)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FileServer(archive) as server:
        monkeypatch.setattr(CIFAR10, "url", server.url)
        monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(archive).hexdigest())
        monkeypatch.setattr(CIFAR10, "train_list", [[name, md5[name]] for name in BATCHES[:5]])
        monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", md5["test_batch"]]])
        monkeypatch.setattr(CIFAR10, "meta", {**CIFAR10.meta, "md5": md5["batches.meta"]})
        yield server


def put_archive(data_dir: Path, content: bytes) -> Path:
    """Put ``content`` where a user puts the archive by hand."""
    archive = data_dir / "cifar10" / CIFAR10.filename
    archive.parent.mkdir(parents=True)
    archive.write_bytes(content)
    return archive


def unpacked(data_dir: Path) -> Path:
    return data_dir / "cifar10" / CIFAR10.base_folder


def is_truth(examples: LabelledImages, truth: SimpleNamespace) -> bool:
    return np.array_equal(examples.images.numpy(), truth.pixels) and (
        examples.labels.tolist() == truth.labels
    )


def test_pictures_labels_names_and_the_official_split_come_out(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace
) -> None:
    examples = load_cifar10(tmp_path / "data")
    assert is_truth(examples, truth)
    assert examples.images.dtype == torch.uint8 and examples.labels.dtype == torch.int64
    assert examples.images.is_contiguous()
    assert examples.parts.tolist() == [0] * 20 + [2] * 4 and examples.parts.dtype == torch.int64
    assert examples.class_names == tuple(CLASS_NAMES)


def test_only_the_archive_and_what_it_held_stay_on_the_disk(
    server: FileServer, tmp_path: Path
) -> None:
    load_cifar10(tmp_path)
    names = sorted(path.name for path in (tmp_path / "cifar10").iterdir())
    assert names == [CIFAR10.base_folder, CIFAR10.filename]


def test_the_second_call_fetches_nothing(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace
) -> None:
    load_cifar10(tmp_path)
    assert is_truth(load_cifar10(tmp_path), truth)
    assert len(server.ranges) == 1


@pytest.mark.parametrize("download", [True, False])
def test_an_archive_put_there_by_hand_needs_no_network(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace, download: bool
) -> None:
    put_archive(tmp_path, server.content)
    assert is_truth(load_cifar10(tmp_path, download=download), truth)
    assert server.ranges == []


def test_the_unpacked_folder_alone_is_enough(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace
) -> None:
    put_archive(tmp_path, server.content)
    load_cifar10(tmp_path)
    (tmp_path / "cifar10" / CIFAR10.filename).unlink()
    assert is_truth(load_cifar10(tmp_path), truth)
    assert server.ranges == []


def test_an_archive_cut_short_is_named_and_left_alone(server: FileServer, tmp_path: Path) -> None:
    archive = put_archive(tmp_path, server.content[:5000])
    with pytest.raises(DamagedFileError, match=rf"{CIFAR10.filename} \(5,000 bytes\).*delete it"):
        load_cifar10(tmp_path)
    assert archive.read_bytes() == server.content[:5000]
    assert server.ranges == [] and not unpacked(tmp_path).exists()


@pytest.mark.parametrize("name", [*BATCHES, "batches.meta"])
def test_a_damaged_or_missing_unpacked_file_is_named(
    server: FileServer, tmp_path: Path, name: str
) -> None:
    load_cifar10(tmp_path)
    content = bytearray((unpacked(tmp_path) / name).read_bytes())
    content[len(content) // 2] ^= 1
    (unpacked(tmp_path) / name).write_bytes(content)
    with pytest.raises(DamagedFileError, match=rf"{name} \(damaged\)\. Delete that folder and run"):
        load_cifar10(tmp_path)
    (unpacked(tmp_path) / name).unlink()
    with pytest.raises(DamagedFileError, match=rf"CIFAR-10: {name} \(missing\)\. Delete"):
        load_cifar10(tmp_path)
    assert len(server.ranges) == 1


def test_the_way_out_of_a_damaged_folder_leads_out(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace
) -> None:
    load_cifar10(tmp_path)
    for path in unpacked(tmp_path).iterdir():
        path.unlink()
    with pytest.raises(DamagedFileError, match="which is kept"):
        load_cifar10(tmp_path)
    unpacked(tmp_path).rmdir()
    assert is_truth(load_cifar10(tmp_path), truth)
    assert len(server.ranges) == 1


def test_a_broken_connection_is_told_and_the_second_run_completes(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace
) -> None:
    server.stops_after = 10_000
    with pytest.raises(OfflineError, match="10,000 bytes are kept"):
        load_cifar10(tmp_path)
    assert not unpacked(tmp_path).exists()
    server.stops_after = None
    assert is_truth(load_cifar10(tmp_path), truth)
    assert server.ranges == [None, "bytes=10000-"]


def test_half_an_unpacked_archive_is_never_used(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "makefile", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_cifar10(tmp_path)
    assert [path.name for path in (tmp_path / "cifar10").iterdir()] == [CIFAR10.filename]
    assert is_truth(load_cifar10(tmp_path), truth)


def test_a_disk_that_fills_up_while_unpacking_is_told(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "makefile", fail)
    with pytest.raises(ValueError, match=r"cannot unpack .*No space left.*B free.*data_dir"):
        load_cifar10(tmp_path)


def test_another_process_that_unpacked_first_does_no_harm(
    server: FileServer, tmp_path: Path, truth: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def be_second(source: Path, target: Path) -> None:
        if Path(target) == unpacked(tmp_path) and not Path(target).exists():
            with tarfile.open(tmp_path / "cifar10" / CIFAR10.filename) as archive:
                archive.extractall(tmp_path / "cifar10", filter="data")
        replace(source, target)

    monkeypatch.setattr(os, "replace", be_second)
    assert is_truth(load_cifar10(tmp_path), truth)


def test_offline_one_message_says_what_where_how_and_which_setting(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = closed_port_url()
    monkeypatch.setattr(CIFAR10, "url", url)
    with pytest.raises(OfflineError) as caught:
        load_cifar10(tmp_path)
    message, archive = str(caught.value), tmp_path / "cifar10" / CIFAR10.filename
    for part in ("CIFAR-10 (170 MB)", f"looked for {archive}", url, 'dataset = "digits"'):
        assert part in message


def test_without_permission_nothing_is_fetched(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(OfflineError, match=r"download=False.*put the file at"):
        load_cifar10(tmp_path, download=False)
    assert server.ranges == [] and list(tmp_path.iterdir()) == []


def test_what_libraries_say_of_the_age_of_the_files_is_not_passed_on(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*arguments: object, **options: object) -> object:
        text = "dtype(): align should be passed as Python or NumPy boolean but got `align=0`"
        warnings.warn(text, stacklevel=2)  # as NumPy 2.4.0 does
        return original_load(*arguments, **options)

    def extract(*arguments: object, **options: object) -> None:
        warnings.warn("Python 3.14 will filter archives", DeprecationWarning, stacklevel=2)
        original_extract(*arguments, **options)

    original_load, original_extract = pickle.load, tarfile.TarFile.extractall
    monkeypatch.setattr(pickle, "load", load)
    monkeypatch.setattr(tarfile.TarFile, "extractall", extract)
    assert len(load_cifar10(tmp_path)) == 24
