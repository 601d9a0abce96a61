"""The steps of a build: sources written, Sphinx run over them, its pages checked."""

import os
import re
import shutil
import tempfile
from io import StringIO
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from website.checks import check_pages
from website.sources import write_sources

OWN_FOLDER = Path(__file__).parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# myst-nb counts 10,000 lines to a cell, cells from 1, and the lines in it from 2.
CELL_AND_LINE = re.compile(r"(\.ipynb):(\d+)(\d{4}):")


def build(project: Path, out: Path) -> list[str]:
    """Build the site into ``out / "site"``; what is wrong with it, a line each.

    The site that was there before is replaced only by one without a problem.

    Args:
        project: Folder with ``README.md`` and ``notebooks``; is only read.
        out: Made if it is missing.

    Raises:
        ValueError: If the notebooks or the README lack what the site shows.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="site-", dir=out) as name:
        work = Path(name).resolve()
        sources, pages = work / "sources", work / "pages"
        write_sources(project, sources, pages / "figures")
        problems = _run_sphinx(sources, pages)
        # What Sphinx found is often why a check fails too, and says better where.
        problems = problems or check_pages(pages)
        if not problems:
            shutil.rmtree(out / "site", ignore_errors=True)
            pages.rename(out / "site")
    return problems


def _run_sphinx(sources: Path, pages: Path) -> list[str]:
    """Turn the ``sources`` into ``pages``; Sphinx's warnings, a line each."""
    said = StringIO()
    with patch_docutils(OWN_FOLDER), docutils_namespace():
        Sphinx(
            srcdir=sources,
            confdir=OWN_FOLDER,
            outdir=pages,
            doctreedir=sources.parent / "doctrees",
            buildername="html",
            status=None,
            warning=said,
        ).build()
    text = COLOUR.sub("", said.getvalue()).replace(f"{sources}{os.sep}", "")
    text = CELL_AND_LINE.sub(_name_cell, text)
    return [line for line in text.splitlines() if line.strip()]


def _name_cell(found: re.Match[str]) -> str:
    ending, cell, line = found.groups()
    return f"{ending}, cell {int(cell) - 1}, line {int(line) - 1}:"
