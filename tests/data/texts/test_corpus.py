"""Prose of packages: each piece once, kept, made anew where something changed, held out by file."""

import json
from pathlib import Path

import pytest

from course_utils.data.texts import kept_passages
from course_utils.data.texts.corpus import Prose, first_prose, hold_out_files, load_prose
from course_utils.data.texts.kept_passages import load_passages
from course_utils.data.texts.topics import load_topics
from tests.helpers.text_files import FRUIT, TOOLS, install


def docstring(*said: str) -> str:
    """A Python file whose docstring has these paragraphs."""
    return '"""' + "\n\n".join(f"{text}." for text in said) + '\n"""\n'


FILES = {
    "a.py": docstring(*FRUIT[:3]),
    "sub/b.py": docstring(FRUIT[0], FRUIT[1].upper(), TOOLS[0], TOOLS[1]),
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return install(tmp_path / "site", FILES, monkeypatch)


def test_each_piece_comes_once_and_files_are_named(package: str, tmp_path: Path) -> None:
    prose = load_prose(tmp_path, [package])
    assert prose.files == ("tinypack/a.py", "tinypack/sub/b.py")
    assert prose.texts[0] == "\n".join(f"{text}." for text in FRUIT[:3])
    assert prose.texts[1] == "\n".join(f"{text}." for text in TOOLS[:2])
    repeated = len(FRUIT[0]) + len(FRUIT[1]) + 2
    whole = sum(len(text) + 1 for text in (*FRUIT[:3], *TOOLS[:2])) + repeated
    assert prose.num_signs == whole and prose.repeated_share == pytest.approx(repeated / whole)
    assert "2 texts of tinypack 1.0" in str(prose)


def test_equal_pieces_of_two_packages_come_once(package: str, tmp_path: Path) -> None:
    assert load_prose(tmp_path, [package, package]).texts == load_prose(tmp_path, [package]).texts


def count_readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packages that are read from their files from now on."""
    read, real = [], kept_passages.read_package
    monkeypatch.setattr(
        kept_passages, "read_package", lambda package: read.append(package) or real(package)
    )
    return read


def test_what_was_read_once_is_kept(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = count_readings(monkeypatch)
    first = load_passages(package, tmp_path)
    assert load_passages(package, tmp_path) == first and read == [package]
    assert [file.name for file in (tmp_path / "docstrings").iterdir()] == ["tinypack.json"]
    assert json.loads((tmp_path / "docstrings" / "tinypack.json").read_text())["version"] == "1.0"


def test_another_version_is_read_anew(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_passages(package, tmp_path)
    about = tmp_path / "site" / "tinypack-1.0.dist-info" / "METADATA"
    about.write_text(about.read_text().replace("1.0", "1.1"))
    (tmp_path / "site" / "tinypack" / "a.py").write_text(docstring(TOOLS[2]))
    found = load_passages(package, tmp_path)
    assert found.version == "1.1" and found.passages[0].text == f"{TOOLS[2]}."


@pytest.mark.parametrize("change", ["cut", "recipe", "empty", "list"])
def test_what_is_damaged_or_made_in_another_way_is_made_anew(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    first = load_passages(package, tmp_path)
    file = tmp_path / "docstrings" / "tinypack.json"
    content = file.read_bytes()
    damaged = {
        "cut": content[:-9],
        "recipe": json.dumps(json.loads(content) | {"recipe": "older"}).encode(),
        "empty": b"",
        "list": b"[]",
    }
    file.write_bytes(damaged[change])
    read = count_readings(monkeypatch)
    assert load_passages(package, tmp_path) == first and read == [package]
    assert file.read_bytes() == content


def test_where_nothing_can_be_kept_work_goes_on(
    package: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docstrings").write_text("a file in the place of the folder")
    assert len(load_passages(package, tmp_path).passages) == 7
    assert "Going on without keeping it" in capsys.readouterr().out


def test_the_first_prose_is_one_small_file_of_real_english() -> None:
    prose = first_prose()
    words = " ".join(prose.texts).lower().split()
    assert set(prose.files) == {"torch/nn/modules/loss.py"} and len(words) > 1000
    assert words.count("the") > 0.03 * len(words)


def test_a_file_is_on_one_side(package: str, tmp_path: Path) -> None:
    files = tuple(f"p/{place // 3}.py" for place in range(600))
    texts = tuple(f"text {place}" for place in range(600))
    prose = Prose(texts, files, {"p": "1.0"}, 6000)
    learned, held_out = hold_out_files(prose, 0.2)
    assert len(learned) + len(held_out) == len(prose)
    assert not set(learned.files) & set(held_out.files)
    share = len(set(held_out.files)) / len(set(prose.files))
    assert 0.15 < share < 0.25
    assert hold_out_files(prose, 0.2)[1].texts == held_out.texts
    assert learned.repeated_share == pytest.approx(0)
    for share in (0, 1, 1.5):
        with pytest.raises(ValueError, match=f"share must be above 0 and below 1, got {share}"):
            hold_out_files(prose, share)
    with pytest.raises(ValueError, match="2 files are too few"):
        hold_out_files(load_prose(tmp_path, [package]), 1e-9)


def test_topics_are_paragraphs_about_python_without_code() -> None:
    topics = load_topics()
    assert len(topics) > 300 and len(set(topics.files)) > 30
    assert all(80 <= len(text) <= 400 and "\n" not in text for text in topics.texts)
    assert len(set(topics.texts)) == len(topics)
    assert "pydoc_data/assert" in topics.files
    assert not any("::=" in text or ">>>" in text for text in topics.texts)


def test_a_file_of_topics_that_holds_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "topics.py").write_text("topics = None\n")
    monkeypatch.setattr("course_utils.data.texts.topics.folder_of", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"topics\.py holds no table of topics"):
        load_topics()
