"""Data sets by name: built-in, published, the learner's own folders, and clear refusals."""

import socket
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits as load_sklearn_digits

from course_utils.data import catalogue, cifar10
from course_utils.data.catalogue import load_examples
from course_utils.data.examples import LabelledImages
from tests.helpers.picture_files import save_picture, scramble


@pytest.fixture
def red_and_blue(tmp_path: Path) -> Path:
    """Two classes of two pictures each, none equal to another, in the folder ``mine``."""
    for name, colour in {"red": (255, 0, 0), "blue": (0, 0, 255)}.items():
        for number in range(2):
            picture = Image.new("RGB", (10, 12), (colour[0], number, colour[2]))
            save_picture(tmp_path / "mine" / name / f"{number}.png", picture)
    return tmp_path / "mine"


def test_digits_are_those_of_scikit_learn_from_0_to_1(tmp_path: Path) -> None:
    digits, source = load_examples("digits", 32, tmp_path), load_sklearn_digits()
    assert digits.images.shape == (1797, 1, 8, 8) and digits.images.dtype == torch.float32
    np.testing.assert_array_equal(digits.images[:, 0].numpy() * 16, source.images)
    np.testing.assert_array_equal(digits.labels.numpy(), source.target)
    assert digits.labels.dtype == torch.int64 and digits.parts is None
    assert digits.class_names == tuple("0123456789") and digits.num_classes == 10
    assert (digits.images * 16).unique().tolist() == list(range(17))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_gives_its_pictures_at_the_size_asked_for(
    red_and_blue: Path, tmp_path: Path
) -> None:
    examples = load_examples(f"folder:{red_and_blue}", 6, tmp_path / "data")
    assert examples.images.shape == (4, 3, 6, 6) and examples.images.dtype == torch.uint8
    assert examples.class_names == ("blue", "red")
    assert examples.images[0, :, 3, 3].tolist() == [0, 0, 255]


def test_decoded_pictures_are_kept_in_the_data_folder(red_and_blue: Path, tmp_path: Path) -> None:
    first = load_examples(f"folder:{red_and_blue}", 6, tmp_path / "data")
    (file,) = (tmp_path / "data" / "pictures").glob("pictures_*")
    images, _ = torch.load(file)
    assert torch.equal(images, first.images)
    torch.save((255 - images, torch.ones(4, dtype=torch.bool)), file)  # to see that it is read
    second = load_examples(f"folder:{red_and_blue}", 6, tmp_path / "data")
    assert torch.equal(second.images, 255 - first.images)


def test_a_relative_folder_starts_at_the_project(
    red_and_blue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", red_and_blue.parent)
    assert len(load_examples("folder:mine", 6, tmp_path)) == 4


def test_damaged_pictures_are_left_out_by_request_only(red_and_blue: Path, tmp_path: Path) -> None:
    scramble(red_and_blue / "blue" / "0.png")
    with pytest.raises(ValueError, match=r"blue/0\.png \(damaged.*skip_unreadable = True"):
        load_examples(f"folder:{red_and_blue}", 6, tmp_path)
    examples = load_examples(f"folder:{red_and_blue}", 6, tmp_path, skip_unreadable=True)
    assert examples.labels.tolist() == [0, 1, 1]


def test_own_parts_are_forgotten_to_split_anew(tmp_path: Path) -> None:
    for name in ("train/red", "train/blue", "test/red", "test/blue"):
        save_picture(tmp_path / "mine" / name / "0.png")
    name = f"folder:{tmp_path / 'mine'}"
    assert load_examples(name, 6, tmp_path / "data").parts.tolist() == [0, 0, 2, 2]
    assert load_examples(name, 6, tmp_path / "data", split_anew=True).parts is None


def test_published_parts_are_forgotten_as_well_and_copies_are_spoken_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    brought = LabelledImages(
        torch.zeros(2, 1, 1, 1), torch.tensor([0, 1]), ("a", "b"), torch.zeros(2)
    )
    monkeypatch.setattr(cifar10, "load_cifar10", lambda _: brought)  # which would be downloaded
    assert load_examples("cifar10", 32, tmp_path) is brought
    assert "nearly among the training pictures" in capsys.readouterr().out
    assert load_examples("cifar10", 32, tmp_path, split_anew=True).parts is None


def test_a_star_behind_the_folder_makes_each_in_it_a_class(tmp_path: Path) -> None:
    for name in ("raw/red", "raw/blue", "small/red", "small/blue"):
        save_picture(tmp_path / "mine" / name / "0.png")
    with pytest.raises(ValueError, match=r"or give .*mine/\* if every folder there is a class"):
        load_examples(f"folder:{tmp_path / 'mine'}", 6, tmp_path / "data")
    examples = load_examples(f"folder:{tmp_path / 'mine'}/*", 6, tmp_path / "data")
    assert examples.class_names == ("raw", "small") and len(examples) == 4


def test_cifar10_without_a_network_says_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(
        OSError, match=r'CIFAR-10.*not on this machine.*dataset = "digits"'
    ) as error:
        load_examples("cifar10", 32, tmp_path)
    assert str(tmp_path / "cifar10") in str(error.value)


@pytest.mark.parametrize(("name", "folder"), [("imagenet", "imagenet"), ("imagenet:own", "own")])
def test_imagenet_is_looked_for_in_the_data_folder_or_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, folder: str
) -> None:
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match=r'ImageNet.*dataset = "digits"') as error:
        load_examples(name, 224, tmp_path)
    assert str(tmp_path / folder) in str(error.value)


@pytest.mark.parametrize(
    "dataset",
    ["letters", "folder", "folder:", "", "Digits", "file:x", "imagenet:", "cifar10:x", "digits:"],
)
def test_an_unknown_data_set_is_named_with_what_there_is(dataset: str, tmp_path: Path) -> None:
    message = f'"digits", "cifar10", "imagenet", .* or "folder:PATH", got {dataset!r}'
    with pytest.raises(ValueError, match=message):
        load_examples(dataset, 8, tmp_path)


def test_examples_are_picked_by_places_or_by_a_mask() -> None:
    images = torch.arange(4.0).view(4, 1, 1, 1)
    examples = LabelledImages(images, torch.tensor([0, 1, 0, 1]), ("even", "odd"))
    some = examples[torch.tensor([3, 0])]
    assert some.images.flatten().tolist() == [3, 0] and some.labels.tolist() == [1, 0]
    odd = examples[examples.labels == 1]
    assert odd.images.flatten().tolist() == [1, 3] and len(odd) == 2
    assert odd.num_classes == 2  # also when none of a class is left
    assert odd.parts is None
