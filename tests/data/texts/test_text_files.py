"""Texts in folders: every layout is read or refused, and every fault has an outcome."""

import re
from pathlib import Path

import pytest

from course_utils.data.texts.outcomes import TextOutcome
from course_utils.data.texts.reading import read_texts
from course_utils.data.texts.survey import TextSurvey
from course_utils.data.texts.surveying import survey_texts
from tests.helpers.text_files import CLASSES, FRUIT, TOOLS, write_class_files, write_class_folders


def found(survey: TextSurvey, outcome: TextOutcome) -> list[str]:
    return [str(finding) for finding in survey.of(outcome)]


def labelled(dataset: str, **how: object) -> dict[str, str]:
    """The class of each text."""
    texts = read_texts(dataset, **how)
    pairs = zip(texts.texts, texts.labels.tolist(), strict=True)
    return {text: texts.class_names[label] for text, label in pairs}


EXPECTED = {text: label for label, texts in CLASSES.items() for text in texts}


@pytest.mark.parametrize("write", [write_class_folders, write_class_files])
def test_both_layouts_come_to_the_same(tmp_path: Path, write: object) -> None:
    dataset = write(tmp_path)
    assert labelled(dataset) == EXPECTED
    texts = read_texts(dataset)
    assert texts.class_names == ("fruit", "tools") and texts.parts is None
    place = texts.texts.index(FRUIT[2])
    assert texts.files[place] in ("fruit/2.txt", "fruit.txt:3")
    assert len(texts.groups.unique()) == 12


@pytest.mark.parametrize("write", [write_class_folders, write_class_files])
def test_parts_of_the_folder_are_kept_or_joined(tmp_path: Path, write: object) -> None:
    write(tmp_path / "train", {"fruit": FRUIT[:4], "tools": TOOLS[:4]})
    dataset = write(tmp_path / "test_set", {"fruit": FRUIT[4:], "tools": TOOLS[4:]})
    dataset = f"texts:{tmp_path}"
    texts = read_texts(dataset)
    assert texts.parts.bincount(minlength=3).tolist() == [8, 0, 4]
    assert dict(zip(texts.texts, texts.parts.tolist(), strict=True))[TOOLS[5]] == 2
    assert labelled(dataset, split_anew=True) == EXPECTED
    assert read_texts(dataset, split_anew=True).parts is None


def test_texts_without_labels_are_left_out_as_imdb_has_them(tmp_path: Path) -> None:
    write_class_folders(tmp_path / "train", CLASSES | {"unsup": ["who knows", "nobody does"]})
    write_class_folders(tmp_path / "test", {"fruit": ["a fig"], "tools": ["a rasp"]})
    survey = survey_texts(f"texts:{tmp_path}")
    assert survey.class_names == ("fruit", "tools") and survey.parts == ("train", "test")
    assert found(survey, TextOutcome.BESIDE) == ["train/unsup/0.txt", "train/unsup/1.txt"]


def test_files_that_differ_in_their_endings_alone_are_classes(tmp_path: Path) -> None:
    for ending, texts in CLASSES.items():
        (tmp_path / f"reviews.{ending}").write_text("\n".join(texts), "utf-8")
    (tmp_path / "reviews.README.1.0.txt").write_text("where they are from")
    assert labelled(f"texts:{tmp_path}") == EXPECTED


def test_every_folder_is_a_class_where_the_path_says_so(tmp_path: Path) -> None:
    write_class_folders(tmp_path, {"train": FRUIT, "test": TOOLS})
    names = read_texts(f"texts:{tmp_path}/*").class_names
    assert names == ("test", "train")


def test_the_table_says_what_was_found_and_what_will_be_done(tmp_path: Path) -> None:
    dataset = write_class_folders(tmp_path, {"fruit": FRUIT, "tools": TOOLS[:3]})
    said = str(survey_texts(dataset))
    for line in (
        "  fruit              6\n  tools              3\n  2 classes          9\n",
        "- A folder for each class, and in it a text a file.",
        "Signs (letters, blanks and all others) of a text: 31 to 37",
        "splits the texts into training, validation and test",
        "always answering fruit (no class has more texts) is right for 66.7 %",
        "Unequal classes: fruit has 6 texts, tools 3",
    ):
        assert line in said
    assert "must be mended" not in said.lower()


def test_empty_files_and_blank_lines_are_left_out_and_said(tmp_path: Path) -> None:
    dataset = write_class_folders(tmp_path / "a")
    (tmp_path / "a" / "fruit" / "9.txt").write_text(" \n\n")
    survey = survey_texts(dataset)
    assert found(survey, TextOutcome.EMPTY) == ["fruit/9.txt"] and len(survey.used) == 12
    lines = {"fruit": [*FRUIT[:2], "", *FRUIT[2:], "  "], "tools": TOOLS}
    survey = survey_texts(write_class_files(tmp_path / "b", lines))
    assert found(survey, TextOutcome.EMPTY) == ["fruit.txt: line 3", "fruit.txt: line 8"]
    assert len(survey.used) == 12 and "blank lines and empty files: 2 in 1 file" in str(survey)


