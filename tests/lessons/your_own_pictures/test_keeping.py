"""An interrupted run goes on from what was done, and never from what belongs to other pictures."""

from pathlib import Path

import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.lessons.your_own_pictures.keeping import KeptAnswers, digest_of

SOME = LabelledImages(torch.zeros(2, 1, 2, 2), torch.tensor([0, 1]), ("a", "b"))


def count(calls: list[int]) -> torch.Tensor:
    calls.append(1)
    return torch.full((2,), float(len(calls)))


def test_what_was_done_is_not_done_again_until_it_is_forgotten(tmp_path: Path) -> None:
    calls: list[int] = []
    first = KeptAnswers(tmp_path, SOME, "facts", 1)
    assert first.get("a", lambda: count(calls)).tolist() == [1, 1] and first.num_found == 0
    again = KeptAnswers(tmp_path, SOME, "facts", 1)
    assert again.get("a", lambda: count(calls)).tolist() == [1, 1] and again.num_found == 1
    assert again.get("b", lambda: count(calls)).tolist() == [2, 2]
    again.forget()
    assert KeptAnswers(tmp_path, SOME, "facts", 1).get("a", lambda: count(calls)).tolist() == [3, 3]


@pytest.mark.parametrize("facts", [("facts", 2), ("facts",), ("fact", "s1")])
def test_other_facts_know_nothing_of_it(tmp_path: Path, facts: tuple) -> None:
    KeptAnswers(tmp_path, SOME, "facts", 1).get("a", lambda: torch.ones(1))
    other = KeptAnswers(tmp_path, SOME, *facts)
    assert other.get("a", lambda: torch.zeros(1)).item() == 0 and other.num_found == 0


def test_other_pictures_know_nothing_of_it(tmp_path: Path) -> None:
    KeptAnswers(tmp_path, SOME, 1).get("a", lambda: torch.ones(1))
    others = KeptAnswers(tmp_path, SOME[torch.tensor([0])], 1)
    assert others.get("a", lambda: torch.zeros(1)).item() == 0


def test_what_has_no_name_leaves_no_file(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path, SOME, 1)
    assert kept.get(None, lambda: torch.ones(1)).item() == 1
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_computed_again(tmp_path: Path) -> None:
    KeptAnswers(tmp_path, SOME, 1).get("a", lambda: torch.ones(1))
    (file,) = tmp_path.rglob("*.pt")
    file.write_bytes(b"nothing")
    assert KeptAnswers(tmp_path, SOME, 1).get("a", lambda: torch.zeros(1)).item() == 0


def test_pictures_and_labels_make_the_digest() -> None:
    def of(value: float, label: int) -> str:
        images = torch.full((1, 1, 2, 2), value)
        return digest_of(LabelledImages(images, torch.tensor([label]), ("a", "b")))

    assert of(0.5, 0) == of(0.5, 0)
    assert len({of(0.5, 0), of(0.25, 0), of(0.5, 1)}) == 3
