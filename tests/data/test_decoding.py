"""One file of a picture: whatever its kind, the same square of pixels comes out, or a reason."""

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

from course_utils.data import decoding
from course_utils.data.decoding import read_picture, reading_pictures
from course_utils.data.unreadable import Unreadable
from course_utils.files import PROJECT_FOLDER
from tests.helpers.picture_files import DAMAGES, GREEN, RED, noise, save_broken_remark, save_picture


def read(file: Path, image_size: int = 4, channels: int = 3) -> Tensor:
    """The picture in ``file`` as (H, W, C)."""
    return torch.from_numpy(read_picture(file, image_size, channels))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_becomes_bytes_of_the_size_asked_for(tmp_path: Path, channels: int) -> None:
    picture = read_picture(save_picture(tmp_path / "1.png", noise(9, 7)), 5, channels)
    assert picture.shape == (5, 5, channels) and picture.dtype == np.uint8
    picture += 1  # its own memory: torch warns of arrays that cannot be written


@pytest.mark.parametrize(("width", "height"), [(48, 24), (24, 48), (30, 30), (3, 2), (1, 1)])
def test_the_middle_square_is_resized_as_torchvision_does(
    tmp_path: Path, width: int, height: int
) -> None:
    picture = noise(width, height)
    square = transforms.center_crop(transforms.resize(picture, 4, antialias=True), 4)
    expected = transforms.pil_to_tensor(square).permute(1, 2, 0)
    found = read(save_picture(tmp_path / "1.png", picture))
    assert (found.int() - expected.int()).abs().max() <= 1  # the last step is rounded


def test_a_picture_of_the_right_size_keeps_every_pixel(tmp_path: Path) -> None:
    picture = noise(6, 6)
    found = read(save_picture(tmp_path / "1.png", picture), 6)
    assert torch.equal(found, torch.from_numpy(np.array(picture)))


def test_big_jpegs_come_out_as_if_decoded_in_full(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:320, :320]
    pixels = np.stack([rows * 0.79, columns * 0.79, rows * 0], -1).astype(np.uint8)
    picture = Image.fromarray(pixels)
    small = np.array(picture.resize((4, 4), Image.Resampling.BILINEAR)).astype(int)
    found = read(save_picture(tmp_path / "1.jpg", picture, quality=95)).numpy().astype(int)
    assert abs(found - small).max() <= 5


def test_jpegs_are_not_decoded_smaller_than_needed(tmp_path: Path) -> None:
    stripes = Image.fromarray(np.tile(np.repeat([0, 255], 4), (64, 8)).astype(np.uint8))
    found = read(save_picture(tmp_path / "1.jpg", stripes, quality=95), 32).numpy().astype(int)
    small = np.array(stripes.resize((32, 32), Image.Resampling.BILINEAR)).astype(int)
    assert abs(found - small[..., None]).max() <= 5


@pytest.mark.parametrize(("colour", "share"), [("red", 0.299), ("lime", 0.587), ("blue", 0.114)])
def test_grey_uses_the_usual_weights_of_red_green_and_blue(
    tmp_path: Path, colour: str, share: float
) -> None:
    file = save_picture(tmp_path / "1.png", Image.new("RGB", (8, 8), colour))
    assert (read(file, channels=1) == round(share * 255)).all()  # ITU-R 601


def as_palette() -> Image.Image:
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([0, 0, 0, 120, 120, 120])
    return picture


