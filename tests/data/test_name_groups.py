"""What belongs together by name: bursts, patients, cameras; and where likeness joins them."""

from pathlib import Path

import pytest
import torch

from course_utils.data.examples import PictureFiles
from course_utils.data.folder import load_folder, read_folder
from course_utils.data.name_groups import BY_FOLDER, describe_groups, groups_by_name, join_groups
from tests.helpers.copied_pictures import compressed, scene
from tests.helpers.picture_files import save_picture

ROOT = Path("pictures")
FILES = (
    "cat/anna/1.jpg",
    "cat/anna/2.jpg",
    "cat/ben/1.jpg",
    "cat/3.jpg",
    "dog/anna/7.jpg",
    "dog/zoo/anna_x.jpg",
)


def files(*names: str) -> PictureFiles:
    labels = [int("dog" in name.split("/")) for name in names]
    paths = tuple(ROOT / name for name in names)
    return PictureFiles(paths, torch.tensor(labels), ("cat", "dog"))


def families(groups: torch.Tensor) -> list[list[int]]:
    return [(groups == number).nonzero().flatten().tolist() for number in groups.unique()]


def test_folders_inside_class_folders_group_also_across_classes() -> None:
    groups = groups_by_name(files(*FILES), ROOT, BY_FOLDER)
    assert families(groups) == [[0, 1, 4], [2], [3], [5]]


def test_parts_above_the_class_folder_say_nothing() -> None:
    names = [f"data/{part}/{name}" for part, name in zip("abcabc", FILES, strict=True)]
    assert families(groups_by_name(files(*names), ROOT, BY_FOLDER)) == [[0, 1, 4], [2], [3], [5]]


def test_a_pattern_is_searched_in_folders_and_name_and_what_lacks_it_stands_alone() -> None:
    assert families(groups_by_name(files(*FILES), ROOT, "anna")) == [[0, 1, 4, 5], [2], [3]]


def test_what_stands_in_brackets_decides_alone() -> None:
    names = ("cat/p1_a.jpg", "cat/p1_b.jpg", "dog/p2_a.jpg", "dog/q1_a.jpg")
    assert families(groups_by_name(files(*names), ROOT, r"[pq](\d)_")) == [[0, 1, 3], [2]]


@pytest.mark.parametrize(
    ("group_by", "said"),
    [
        ("patient[0-9]+", "nothing in the names of the pictures matches, such as 3.jpg"),
        ("(", "is no regular expression: missing \\), unterminated"),
    ],
)
def test_a_pattern_that_finds_nothing_or_is_none_is_refused(group_by: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        groups_by_name(files(*FILES), ROOT, group_by)


def test_a_folder_without_folders_cannot_group_by_them() -> None:
    with pytest.raises(ValueError, match="no picture lies in a folder inside its class folder"):
        groups_by_name(files("cat/1.jpg", "dog/2.jpg"), ROOT, BY_FOLDER)


def test_near_copies_join_named_groups_in_steps() -> None:
    near = torch.tensor([0, 1, 1, 3, 4, 5])  # the second and the third are alike
    named = torch.tensor([0, 0, 2, 3, 3, 5])
    labels = torch.zeros(200, dtype=torch.int64)
    rest = torch.arange(6, 200)
    joined = join_groups(torch.cat([near, rest]), torch.cat([named, rest]), labels)
    assert families(joined)[:3] == [[0, 1, 2], [3, 4], [5]]


def test_where_likeness_would_join_most_of_a_class_names_alone_decide() -> None:
    labels = torch.zeros(100, dtype=torch.int64)
    named = torch.arange(100) // 10  # ten writers
    near = torch.arange(100)
    near[10::10] = 0  # the first of each is like the others'
    assert join_groups(near, named, labels).equal(named)
    said = describe_groups(named, near, None, "writer")
    assert "10 groups of 10 to 10 pictures, and 0 pictures alone" in said
    assert "1 set of near copies lies in several groups" in said


def test_a_group_that_lies_in_two_parts_of_the_folder_is_counted() -> None:
    groups, alone = torch.tensor([0, 0, 2, 2, 4]), torch.arange(5)
    said = describe_groups(groups, alone, torch.tensor([0, 2, 0, 0, 2]), "patient")
    assert "Pictures whose group is in training, too: 1 in test" in said
    assert "split_anew = True" in said
    said = describe_groups(groups, alone, torch.tensor([0, 0, 2, 2, 2]), "patient")
    assert "None is in two parts of the folder" in said


def test_a_folder_is_read_with_its_groups_and_the_file_of_each_example(tmp_path: Path) -> None:
    for number in range(8):
        name = f"{'ab'[number % 2]}/p{number // 4}_{number}.png"
        save_picture(tmp_path / name, scene(number))
    save_picture(tmp_path / "a" / "p1_copy.png", scene(0))  # equal to p0_0
    said: list[str] = []
    read = read_folder(tmp_path, 16, group_by=r"p\d", report=lambda text: said.append(str(text)))
    assert len(read.examples) == len(read.files) == 8 and len(read.images) == 9
    by_group = {}
    for file, group in zip(read.files, read.examples.groups.tolist(), strict=True):
        by_group.setdefault(group, set()).add(file.name[:2])
    assert sorted(map(sorted, by_group.values())) == [["p0"], ["p1"]]
    assert "2 groups of 4 to 4 pictures" in said[-1]
    assert load_folder(tmp_path, 16, group_by=r"p\d").groups.equal(read.examples.groups)


def test_a_near_copy_in_another_group_joins_both(tmp_path: Path) -> None:
    for number in range(60):
        name = f"{'ab'[number % 2]}/p{number // 2}_{number}.png"
        save_picture(tmp_path / name, scene(number))
    save_picture(tmp_path / "a" / "p7_again.png", compressed(70)(scene(0)))
    examples = load_folder(tmp_path, 32, group_by=r"p\d+_")
    sizes = examples.groups.unique(return_counts=True)[1]
    assert sorted(sizes.tolist())[-2:] == [2, 5]  # p0 and p7 with the copy


def test_classes_may_share_folders_of_patients_where_these_are_said_to_be_groups(
    tmp_path: Path,
) -> None:
    for number in range(8):
        name = f"{'ab'[number % 2]}/p{number // 4}/{number}.png"
        save_picture(tmp_path / name, scene(number))
    with pytest.raises(ValueError, match=r"a and b .* hold the same folders, p0, p1"):
        read_folder(tmp_path, 16)
    groups = read_folder(tmp_path, 16, group_by=BY_FOLDER).examples.groups
    assert families(groups) == [[0, 1, 4, 5], [2, 3, 6, 7]]
