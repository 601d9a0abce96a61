"""Names that spell a part of a data set, and names of classes that only look so."""

import pytest

from course_utils.data.part_names import find_part_names, split_name


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *[(name, "train") for name in ("train", "Training", "training_set", "Train Data")],
        *[(name, "train") for name in ("TrainSet", "trainset", "train2017", "01_train")],
        *[(name, "train") for name in ("train_images", "trainval", "train_val")],
        *[(name, "val") for name in ("val", "valid", "Validation", "dev", "valset")],
        *[(name, "test") for name in ("TEST", "testing", "test1", "test_set", "evaluation")],
    ],
)
def test_a_part_is_known_by_its_word_alone(name: str, part: str) -> None:
    assert find_part_names([name, "cats"]) == {name: part}


def test_a_word_beside_it_needs_the_other_parts_with_the_same_word() -> None:
    names = ["seg_train", "seg_test", "seg_pred", "asl_alphabet_test", "test_tube", "train_station"]
    assert find_part_names(names) == {"seg_train": "train", "seg_test": "test"}


@pytest.mark.parametrize(
    "name", ["trains", "contest", "attest", "devil", "validity", "train_test_split", "strain", "1"]
)
def test_names_of_classes_spell_no_part(name: str) -> None:
    assert split_name(name) is None


def test_parts_in_the_names_of_classes_are_found() -> None:
    names = ["good_train", "good_test", "bad_train", "bad_test"]
    assert set(find_part_names(names)) == set(names)