SAME_GREY = {
    "grey.png": Image.new("L", (8, 8), 120),
    "colour.png": Image.new("RGB", (8, 8), (120, 120, 120)),
    "colour.JPEG": Image.new("RGB", (8, 8), (120, 120, 120)),
    "opaque.png": Image.new("RGBA", (8, 8), (120, 120, 120, 255)),
    "veiled.png": Image.new("RGBA", (8, 8), (0, 0, 0, 135)),  # 120 of 255 parts of white
    "grey_veiled.png": Image.new("LA", (8, 8), (0, 135)),
    "palette.png": as_palette(),
    "palette.gif": as_palette(),
    "colour.webp": Image.new("RGB", (8, 8), (120, 120, 120)),
    "colour.bmp": Image.new("RGB", (8, 8), (120, 120, 120)),
    "deep.png": Image.fromarray(np.full((8, 8), 120 * 257, np.uint16)),
    "deep.tif": Image.fromarray(np.full((8, 8), 120 * 257, np.int32)),
    "print.TIFF": Image.new("CMYK", (8, 8), (135, 135, 135, 0)),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", SAME_GREY)
def test_all_kinds_of_pictures_come_out_alike(tmp_path: Path, name: str, channels: int) -> None:
    found = read(save_picture(tmp_path / name, SAME_GREY[name]), channels=channels)
    assert (found.int() - 120).abs().max() <= 1


def test_black_and_white_without_greys_come_out_as_such(tmp_path: Path) -> None:
    picture = Image.new("1", (8, 8))
    picture.paste(1, (0, 0, 8, 4))
    found = read(save_picture(tmp_path / "1.png", picture))
    assert (found[0] == 255).all() and (found[-1] == 0).all()


def test_a_transparent_colour_comes_out_white(tmp_path: Path) -> None:
    red = Image.new("RGB", (8, 8), RED)
    assert (read(save_picture(tmp_path / "1.png", red, transparency=RED)) == 255).all()
    assert not (read(save_picture(tmp_path / "1.png", red, transparency=GREEN)) == 255).all()


@pytest.mark.parametrize(
    ("orientation", "bright"),
    [(1, np.s_[0]), (3, np.s_[-1]), (6, np.s_[:, -1]), (8, np.s_[:, 0])],  # as taken, in EXIF's way
)
def test_photographs_are_turned_upright(tmp_path: Path, orientation: int, bright: object) -> None:
    picture = Image.new("L", (8, 8), 0)
    picture.paste(255, (0, 0, 8, 4))  # white above, black below
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = read(save_picture(tmp_path / "1.jpg", picture, exif=exif)).float()
    assert (found[bright] > 230).all() and found.mean() < 140  # half of it is bright


def test_a_damaged_remark_in_a_photograph_is_no_warning(tmp_path: Path) -> None:
    file = save_broken_remark(tmp_path / "1.jpg")
    with pytest.warns(UserWarning, match="EXIF"):
        read(file)
    with reading_pictures():  # warnings fail tests
        assert (read(file) == 255).all()


def test_other_warnings_are_still_heard() -> None:
    with reading_pictures(), pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)
    with pytest.raises(UserWarning), reading_pictures():
        warnings.warn("mine", UserWarning, stacklevel=1)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_damaged_picture_is_called_damaged(
    tmp_path: Path, damage: Callable[[Path], None], suffix: str
) -> None:
    file = save_picture(tmp_path / f"1{suffix}", noise(32, 32))
    assert isinstance(read_picture(file, 4, 3), np.ndarray)
    damage(file)
    assert read_picture(file, 4, 3) is Unreadable.DAMAGED


def test_a_picture_that_is_not_there_is_called_missing(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    for name in ("1.png", "link.png"):
        assert read_picture(tmp_path / name, 4, 3) is Unreadable.MISSING


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "IMG_1.jpg"])
def test_apples_format_is_named_whatever_the_ending(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftypheic" + bytes(200))
    assert read_picture(tmp_path / name, 4, 3) is Unreadable.HEIC


def test_an_error_of_the_disk_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "1.png").mkdir()  # stands for a disk that refuses to be read
    assert read_picture(tmp_path / "1.png", 4, 3) is Unreadable.UNREACHABLE


