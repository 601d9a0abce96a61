"""Every shape in which right answers are handed in is read, or refused with the reason.

The shapes are those that users of nbgrader reported; the exercises are the tests' own.
"""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classroom.handed_in import HandedIn, find_students
from classroom.submissions import Submission, read_submissions
from tests.helpers.own_exercises import LESSON, SOLUTIONS, exercises, original, solved
from tests.helpers.student_notebooks import cell_of

NAME = f"{LESSON}.ipynb"
RIGHT = json.loads(json.dumps(solved()))  # plain lists and dictionaries
BYTES = json.dumps(RIGHT).encode()


def read(folder: Path, student: str = "ann") -> tuple[Submission | None, list[str]]:
    """What is found of a student in a folder of submissions, and all remarks on it."""
    (files,) = (those for name, those in find_students(folder, [LESSON]).items() if name == student)
    found, remarks = read_submissions(student, files, {LESSON: original()}, {LESSON: exercises()})
    submission = found.get(LESSON)
    return submission, remarks + (submission.remarks if submission else [])


def answers_of(submission: Submission) -> dict[str, str]:
    """The answers that will be run."""
    return {name: cell_of(submission.notebook, name).source for name in SOLUTIONS}


def put(folder: Path, content: bytes = BYTES, name: str = NAME) -> Path:
    """Hand in a file; the folder of the class."""
    path = folder / "ann" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return folder


def changed(change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """The right notebook with its cells changed."""
    notebook = json.loads(BYTES)
    change(notebook["cells"])
    return json.dumps(notebook).encode()


def zip_of(name: str = NAME, content: bytes = BYTES) -> bytes:
    """A zip archive of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def tar_of(name: str = NAME, content: bytes = BYTES, mode: str = "w:gz") -> bytes:
    """A tar archive of one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def as_format_3() -> bytes:
    """The right notebook as it was written until 2015."""
    cells = [
        {"cell_type": "code", "input": cell["source"], "language": "python", "outputs": []}
        if cell["cell_type"] == "code"
        else {"cell_type": "markdown", "source": cell["source"]}
        for cell in RIGHT["cells"]
    ]
    for cell, old in zip(RIGHT["cells"], cells, strict=True):
        old["metadata"] = cell["metadata"]
    sheet = {"cells": cells, "metadata": {}}
    document = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}
    return json.dumps(document).encode()


