"""What lies in a folder: pictures of every ending that Pillow reads, and why the rest is left."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, features

from course_utils.data.picture_tree import Reason, picture_endings, scan
from tests.helpers.picture_folders import fill, png, write


def passed(root: Path) -> dict[Reason, list[str]]:
    """What is passed over in ``root``, by the reason, as seen from it."""
    _, passed_over = scan(root)
    return {
        reason: [path.relative_to(root).as_posix() for path in paths]
        for reason, paths in passed_over.items()
        if paths
    }


def pictures(root: Path) -> list[str]:
    tree, _ = scan(root)
    return [path.relative_to(root).as_posix() for path in tree.all_pictures]


@pytest.mark.parametrize(
    "ending", [".jpg", ".JPG", ".jpeg", ".jfif", ".png", ".gif", ".bmp", ".tif", ".webp", ".mpo"]
)
def test_endings_of_pictures_are_found(tmp_path: Path, ending: str) -> None:
    fill(tmp_path, ["cat"], ending=ending)
    assert pictures(tmp_path) == [f"cat/0{ending}", f"cat/1{ending}"] and not passed(tmp_path)


def test_every_ending_that_is_found_can_be_opened(tmp_path: Path) -> None:
    names = Image.registered_extensions()
    written = 0
    for ending in picture_endings():
        if names[ending] in Image.SAVE and ending != ".mpo":
            mode = "L" if names[ending] not in ("AVIF", "WEBP", "GIF") else "RGB"
            file = tmp_path / f"1{ending}"
            Image.new(mode, (4, 4)).save(file, names[ending])
            with Image.open(file) as opened:
                opened.load()
            written += 1
    assert written > 20


def test_films_pages_and_measurements_are_no_pictures() -> None:
    assert not picture_endings() & {".mpg", ".pdf", ".h5", ".eps", ".ps", ".fits", ".ico", ".emf"}


@pytest.mark.parametrize(("ending", "library"), [(".avif", "avif"), (".jp2", "jpg_2000")])
def test_an_ending_counts_where_this_pillow_has_its_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str
) -> None:
    fill(tmp_path, ["owl"], 1, ending=ending)
    if Image.registered_extensions().get(ending) in Image.OPEN and features.check(library):
        assert pictures(tmp_path) == [f"owl/0{ending}"]
    monkeypatch.setattr(features, "check", lambda _: False)
    assert passed(tmp_path) == {Reason.CONVERT: [f"owl/0{ending}"]}


def test_heic_counts_once_a_plug_in_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "owl/IMG_1.HEIC", "owl/IMG_2.dng")
    assert passed(tmp_path) == {Reason.CONVERT: ["owl/IMG_1.HEIC", "owl/IMG_2.dng"]}
    monkeypatch.setitem(Image.EXTENSION, ".heic", "HEIF")  # as pillow-heif registers itself
    monkeypatch.setitem(Image.OPEN, "HEIF", Image.OPEN["PNG"])
    assert pictures(tmp_path) == ["owl/IMG_1.HEIC"]


def test_leftovers_of_other_programs_are_told_from_pictures(tmp_path: Path) -> None:
    fill(tmp_path, ["cat", "cat/@eaDir/0.png", "@eaDir/cat", "__MACOSX/cat", ".ipynb_checkpoints"])
    write(tmp_path, "cat/._0.png", ".DS_Store", "cat/Thumbs.db", "notes", "cat/list.txt")
    assert pictures(tmp_path) == ["cat/0.png", "cat/1.png"]
    assert passed(tmp_path) == {
        Reason.LEFTOVER: ["@eaDir", "__MACOSX", "cat/@eaDir"],
        Reason.HIDDEN: [".DS_Store", ".ipynb_checkpoints", "cat/._0.png"],
        Reason.OTHER: ["cat/Thumbs.db", "cat/list.txt", "notes"],
    }


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    fill(tmp_path / "store", ["more"])
    fill(tmp_path / "set", ["cat"])
    os.symlink(tmp_path / "store" / "more", tmp_path / "set" / "cat" / "linked")
    os.symlink(tmp_path / "store" / "more" / "0.png", tmp_path / "set" / "cat" / "one.png")
    os.symlink(tmp_path / "set", tmp_path / "set" / "cat" / "round")
    assert pictures(tmp_path / "set") == [
        *("cat/0.png", "cat/1.png", "cat/linked/0.png", "cat/linked/1.png", "cat/one.png"),
    ]
    assert passed(tmp_path / "set") == {Reason.LOOP: ["cat/round"]}


def test_links_to_nothing_and_to_themselves_are_named(tmp_path: Path) -> None:
    fill(tmp_path, ["cat"])
    os.symlink("/nowhere/9.png", tmp_path / "cat" / "9.png")
    os.symlink("/nowhere/owl", tmp_path / "owl")  # it may have been a class
    os.symlink("self.png", tmp_path / "cat" / "self.png")
    assert passed(tmp_path) == {Reason.DANGLING: ["cat/9.png", "cat/self.png", "owl"]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    fill(tmp_path, ["cat"])
    os.mkfifo(tmp_path / "cat" / "pipe.png")
    assert passed(tmp_path) == {Reason.OTHER: ["cat/pipe.png"]}


def test_one_name_in_two_spellings_is_one_folder(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        place = tmp_path / unicodedata.normalize(form, "Käse") / form
        place.mkdir(parents=True, exist_ok=True)  # a Mac has one folder of both spellings
        (place / "1.png").write_bytes(png())
    tree, _ = scan(tmp_path)
    assert list(tree.folders) == [unicodedata.normalize("NFC", "Käse")]
    assert tree.num_pictures == len(tree.all_pictures) == 2


def test_other_things_are_files_that_are_no_pictures(tmp_path: Path) -> None:
    fill(tmp_path, ["full"])
    write(tmp_path, "labels/1.txt", "phone/1.heic", "both/1.txt", "both/1.heic")
    (tmp_path / "empty").mkdir()
    tree, _ = scan(tmp_path)
    assert [name for name, folder in tree.folders.items() if folder.holds_other_things] == [
        "labels"
    ]


def test_looking_takes_no_torch() -> None:
    code = "import sys, course_utils.data.picture_tree; assert not {'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
