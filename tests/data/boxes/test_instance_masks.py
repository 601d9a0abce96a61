"""Masks that number objects: exact boxes, and files that are no such masks."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.boxes.outcomes import Outcome
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.surveying import survey_boxes
from tests.helpers.box_files import TWO, Shown, write_masks
from tests.helpers.picture_files import noise, save_picture, scramble

SIZE = (40, 30)


def one_mask(root: Path, values: np.ndarray, mode: str | None = None) -> str:
    """A data set whose first picture has these values in its mask."""
    dataset = write_masks(root, TWO)
    picture = Image.fromarray(values)
    save_picture(root / "PedMasks" / "a_mask.png", picture.convert(mode) if mode else picture)
    return dataset


def blobs(*numbers: int, dtype: type = np.uint8) -> np.ndarray:
    """Objects of 4x3 pixels side by side, with these numbers."""
    values = np.zeros(SIZE[::-1], dtype=dtype)
    for place, number in enumerate(numbers):
        values[5:8, 2 + 6 * place : 6 + 6 * place] = number
    return values


def expected(count: int) -> list[list[int]]:
    return [[2 + 6 * place, 5, 6 + 6 * place, 8] for place in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "dtype", "count"),
    [
        ((1, 2, 3), np.uint8, 3),
        ((7, 40, 200), np.uint8, 3),
        ((300, 26001, 26002), np.uint16, 3),
        ((255,), np.uint8, 1),
        ((1, 2, 255), np.uint8, 2),
        ((253, 254, 255), np.uint8, 3),
    ],
)
def test_every_number_is_an_object_with_an_exact_box(
    tmp_path: Path, numbers: tuple[int, ...], dtype: type, count: int
) -> None:
    pictures = read_boxes(one_mask(tmp_path, blobs(*numbers, dtype=dtype)), None)
    assert pictures.boxes[0].tolist() == expected(count)
    assert pictures.masks[0].sum(dim=(1, 2)).tolist() == [12] * count
    assert pictures.class_names == ("object",)


def test_an_empty_mask_is_a_picture_without_objects(tmp_path: Path) -> None:
    pictures = read_boxes(one_mask(tmp_path, blobs()), None)
    assert pictures.boxes[0].shape == (0, 4) and pictures.masks[0].shape == (0, 30, 40)


def test_masks_of_a_palette_are_read_by_place(tmp_path: Path) -> None:
    dataset = one_mask(tmp_path, blobs(1, 2))
    picture = Image.fromarray(blobs(1, 2))
    picture.putpalette([0, 0, 0, 200, 0, 0, 0, 90, 7])
    save_picture(tmp_path / "PedMasks" / "a_mask.png", picture)
    assert read_boxes(dataset, None).boxes[0].tolist() == expected(2)


def test_colours_and_jpegs_are_refused_with_the_reason(tmp_path: Path) -> None:
    dataset = one_mask(tmp_path, blobs(1, 2), "RGB")
    (finding,) = survey_boxes(dataset).of(Outcome.DAMAGED)
    assert finding.file == "PedMasks/a_mask.png" and finding.what.startswith("colours (RGB)")
    (tmp_path / "PedMasks" / "a_mask.png").unlink()
    save_picture(tmp_path / "PedMasks" / "a_mask.jpg", Image.fromarray(blobs(1, 2)))
    (finding,) = survey_boxes(dataset).of(Outcome.DAMAGED)
    assert finding.what.startswith("a JPEG, which changes numbers")
    with pytest.raises(ValueError, match="a JPEG, which changes"):
        read_boxes(dataset, None)


def test_a_damaged_mask_is_named(tmp_path: Path) -> None:
    dataset = write_masks(tmp_path, TWO)
    scramble(tmp_path / "PedMasks" / "a_mask.png")
    (finding,) = survey_boxes(dataset).of(Outcome.DAMAGED)
    assert str(finding) == "PedMasks/a_mask.png: damaged, or no picture"


def test_a_mask_of_another_size_stops_the_work(tmp_path: Path) -> None:
    dataset = one_mask(tmp_path, np.ones((15, 20), dtype=np.uint8))
    (finding,) = survey_boxes(dataset).of(Outcome.OTHER_SIZE)
    assert str(finding) == "PNGImages/a.png: 20x15 in the annotations, 40x30 in the file"


def test_what_has_no_partner_stops_the_work(tmp_path: Path) -> None:
    dataset = write_masks(tmp_path, TWO)
    (tmp_path / "PedMasks" / "a_mask.png").rename(tmp_path / "PedMasks" / "z_mask.png")
    survey = survey_boxes(dataset)
    assert [f.file for f in survey.of(Outcome.NO_ANNOTATION)] == ["PNGImages/a.png"]
    assert [f.file for f in survey.of(Outcome.NO_PICTURE)] == ["PedMasks/z_mask.png"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.png", "mask_a.png", "a_mask.png"])
def test_masks_go_by_several_names(tmp_path: Path, name: str) -> None:
    dataset = write_masks(tmp_path, TWO)
    (tmp_path / "PedMasks" / "a_mask.png").rename(tmp_path / "PedMasks" / name)
    assert len(read_boxes(dataset, None)) == 2


def test_one_value_in_pieces_is_a_suspicion(tmp_path: Path) -> None:
    shown = [Shown(f"{n}.png", values=blobs(1, 1), seed=n + 1) for n in range(3)]
    survey = survey_boxes(write_masks(tmp_path, shown))
    assert "3 of 3 masks have one value in several pieces" in " ".join(str(survey).split())
    assert "several pieces" not in str(survey_boxes(write_masks(tmp_path / "b", TWO)))


def test_the_one_class_may_be_given_a_name(tmp_path: Path) -> None:
    dataset = write_masks(tmp_path, TWO)
    assert read_boxes(dataset, None, class_names=["person"]).class_names == ("person",)
    with pytest.raises(ValueError, match=r"must be one name, got \('a', 'b'\)"):
        survey_boxes(dataset, class_names=["a", "b"])


def test_masks_are_scaled_without_numbers_between(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "a.png", noise(33, 47))
    mask = np.random.default_rng(0).integers(0, 4, (47, 33)).astype(np.uint8)
    save_picture(tmp_path / "masks" / "a.png", Image.fromarray(mask))
    pictures = read_boxes(f"masks:{tmp_path}", 31)
    masks = pictures.masks[0]
    assert masks.shape == (3, *pictures.images[0].shape[1:])
    rows = ((torch.arange(31) + 0.5) * 47 / 31).long()
    columns = ((torch.arange(22) + 0.5) * 33 / 22).long()
    middles = torch.from_numpy(mask)[rows][:, columns]  # what lies at the middle of each new pixel
    for number in (1, 2, 3):
        assert torch.equal(masks[number - 1], middles == number)