def on_windows(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def by_colab(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"] = {**cell["metadata"], "id": cell.pop("id")}


def all_ids_same(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["id"] = "same"


def in_lines(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["source"] = cell["source"].splitlines(keepends=True)


def with_outputs(cells: list[dict[str, Any]]) -> None:
    text = ["x" * 21_000_000]
    cells[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]


def without_metadata(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"] = {}
        del cell["id"]


WITHOUT_NAMES = [
    "text of order, test of order, text of total, test of total: missing, "
    "the original was put back",
    "answer order, answer total: found in a cell without its name",
]


@pytest.mark.parametrize(
    ("content", "name", "remarks"),
    [
        (BYTES, NAME, []),
        (changed(by_colab), NAME, []),
        (b"\xef\xbb\xbf" + BYTES, NAME, []),
        (BYTES.decode().encode("utf-16"), NAME, []),
        (changed(all_ids_same), NAME, []),
        (changed(in_lines), NAME, []),
        (changed(on_windows), NAME, []),
        (changed(with_outputs), NAME, []),
        (changed(without_metadata), NAME, WITHOUT_NAMES),
        (as_format_3(), NAME, []),
        (BYTES, "09_A_TRIAL.IPYNB", ["handed in as 09_A_TRIAL.IPYNB"]),
        (BYTES, "Homework final (2).ipynb", ["handed in as Homework final (2).ipynb"]),
        (BYTES, f"Desktop/My stuff/exercises/{NAME}", []),
        (zip_of(), "exercises.zip", []),
        (tar_of(), "exercises.tgz", []),
        (zip_of("inner.zip", zip_of()), "outer.zip", []),
    ],
    ids=[
        "plain", "colab", "BOM", "UTF-16", "same ids", "lines", "CRLF", "21 MB of outputs",
        "no metadata, no ids", "format 3", "capitals", "renamed", "deep", "zip inside",
        "tar inside", "zip in a zip",
    ],
)  # fmt: skip
def test_a_shape_of_a_right_notebook_is_read(
    tmp_path: Path, content: bytes, name: str, remarks: list[str]
) -> None:
    submission, found = read(put(tmp_path, content, name))
    assert answers_of(submission) == SOLUTIONS
    assert found == remarks


@pytest.mark.parametrize(
    ("name", "content", "student"),
    [
        ("ann.zip", zip_of(f"exercises/{NAME}"), "ann"),
        ("ann.ZIP", zip_of(), "ann"),
        ("ann.zip", zip_of(f"exercises\\{NAME}"), "ann"),
        ("ann.tar.gz", tar_of(f"x/{NAME}"), "ann"),
        ("ann.tar", tar_of(mode="w"), "ann"),
        ("Ünï o'Brien, 猫.zip", zip_of(), "Ünï o'Brien, 猫"),
    ],
)
def test_an_archive_is_a_student(tmp_path: Path, name: str, content: bytes, student: str) -> None:
    (tmp_path / name).write_bytes(content)
    submission, remarks = read(tmp_path, student)
    assert answers_of(submission) == SOLUTIONS
    assert remarks == []


@pytest.mark.parametrize("name", ["ann.ipynb", f"ann_{NAME}", "ANN 09_A_Trial.IPYNB", NAME])
def test_a_notebook_that_lies_there_alone_is_a_student(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BYTES)
    (student,) = find_students(tmp_path, [LESSON])
    assert student == (LESSON if name == NAME else name[:3])
    submission, remarks = read(tmp_path, student)
    assert answers_of(submission) == SOLUTIONS
    assert remarks == ([] if name == NAME else [f"handed in as {name}"])


def test_a_folder_and_an_archive_of_one_student_are_both_read(tmp_path: Path) -> None:
    put(tmp_path, name="a.ipynb")
    (tmp_path / "bob.zip").mkdir()  # no archive, and not bob
    (tmp_path / "ann.zip").write_bytes(zip_of("b.ipynb"))
    found = find_students(tmp_path)
    assert {name: [file.name for file in files] for name, files in found.items()} == {
        "ann": ["a.ipynb", "b.ipynb"],
        "bob.zip": [],
    }


def test_where_the_one_with_the_right_name_is_untouched_its_copy_counts(tmp_path: Path) -> None:
    untouched = json.dumps(original()).encode()
    put(tmp_path, untouched)
    submission, remarks = read(put(tmp_path, name=f"{LESSON}-Copy1.ipynb"))
    assert answers_of(submission) == SOLUTIONS
    assert remarks == [
        f"{NAME}: a second notebook of {LESSON}, left aside",
        f"handed in as {LESSON}-Copy1.ipynb",
    ]
    put(tmp_path)  # now both are answered: the right name wins
    assert read(tmp_path)[1] == [f"{LESSON}-Copy1.ipynb: a second notebook of {LESSON}, left aside"]


def test_an_answer_that_became_text_is_said_to_be_text(tmp_path: Path) -> None:
    def to_text(cells: list[dict[str, Any]]) -> None:
        (cell,) = (cell for cell in cells if cell["source"] == SOLUTIONS["total"])
        cell["cell_type"] = "markdown"

    submission, remarks = read(put(tmp_path, changed(to_text)))
    assert answers_of(submission)["order"] == SOLUTIONS["order"]
    assert remarks == ["answer total: its cell is text, not code; the original was put back"]


def test_answers_and_tests_that_are_there_twice_or_not_at_all(tmp_path: Path) -> None:
    def twice(cells: list[dict[str, Any]]) -> None:
        cells.insert(3, json.loads(json.dumps(cells[3])) | {"source": "# thoughts first"})
        cells.append(cells[5])

    submission, remarks = read(put(tmp_path, changed(twice)))
    assert answers_of(submission) == SOLUTIONS
    assert remarks == ["answer order, test of order: there more than once"]

    def no_tests(cells: list[dict[str, Any]]) -> None:
        cells[:] = [cell for cell in cells if "require_right(" not in cell["source"]]

    submission, remarks = read(put(tmp_path, changed(no_tests)))
    assert answers_of(submission) == SOLUTIONS
    assert remarks == ["test of order, test of total: missing, the original was put back"]


def test_an_answer_in_a_new_cell_below_comes_after_the_first(tmp_path: Path) -> None:
    def below(cells: list[dict[str, Any]]) -> None:
        (place,) = (n for n, cell in enumerate(cells) if cell["source"] == SOLUTIONS["total"])
        cells.insert(place + 1, {"cell_type": "code", "source": SOLUTIONS["total"], "metadata": {}})
        cells[place] = {**cells[place], "source": "def total(x):\n    return 1"}

    submission, remarks = read(put(tmp_path, changed(below)))
    texts = [cell.source for cell in submission.notebook.cells]
    assert texts.index("def total(x):\n    return 1") + 1 == texts.index(SOLUTIONS["total"])
    assert remarks == []


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", NAME, f"{NAME}: empty"),
        (b"print('hello')", "answer.py", "answer.py: not a notebook"),
        (b'{"cells": [', NAME, f"{NAME}: broken: it cannot be read as a notebook"),
        (BYTES.replace(b'"cells": [', b'\n<<<<<<< HEAD\n"cells": [', 1), NAME, "conflict marks"),
        (b'{"cells": [{"cell_type": "code", "source": "x", "metadata": 3}]}', NAME, "broken"),
        (b'{"cells": [{"source": "x"}]}', NAME, "broken"),
        (b'{"cells": {"a": 1}}', NAME, "broken"),
        (b"[]", NAME, "broken"),
        (b'{"cells": [' + b'{"cell_type": "code"},' * 2000 + b'{"cell_type": "code"}]}', NAME,
         "more than 1000 cells"),
        (b'{"nbformat": 3, "worksheets": 7}', NAME, "broken"),
        (BYTES, f".ipynb_checkpoints/{LESSON}-checkpoint.ipynb", "only a checkpoint"),
        (b"PK not really", "work.zip", "work.zip: an archive that cannot be read (BadZipFile)"),
        (b"not really", "work.tar.gz", "work.tar.gz: an archive that cannot be read (ReadError)"),
        (zip_of("a.zip", zip_of("b.zip", zip_of())), "c.zip", "too large or too deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, name: str, why: str) -> None:
    submission, remarks = read(put(tmp_path, content, name))
    assert submission is None
    (remark,) = remarks
    assert why in remark


def test_a_student_with_nothing_gets_a_line(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    assert read(tmp_path) == (None, ["nothing was handed in"])


def test_links_are_not_followed_and_have_a_line(tmp_path: Path) -> None:
    (tmp_path / "teacher").mkdir()
    secret = tmp_path / "teacher" / NAME
    secret.write_bytes(BYTES)
    handed_in = tmp_path / "handed in"
    (handed_in / "ann").mkdir(parents=True)
    (handed_in / "ann" / NAME).symlink_to(secret)
    (handed_in / "ann" / "folder").symlink_to(secret.parent)
    (handed_in / "bob").symlink_to(secret.parent)
    for student, names in (("ann", [NAME, "folder"]), ("bob", ["bob"])):
        submission, remarks = read(handed_in, student)
        assert submission is None
        assert remarks == [
            f"{name}: a link, which is not followed: put what it leads to there itself"
            for name in names
        ]


def test_whatever_else_lies_there_has_a_line(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / "notes.txt").write_text("from the teacher")
    (tmp_path / ".DS_Store").write_text("from a program")
    assert set(find_students(tmp_path)) == {"ann", "notes.txt"}
    (remark,) = read(tmp_path, "notes.txt")[1]
    assert remark.startswith("notes.txt: neither a folder, a zip or tar archive, nor a notebook")


def test_nothing_in_an_archive_reaches_the_disk(tmp_path: Path) -> None:
    class_folder = tmp_path / "class"
    class_folder.mkdir()
    (class_folder / "ann.zip").write_bytes(zip_of("../b.ipynb"))
    (class_folder / "bob.tar").write_bytes(tar_of("../b.ipynb", mode="w"))
    assert read(class_folder)[1] == ["handed in as b.ipynb"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["ann.zip", "bob.tar", "class"]


@pytest.mark.parametrize("damage", [slice(60, 90), slice(30, 34), slice(-30, -20), slice(6, 8)])
def test_a_damaged_archive_stops_nothing(tmp_path: Path, damage: slice) -> None:
    broken = bytearray(zip_of(content="".join(map(str, range(500))).encode()))
    broken[damage] = b"\xff" * len(broken[damage])
    (tmp_path / "ann.zip").write_bytes(broken)
    submission, remarks = read(tmp_path)
    assert submission is None and len(remarks) == 1


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_what_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, make: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classroom.handed_in.MOST_BYTES", 1_000_000)
    ending = "zip" if make is zip_of else "tar.gz"
    (tmp_path / f"ann.{ending}").write_bytes(make(content=b"0" * 6_000_000))
    (file,) = find_students(tmp_path)["ann"]
    assert isinstance(file, HandedIn) and file.notebook is None
    assert "clear the outputs and hand it in again" in file.why_not


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_submissions_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"a folder or zip per student"):
        find_students(tmp_path / name)
