"""Near copies: found at other sizes, compressions, mirrored and cropped, and little else."""

import zipfile
from pathlib import Path

import pytest
import torch
from torch import Tensor

from course_utils.data.digits import load_digits
from course_utils.data.near_copies import find_near_pairs
from course_utils.data.pictures import load_pictures
from course_utils.data.streamed import StreamedImages
from course_utils.data.survey_folder import survey_folder
from course_utils.files import PROJECT_FOLDER
from tests.helpers.copied_pictures import (
    blocks,
    compressed,
    cropped,
    decoded,
    mirrored,
    resized,
    scene,
)
from tests.helpers.picture_files import save_picture

PHOTOGRAPHS = PROJECT_FOLDER.parent / "shared" / "data" / "cifar10_jpg.zip"
NUM_SCENES = 60
CHANGES = {
    "half size": resized(0.5),
    "double size": resized(2),
    "quality 40": compressed(40),
    "quality 95": compressed(95),
    "mirrored": mirrored,
    "mirrored, quality 70": lambda picture: compressed(70)(mirrored(picture)),
    "half size, quality 60": lambda picture: compressed(60)(resized(0.5)(picture)),
    "cropped by 2 %": cropped(0.02),
    "cropped by 5 %": cropped(0.05),
}


@pytest.fixture(scope="module")
def scenes() -> list:
    return [scene(seed) for seed in range(NUM_SCENES)]


@pytest.mark.slow
@pytest.mark.parametrize("image_size", [32, 224])
@pytest.mark.parametrize("name", CHANGES)
def test_copies_are_found_and_nothing_else_is(scenes: list, name: str, image_size: int) -> None:
    originals = scenes if image_size == 32 else scenes[:20]
    changed = [CHANGES[name](picture) for picture in originals]
    pairs = find_near_pairs(decoded([*originals, *changed], image_size)).tolist()
    right = [[place, place + len(originals)] for place in range(len(originals))]
    assert sum(pair in right for pair in pairs) >= 0.95 * len(originals)
    assert all(pair in right for pair in pairs)


def test_frames_of_a_film_are_near_copies_of_the_next() -> None:
    whole = scene(3, size=120)
    frames = [whole.crop((left, 10, left + 90, 100)) for left in range(0, 12, 2)]
    pairs = find_near_pairs(decoded([*frames, scene(4)])).tolist()
    assert {(k, k + 1) for k in range(5)} <= {tuple(pair) for pair in pairs}
    assert all(6 not in pair for pair in pairs)


def test_pairs_are_the_same_across_the_blocks_in_which_they_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures = decoded([*map(blocks, range(20)), *(mirrored(blocks(seed)) for seed in range(20))])
    whole = find_near_pairs(pictures)
    monkeypatch.setattr("course_utils.data.near_copies.AT_ONCE", 3)
    assert sorted(find_near_pairs(pictures).tolist()) == sorted(whole.tolist())
    assert len(whole) == 20


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_pictures_of_one_colour_are_near_copies_of_nothing(dtype: torch.dtype) -> None:
    colours = torch.tensor([0, 90, 91, 255], dtype=torch.uint8).view(4, 1, 1, 1)
    flat = colours.expand(4, 3, 32, 32)
    pictures = flat if dtype == torch.uint8 else flat.float() / 255
    assert find_near_pairs(pictures).shape == (0, 2)


def test_negatives_are_no_copies() -> None:
    pictures = decoded([scene(1)])
    assert len(find_near_pairs(torch.cat([pictures, 255 - pictures]))) == 0


def test_grey_pictures_and_shares_of_one_are_compared_alike() -> None:
    grey = decoded([scene(1), scene(2), compressed(60)(scene(1))])[:, :1]
    assert find_near_pairs(grey).tolist() == [[0, 2]]
    assert find_near_pairs(grey.float() / 255).tolist() == [[0, 2]]


def test_files_that_are_streamed_are_compared_as_pictures_in_memory_are(tmp_path: Path) -> None:
    pictures = [scene(1), scene(2), resized(0.5)(scene(1))]
    files = [save_picture(tmp_path / f"{n}.png", p) for n, p in enumerate(pictures)]
    streamed = StreamedImages([str(file) for file in files], 32, 3)
    assert find_near_pairs(streamed).tolist() == [[0, 2]]


@pytest.mark.parametrize("num_pictures", [0, 1])
def test_too_few_pictures_to_compare_give_no_pairs(num_pictures: int) -> None:
    assert find_near_pairs(torch.zeros(num_pictures, 3, 8, 8)).shape == (0, 2)


@pytest.mark.slow
def test_no_two_digits_of_different_classes_are_called_copies() -> None:
    digits = load_digits()
    pairs = find_near_pairs(digits.images)
    assert len(pairs) > 1000, "digits are like one another: chains, not copies"
    assert torch.equal(digits.labels[pairs[:, 0]], digits.labels[pairs[:, 1]])


def read_photographs(folder: Path) -> tuple[Tensor, Tensor]:
    """The first 150 test photographs of each class: images and labels."""
    with zipfile.ZipFile(PHOTOGRAPHS) as archive:
        archive.extractall(folder, [n for n in archive.namelist() if "/test/" in n])
    examples = load_pictures(survey_folder(folder / "cifar10" / "test", 150).found, 32)
    return examples.images, examples.labels


@pytest.mark.slow
def test_photographs_give_few_false_alarms(tmp_path: Path) -> None:
    if not PHOTOGRAPHS.exists():
        pytest.skip(f"no ../shared/data/{PHOTOGRAPHS.name} beside the project")
    images, labels = read_photographs(tmp_path)
    pairs = find_near_pairs(images)  # some are real: this data set has copies
    assert len(pairs) <= 10
    assert torch.equal(labels[pairs[:, 0]], labels[pairs[:, 1]])
