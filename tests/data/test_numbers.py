"""Pixels that are no bytes: white comes out white, or the picture is named."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.data.decoding import read_picture
from course_utils.data.unreadable import Unreadable
from tests.helpers.picture_files import save_picture
from tests.helpers.tiff_files import FRACTIONS, SIGNED, save_tiff

RAMP = np.tile(np.linspace(0, 1, 64), (64, 1))  # black at the left, white at the right


def row_of(file: Path) -> list[int]:
    """A row of the picture in ``file``."""
    return read_picture(file, 64, 1)[32, :, 0].astype(int).tolist()


EXPECTED = (RAMP[0] * 255).round().astype(int).tolist()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("1.tif", RAMP.astype(np.float32)),
        ("1.tif", (RAMP * 255).astype(np.float32)),
        ("1.tif", (RAMP * 65535).astype(np.float32)),
        ("1.tif", (RAMP * 255).round().astype(np.int32)),
        ("1.tif", (RAMP * 65535).astype(np.int32)),
        ("1.tif", (RAMP * 65535).astype(np.uint16)),
        ("1.png", (RAMP * 65535).astype(np.uint16)),
    ],
)
def test_white_is_what_such_numbers_have_as_white(
    tmp_path: Path, name: str, values: np.ndarray, channels: int
) -> None:
    picture = read_picture(save_picture(tmp_path / name, Image.fromarray(values)), 64, channels)
    assert picture.shape == (64, 64, channels)
    assert (abs(picture[32].astype(int) - np.array(EXPECTED)[:, None]) <= 1).all()


def test_twelve_bits_that_the_file_tells_of_are_twelve_bits(tmp_path: Path) -> None:
    file = save_tiff(tmp_path / "1.tif", (RAMP * 4095).round(), bits=12)
    assert np.abs(np.subtract(row_of(file), EXPECTED)).max() <= 1


@pytest.mark.parametrize("options", [{"bits": 16}, {"bits": 32, "form": FRACTIONS}])
def test_where_the_file_says_that_0_is_white_it_is(tmp_path: Path, options: dict[str, int]) -> None:
    most = 1 if "form" in options else 65535
    file = save_tiff(tmp_path / "1.tif", RAMP * most, white_is_zero=True, **options)
    assert np.abs(np.subtract(row_of(file), EXPECTED[::-1])).max() <= 1


@pytest.mark.parametrize(("low", "high"), [(-0.05, 1.05), (-10, 270)])
def test_fractions_that_a_filter_sharpened_are_cut_off(
    tmp_path: Path, low: float, high: float
) -> None:
    values = (low + RAMP * (high - low)).astype(np.float32)
    row = row_of(save_picture(tmp_path / "1.tif", Image.fromarray(values)))
    assert row[0] == 0 and row[-1] == 255 and 120 < row[32] < 135


@pytest.mark.parametrize(
    "values",
    [
        RAMP * 2 - 1,
        RAMP * 4000 - 1000,  # as in computed tomography
        RAMP * 1e6,
        np.where(RAMP > 0.5, np.nan, RAMP),
        np.where(RAMP > 0.5, np.inf, RAMP),
    ],
)
def test_fractions_of_an_unknown_range_are_not_guessed_at(
    tmp_path: Path, values: np.ndarray
) -> None:
    file = save_picture(tmp_path / "1.tif", Image.fromarray(values.astype(np.float32)))
    assert read_picture(file, 8, 3) is Unreadable.UNKNOWN_RANGE


@pytest.mark.parametrize(("bits", "values"), [(16, RAMP * 4000 - 1000), (32, RAMP * 1e6)])
def test_whole_numbers_of_an_unknown_range_are_not_guessed_at(
    tmp_path: Path, bits: int, values: np.ndarray
) -> None:
    file = save_tiff(tmp_path / "1.tif", values, bits, form=SIGNED)
    assert read_picture(file, 8, 3) is Unreadable.UNKNOWN_RANGE
