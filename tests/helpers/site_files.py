"""Sites as the tests build them: of the real lessons, and of small ones with planted faults."""

import json
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from tests.helpers.notebook_files import LESSONS, NOTEBOOKS_FOLDER, read_notebook, write_notebook

ROOT = NOTEBOOKS_FOLDER.parent
FIRST_CELL = """# 01 The loss

**You will be able to** see.

**Minutes:** 30 to read and run, 20 for the exercises
"""


def build_site(project: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Run the command behind ``make site`` on ``project``; the site lies in ``out / "site"``."""
    command = [sys.executable, "-m", "website", "--project", str(project), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def build_real_site(folder: Path) -> Path:
    """Build the site of the committed lessons; where it lies.

    Run times that are not measured yet are made up, so that one test alone fails for want of them.
    """
    project = folder / "project"
    (project / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "README.md", project)
    for path in [*LESSONS, *NOTEBOOKS_FOLDER.glob("*.png")]:
        shutil.copy(path, project / "notebooks")
    made_up = {path.stem: {"seconds": 1.0, "cores": 2} for path in LESSONS}
    write_run_times(project, made_up | real_run_times())
    built = build_site(project, folder / "out")
    assert built.returncode == 0, built.stderr
    return folder / "out" / "site"


def real_run_times() -> dict[str, dict[str, float]]:
    """What ``make notebooks`` measured; empty before it ever ran."""
    file = NOTEBOOKS_FOLDER / "run_times.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def write_run_times(project: Path, times: dict[str, dict[str, float]]) -> None:
    """Write the file with run times of a project."""
    (project / "notebooks" / "run_times.json").write_text(json.dumps(times), encoding="utf-8")


def make_project(folder: Path, text: str = "", outputs: tuple[dict, ...] = ()) -> Path:
    """Write a project of one lesson, ``01_loss``.

    Args:
        folder: Where to; made here.
        text: A Markdown cell of the lesson.
        outputs: Of its only code cell.
    """
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True)
    shutil.copy(NOTEBOOKS_FOLDER / "result.png", notebooks)
    row = "| [01 The loss](notebooks/01_loss.ipynb) | see it fall |\n"
    (folder / "README.md").write_text(f"# A\n\n| lesson | after it you can |\n|---|---|\n{row}")
    write_run_times(folder, {"01_loss": {"seconds": 12.4, "cores": 2}})
    cells = ((FIRST_CELL, "markdown"), (text, "markdown"), "show()")
    path = write_notebook(notebooks / "01_loss.ipynb", *cells)
    notebook = read_notebook(path)
    notebook["cells"][2] |= {"outputs": list(outputs), "execution_count": 1}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def display(data: dict, metadata: dict | None = None) -> dict:
    """An output as a notebook keeps it."""
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


class Elements(HTMLParser):
    """The tags of a page with their attributes, and its visible text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._unseen = 0  # how many elements are open whose text is not prose
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        self._unseen += tag in ("script", "style", "pre", "code")

    def handle_endtag(self, tag: str) -> None:
        """Note that a tag is closed."""
        self._unseen -= tag in ("script", "style", "pre", "code")

    def handle_data(self, data: str) -> None:
        """Note a text, unless it is code."""
        if not self._unseen:
            self.text += data

    def named(self, *names: str) -> list[dict[str, str | None]]:
        """Attributes of all tags of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]
