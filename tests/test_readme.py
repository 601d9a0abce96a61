"""What the README shows and names is really there."""

import ast
import re
from base64 import b64decode
from pathlib import Path

from tests.helpers.notebook_files import LESSONS, NOTEBOOKS_FOLDER, read_notebook, tags_of
from tests.test_floors import FLOORS

ROOT = NOTEBOOKS_FOLDER.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_link_leads_to_a_file() -> None:
    targets = re.findall(r"\]\(([^):#]+)\)", README)
    assert targets
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert not missing


def test_every_lesson_is_linked() -> None:
    missing = [path.name for path in LESSONS if f"(notebooks/{path.name})" not in README]
    assert not missing


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"no target {target}"


def test_every_folder_of_the_package_says_what_it_is_for() -> None:
    for path in (ROOT / "course_utils").rglob("__init__.py"):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert text, f"{path.relative_to(ROOT)} has no docstring"


def test_the_floors_are_those_that_hold() -> None:
    layout = README.split("imports only point down: ")[1].split(".\n-")[0]
    floors = [set(re.findall(r"`(\w+)(?:\.py)?`", floor)) for floor in layout.split(";")]
    assert floors == list(FLOORS)


def test_the_picture_is_the_one_that_a_lesson_computed() -> None:
    pictures = [
        output["data"]["image/png"]
        for path in LESSONS
        for cell in read_notebook(path)["cells"]
        if "readme-picture" in tags_of(cell)
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 1, "exactly one figure is tagged readme-picture"
    shown = Path(NOTEBOOKS_FOLDER / "result.png").read_bytes()
    assert b64decode(pictures[0]) == shown, "run `make notebooks`"
