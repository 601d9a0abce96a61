"""Pictures found and opened by the name of their data set, and where the model will go."""

from pathlib import Path

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.lessons.your_own_pictures.opening import (
    find_pictures,
    mirrors,
    open_pictures,
    some_of_each,
)
from tests.helpers.picture_folders import fill

OPTIONS = {"skip_unreadable": False, "split_anew": False, "near_copies": False}


@pytest.mark.slow
def test_the_digits_come_as_a_folder_in_blocks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = find_pictures("digits", tmp_path, group_by=None, split_anew=False)
    assert source.is_like_letters and source.side == 8
    opened = open_pictures(source, 8, tmp_path, **OPTIONS)
    assert opened.examples.images.shape == (1797, 3, 8, 8)
    assert len(opened.examples.groups.unique()) == 13
    assert opened.names[0] == "0/block00_0000.png" and opened.files[0].is_file()
    assert "Grouped by" in capsys.readouterr().out
    assert not mirrors("auto", source) and mirrors("yes", source)


def test_a_folder_of_ones_own_in_colour(tmp_path: Path) -> None:
    fill(tmp_path / "mine", ["cat", "dog"], 3)
    source = find_pictures(f"folder:{tmp_path}/mine", tmp_path, group_by=None, split_anew=False)
    assert not source.is_like_letters and source.side == 4
    opened = open_pictures(source, 4, tmp_path, **OPTIONS)
    assert len(opened.examples) == len(opened.names) == 6
    assert mirrors("auto", source) and not mirrors("no", source)


def test_what_has_no_files_cannot_be_grouped_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="group_by = 'x' looks at the names of files"):
        find_pictures("cifar10", tmp_path, group_by="x", split_anew=False)
    source = find_pictures("cifar10", tmp_path, group_by=None, split_anew=False)
    assert source.side == 32 and mirrors("auto", source)
    with pytest.raises(ValueError, match="mirror must be one of auto, yes, no, got 'maybe'"):
        mirrors("maybe", source)


def test_some_of_each_class_spread_evenly() -> None:
    labels = torch.tensor([0] * 50 + [1] * 2 + [2] * 9)
    some = some_of_each(LabelledImages(torch.zeros(61, 1, 1, 1), labels, ("a", "b", "c")), 12)
    assert labels[some].bincount().tolist() == [4, 2, 4]
    assert some.tolist()[:4] == [0, 16, 33, 49]
    many = LabelledImages(torch.zeros(61, 1, 1, 1), torch.arange(61), tuple(map(str, range(61))))
    assert len(some_of_each(many, 12)) == 12