AS_ANOTHER_USER = """
import os, sys
from pathlib import Path
from PIL import Image
from course_utils.data.decoding import read_picture
from course_utils.data.unreadable import reason_to_open
Image.init()
if os.getuid() == 0:  # who may read everything
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for name in ("open.png", "closed.png", "folder/1.png"):
    picture, reason = read_picture(name, 4, 3), reason_to_open(Path(name))
    print(name, getattr(picture, "name", "read"), getattr(reason, "name", "opened"))
"""


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs users as Linux and Macs have them")
def test_a_picture_without_permission_is_called_closed() -> None:
    with TemporaryDirectory() as folder:  # not pytest's, which others may not enter
        os.chmod(folder, 0o755)
        for name in ("open.png", "closed.png", "folder/1.png"):
            save_picture(Path(folder, name))
        os.chmod(Path(folder, "closed.png"), 0)
        os.chmod(Path(folder, "folder"), 0)
        command = [sys.executable, "-c", AS_ANOTHER_USER]
        paths = {"PYTHONPATH": str(PROJECT_FOLDER)}
        done = subprocess.run(
            command, cwd=folder, env=os.environ | paths, capture_output=True, text=True
        )
        os.chmod(Path(folder, "folder"), 0o700)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "open.png read opened",
        "closed.png CLOSED CLOSED",
        "folder/1.png CLOSED CLOSED",
    ]


OUT_OF_MEMORY = """
import resource, sys
from PIL import Image
from course_utils.data import decoding
from course_utils.data.unreadable import Unreadable
from course_utils.data.decoding import read_picture, reading_pictures
from course_utils.files import PROJECT_FOLDER
Image.init()
with reading_pictures():
    read_picture(sys.argv[1], 8, 3)
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 60_000_000, -1))
    print(read_picture(sys.argv[1], 8, 3), read_picture(sys.argv[2], 8, 3))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit that only Linux keeps")
def test_a_picture_for_which_memory_runs_out_is_not_called_damaged(tmp_path: Path) -> None:
    small = save_picture(tmp_path / "1.png", Image.new("RGB", (8, 8)))
    large = save_picture(tmp_path / "2.png", Image.new("RGB", (6000, 5000)), compress_level=1)
    command = [sys.executable, "-c", OUT_OF_MEMORY, str(small), str(large)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_FOLDER)
    assert done.stderr == ""
    assert done.stdout.endswith("Unreadable.NO_MEMORY\n")


@pytest.mark.slow
def test_a_whole_picture_of_200_million_pixels_is_read(tmp_path: Path) -> None:
    panorama = Image.new("1", (20_000, 10_000))
    panorama.paste(1, (10_000, 0, 20_000, 10_000))  # black at the left
    file = save_picture(tmp_path / "1.png", panorama, compress_level=1)
    with reading_pictures():
        picture = read_picture(file, 8, 3)
    assert picture[:, :3].max() == 0 and picture[:, 5:].min() == 255


def test_a_picture_larger_than_the_free_memory_is_called_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save_picture(tmp_path / "1.png", noise(100, 100))  # 80,000 bytes to decode
    monkeypatch.setattr(decoding, "LARGE", 1000)
    for free, is_read in ((200_000, True), (100_000, False)):
        monkeypatch.setattr(decoding, "free_memory", lambda free=free: free)
        picture = read_picture(file, 4, 3)
        assert isinstance(picture, np.ndarray) if is_read else picture is Unreadable.TOO_LARGE


def test_a_big_jpeg_takes_little_memory_unless_it_is_progressive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "LARGE", 1e6)
    monkeypatch.setattr(decoding, "free_memory", lambda: 0)
    plain = save_picture(tmp_path / "1.jpg", noise(800, 800))
    assert isinstance(read_picture(plain, 8, 3), np.ndarray)
    progressive = save_picture(tmp_path / "2.jpg", noise(800, 800), progressive=True)
    assert read_picture(progressive, 8, 3) is Unreadable.TOO_LARGE


def test_pillows_limit_is_back_after_reading_and_says_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    file = save_picture(tmp_path / "1.png", noise(20, 20))
    with reading_pictures():
        assert isinstance(read_picture(file, 4, 3), np.ndarray)
    assert read_picture(file, 4, 3) is Unreadable.TOO_LARGE
