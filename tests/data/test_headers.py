"""What picture files say of themselves, before one is decoded."""

from pathlib import Path

import pytest
from PIL import Image

from course_utils.data.headers import read_headers
from tests.helpers.picture_files import noise, save_picture, scramble


def test_sizes_and_formats_are_counted(tmp_path: Path) -> None:
    files = [
        save_picture(tmp_path / "1.png", noise(20, 10)),
        save_picture(tmp_path / "2.jpg", noise(40, 60)),
        save_picture(tmp_path / "3.jpg", noise(30, 30).convert("L")),
    ]
    found = read_headers(files)
    assert found.typical_side == 30 and not found.all_grey
    assert str(found) == (
        "Pixels, width x height: smallest 20x10, largest 40x60, median 30x30. "
        "Formats: PNG RGB 1, JPEG RGB 1, JPEG L 1"
    )


def test_grey_pictures_of_one_size(tmp_path: Path) -> None:
    modes = ("L", "1", "LA")
    files = [save_picture(tmp_path / f"{m}.png", Image.new(m, (8, 8))) for m in modes]
    found = read_headers(files)
    assert found.all_grey and "every one is 8x8" in str(found)


def test_of_many_some_are_looked_at_and_it_says_so(tmp_path: Path) -> None:
    files = [save_picture(tmp_path / f"{n}.png") for n in range(10)]
    found = read_headers(files, most=5)
    assert len(found.sides) == 5 and "(5 of 10 pictures, spread evenly)" in str(found)


def test_files_that_are_no_pictures_are_passed_over_and_none_at_all_is_refused(
    tmp_path: Path,
) -> None:
    good, bad = (save_picture(tmp_path / f"{name}.png") for name in ("good", "bad"))
    scramble(bad)
    assert len(read_headers([good, bad]).sides) == 1
    with pytest.raises(ValueError, match=r"of 1 files none is a picture, bad\.png among them"):
        read_headers([bad])
