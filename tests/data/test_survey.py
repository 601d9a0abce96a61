"""What is said of a folder before any of its pictures is opened."""

import os
import tempfile
from pathlib import Path

import pytest

from course_utils.data.catalogue import load_examples
from course_utils.data.folder import load_folder
from course_utils.data.plain_text import width
from course_utils.data.survey_folder import survey_folder
from course_utils.data.survey_text import COLUMNS
from tests.helpers.picture_folders import fill, run_as_other_user, write

LONG = "n" * 199


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """Parts of three classes of odd names, with all that lies about in people's folders."""
    root = tmp_path / "strange"
    for part in ("training_set", "test_set"):
        for name, number in (("$5_", 16), ("猫", 4), (LONG, 2)):
            fill(root, [f"{part}/{name}"], number)
    cats = root / "training_set" / "猫"
    write(cats, "IMG_1.HEIC", "@eaDir/0.png", ".DS_Store", "li\nne.txt", "broken.gif")
    fill(cats, ["deeper"], 1)
    os.symlink("/nowhere/9.png", cats / "9.png")
    os.symlink(root, cats / "round")
    return root


def test_a_table_says_what_was_found_and_what_will_be_done(strange: Path) -> None:
    text = str(survey_folder(strange))
    lines = text.splitlines()
    assert max(map(width, lines)) <= COLUMNS and text.isprintable() is False  # for its line ends
    table = {line.split()[0]: line.split()[1:] for line in lines[1:6]}
    assert table["class"] == ["train", "test", "pictures"]
    assert table["$5_"] == ["16", "16", "32"] and table["猫"] == ["6", "4", "10"]
    assert table["3"] == ["classes", "24", "22", "46"]
    said = " ".join(text.split())
    for sentence in (
        "train from training_set, test from test_set",
        "Inside class folders: 1 folder, such as training_set/猫/deeper",
        "links that lead nowhere, mend or remove them: 1 (training_set/猫/9.png)",
        "save them as JPEG or PNG: 1 (.heic 1: training_set/猫/IMG_1.HEIC)",
        "pip install pillow-heif",
        "links back to a folder above: 1 (training_set/猫/round)",
        "thumbnails and leftovers of other programs: 1 (training_set/猫/@eaDir)",
        "hidden files and folders: 1 (training_set/猫/.DS_Store)",
        r"no pictures, by their endings: 1 (.txt 1: training_set/猫/li\nne.txt)",
        "The folder's own parts are kept: train, test; val will be drawn from train.",
        "always answering $5_ (no class has more pictures) is right for 72.7 % of the test",
        "$5_ has 32 pictures, nnn",
        "1 of what is passed over may be pictures of a class",
        "with /* at its end",
    ):
        assert sentence in said


def test_columns_stand_below_one_another_whatever_the_signs(strange: Path) -> None:
    rows = str(survey_folder(strange)).splitlines()[1:6]
    assert len({width(row) for row in rows}) == 1


def test_a_plain_folder_is_said_in_few_words(tmp_path: Path) -> None:
    lines = str(survey_folder(fill(tmp_path, ["cat", "dog"], 3))).splitlines()
    assert lines[1:] == [
        "  class       pictures",
        "  cat                3",
        "  dog                3",
        "  2 classes          6",
        "What will be done:",
        "- The workbook splits the pictures into training, validation and test.",
        "- Guessing: always answering cat (no class has more pictures) is right for 50.0 % of the",
        "  pictures.",
    ]


def test_the_largest_and_the_smallest_of_many_classes_are_shown(tmp_path: Path) -> None:
    fill(tmp_path, [f"class {number:03}" for number in range(250)], 1)
    fill(tmp_path, ["class 123"], 3)
    lines = str(survey_folder(tmp_path)).splitlines()
    assert len(lines) < 35 and lines[2].split() == ["class", "123", "3"]
    assert lines[12].strip() == "… 230 classes of sizes between …"
    assert lines[23].split() == ["250", "classes", "252"]


