"""Which folders are parts and which are classes: understood as meant, or refused; never guessed."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from course_utils.data.picture_tree import Reason
from course_utils.data.survey import Survey
from course_utils.data.survey_folder import survey_folder
from tests.helpers.picture_folders import fill, write

PETS = ("cat", "dog", "owl")


def inside(parent: str, classes: Sequence[str] = PETS) -> list[str]:
    return [f"{parent}/{name}" for name in classes]


def folders(survey: Survey) -> dict[str, str]:
    """Where the classes of each part were read."""
    return {part: path.relative_to(survey.root).as_posix() for part, path in survey.folders.items()}


UNDERSTOOD = {
    "kaggle_sets": (
        inside("training_set") + inside("test_set"),
        {"train": "training_set", "test": "test_set"},
    ),
    "intel_seg": (
        [*inside("seg_train/seg_train"), *inside("seg_test/seg_test"), "seg_pred/seg_pred"],
        {"train": "seg_train/seg_train", "test": "seg_test/seg_test"},
    ),
    "cats_vs_dogs": ([*inside("train"), "test1"], {"train": "train"}),
    "fruits": (inside("Training") + inside("Testing"), {"train": "Training", "test": "Testing"}),
    "roboflow": (
        inside("train") + inside("valid") + inside("test"),
        {"train": "train", "val": "valid", "test": "test"},
    ),
    "tiny_imagenet": (
        [f"{folder}/images" for folder in inside("train")] + ["val/images", "test/images"],
        {"train": "train"},
    ),
    "sign_language": (
        [*inside("asl_train/asl_train"), "asl_test/asl_test"],
        {"train": "asl_train/asl_train"},
    ),
    "food": (
        inside("training") + inside("validation") + inside("evaluation"),
        {"train": "training", "val": "validation", "test": "evaluation"},
    ),
    "wrapped": (inside("data/data"), {"": "data/data"}),
    "wrapped_parts": (
        inside("archive/x/train") + inside("archive/x/test"),
        {"train": "archive/x/train", "test": "archive/x/test"},
    ),
    "flat": (list(PETS), {"": "."}),
    "deeper": (["cat/white", "cat/black", "dog/white", "owl"], {"": "."}),
    "own_name": (["cat/cat", "dog/dog", "owl/owl"], {"": "."}),
    "vehicles": (["bus", "train", "tram"], {"": "."}),
    "laboratory": (["test_tube", "train_station"], {"": "."}),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_folder_is_understood_as_it_is_meant(tmp_path: Path, name: str) -> None:
    paths, expected = UNDERSTOOD[name]
    survey = survey_folder(fill(tmp_path, paths))
    assert folders(survey) == expected and (survey.found.parts is None) == ("" in expected)
    if any("cat" in path for path in paths):
        assert survey.found.class_names == PETS
    used, unlabelled = len(survey.found.files), len(survey.passed_over.get(Reason.UNLABELLED, ()))
    assert used + unlabelled == 2 * len(paths)  # no picture is left out without a word


REFUSED = {
    "twice": (
        inside("raw") + inside("resized"),
        "raw and resized in .* hold the same folders, cat",
    ),
    "nested_copy": (
        ["cat", "dog", *inside("animals", ("cat", "dog"))],
        "holds cat, dog, and animals holds them again; .* give .*/animals, or give .*/\\*",
    ),
    "cell_images": (
        inside("cells") + inside("cells/cells"),
        "cells holds cat, dog, owl, and cells holds them again",
    ),
    "chest_xray": (
        [path for part in ("train", "test") for path in inside(part) + inside(f"x/{part}")],
        "holds the parts test, train and besides x;",
    ),
    "holdout": (
        inside("train") + inside("holdout"),
        "holds the parts train and besides holdout; if holdout is a part, call it train, val or",
    ),
    "folds": (inside("fold1") + inside("fold2"), "fold1 and fold2 in .* hold the same folders"),
    "other_language": (
        inside("训练集") + inside("测试集"),
        "测试集 and 训练集 in .* hold the same folders",
    ),
    "parts_in_classes": (
        [f"{name}/{part}" for name in PETS for part in ("train", "test")],
        "hold the same folders, test, train, so these look like the parts, and cat and dog do not",
    ),
    "parts_in_names": (
        ["good_train", "good_test", "bad_train", "bad_test"],
        "holds one part twice: bad_test, bad_train, .* or give .*/\\* if every folder there is",
    ),
    "no_classes": (
        ["train", "test"],
        "train has no class folders and 2 loose pictures; .* or give .*/\\* if every folder",
    ),
    "two_train": (inside("train") + inside("train1"), "holds one part twice: train, train1; keep"),
    "one_class": (["cat"], "only one class folder, cat, .* takes two; arrange"),
    "one_class_wrapped": (["a/b/cat"], "/a/b has only one class folder, cat"),
    "capitals": (
        inside("train") + inside("test", ("Cat", "dog", "owl")),
        "test are not those of .*train: it lacks cat and has Cat; every part needs",
    ),
    "class_or_part": (["train/steam", "train/electric", "bus"], "the parts train and besides bus"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_that_can_be_read_in_two_ways_is_refused(tmp_path: Path, name: str) -> None:
    paths, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        survey_folder(fill(tmp_path, paths))


@pytest.mark.parametrize(
    "name", ["twice", "nested_copy", "holdout", "folds", "parts_in_names", "class_or_part"]
)
def test_a_star_makes_every_folder_a_class(tmp_path: Path, name: str) -> None:
    fill(tmp_path, REFUSED[name][0])
    survey = survey_folder(tmp_path / "*")
    tops = sorted({path.split("/")[0] for path in REFUSED[name][0]})
    assert survey.found.class_names == tuple(tops) and survey.found.parts is None
    assert len(survey.found.files) == 2 * len(REFUSED[name][0]) and survey.root == tmp_path


@pytest.mark.parametrize("name", ["twice", "nested_copy", "chest_xray", "cell_images"])
def test_the_path_that_a_refusal_names_is_understood(tmp_path: Path, name: str) -> None:
    fill(tmp_path, REFUSED[name][0])
    with pytest.raises(ValueError) as error:
        survey_folder(tmp_path)
    named = re.search(rf"({re.escape(str(tmp_path))}/[^ ,*]+), or give", str(error.value))
    assert set(survey_folder(named.group(1)).found.class_names) <= set(PETS)


def test_what_lies_beside_parts_is_told(tmp_path: Path) -> None:
    fill(tmp_path, [*inside("train"), *inside("test"), "preview"])
    write(tmp_path, "annotations/1.xml", "train/list.csv")
    (tmp_path / "cover.png").write_bytes(b"")
    (tmp_path / "train" / "sheet.png").write_bytes(b"")
    passed_over = survey_folder(tmp_path).passed_over
    assert {reason: len(paths) for reason, paths in passed_over.items()} == {
        Reason.UNLABELLED: 2,
        Reason.BESIDE: 2,
        Reason.OTHER: 2,
    }


def test_lists_of_boxes_beside_the_only_folder_are_no_class(tmp_path: Path) -> None:
    fill(tmp_path, inside("Images"))
    write(tmp_path, *(f"{folder}/1.xml" for folder in inside("Annotation")))
    assert folders(survey_folder(tmp_path)) == {"": "Images"}


def test_an_empty_class_beside_a_full_one_is_never_gone_past(tmp_path: Path) -> None:
    fill(tmp_path, ["cat/white", "cat/black"])
    write(tmp_path, "dog/1.heic")
    with pytest.raises(ValueError, match=r"class folder dog of .*; add .* converter.*: 1$"):
        survey_folder(tmp_path)


def test_umlauts_in_two_spellings_are_one_class(tmp_path: Path) -> None:
    for part, form in (("train", "NFC"), ("val", "NFD")):
        fill(tmp_path, inside(part, [unicodedata.normalize(form, n) for n in ("Käse", "Öl")]))
    found = survey_folder(tmp_path).found
    assert found.class_names == tuple(unicodedata.normalize("NFC", n) for n in ("Käse", "Öl"))
    assert len(found.files) == 8


def test_parts_are_joined_to_be_split_anew(tmp_path: Path) -> None:
    fill(tmp_path, inside("train"), 5)
    fill(tmp_path, inside("val", ("cat", "owl")))
    with pytest.raises(ValueError, match=r"lacks dog; .* join the parts .*split_anew = True"):
        survey_folder(tmp_path)
    survey = survey_folder(tmp_path, split_anew=True)
    assert survey.found.parts is None and survey.joined and survey.parts == ()
    assert survey.counts.tolist() == [[7, 5, 7]]
    assert len(set(survey.found.files)) == 19
    assert survey_folder(tmp_path, 3, split_anew=True).counts.tolist() == [[3, 3, 3]]


def test_parts_without_one_to_learn_from_can_be_joined(tmp_path: Path) -> None:
    fill(tmp_path, inside("val") + inside("test"))
    assert survey_folder(tmp_path, split_anew=True).counts.tolist() == [[4, 4, 4]]


def test_a_class_that_only_another_part_has_is_not_joined(tmp_path: Path) -> None:
    fill(tmp_path, inside("train") + inside("test", (*PETS, "wolf")))
    with pytest.raises(ValueError, match="has wolf"):
        survey_folder(tmp_path, split_anew=True)
