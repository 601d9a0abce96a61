"""Folders of pictures: what comes out, and a clear word for each way they can be wrong."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

from course_utils.data.folder import load_folder
from course_utils.session import PROJECT_FOLDER

CIFAR = PROJECT_FOLDER.parent / "shared" / "data" / "cifar10_jpg.zip"
RED, GREEN = (255, 0, 0), (0, 255, 0)


def save(path: Path, picture: Image.Image | None = None, **options: object) -> Path:
    """Write ``picture``, or a red one, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (picture or Image.new("RGB", (8, 8), RED)).save(path, **options)
    return path


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Two classes: cat with 2 red pictures, dog with 1 green one."""
    for name in ("cat/1.png", "cat/2.png"):
        save(tmp_path / "pets" / name)
    save(tmp_path / "pets" / "dog" / "1.png", Image.new("RGB", (8, 8), GREEN))
    return tmp_path / "pets"


def only_image(root: Path, picture: Image.Image, name: str = "1.png", **options: object) -> Tensor:
    """The one image, 3 x 4 x 4, of a picture that passed through a folder."""
    save(root / "a" / name, picture, **options)
    save(root / "b" / "1.png")
    return load_folder(root, image_size=4).images[0]


def test_folders_become_classes_in_alphabetical_order(pets: Path) -> None:
    examples = load_folder(pets, image_size=4)
    assert examples.class_names == ("cat", "dog")
    assert examples.labels.tolist() == [0, 0, 1] and examples.labels.dtype == torch.int64
    assert examples.images.shape == (3, 3, 4, 4) and examples.images.dtype == torch.float32
    red, green = torch.tensor([1.0, 0, 0]), torch.tensor([0, 1.0, 0])
    assert torch.equal(examples.images[0], red.view(3, 1, 1).expand(3, 4, 4))
    assert torch.equal(examples.images[2], green.view(3, 1, 1).expand(3, 4, 4))


def test_grey_uses_the_usual_weights_of_red_green_and_blue(pets: Path) -> None:
    images = load_folder(str(pets), image_size=4, channels=1).images
    assert images.shape == (3, 1, 4, 4)
    weights = torch.tensor([0.299, 0.299, 0.587])  # ITU-R 601
    torch.testing.assert_close(images.mean((1, 2, 3)), weights, atol=0.003, rtol=0)


def test_middle_square_is_resized_as_torchvision_does(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (24, 48, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    image = only_image(tmp_path, picture)
    square = transforms.center_crop(transforms.resize(picture, 4, antialias=True), 4)
    expected = transforms.pil_to_tensor(square) / 255
    torch.testing.assert_close(image, expected)


def test_big_jpegs_come_out_as_if_decoded_in_full(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:320, :320]
    picture = Image.fromarray(
        np.stack([rows * 0.79, columns * 0.79, rows * 0], -1).astype(np.uint8)
    )
    small = transforms.pil_to_tensor(picture.resize((4, 4), Image.Resampling.BILINEAR)) / 255
    image = only_image(tmp_path, picture, "1.jpg", quality=95)
    torch.testing.assert_close(image, small, atol=0.02, rtol=0)


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
    "deep.png": Image.fromarray(np.full((8, 8), 120 * 257, np.uint16)),
    "deep.tif": Image.fromarray(np.full((8, 8), 120 * 257, np.int32)),
    "print.TIFF": Image.new("CMYK", (8, 8), (135, 135, 135, 0)),
}


@pytest.mark.parametrize("channels", [1, 3])
def test_all_kinds_of_pictures_come_out_alike(tmp_path: Path, channels: int) -> None:
    for name, picture in SAME_GREY.items():
        save(tmp_path / "a" / name, picture)
    save(tmp_path / "b" / "1.png")
    examples = load_folder(tmp_path, image_size=4, channels=channels)
    images = examples.images[examples.labels == 0]
    assert len(images) == len(SAME_GREY)
    torch.testing.assert_close(images, torch.full_like(images, 120 / 255), atol=1.5 / 255, rtol=0)


def test_a_transparent_colour_comes_out_white(tmp_path: Path) -> None:
    image = only_image(tmp_path, Image.new("RGB", (8, 8), RED), transparency=RED)
    assert (image == 1).all()


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("L", (8, 8), 0)
    picture.paste(255, (0, 0, 8, 4))  # white above, black below
    exif = Image.Exif()
    exif[0x0112] = 3  # taken upside down
    image = only_image(tmp_path, picture, "1.jpg", exif=exif)
    assert (image[:, 0] < 0.1).all() and (image[:, -1] > 0.9).all()


def test_a_damaged_remark_in_a_photograph_is_no_warning(tmp_path: Path) -> None:
    broken = b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01"  # Pillow warns of it: warnings fail tests
    image = only_image(tmp_path, Image.new("L", (8, 8), 255), "1.jpg", exif=broken)
    assert (image == 1).all()


def test_hidden_and_stray_files_are_passed_over(pets: Path) -> None:
    (pets / "notes.txt").write_text("not a class")
    (pets / "cat" / "notes.txt").write_text("not a picture")
    (pets / ".DS_Store").write_text("")
    (pets / "cat" / "._1.png").write_text("not a picture either")
    save(pets / ".ipynb_checkpoints" / "1.png")
    save(pets / "cat" / ".ipynb_checkpoints" / "1.png")
    save(pets / "__MACOSX" / "cat" / "1.png")
    examples = load_folder(pets, image_size=4)
    assert examples.class_names == ("cat", "dog") and len(examples) == 3


def test_pictures_may_lie_deeper_and_have_capital_suffixes(pets: Path) -> None:
    save(pets / "dog" / "poodles" / "small" / "2.JPG")
    assert load_folder(pets, image_size=4).labels.tolist() == [0, 0, 1, 1]


def test_max_per_class_is_spread_over_the_whole_list(tmp_path: Path) -> None:
    for grey in range(10):
        save(tmp_path / "a" / f"{grey}.png", Image.new("L", (4, 4), grey))
    save(tmp_path / "b" / "1.png")
    examples = load_folder(tmp_path, image_size=4, max_per_class=3)
    assert examples.labels.tolist() == [0, 0, 0, 1]
    greys = (examples.images[:3, 0, 0, 0] * 255).round().int().tolist()
    assert greys == [0, 3, 6]


def test_nothing_is_written_to_the_folder(pets: Path) -> None:
    def contents() -> list[tuple[str, int]]:
        return sorted((str(path), path.stat().st_mtime_ns) for path in pets.rglob("*"))

    before = contents()
    load_folder(pets, image_size=4)
    assert contents() == before


def test_nothing_is_printed(pets: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load_folder(pets, image_size=4)
    assert capfd.readouterr() == ("", "")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def scramble(path: Path) -> None:
    path.write_bytes(b"no picture at all")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, scramble, empty])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_damaged_picture_is_named_or_left_out_by_request(
    pets: Path, damage: Callable[[Path], None], suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    damage(save(pets / "dog" / f"0{suffix}", Image.fromarray(noise)))
    with pytest.raises(ValueError, match=rf"1 pictures.*: dog/0{suffix};.*skip_unreadable=True"):
        load_folder(pets, image_size=4)
    examples = load_folder(pets, image_size=4, skip_unreadable=True)
    assert examples.labels.tolist() == [0, 0, 1]
    assert examples.images[2, :, 0, 0].tolist() == [0, 1, 0]  # labels and images still agree
    assert f"without 1 pictures that cannot be read: dog/0{suffix}" in capsys.readouterr().out


def test_at_most_five_damaged_pictures_are_named(pets: Path) -> None:
    for index in range(8):
        scramble(save(pets / "dog" / f"broken{index}.png"))
    with pytest.raises(ValueError, match=r"8 pictures .*dog/broken4\.png and 3 more;"):
        load_folder(pets, image_size=4)


def test_a_class_whose_every_picture_is_damaged_is_an_error(pets: Path) -> None:
    scramble(pets / "dog" / "1.png")
    with pytest.raises(ValueError, match="no picture that can be read in the class folder dog"):
        load_folder(pets, image_size=4, skip_unreadable=True)


def test_a_missing_folder_is_named_with_the_place_looked_at(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no folder .*pests.*check the path"):
        load_folder(tmp_path / "pests", image_size=4)
    with pytest.raises(ValueError, match=f"looked for {os.getcwd()}/pests"):
        load_folder("pests", image_size=4)


def test_a_file_is_not_a_folder(pets: Path) -> None:
    with pytest.raises(ValueError, match="it is a file"):
        load_folder(pets / "cat" / "1.png", image_size=4)


def test_loose_pictures_need_class_folders(pets: Path) -> None:
    with pytest.raises(ValueError, match=r"2 loose pictures; arrange .*CLASS/picture\.jpg"):
        load_folder(pets / "cat", image_size=4)


def test_one_class_is_too_few(tmp_path: Path) -> None:
    save(tmp_path / "data" / "cifar" / "cat" / "1.png")
    with pytest.raises(ValueError, match=r"only one class folder, cifar.*give .*data/cifar$"):
        load_folder(tmp_path / "data", image_size=4)


def test_a_class_without_pictures_is_named(pets: Path) -> None:
    (pets / "bird").mkdir()
    (pets / "bird" / "list.txt").write_text("")
    with pytest.raises(ValueError, match=r"no pictures \(\.jpg.*class folder bird of .*pets; add"):
        load_folder(pets, image_size=4)


@pytest.mark.parametrize("names", [["train", "test"], ["Train", "val", "test"], ["train"]])
def test_splits_are_not_classes(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        save(tmp_path / name / "cat" / "1.png")
    with pytest.raises(ValueError, match=r"holds the splits .*such as .*[tT]rain"):
        load_folder(tmp_path, image_size=4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image_size": 0}, "image_size must be at least 1 pixel, got 0"),
        ({"image_size": 4, "channels": 4}, "channels must be 1 for grey or 3 for colour, got 4"),
        ({"image_size": 4, "max_per_class": 0}, "max_per_class must be at least 1"),
    ],
)
def test_sizes_are_checked_before_the_folder(settings: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_folder("no such folder", **settings)


@pytest.mark.skipif(not CIFAR.exists(), reason=f"the CIFAR-10 pictures are not at {CIFAR}")
def test_real_photographs_are_loaded_and_look_like_their_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(CIFAR) as archive:
        wanted = [name for name in archive.namelist() if "/test/" in name and "/000" in name]
        archive.extractall(tmp_path, wanted)
    root = tmp_path / "cifar10" / "test"
    examples = load_folder(root, image_size=32)
    assert examples.labels.bincount().tolist() == [10] * 10
    assert examples.class_names[0] == "airplane" and examples.class_names[-1] == "truck"
    with Image.open(root / "airplane" / "0000.jpg") as picture:
        expected = transforms.pil_to_tensor(picture) / 255
    torch.testing.assert_close(examples.images[0], expected)
    assert 0.35 < examples.images.mean() < 0.6 and examples.images.std() > 0.2