def test_another_encoding_stops_and_the_way_out_leads_out(tmp_path: Path) -> None:
    dataset = write_class_files(tmp_path)
    (tmp_path / "fruit.txt").write_bytes("\n".join([*FRUIT, "café crème brûlée"]).encode("cp1252"))
    with pytest.raises(ValueError, match=r"no text in their encoding: 1 \(fruit\.txt: is not text"):
        read_texts(dataset)
    assert "encoding = 'cp1252'" in str(survey_texts(dataset))
    assert "café crème brûlée" in read_texts(dataset, encoding="cp1252").texts
    for encoding in ("utf-9", "base64"):  # the second one is no encoding of text
        with pytest.raises(ValueError, match=f"encoding = '{encoding}' is none that Python knows"):
            read_texts(dataset, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_of_encodings_are_understood(tmp_path: Path, encoding: str) -> None:
    dataset = write_class_files(tmp_path)
    (tmp_path / "fruit.txt").write_bytes("\r\n".join(["æbler", *FRUIT]).encode(encoding))
    texts = read_texts(dataset).texts
    assert texts[:2] == ("æbler", FRUIT[0]) and len(texts) == 13
    (tmp_path / "tools.txt").write_bytes("\n".join(TOOLS).encode(encoding))
    said = "utf-16" if encoding == "utf-16" else "utf-8"
    assert read_texts(dataset, encoding=said).texts == texts


def test_signs_that_unicode_counts_as_ends_of_lines_end_none(tmp_path: Path) -> None:
    lines = {"fruit": ["a\u2028pear\x85and\x0bmore", *FRUIT], "tools": TOOLS}
    assert len(read_texts(write_class_files(tmp_path, lines))) == 13


def test_bytes_of_zero_and_garbled_signs_have_outcomes(tmp_path: Path) -> None:
    dataset = write_class_folders(tmp_path)
    (tmp_path / "fruit" / "7.txt").write_text("it\u00e2\u20ac\u2122s an apple, Ã© and a pear")
    (tmp_path / "fruit" / "8.txt").write_bytes(b"PK\x03\x04\x00\x00")
    survey = survey_texts(dataset)
    assert found(survey, TextOutcome.NOT_TEXT)[0].startswith("fruit/8.txt: holds bytes of 0")
    assert found(survey, TextOutcome.GARBLED) == ["fruit/7.txt"]
    assert len(read_texts(dataset, skip_faulty=True)) == 13


def test_copies_count_once_and_contradictions_never(tmp_path: Path) -> None:
    lines = {"fruit": [*FRUIT, f"  {FRUIT[0]}", "it is red"], "tools": [*TOOLS, "it  is red"]}
    survey = survey_texts(write_class_files(tmp_path, lines))
    assert found(survey, TextOutcome.COPY) == ["fruit.txt:7: equals fruit.txt:1"]
    assert found(survey, TextOutcome.TWO_CLASSES) == [
        "fruit.txt:8: equals tools.txt:7, tools",
        "tools.txt:7: equals fruit.txt:8, fruit",
    ]
    assert [text.text for text in survey.used] == [*FRUIT, *TOOLS]


@pytest.mark.parametrize("write", [write_class_folders, write_class_files])
def test_of_copies_in_two_parts_that_of_the_test_is_used(tmp_path: Path, write: object) -> None:
    write(tmp_path / "train", {"fruit": FRUIT, "tools": TOOLS})
    write(tmp_path / "test", {"fruit": ["a fig", FRUIT[1]], "tools": ["a rasp"]})
    texts = read_texts(f"texts:{tmp_path}")
    parts = [
        part for t, part in zip(texts.texts, texts.parts.tolist(), strict=True) if t == FRUIT[1]
    ]
    assert parts == [2]


def test_near_copies_are_one_group_and_those_across_parts_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    near = f"{FRUIT[0].upper()}!?"
    dataset = write_class_files(tmp_path / "a", {"fruit": [*FRUIT, near], "tools": TOOLS})
    texts = read_texts(dataset, report=print)
    assert texts.groups[0] == texts.groups[6] and len(texts.groups.unique()) == 12
    said = capsys.readouterr().out
    assert "2 texts are near copies of one another" in said and "fruit.txt:1 ~ fruit.txt:7" in said
    assert read_texts(dataset, near_copies=False).groups is None
    write_class_files(tmp_path / "b" / "train")
    write_class_files(tmp_path / "b" / "test", {"fruit": [near], "tools": ["a rasp for soft wood"]})
    read_texts(f"texts:{tmp_path}/b", report=print)
    said = " ".join(capsys.readouterr().out.split())
    assert "Like texts for training, too: 1 in test" in said


def test_texts_of_a_class_that_are_all_alike_are_no_copies(tmp_path: Path) -> None:
    forms = [f"Dear customer, your order number {n} has been sent to you today." for n in range(8)]
    texts = read_texts(write_class_files(tmp_path, {"letters": forms, "tools": TOOLS}))
    assert len(texts.groups.unique()) == len(texts)


def test_texts_belong_together_by_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for label, texts in CLASSES.items():
        for place, text in enumerate(texts):
            (tmp_path / label).mkdir(exist_ok=True)
            (tmp_path / label / f"writer{place // 2}_{place}.txt").write_text(text)
    texts = read_texts(f"texts:{tmp_path}", group_by=r"writer\d", report=print)
    writers = [Path(file).name.partition("_")[0] for file in texts.files]
    assert len(set(zip(writers, texts.groups.tolist(), strict=True))) == 3
    assert len(texts.groups.unique()) == 3
    assert "(group_by) there are 3 groups" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(ValueError, match="nothing in the names of the texts matches"):
        read_texts(f"texts:{tmp_path}", group_by="patient")
    with pytest.raises(ValueError, match="needs a file for each text"):
        read_texts(write_class_files(tmp_path / "lines"), group_by="writer")


def test_classes_may_share_folders_of_writers_where_these_are_said_to_be_groups(
    tmp_path: Path,
) -> None:
    for label, texts in CLASSES.items():
        write_class_folders(tmp_path / label, {"anna": texts[:3], "ben": texts[3:]})
    with pytest.raises(ValueError, match="hold the same folders, anna, ben"):
        read_texts(f"texts:{tmp_path}")
    texts = read_texts(f"texts:{tmp_path}", group_by="folder")
    assert texts.class_names == ("fruit", "tools") and len(texts.groups.unique()) == 2


def test_a_class_of_one_stops_or_is_left_out(tmp_path: Path) -> None:
    dataset = write_class_files(tmp_path, CLASSES | {"meat": ["a ham"], "none": []})
    with pytest.raises(ValueError, match=r"too few.*: 2 \(meat: 1, and 3 are needed.*none: 0"):
        read_texts(dataset)
    assert read_texts(dataset, skip_faulty=True).class_names == ("fruit", "tools")


def test_one_class_is_too_few(tmp_path: Path) -> None:
    dataset = write_class_files(tmp_path, {"fruit": FRUIT, "meat": ["a ham"]})
    with pytest.raises(ValueError, match=r"fewer than two classes.*: fruit \(classes of too few"):
        read_texts(dataset, skip_faulty=True)
    with pytest.raises(ValueError, match=r"only one class folder, fruit.*text\.txt"):
        read_texts(write_class_folders(tmp_path / "one", {"fruit": FRUIT}))


def test_a_file_with_many_texts_in_a_class_folder_gets_a_hint(tmp_path: Path) -> None:
    for label, texts in CLASSES.items():
        write_class_folders(tmp_path, {label: ["\n".join(texts)]})
    assert "where a line is a text, put the files side by side" in " ".join(
        str(survey_texts(f"texts:{tmp_path}")).split()
    )


def test_names_are_told_apart_by_capitals_and_that_is_said(tmp_path: Path) -> None:
    classes = {"Fruit": FRUIT, "fruit ": TOOLS}
    assert "differ only in capitals or blanks" in str(
        survey_texts(write_class_folders(tmp_path, classes))
    )


def test_what_is_passed_over_is_named(tmp_path: Path) -> None:
    dataset = write_class_folders(tmp_path)
    (tmp_path / "notes.txt").write_text("beside the classes")
    (tmp_path / "tools" / "manual.pdf").write_bytes(b"%PDF")
    (tmp_path / "tools" / ".hidden.txt").write_text("hidden")
    (tmp_path / "tools" / "lost.txt").symlink_to(tmp_path / "nowhere")
    survey = survey_texts(dataset)
    assert found(survey, TextOutcome.BESIDE) == ["notes.txt"]
    assert found(survey, TextOutcome.OTHER) == ["tools/manual.pdf"]
    assert found(survey, TextOutcome.CLOSED) == ["tools/lost.txt"]
    assert len(survey.used) == 12


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "looked for"),
        ("a.json", "it is a file of another kind; check the path, unpack archives"),
        ("empty", "no class folders and 0 loose texts; arrange the texts as .*CLASS/text.txt"),
    ],
)
def test_a_path_that_holds_no_texts_is_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=said):
        read_texts(f"texts:{tmp_path / name}")


def test_columns_are_for_tables(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"are for tables, and .* holds none"):
        read_texts(write_class_files(tmp_path), text_column="review", label_column="kind")


def test_too_much_for_memory_is_refused_before_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_utils.session.memory.WORTH_ASKING", 0)
    monkeypatch.setattr("course_utils.session.memory.free_memory", lambda: 100)
    with pytest.raises(MemoryError, match=re.escape("take a part of them")):
        read_texts(write_class_files(tmp_path))
