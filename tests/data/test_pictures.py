"""Pictures from files: decoded once, kept, streamed where memory is short, damage named."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from torch import Tensor

from course_utils.data import pictures
from course_utils.data.examples import LabelledImages, PictureFiles
from course_utils.data.pictures import load_pictures
from course_utils.data.streamed import StreamedImages
from course_utils.files import PROJECT_FOLDER
from tests.helpers.groups import write_groups
from tests.helpers.picture_files import (
    DAMAGES,
    noise,
    save_broken_remark,
    save_picture,
    scramble,
    write_noise,
)

NUM_PICTURES = 7
NUM_BYTES = NUM_PICTURES * 3 * 8 * 8  # at image_size 8


@pytest.fixture
def found(tmp_path: Path) -> PictureFiles:
    """Seven pictures of many sizes, in two classes."""
    return write_noise(tmp_path / "pictures", NUM_PICTURES)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cache"


def load(found: PictureFiles, cache: Path | None = None, **options: object) -> LabelledImages:
    return load_pictures(found, 8, cache_dir=cache, **options)


def forbid_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a picture was decoded")

    monkeypatch.setattr(pictures, "read_picture", fail)


def decoded_files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A list that grows by each file that is decoded from now on."""
    decoded, read = [], pictures.read_picture
    monkeypatch.setattr(
        pictures, "read_picture", lambda file, *sizes: (decoded.append(file), read(file, *sizes))[1]
    )
    return decoded


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def squares(found: PictureFiles) -> Tensor:
    """What Pillow alone makes of the files: (N, 3, 8, 8)."""
    fitted = [
        ImageOps.fit(Image.open(file), (8, 8), Image.Resampling.BILINEAR) for file in found.files
    ]
    return torch.from_numpy(np.stack([np.array(square) for square in fitted])).permute(0, 3, 1, 2)


def test_pictures_come_in_the_order_of_their_files_with_labels_names_and_parts(
    found: PictureFiles,
) -> None:
    parts = torch.tensor([0, 0, 0, 1, 1, 2, 2])
    examples = load(PictureFiles(found.files, found.labels, found.class_names, parts))
    assert examples.images.dtype == torch.uint8 and torch.equal(examples.images, squares(found))
    assert torch.equal(examples.labels, found.labels) and torch.equal(examples.parts, parts)
    assert examples.class_names == ("a", "b") and len(examples) == NUM_PICTURES


