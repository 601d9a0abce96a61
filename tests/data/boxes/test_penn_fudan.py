"""Real photographs with masks, written in all four forms, come to equal boxes."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.boxes.examples import BoxedPictures, boxes_of_masks
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.survey import BoxSurvey
from course_utils.files import PROJECT_FOLDER
from tests.helpers.box_files import (
    Shown,
    coco_content,
    write_coco,
    write_masks,
    write_voc,
    write_yolo,
)

ARCHIVE = PROJECT_FOLDER.parent / "shared" / "data" / "penn_fudan.zip"
pytestmark = pytest.mark.skipif(
    not ARCHIVE.exists(), reason=f"{ARCHIVE.name} is not beside the project"
)
NUM_PICTURES, NUM_PEOPLE = 43, 109


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's folder."""
    root = tmp_path_factory.mktemp("penn")
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(root)
    return root / "PennFudanPed"


@pytest.fixture(scope="module")
def shown(unpacked: Path) -> list[Shown]:
    """Its pictures, with boxes counted here pixel by pixel."""
    found = []
    for file in sorted((unpacked / "PNGImages").iterdir()):
        mask = np.array(Image.open(unpacked / "PedMasks" / f"{file.stem}_mask.png"))
        boxes = []
        for number in range(1, mask.max() + 1):
            rows, columns = np.nonzero(mask == number)
            boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        boxes = [tuple(map(int, box)) for box in boxes]
        size, names = mask.shape[::-1], ["person"] * len(boxes)
        found.append(Shown(file.name, size, boxes, names, values=mask, file=file))
    return found


def check(pictures: BoxedPictures, shown: list[Shown], tolerance: float = 0) -> None:
    """Hold what was read against what the pixels say."""
    assert [Path(name).name for name in pictures.files] == [picture.name for picture in shown]
    assert pictures.class_names == ("person",)
    for boxes, labels, image, picture in zip(
        pictures.boxes, pictures.labels, pictures.images, shown, strict=True
    ):
        wanted = torch.tensor(picture.boxes, dtype=torch.float32)
        torch.testing.assert_close(boxes, wanted, rtol=0, atol=tolerance)
        assert image.shape[1:] == picture.size[::-1] and (labels == 0).all()


def test_the_archive_itself_is_read(unpacked: Path, shown: list[Shown]) -> None:
    said: list[BoxSurvey | str] = []
    pictures = read_boxes(
        f"masks:{unpacked}", None, class_names=["person"], report=said.append, near_copies=False
    )
    check(pictures, shown)
    assert len(pictures) == NUM_PICTURES and sum(map(len, pictures.boxes)) == NUM_PEOPLE
    assert not said[0].findings and not said[0].suspicions and not said[0].refusal
    for masks, boxes in zip(pictures.masks, pictures.boxes, strict=True):
        assert torch.equal(boxes_of_masks(masks), boxes)


@pytest.mark.parametrize(
    ("write", "tolerance"),
    [(write_coco, 0), (write_voc, 0), (write_masks, 0), (write_yolo, 1e-3)],  # six digits
)
def test_every_form_gives_equal_boxes(
    tmp_path: Path, shown: list[Shown], write: object, tolerance: float
) -> None:
    names = {"class_names": ["person"]} if write is write_masks else {}
    said: list[BoxSurvey | str] = []
    pictures = read_boxes(
        write(tmp_path, shown), None, near_copies=False, report=said.append, **names
    )
    check(pictures, shown, tolerance)
    assert not said[0].findings and not said[0].suspicions and not said[0].refusal


def test_run_lengths_give_equal_masks(tmp_path: Path, shown: list[Shown]) -> None:
    few = shown[:5]
    pictures = read_boxes(write_coco(tmp_path, few, coco_content(few, run_lengths=True)), None)
    check(pictures, few)
    for masks, picture in zip(pictures.masks, few, strict=True):
        for number, mask in enumerate(masks.numpy(), start=1):
            assert np.array_equal(mask, picture.values == number)


def test_a_scaled_box_fits_its_scaled_mask(unpacked: Path) -> None:
    """On the whole: a tip of one old pixel may be lost from a mask, not from a box."""
    pictures = read_boxes(f"masks:{unpacked}", 256, near_copies=False)
    assert max(max(image.shape) for image in pictures.images) == 256
    both = zip(pictures.masks, pictures.boxes, strict=True)
    apart = torch.cat([boxes_of_masks(masks) - boxes for masks, boxes in both])
    assert apart.abs().mean() < 0.4 and apart.mean(dim=0).abs().max() < 0.3
