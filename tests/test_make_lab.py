"""``make lab`` in a fresh copy: lesson 00 opens, for this machine only, and asks nothing."""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from tests.helpers.browser.chromium import HOW_TO_INSTALL, find_chromium, open_browser
from tests.helpers.browser.lab import (
    HOST,
    answers,
    becomes,
    listens_at,
    private_environment,
    running_server,
    wait_until,
)
from tests.helpers.browser.notebook_page import Watch
from tests.helpers.notebook_files import NOTEBOOKS_FOLDER, read_notebook, source_of

ROOT = NOTEBOOKS_FOLDER.parent
# The environment in which the tests run is taken as the installed one.
MAKE = [
    "make",
    "--no-print-directory",
    "-o",
    f"{sys.prefix}/.installed",
    f"VENV={sys.prefix}",
    "lab",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("make") is None, reason="no make is installed"),
]


def write_command(path: Path, script: str) -> Path:
    """Write an executable shell script."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[psutil.Process, str]]:
    """The process of ``make lab``, and the address that a browser was asked to open."""
    folder = tmp_path_factory.mktemp("fresh")
    for name in (".jupyter", "notebooks"):
        shutil.copytree(ROOT / name, folder / "copy" / name)
    shutil.copy(ROOT / "Makefile", folder / "copy")
    asked = folder / "asked"
    browser = write_command(
        folder / "browser", f'echo "$1" > "{asked}.part"; mv "{asked}.part" "{asked}"'
    )
    environment = private_environment(folder) | {"BROWSER": str(browser)}
    del environment["JUPYTER_CONFIG_PATH"]  # the Makefile has to set it
    with running_server(MAKE, folder, environment, cwd=folder / "copy") as (process, port):
        wait_until(lambda: port_in(asked) == port, "a browser is asked to open it")
        address = address_in(asked.read_text().strip())
        wait_until(lambda: answers(address), "JupyterLab answers")
        yield psutil.Process(process.pid), address


def port_in(asked: Path) -> int | None:
    """Port of the address that a browser was asked to open, None before that."""
    return urlsplit(address_in(asked.read_text().strip())).port if asked.exists() else None


def address_in(asked: str) -> str:
    """The address that a browser shows: Jupyter asks it to open a file that leads there."""
    parts = urlsplit(asked)
    if parts.scheme != "file":
        return asked
    page = Path(parts.path).read_text(encoding="utf-8")
    return re.search(r'url=([^"]+)"', page)[1].replace("&amp;", "&")


def test_lesson_00_opens_with_a_token_on_this_machine(running: tuple[psutil.Process, str]) -> None:
    parts = urlsplit(running[1])
    assert parts.hostname == HOST
    assert parts.path == "/lab/tree/00_start_here.ipynb"  # the list beside it shows the lessons
    assert len(parse_qs(parts.query)["token"][0]) >= 32


def test_nothing_listens_beyond_this_machine(running: tuple[psutil.Process, str]) -> None:
    started = [running[0], *running[0].children(recursive=True)]  # kernels may end meanwhile
    listening = set.union(*map(listens_at, started))
    assert {address for address, _ in listening} == {HOST}


def test_without_the_token_nothing_is_given_out(running: tuple[psutil.Process, str]) -> None:
    parts = urlsplit(running[1])
    start = f"{parts.scheme}://{parts.netloc}"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{start}/api/contents", timeout=60)
    with urllib.request.urlopen(f"{start}{parts.path}", timeout=60) as answer:
        assert urlsplit(answer.url).path == "/login"


@pytest.mark.skipif(find_chromium() is None, reason=HOW_TO_INSTALL)
def test_the_lesson_is_shown_and_nothing_is_asked(running: tuple[psutil.Process, str]) -> None:
    title = source_of(read_notebook(NOTEBOOKS_FOLDER / "00_start_here.ipynb")["cells"][0])
    watch, requests = Watch(), []
    with open_browser() as browser:
        page = browser.new_page()
        page.set_default_timeout(300_000)
        watch.listen_to(page)
        page.on("request", lambda request: requests.append(urlsplit(request.url).path))
        page.goto(running[1])
        shown = page.locator(".jp-Notebook h1").first
        shown.wait_for()
        assert shown.inner_text().rstrip("¶") == title.splitlines()[0].removeprefix("# ")
        kernel = page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        assert becomes(lambda: kernel.count() > 0, seconds=300)
        # The question about news comes when the rest has come.
        page.wait_for_timeout(3000)
        asking = page.locator(".jp-Dialog, .Toastify__toast")
        assert asking.all_text_contents() == []
    assert "/lab/api/update" not in requests
    assert watch == Watch()


@pytest.mark.parametrize(("uid", "allowed"), [("0", True), ("1000", False)])
def test_only_root_is_allowed_as_root_and_told_so(tmp_path: Path, uid: str, allowed: bool) -> None:
    write_command(tmp_path / "id", f"echo {uid}")
    write_command(tmp_path / "python", 'echo "$@"')
    (tmp_path / "bin").symlink_to(tmp_path)
    command = [word.replace(sys.prefix, str(tmp_path)) for word in MAKE]
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shown = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert "-m jupyterlab --ip=127.0.0.1 " in shown
    # The command itself names the option; what it was run with is the last line.
    assert ("--allow-root" in shown.splitlines()[-1]) == allowed
    assert ("You are root" in shown.splitlines()[0]) == allowed