def test_small_sets_are_read_without_a_word(
    found: PictureFiles, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        load(found, cache)
    assert capfd.readouterr() == ("", "")


def test_the_memory_needed_is_told_before_it_is_filled(
    found: PictureFiles, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pictures, "WORTH_TELLING", NUM_BYTES - 1)
    forbid_decoding(monkeypatch)
    with pytest.raises(AssertionError, match="decoded"):
        load(found)
    told = "7 pictures of 3x8x8 need 5.38 KB of memory, all copies included\n"
    assert capsys.readouterr().out == told


def test_the_memory_needed_is_told_in_full_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert not pictures._fits(torch.Size((1_281_167, 3, 224, 224)), None, memory_limit=16e9)
    assert capsys.readouterr().out == (
        "1,281,167 pictures of 3x224x224 would need 771.41 GB of memory, all copies included, more "
        "than the 16.00 GB they may take: read batch by batch instead\n"
    )


def test_pictures_beyond_the_memory_limit_are_streamed(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = pictures.MEMORY_COPIES * NUM_BYTES
    assert isinstance(load(found, memory_limit=limit).images, Tensor)
    forbid_decoding(monkeypatch)
    streamed = load(found, cache, memory_limit=limit - 1)
    assert isinstance(streamed.images, StreamedImages) and not cache.exists()
    assert torch.equal(streamed.labels, found.labels) and streamed.class_names == ("a", "b")
    assert torch.equal(streamed.images.load(), squares(found))


def test_without_a_limit_a_share_of_the_free_memory_is_taken(
    found: PictureFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = round(pictures.MEMORY_COPIES * NUM_BYTES / pictures.MEMORY_SHARE)
    for free, kind in ((needed + 10, Tensor), (needed - 10, StreamedImages)):
        limits = {"memory_max": "2000000000", "memory_current": str(2_000_000_000 - free)}
        write_groups(tmp_path, monkeypatch, "0::/", **limits)  # a container of 2 GB
        assert isinstance(load(found).images, kind)


def test_copies_that_are_asked_for_fit_or_are_refused_before_any_work(
    found: PictureFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 10 * NUM_BYTES
    assert isinstance(load(found, memory_limit=limit, memory_copies=10).images, Tensor)
    forbid_decoding(monkeypatch)
    message = (
        r"7 pictures of 3x8x8 would need 14\.78 KB of memory, .* more than the 13\.44 KB they may "
        r"take; lower image_size \(now 8\), or take a data set of fewer"
    )
    with pytest.raises(MemoryError, match=message):
        load(found, memory_limit=limit, memory_copies=11)


def test_a_second_call_decodes_nothing(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(found, cache)
    forbid_decoding(monkeypatch)
    second = load(found, cache)
    assert torch.equal(first.images, second.images) and torch.equal(first.labels, second.labels)
    assert len(names_in(cache)) == 1


def test_labels_names_and_parts_are_never_kept(found: PictureFiles, cache: Path) -> None:
    load(found, cache)
    renamed = PictureFiles(found.files, 1 - found.labels, ("cat", "dog"), found.labels)
    again = load(renamed, cache)
    assert torch.equal(again.labels, 1 - found.labels) and again.class_names == ("cat", "dog")
    assert torch.equal(again.parts, found.labels)


def test_a_changed_file_is_decoded_again_and_the_older_cache_file_removed(
    found: PictureFiles, cache: Path
) -> None:
    load(found, cache)
    (older,) = names_in(cache)
    save_picture(found.files[2], noise(8, 8, seed=99))
    assert torch.equal(load(found, cache).images, squares(found))
    assert len(names_in(cache)) == 1 and names_in(cache) != [older]


@pytest.mark.parametrize("change", ["touched", "renamed", "removed"])
def test_whatever_changes_among_the_files_is_noticed(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    load(found, cache)
    files = list(found.files)
    if change == "touched":
        os.utime(files[0], ns=(0, 0))
    elif change == "renamed":
        files[0] = files[0].rename(files[0].with_name("new.png"))
    else:
        files[0] = files[1]
    decoded = decoded_files(monkeypatch)
    changed = PictureFiles(tuple(files), found.labels, found.class_names)
    assert torch.equal(load(changed, cache).images, squares(changed))
    assert len(decoded) == NUM_PICTURES and len(names_in(cache)) == 1


def test_sizes_channels_and_folders_are_kept_side_by_side(
    found: PictureFiles, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tmp_path / "pictures", tmp_path / "copy")
    files = tuple(tmp_path / "copy" / file.name for file in found.files)
    copied = PictureFiles(files, found.labels, found.class_names)
    calls = [(found, 8, 3), (found, 9, 3), (found, 8, 1), (copied, 8, 3)]
    first = [load_pictures(*call, cache_dir=cache).images for call in calls]
    assert len(names_in(cache)) == 4
    forbid_decoding(monkeypatch)
    again = [load_pictures(*call, cache_dir=cache).images for call in calls]
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))


@pytest.mark.parametrize("num_bytes", [0, 100, -100])
def test_a_damaged_cache_file_is_replaced(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch, num_bytes: int
) -> None:
    load(found, cache)
    (name,) = names_in(cache)
    content = (cache / name).read_bytes()
    (cache / name).write_bytes(content[:num_bytes])
    assert torch.equal(load(found, cache).images, squares(found))
    forbid_decoding(monkeypatch)
    assert torch.equal(load(found, cache).images, squares(found))
    assert names_in(cache) == [name] and (cache / name).stat().st_size == len(content)


@pytest.mark.parametrize("deeper", [(), ("cache",), ("new", "cache")])
def test_a_cache_folder_that_cannot_be_made_is_named_before_any_work(
    found: PictureFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deeper: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("in the way")
    forbid_decoding(monkeypatch)
    with pytest.raises(OSError, match=r"file.* cannot keep pictures \(.*\); set data_dir to a"):
        load(found, tmp_path.joinpath("file", *deeper))


def test_a_cache_folder_without_permission_is_named_before_any_work(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_decoding(monkeypatch)
    monkeypatch.setattr(os, "access", lambda *_: False)  # whatever root may do
    with pytest.raises(OSError, match="cache cannot be written; set data_dir to a folder that can"):
        load(found, cache)


def test_a_disk_without_room_is_told_before_any_work(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_decoding(monkeypatch)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=NUM_BYTES - 1))
    message = r"cache has 1\.34 KB free, but the decoded pictures need 1\.34 KB; free some .*data_"
    with pytest.raises(OSError, match=message):
        load(found, cache)
    assert names_in(cache) == []
    monkeypatch.undo()
    load(found, cache)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    load(found, cache)  # what is kept already needs no more room


FILL_THE_DISK = """
import resource, sys
from pathlib import Path
import torch
from tests.helpers.picture_files import write_noise
from course_utils.data.pictures import load_pictures
found = write_noise(Path(sys.argv[1], "pictures"), 20)
cache, expected = Path(sys.argv[1], "cache"), load_pictures(found, 32).images
no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
for most_bytes in (0, 30_000, 62_000):  # of 61,440 for the pixels and 63,000 in all
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, no_limit[1]))
    images = load_pictures(found, 32, cache_dir=cache).images
    resource.setrlimit(resource.RLIMIT_FSIZE, no_limit)
    print(torch.equal(images, expected), list(cache.iterdir()))
load_pictures(found, 32, cache_dir=cache)
(file,) = cache.iterdir()
print(62_000 < file.stat().st_size < 64_000)
"""


@pytest.mark.slow
def test_a_disk_that_fills_up_while_pictures_are_kept_costs_nothing_but_the_cache(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FILL_THE_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=PROJECT_FOLDER,
    )
    assert (done.returncode, done.stderr) == (0, "")
    *lines, last = done.stdout.splitlines()
    assert len(lines) == 6 and lines[1::2] == ["True []"] * 3 and last == "True"
    for told in lines[::2]:
        assert f" (61.46 KB) could not be written to {tmp_path / 'cache'}: " in told
        assert " free there. " in told and told.endswith(". Going on without keeping it.")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("cached", [False, True])
def test_damaged_pictures_are_named_with_the_setting_that_goes_on_without_them(
    found: PictureFiles, cache: Path, damage: Callable[[Path], None], cached: bool
) -> None:
    for number in (1, 4):
        damage(found.files[number])
    message = (
        r"2 pictures in .*/pictures cannot be read: 001\.png, 004\.png \(damaged, or no picture: "
        r"repair or remove\); then run again, or go on without them by skip_unreadable = True"
    )
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            load(found, cache if cached else None)
    assert not cache.exists() or names_in(cache) == []


def test_at_most_five_damaged_pictures_are_named(found: PictureFiles) -> None:
    for file in found.files:
        scramble(file)
    with pytest.raises(ValueError, match=r"7 pictures .*: 000\.png, .*004\.png and 2 more \("):
        load(found)


def test_by_request_damaged_pictures_are_left_out_with_their_labels(
    found: PictureFiles, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = squares(found)[[0, 2, 3, 5, 6]]
    for number in (1, 4):
        scramble(found.files[number])
    numbered = PictureFiles(found.files, found.labels, found.class_names, torch.arange(7))
    for _ in range(2):  # the second time from the cache
        examples = load(numbered, cache, skip_unreadable=True)
        assert torch.equal(examples.images, expected)
        assert examples.parts.tolist() == [0, 2, 3, 5, 6]
        assert examples.labels.tolist() == [0, 0, 1, 1, 0]
        told = "Went on without 2 pictures that cannot be read: 001.png, 004.png (damaged"
        assert capsys.readouterr().out.startswith(told)
    with pytest.raises(ValueError, match="2 pictures"):  # the request is not kept either
        load(numbered, cache)


def test_a_picture_that_was_restored_is_read_and_nothing_else_is(
    found: PictureFiles, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = squares(found)
    whole, date = found.files[3].read_bytes(), found.files[3].stat()
    for content, num_read in ((bytes(len(whole)), 6), (whole, 7)):  # of one size and date
        found.files[3].write_bytes(content)
        os.utime(found.files[3], ns=(date.st_atime_ns, date.st_mtime_ns))
        decoded = decoded_files(monkeypatch)
        examples = load(found, cache, skip_unreadable=True)
        monkeypatch.undo()
        assert len(examples) == num_read
    assert decoded == [found.files[3]] and torch.equal(examples.images, expected)
    forbid_decoding(monkeypatch)
    assert torch.equal(load(found, cache).images, expected)  # now it is kept


@pytest.mark.parametrize("limit", [None, 0])
def test_a_link_to_nowhere_is_named_or_left_out_by_request(
    found: PictureFiles,
    cache: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    limit: int | None,
) -> None:
    hidden = found.files[2].rename(tmp_path / "elsewhere.png")
    found.files[2].symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(ValueError, match=r"002\.png \(moved, deleted, or a link to nowhere: put"):
        load(found, cache, memory_limit=limit)
    for _ in range(2):  # the second time from the cache
        examples = load(found, cache, memory_limit=limit, skip_unreadable=True)
        assert len(examples) == 6 and examples.labels.tolist() == [0, 1, 1, 0, 1, 0]
        assert "Went on without 1 picture that cannot be read: 002" in capsys.readouterr().out
    hidden.rename(tmp_path / "nowhere.png")
    assert len(load(found, cache, memory_limit=limit)) == 7


def test_reasons_are_told_apart(found: PictureFiles, tmp_path: Path) -> None:
    scramble(found.files[1])
    found.files[3].unlink()
    found.files[5].write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(ValueError, match="3 pictures") as caught:
        load(found)
    named = re.findall(r"(\d+)\.png \(([a-z]+)", str(caught.value))
    assert named == [("001", "damaged"), ("003", "moved"), ("005", "in")]


def test_pictures_that_show_nothing_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ramp = np.tile(np.linspace(0, 1, 64), (64, 1))
    kinds = {
        "12_bits.png": Image.fromarray((ramp * 4095).astype(np.uint16)),
        "16_bits.png": Image.fromarray((ramp * 65535).astype(np.uint16)),
        "dark.png": Image.fromarray((ramp * 40).astype(np.uint8)),
        "one_colour.png": Image.new("RGB", (8, 8), (200, 100, 50)),
        "white.png": Image.new("L", (8, 8), 255),
    }
    files = [save_picture(tmp_path / name, picture) for name, picture in kinds.items()]
    for cache in (tmp_path / "cache", tmp_path / "cache", None):
        load(PictureFiles(tuple(files), torch.zeros(5), ("a",)), cache)
        told = "Nearly black or of one value: 3 pictures: 12_bits.png, one_colour.png, white.png"
        out = capsys.readouterr().out
        assert out.startswith("Nearly black or of one value: 3 pictures") and told in out


def test_a_class_left_without_pictures_is_named(found: PictureFiles, cache: Path) -> None:
    for number in (1, 3, 5):
        scramble(found.files[number])
    with pytest.raises(ValueError, match="no picture that can be read in the class folder b of"):
        load(found, cache, skip_unreadable=True)


def test_a_damaged_remark_in_a_photograph_is_no_damage(tmp_path: Path) -> None:
    file = save_broken_remark(tmp_path / "1.jpg")
    images = load(PictureFiles((file,) * 20, torch.zeros(20), ("a",))).images
    assert (images == 255).all()


def test_files_in_many_folders_are_named_from_the_folder_they_share(tmp_path: Path) -> None:
    files = [save_picture(tmp_path / "all" / name / "1.png") for name in ("a", "b/deep")]
    scramble(files[1])
    with pytest.raises(ValueError, match=r"1 picture in .*/all cannot be read: b/deep/1\.png \("):
        load(PictureFiles(tuple(files), torch.tensor([0, 1]), ("a", "b")))


def test_decoding_leaves_torchs_random_state_alone(found: PictureFiles, cache: Path) -> None:
    before = torch.get_rng_state()
    load(found, cache)
    assert torch.equal(torch.get_rng_state(), before)
