"""Data sets by name: the built-in digits, the learner's own folders, and clear refusals."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits as load_sklearn_digits

from course_utils.data import catalogue
from course_utils.data.catalogue import load_examples
from course_utils.data.examples import LabelledImages


@pytest.fixture
def red_and_blue(tmp_path: Path) -> Path:
    """Two classes of two pictures each, in the folder ``mine``."""
    for name in ("red", "blue"):
        for number in range(2):
            file = tmp_path / "mine" / name / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (10, 12), name).save(file)
    return tmp_path / "mine"


def test_digits_are_those_of_scikit_learn_from_0_to_1() -> None:
    digits, source = load_examples("digits", image_size=32), load_sklearn_digits()
    assert digits.images.shape == (1797, 1, 8, 8) and digits.images.dtype == torch.float32
    np.testing.assert_array_equal(digits.images[:, 0].numpy() * 16, source.images)
    np.testing.assert_array_equal(digits.labels.numpy(), source.target)
    assert digits.labels.dtype == torch.int64
    assert digits.class_names == tuple("0123456789") and digits.num_classes == 10
    assert (digits.images * 16).unique().tolist() == list(range(17))


def test_a_folder_gives_its_pictures_at_the_size_asked_for(red_and_blue: Path) -> None:
    examples = load_examples(f"folder:{red_and_blue}", image_size=6)
    assert examples.images.shape == (4, 3, 6, 6)
    assert examples.class_names == ("blue", "red")
    assert examples.images[0, :, 3, 3].tolist() == [0, 0, 1]


def test_a_relative_folder_starts_at_the_project(
    red_and_blue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", red_and_blue.parent)
    assert len(load_examples("folder:mine", image_size=6)) == 4


@pytest.mark.parametrize("dataset", ["letters", "folder", "folder:", "", "Digits", "file:x"])
def test_an_unknown_data_set_is_named_with_what_there_is(dataset: str) -> None:
    with pytest.raises(ValueError, match=f'"digits" or "folder:PATH", got {dataset!r}'):
        load_examples(dataset, image_size=8)


def test_examples_are_picked_by_places_or_by_a_mask() -> None:
    images = torch.arange(4.0).view(4, 1, 1, 1)
    examples = LabelledImages(images, torch.tensor([0, 1, 0, 1]), ("even", "odd"))
    some = examples[torch.tensor([3, 0])]
    assert some.images.flatten().tolist() == [3, 0] and some.labels.tolist() == [1, 0]
    odd = examples[examples.labels == 1]
    assert odd.images.flatten().tolist() == [1, 3] and len(odd) == 2
    assert odd.num_classes == 2  # also when none of a class is left
