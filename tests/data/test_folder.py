"""Folders of pictures: what comes out, and a clear word for each way they can be wrong."""

import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from torchvision.transforms.v2 import functional as transforms

from course_utils.data.examples import PARTS, LabelledImages
from course_utils.data.folder import load_folder
from course_utils.data.picture_tree import Reason
from course_utils.data.splits import split_three_ways
from course_utils.data.survey_folder import survey_folder
from course_utils.files import PROJECT_FOLDER
from tests.helpers.picture_files import DAMAGES, GREEN, RED, noise, save_picture, scramble

CIFAR = PROJECT_FOLDER.parent / "shared" / "data" / "cifar10_jpg.zip"


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Two classes: cat with 2 red pictures, no two equal, dog with 1 green one."""
    for name, colour in {"cat/1.png": RED, "cat/2.png": (250, 0, 0)}.items():
        save_picture(tmp_path / "pets" / name, Image.new("RGB", (8, 8), colour))
    save_picture(tmp_path / "pets" / "dog" / "1.png", Image.new("RGB", (8, 8), GREEN))
    return tmp_path / "pets"


def write_parts(root: Path, counts: dict[str, tuple[int, int]]) -> Path:
    """Write a folder for each part, with so many grey cats and dogs, no two of the same grey."""
    grey = 0
    for part, (num_cats, num_dogs) in counts.items():
        for number in range(num_cats + num_dogs):
            name = "cat" if number < num_cats else "dog"
            picture = Image.new("L", (4, 4), grey)
            save_picture(root / part / name / f"{number}.png", picture)
            grey += 1
    return root


def greys(examples: LabelledImages) -> list[int]:
    """The grey of each picture, by which it is known."""
    return examples.images[:, 0, 0, 0].tolist()


def part_names(examples: LabelledImages) -> list[str]:
    return [PARTS[number] for number in examples.parts.tolist()]


def test_folders_become_classes_in_alphabetical_order(pets: Path) -> None:
    examples = load_folder(pets, image_size=4)
    assert examples.class_names == ("cat", "dog") and examples.parts is None
    assert examples.labels.tolist() == [0, 0, 1] and examples.labels.dtype == torch.int64
    assert examples.images.shape == (3, 3, 4, 4) and examples.images.dtype == torch.uint8
    red, green = (torch.tensor(colour).view(3, 1, 1) for colour in ([255, 0, 0], [0, 255, 0]))
    assert (examples.images[0] == red).all() and (examples.images[2] == green).all()


def test_one_channel_makes_them_grey(pets: Path) -> None:
    images = load_folder(str(pets), image_size=4, channels=1).images
    assert images.shape == (3, 1, 4, 4)
    assert images[:, 0, 0, 0].tolist() == [76, 75, 150]  # 0.299 and 0.587 of 255


def test_hidden_and_stray_files_are_passed_over(pets: Path) -> None:
    (pets / "notes.txt").write_text("not a class")
    (pets / "cat" / "notes.txt").write_text("not a picture")
    (pets / ".DS_Store").write_text("")
    (pets / "cat" / "._1.png").write_text("not a picture either")
    save_picture(pets / ".ipynb_checkpoints" / "1.png")
    save_picture(pets / "cat" / ".ipynb_checkpoints" / "1.png")
    save_picture(pets / "__MACOSX" / "cat" / "1.png")
    examples = load_folder(pets, image_size=4)
    assert examples.class_names == ("cat", "dog") and len(examples) == 3


def test_pictures_may_lie_deeper_and_have_capital_suffixes(pets: Path) -> None:
    save_picture(pets / "dog" / "poodles" / "small" / "2.JPG")
    assert load_folder(pets, image_size=4).labels.tolist() == [0, 0, 1, 1]


def test_max_per_class_is_spread_over_the_whole_list(tmp_path: Path) -> None:
    write_parts(tmp_path, {"": (10, 1)})
    examples = load_folder(tmp_path, image_size=4, max_per_class=3)
    assert examples.labels.tolist() == [0, 0, 0, 1]
    assert greys(examples) == [0, 3, 6, 10]


def test_nothing_is_written_to_the_folder(pets: Path, tmp_path: Path) -> None:
    def contents() -> list[tuple[str, int]]:
        return sorted((str(path), path.stat().st_mtime_ns) for path in pets.rglob("*"))

    before = contents()
    load_folder(pets, image_size=4, cache_dir=tmp_path / "cache")
    assert contents() == before


def test_nothing_is_printed(pets: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for number, file in enumerate(pets.rglob("*.png")):
        save_picture(file, noise(8, 8, number))
    load_folder(pets, image_size=4)
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_does_not_fit_into_memory_is_streamed(pets: Path) -> None:
    whole = load_folder(pets, image_size=4)
    streamed = load_folder(pets, image_size=4, memory_limit=10)
    assert streamed.images.shape == (3, 3, 4, 4) and torch.equal(streamed.labels, whole.labels)
    assert torch.equal(streamed.images.load(), whole.images)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_damaged_picture_is_named_or_left_out_by_request(
    pets: Path, damage: Callable[[Path], None], suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(save_picture(pets / "dog" / f"0{suffix}", noise(32, 32)))
    message = rf"1 picture in .*pets cannot be read: dog/0{suffix} \(damaged.*skip_unreadable"
    with pytest.raises(ValueError, match=message):
        load_folder(pets, image_size=4)
    examples = load_folder(pets, image_size=4, skip_unreadable=True)
    assert examples.labels.tolist() == [0, 0, 1]
    assert examples.images[2, :, 0, 0].tolist() == [0, 255, 0]  # labels and images still agree
    assert f"without 1 picture that cannot be read: dog/0{suffix}" in capsys.readouterr().out


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


def test_an_empty_folder_needs_class_folders(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no class folders and 0 loose pictures; arrange"):
        load_folder(tmp_path, image_size=4)


def test_one_class_is_too_few(tmp_path: Path) -> None:
    save_picture(tmp_path / "data" / "cifar" / "cat" / "1.png")
    with pytest.raises(ValueError, match=r"data/cifar has only one class folder, cat, .*arrange"):
        load_folder(tmp_path / "data", image_size=4)


def test_a_folder_around_the_classes_is_gone_through(tmp_path: Path) -> None:
    write_parts(tmp_path, {"data/cifar": (2, 1)})
    examples = load_folder(tmp_path, image_size=4)
    assert examples.class_names == ("cat", "dog") and greys(examples) == [0, 1, 2]


def test_a_class_without_pictures_is_named(pets: Path) -> None:
    (pets / "bird").mkdir()
    (pets / "bird" / "list.txt").write_text("")
    message = (
        r"no pictures in the class folder bird of .*pets; add .*in bird: no pictures, by .*: 1"
    )
    with pytest.raises(ValueError, match=message):
        load_folder(pets, image_size=4)


@pytest.mark.parametrize(
    ("folders", "parts"),
    [
        (("train", "val", "test"), ("train", "val", "test")),
        (("Train", "Validation", "TEST"), ("train", "val", "test")),
        (("training", "testing"), ("train", "test")),
        (("train", "valid"), ("train", "val")),
        (("train", "dev"), ("train", "val")),
        (("train",), ("train",)),
    ],
)
def test_train_val_and_test_folders_are_parts_not_classes(
    tmp_path: Path, folders: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    counts = {folder: (number + 1, 2) for number, folder in enumerate(folders)}
    examples = load_folder(write_parts(tmp_path, counts), image_size=4)
    assert examples.class_names == ("cat", "dog") and examples.parts.dtype == torch.int64
    told = list(zip(part_names(examples), examples.labels.tolist(), strict=True))
    for number, part in enumerate(parts):
        assert told.count((part, 0)) == number + 1 and told.count((part, 1)) == 2
    assert sorted(greys(examples)) == list(range(len(examples)))  # each file once


def test_each_picture_has_the_part_of_its_folder(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (2, 1), "val": (1, 1), "test": (1, 2)})
    examples = load_folder(tmp_path, image_size=4)
    expected = ["train"] * 3 + ["val"] * 2 + ["test"] * 3  # in the order of writing, as the greys
    found = dict(zip(greys(examples), part_names(examples), strict=True))
    assert [found[grey] for grey in range(8)] == expected


def test_a_split_keeps_the_parts_of_the_folders(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (10, 10), "test": (3, 2)})
    examples = load_folder(tmp_path, image_size=4)
    split = split_three_ways(examples, val_fraction=0.2, test_fraction=0.3, seed=0)
    split.test.decide("nothing, this is a test")
    assert sorted(greys(split.test.open())) == list(range(20, 25))
    assert sorted(greys(split.train) + greys(split.val)) == list(range(20))
    assert split.val.labels.bincount().tolist() == [2, 2]


def test_max_per_class_counts_in_each_part(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (6, 6), "test": (2, 6)})
    examples = load_folder(tmp_path, image_size=4, max_per_class=3)
    told = list(zip(part_names(examples), examples.labels.tolist(), strict=True))
    assert [told.count((part, label)) for part in ("train", "test") for label in (0, 1)] == [
        *(3, 3),
        *(2, 3),
    ]


def test_parts_with_other_classes_are_named_with_what_differs(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (1, 1), "test": (1, 1)})
    (tmp_path / "test" / "dog").rename(tmp_path / "test" / "Dog")
    message = r"classes of .*test are not those of .*train: it lacks dog and has Dog; every part"
    with pytest.raises(ValueError, match=message):
        survey_folder(tmp_path)
    (tmp_path / "test" / "Dog").rename(tmp_path / "test" / "dog")
    save_picture(tmp_path / "test" / "wolf" / "1.png")
    with pytest.raises(ValueError, match=r"test are not those of .*train: it has wolf; every part"):
        survey_folder(tmp_path)
    save_picture(tmp_path / "train" / "wolf" / "1.png")
    save_picture(tmp_path / "train" / "fox" / "1.png")
    with pytest.raises(ValueError, match=r"test are not those of .*train: it lacks fox; every"):
        survey_folder(tmp_path)


def test_a_part_without_class_folders_is_passed_over_and_told(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (1, 1)})
    unlabelled = save_picture(tmp_path / "test" / "1.png")
    said = []
    examples = load_folder(tmp_path, image_size=4, report=said.append)
    assert part_names(examples) == ["train", "train"]
    assert said[0].passed_over == {Reason.UNLABELLED: (unlabelled,)}


def test_an_empty_part_is_named(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (1, 1)})
    (tmp_path / "test").mkdir()
    with pytest.raises(ValueError, match=r"classes of .*test are not those .* it lacks cat, dog;"):
        survey_folder(tmp_path)


def test_own_parts_are_forgotten_to_split_anew(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (4, 4), "test": (3, 2)})
    examples = load_folder(tmp_path, image_size=4, split_anew=True)
    assert examples.parts is None and sorted(greys(examples)) == list(range(13))
    assert examples.labels.bincount().tolist() == [7, 6]
    split = split_three_ways(examples, val_fraction=0.2, test_fraction=0.3, seed=0)
    split.test.decide("nothing, this is a test")
    assert len(split.test.open()) == 4 and len(split.val) == 2


def test_the_first_picture_of_a_film_and_rare_endings_are_read(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), grey) for grey in (50, 200)]
    save_picture(tmp_path / "cat" / "1.gif", frames[0], save_all=True, append_images=frames[1:])
    save_picture(tmp_path / "cat" / "2.jfif", frames[1], format="JPEG")
    save_picture(tmp_path / "dog" / "1.png", Image.new("L", (4, 4), 90))
    assert greys(load_folder(tmp_path, image_size=4)) == [50, 200, 90]


def test_a_class_that_is_empty_in_one_part_is_named(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (1, 1), "test": (1, 1)})
    (tmp_path / "test" / "dog" / "1.png").unlink()
    with pytest.raises(ValueError, match=r"no pictures in the class folder dog of .*test; add"):
        survey_folder(tmp_path)


@pytest.mark.parametrize(
    "names", [("train", "Training"), ("train", "val", "dev"), ("TRAIN", "test", "training")]
)
def test_a_part_that_is_there_twice_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    write_parts(tmp_path, dict.fromkeys(names, (1, 1)))
    with pytest.raises(ValueError, match=r"holds one part twice: .*; keep one of each") as error:
        survey_folder(tmp_path)
    assert all(name in str(error.value) for name in names)


@pytest.mark.parametrize("names", [("test",), ("val", "test")])
def test_parts_without_one_to_learn_from_are_refused(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    write_parts(tmp_path, dict.fromkeys(names, (1, 1)))
    with pytest.raises(ValueError, match=r"the parts test.* but none to learn from; add a folder"):
        survey_folder(tmp_path)


def test_a_class_called_train_is_a_class_among_others(tmp_path: Path) -> None:
    for name in ("bus", "train", "tram"):
        save_picture(tmp_path / name / "1.png")
    found = survey_folder(tmp_path).found
    assert found.class_names == ("bus", "train", "tram") and found.parts is None


def test_a_damaged_picture_is_named_with_its_part(tmp_path: Path) -> None:
    write_parts(tmp_path, {"train": (1, 1), "test": (1, 1)})
    scramble(tmp_path / "test" / "dog" / "1.png")
    with pytest.raises(ValueError, match=r"cannot be read: test/dog/1\.png \(damaged"):
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
        archive.extractall(tmp_path, [name for name in archive.namelist() if "/000" in name])
    root = tmp_path / "cifar10"
    examples = load_folder(root, image_size=32)
    for part in ("train", "test"):
        chosen = examples[examples.parts == PARTS.index(part)]
        assert chosen.labels.bincount().tolist() == [10] * 10
    assert examples.class_names[0] == "airplane" and examples.class_names[-1] == "truck"
    first = examples.images[examples.parts == PARTS.index("test")][0]
    with Image.open(root / "test" / "airplane" / "0000.jpg") as picture:
        assert torch.equal(first, transforms.pil_to_tensor(picture))
    pixels = examples.images.float() / 255
    assert 0.35 < pixels.mean() < 0.6 and pixels.std() > 0.2


def test_a_folder_beside_parts_that_is_none_is_named(tmp_path: Path) -> None:
    for part in ("train", "test", "unlabelled"):
        for name in ("cat", "dog"):
            save_picture(tmp_path / part / name / "1.png")
    with pytest.raises(ValueError, match="holds the parts test, train and besides unlabelled"):
        load_folder(tmp_path, image_size=4)


def write_copied_noise(root: Path, parts: Sequence[str], num_originals: int) -> None:
    """Noise in two classes; each picture once in every one of ``parts``, under other names."""
    for number in range(num_originals):
        picture = noise(16, 16, number)
        for place, part in enumerate(parts):
            save_picture(root / part / "ab"[number % 2] / f"{number}_{place}.png", picture)


def test_equal_pictures_count_once_and_the_table_says_so(tmp_path: Path) -> None:
    write_copied_noise(tmp_path, ["", ""], 20)
    said = []
    examples = load_folder(tmp_path, image_size=8, report=lambda what: said.append(str(what)))
    assert len(examples) == 20 and len(examples.images.flatten(1).unique(dim=0)) == 20
    assert said[0].startswith("Folder") and said[1].startswith("Copies:")
    assert "Left out: 20 equal pictures," in said[1] and "0_0.png = " in said[1]


def test_a_picture_in_several_parts_stays_in_the_test_part_alone(tmp_path: Path) -> None:
    write_copied_noise(tmp_path, ["train", "test"], 20)
    with pytest.raises(ValueError, match=r"would be left in part train: .*split_anew = True"):
        load_folder(tmp_path, image_size=8)
    assert len(load_folder(tmp_path, image_size=8, split_anew=True)) == 20
    for number in range(20, 30):
        save_picture(tmp_path / "train" / "ab"[number % 2] / f"{number}.png", noise(16, 16, number))
    assert part_names(load_folder(tmp_path, image_size=8)) == ["train"] * 10 + ["test"] * 20


def test_near_copies_stay_in_one_part_of_a_split(tmp_path: Path) -> None:
    write_copied_noise(tmp_path, [""], 40)
    for number in range(40):
        picture = noise(16, 16, number)
        mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        save_picture(tmp_path / "ab"[number % 2] / f"{number}_mirrored.png", mirrored)
    split = split_three_ways(
        load_folder(tmp_path, image_size=16), val_fraction=0.3, test_fraction=0.3, seed=0
    )
    split.test.decide("nothing, this is a test")
    groups = [set(part.groups.tolist()) for part in (split.train, split.val, split.test.open())]
    assert sum(map(len, groups)) == 40 == len(set.union(*groups))


def test_what_is_alike_is_kept_for_the_second_run(tmp_path: Path) -> None:
    write_copied_noise(tmp_path / "mine", ["", ""], 10)
    first = load_folder(tmp_path / "mine", image_size=8, cache_dir=tmp_path / "kept")
    (file,) = (tmp_path / "kept").glob("copies_*")
    written = file.stat().st_mtime_ns
    second = load_folder(tmp_path / "mine", image_size=8, cache_dir=tmp_path / "kept")
    assert torch.equal(first.images, second.images) and torch.equal(first.groups, second.groups)
    assert file.stat().st_mtime_ns == written
