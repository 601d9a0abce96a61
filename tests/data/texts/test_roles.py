"""Sentences of scikit-learn by their roles: real, each once, and split so that variants stay."""

from collections import Counter
from pathlib import Path

import pytest
import torch

from course_utils.data.texts import roles
from course_utils.data.texts.catalogue import open_texts
from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.near_texts import bare, find_near_texts
from course_utils.data.texts.roles import load_roles
from tests.helpers.text_files import FRUIT, TOOLS, install

pytestmark = pytest.mark.slow

MOST = "Not used, present for API consistency by convention."  # stands under many parameters


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def real(data_dir: Path) -> LabelledTexts:
    return load_roles(data_dir)


def test_there_are_thousands_of_sentences_and_each_role_has_some(real: LabelledTexts) -> None:
    assert real.class_names == ("summary", "parameter", "returned", "note")
    assert len(real) > 3000 and (real.labels.bincount(minlength=4) > 150).all()
    assert len({bare(text) for text in real.texts}) == len(real)
    assert all(25 <= len(text) <= 250 for text in real.texts)
    assert all(file.startswith("sklearn/") for file in real.files)


def test_repeats_are_kept_where_they_are_asked_for(data_dir: Path, real: LabelledTexts) -> None:
    """The same sentences, labels and groups, and nothing else; hundreds stand there again."""
    rows = load_roles(data_dir, repeats=True)
    once = list(zip(map(bare, real.texts), real.labels.tolist(), real.groups.tolist(), strict=True))
    again = zip(map(bare, rows.texts), rows.labels.tolist(), rows.groups.tolist(), strict=True)
    counts = Counter(again)
    assert list(counts) == once and len(rows) == sum(counts.values()) > 1.2 * len(real)
    assert max(counts.values()) > 20
    where = [file for text, file in zip(rows.texts, rows.files, strict=True) if text == MOST]
    assert len(set(where)) > 5


def test_known_sentences_have_their_roles(real: LabelledTexts) -> None:
    role_of = {
        t: real.class_names[k] for t, k in zip(real.texts, real.labels.tolist(), strict=True)
    }
    fit = [t for t in role_of if t.startswith("Fit ") and t.endswith(".")]
    assert sum(role_of[text] == "summary" for text in fit) > 0.8 * len(fit) > 10
    number = [t for t in role_of if t.startswith("Number of ")]
    assert sum(role_of[text] == "parameter" for text in number) > 0.6 * len(number) > 10


def test_twins_and_names_are_in_one_part(data_dir: Path, real: LabelledTexts) -> None:
    split = open_texts("roles", data_dir, val_fraction=0.15, test_fraction=0.25, seed=3)
    split.test.decide("all")
    parts = [split.train, split.val, split.test.open()]
    part_of = {text: place for place, part in enumerate(parts) for text in part.texts}
    assert len(part_of) == len(real) == sum(map(len, parts))
    for one, other in find_near_texts(real.texts).tolist():
        assert part_of[real.texts[one]] == part_of[real.texts[other]]
    beginnings: dict[str, int] = {}
    for text, part in part_of.items():
        letters = "".join(sign for sign in text.lower() if "a" <= sign <= "z")[:25]
        assert beginnings.setdefault(letters, part) == part
    shares = torch.tensor([part.labels.bincount(minlength=4).tolist() for part in parts]).float()
    assert (shares[2] / shares.sum(0) - 0.25).abs().max() < 0.03


def test_groups_join_by_name_and_contradictions_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [
        ("Parameters", "size", FRUIT[0]),
        ("Parameters", "size, depth", FRUIT[1]),
        ("Parameters", "depth", FRUIT[2]),
        ("Returns", "height", TOOLS[0]),
        ("Parameters", "width", TOOLS[1]),
        ("Returns", "length", TOOLS[1]),
    ]
    texts = [
        f'"""Do this in the way of function number {place} here.\n\n{section}\n----------\n'
        f'{name} : int\n    The {said}.\n"""\n'
        for place, (section, name, said) in enumerate(entries)
    ]
    package = install(
        tmp_path / "site", {f"{p}.py": text for p, text in enumerate(texts)}, monkeypatch
    )
    monkeypatch.setattr(roles, "TARGET", package)
    found = load_roles(tmp_path)
    assert f"The {TOOLS[1]}." not in found.texts
    group_of = dict(zip(found.texts, found.groups.tolist(), strict=True))
    said = [group_of[f"The {text}."] for text in (*FRUIT[:3], TOOLS[0])]
    assert len(set(said[:3])) == 1 and said[3] != said[0]