def test_unequal_classes_and_what_guessing_is(tmp_path: Path) -> None:
    fill(tmp_path, ["fine"], 40)
    fill(tmp_path, ["defect"], 3)
    said = " ".join(str(survey_folder(tmp_path)).split())
    assert "always answering fine (no class has more pictures) is right for 93.0 % of" in said
    assert "Unequal classes: fine has 40 pictures, defect 3: look at balanced accuracy" in said


def test_names_that_look_alike_are_told(tmp_path: Path) -> None:
    fill(tmp_path, ["Cat", "cat ", "dog"])
    assert "are classes of their own: 'Cat', 'cat '." in str(survey_folder(tmp_path))


def test_counts_are_of_what_is_used(tmp_path: Path) -> None:
    fill(tmp_path, ["test/cat", "test/dog"], 2)
    fill(tmp_path, ["train/cat"], 9)
    fill(tmp_path, ["train/dog"], 3)
    assert survey_folder(tmp_path).counts.tolist() == [[9, 3], [2, 2]]
    survey = survey_folder(tmp_path, max_per_class=5)
    assert survey.counts.tolist() == [[5, 3], [2, 2]] and "(max_per_class)" in str(survey)


def test_no_picture_is_opened(tmp_path: Path) -> None:
    write(tmp_path, *(f"{name}/{number}.jpg" for name in ("cat", "dog") for number in range(2)))
    assert survey_folder(tmp_path).counts.tolist() == [[2, 2]]


def test_what_was_found_is_printed_once_also_if_reading_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path / "pets", ["cat", "dog"])
    write(tmp_path / "pets", "cat/9.png")
    with pytest.raises(ValueError, match=r"cannot be read: cat/9\.png"):
        load_examples(f"folder:{tmp_path / 'pets'}", 4, tmp_path)
    assert capsys.readouterr().out == f"{survey_folder(tmp_path / 'pets')}\n"


def test_a_link_to_nothing_is_refused_or_left_out_by_request(strange: Path) -> None:
    (strange / "training_set" / "猫" / "broken.gif").unlink()
    message = r"links that lead nowhere.*\(training_set/猫/9\.png\); .*skip_unreadable = True"
    told = []
    with pytest.raises(ValueError, match=message):
        load_folder(strange, 4, report=told.append)
    assert told[0].lost == (strange / "training_set" / "猫" / "9.png",)  # told before it is refused
    assert len(load_folder(strange, 4, skip_unreadable=True)) == 45


CLOSED = ("cat/more", "cat/0.png", "dog", ".")
LOOK = f"""
for number, closed in enumerate({CLOSED}):
    folder = f"{{sys.argv[1]}}/{{number}}"
    for skip in (False, True):
        try:
            print(len(load_folder(folder, 4, skip_unreadable=skip)))
        except ValueError as error:
            print(error)
    if number < 2:
        print(*[line for line in str(survey_folder(folder)).splitlines() if "closed" in line])
"""


@pytest.mark.slow
def test_what_this_account_may_not_read_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:  # where another user may look
        Path(name).chmod(0o755)
        roots = [fill(Path(name, f"{n}"), ["cat", "cat/more", "dog"]) for n in range(len(CLOSED))]
        places = [root / closed for root, closed in zip(roots, CLOSED, strict=True)]
        for place in places:
            place.chmod(0)
        try:
            said = run_as_other_user(LOOK, Path(name)).splitlines()
        finally:
            for place in places:
                place.chmod(0o755)
    for closed, number_left in (("cat/more", "4"), ("cat/0.png", "5")):
        refusal, with_skip, line = said[:3]
        assert f"closed to this account, change their permissions ({closed}); or go" in refusal
        assert with_skip == number_left
        assert line == f"- closed to this account, change their permissions: 1 ({closed})"
        del said[:3]
    assert "class folder dog of" in said[0] and said[0] == said[1]  # a class is never left out
    assert "Passed over in dog: closed to this account, change their permissions: 1" in said[0]
    assert "this account may not read the folder" in said[2] and said[2:3] == said[3:]
