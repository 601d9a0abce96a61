"""A real JupyterLab in a real browser: start it, open a notebook, run it, say what went wrong.

Everything it writes lies in a folder that is thrown away. To look through a whole lesson:
``python tests/browser_lab.py notebooks/01_pretraining_loss.ipynb --zoom 2 --out build/look``.
"""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from browser import HOW_TO_INSTALL, find_chromium, open_browser
from notebook_files import NOTEBOOKS_FOLDER, read_notebook, source_of, tags_of
from playwright.sync_api import Page, Request
from playwright.sync_api import TimeoutError as BrowserTimeoutError

HOST = "127.0.0.1"
CONFIG = NOTEBOOKS_FOLDER.parent / ".jupyter"  # what `make lab` uses besides the user's own
FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
)
PROMPTS = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]"
# The cells that a run must number: JupyterLab gives an empty one no number.
UNFINISHED = f"""() => {PROMPTS}.filter(prompt =>
  prompt.closest('.jp-CodeCell').querySelector('.cm-content')?.textContent.trim() !== ''
  && !/\\[\\d+\\]/.test(prompt.textContent)).length"""
STARTED = f"() => {PROMPTS}.some(prompt => /\\[(\\d+|\\*)\\]/.test(prompt.textContent))"
RUNNING = f"() => {PROMPTS}.some(prompt => /\\[\\*\\]/.test(prompt.textContent))"
ACTIVE_CELL = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
  .findIndex(cell => cell.classList.contains('jp-mod-active'))"""
FAILED_OUTPUTS = ", ".join(
    [
        '[data-mime-type="application/vnd.jupyter.error"]',
        '[data-mime-type="application/vnd.jupyter.stderr"]',
        ".jupyter-widgets-error-widget",
        ".course-error",
    ]
)


@dataclass
class Lab:
    """A JupyterLab that runs: where it answers, and the folder whose notebooks it shows."""

    address: str
    token: str
    root: Path

    def url(self, path: str) -> str:
        """Address of ``path`` with the token."""
        return f"{self.address}/{path}?token={self.token}"

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the server answers under ``api/``, None where it answers nothing."""
        request = urllib.request.Request(self.url(f"api/{path}"), method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def kernel_is_ready(self, name: str) -> bool:
        """Whether the notebook's kernel is idle and the page is connected to it."""
        sessions = [session for session in self.ask("sessions") if session["path"] == name]
        kernels = [session["kernel"] for session in sessions]
        return any(
            kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels
        )

    def end_kernels(self) -> None:
        """End every kernel, so that the next notebook has the machine to itself."""
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")


@dataclass
class Watch:
    """What a page must never do, as it happens: errors of its scripts, requests to elsewhere."""

    page_errors: list[str] = field(default_factory=list)
    requests_elsewhere: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        """Follow ``page`` from now on."""
        page.on("pageerror", lambda error: self.page_errors.append(str(error)[:300]))
        page.on("request", self.note_request)
        page.on("websocket", lambda socket: self.note_address(socket.url))

    def note_request(self, request: Request) -> None:
        """Keep the address of a request that leaves the machine."""
        self.note_address(request.url)

    def note_address(self, address: str) -> None:
        """Keep an address that is not on this machine."""
        scheme, _, rest = address.partition("://")
        if scheme in ("http", "https", "ws", "wss") and not rest.startswith(f"{HOST}:"):
            self.requests_elsewhere.append(address)


def becomes(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether ``is_so()`` within some seconds."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until ``is_so()``, or raise TimeoutError that says ``what`` did not come about."""
    if not becomes(is_so, seconds):
        raise TimeoutError(f"after {seconds:.0f} seconds still not so: {what}")


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def private_environment(folder: Path) -> dict[str, str]:
    """Environment of a Jupyter that reads and writes no settings but those below ``folder``."""
    folders = {name: str(folder / name.lower()) for name in FOLDERS}
    return dict(os.environ, JUPYTER_CONFIG_PATH=str(CONFIG)) | folders


@contextmanager
def own_process_group(
    command: list[str], log: Path, *, environment: dict[str, str], cwd: Path | None = None
) -> Iterator[subprocess.Popen]:
    """A process that is ended with all it started; what it prints goes to ``log``."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=cwd,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Run JupyterLab over the new folder ``folder/root``, with a token, for this machine only."""
    root, port, token = folder / "root", free_port(), secrets.token_hex(16)
    root.mkdir(parents=True)
    lab = Lab(f"http://{HOST}:{port}", token, root)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ip={HOST}", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}", *(["--allow-root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    log = folder / "jupyterlab.log"
    with own_process_group(command, log, environment=private_environment(folder)) as process:
        wait_until(
            lambda: process.poll() is not None or answers(lab.url("api")), "JupyterLab answers"
        )
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended at once:\n{log.read_text()[-2000:]}")
        yield lab


def answers(address: str) -> bool:
    """Whether a server answers there, and lets in."""
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:  # nothing listens there, or it refuses
        return False


def copy_notebook(source: Path, target: Path, parameters: dict[str, Any] | None = None) -> Path:
    """Copy a notebook without its outputs, with other values in its cell of parameters.

    Raises:
        ValueError: If that cell has no such parameter.
    """
    notebook = read_notebook(source)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        if parameters and "parameters" in tags_of(cell):
            text = source_of(cell)
            for name, value in parameters.items():
                if f"\n{name} = " not in f"\n{text}":
                    raise ValueError(f"{source.name} has no parameter {name!r}")
                text += f"\n{name} = {value!r}"
            cell["source"] = text
    target.write_text(json.dumps(notebook), encoding="utf-8")
    return target


def open_notebook(lab: Lab, page: Page, name: str) -> None:
    """Show the notebook ``name`` of the lab's folder, its kernel started."""
    page.goto(lab.url(f"lab/tree/{name}") + "&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # The toolbar says "idle" before the page is connected to the kernel.
    wait_until(lambda: lab.kernel_is_ready(name), f"a kernel is ready for {name}")


def run_all(page: Page, seconds: float = 120) -> None:
    """Run all cells from the menu, and wait until they ended or one of them failed."""
    for _ in range(5):  # JupyterLab drops the command while it still attaches the kernel
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            page.wait_for_function(STARTED, timeout=5000)
            break
        except BrowserTimeoutError:
            page.keyboard.press("Escape")
    wait_until(lambda: not page.evaluate(RUNNING), "all cells have run", seconds)


def failures_in_cells(page: Page) -> list[str]:
    """What the outputs say that failed, and how many cells have not run."""
    # Not inner texts: those of cells outside the window are empty.
    found = [text.strip()[-500:] for text in page.locator(FAILED_OUTPUTS).all_text_contents()]
    if unfinished := page.evaluate(UNFINISHED):
        found.append(f"{unfinished} cells did not run to their end")
    return found


def run_by_hand(page: Page, num_cells: int, seconds: float = 300) -> None:
    """Run a notebook cell by cell with Shift+Enter, each when the one before has ended."""
    page.locator(".jp-Notebook .jp-Cell").first.click(position={"x": 3, "y": 3})
    for number in range(1, num_cells):  # the page itself has not made all of them yet
        for _ in range(5):  # a cell that JupyterLab lays out anew can lose the focus
            page.locator(".jp-Notebook .jp-Cell.jp-mod-active").evaluate("cell => cell.focus()")
            page.keyboard.press("Shift+Enter")
            if becomes(lambda below=number: page.evaluate(ACTIVE_CELL) >= below, seconds=3):
                break
        wait_until(lambda: not page.evaluate(RUNNING), "the cell has run", seconds)
    page.keyboard.press("Shift+Enter")  # the last one has no next cell to go to
    page.wait_for_timeout(1000)
    wait_until(lambda: not page.evaluate(RUNNING), "the cell has run", seconds)


def photograph_all(page: Page, out: Path) -> int:
    """Picture every screenful of the notebook that is shown; how many there are."""
    out.mkdir(parents=True, exist_ok=True)
    scroller = page.locator(".jp-WindowedPanel-outer").first
    scroller.evaluate("panel => { panel.scrollTop = 0; }")
    for number in range(1000):
        page.wait_for_timeout(300)
        page.screenshot(path=out / f"screen_{number:03}.png")
        # Some lines are seen twice, so that no line is seen by half only.
        moved = scroller.evaluate(
            "panel => { const top = panel.scrollTop;"
            " panel.scrollTop += 0.9 * panel.clientHeight; return panel.scrollTop - top; }"
        )
        if moved < 1:
            return number + 1
    raise RuntimeError("the notebook has no end")


def look_through(notebook: Path, *, width: int, height: int, zoom: float, out: Path) -> list[str]:
    """Run a notebook as it is, picture every screenful of it, and say what went wrong."""
    watch = Watch()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(Path(folder) / "lab") as lab,
        open_browser() as browser,
    ):
        # A lesson writes to data_dir.
        parameters = {"data_dir": str(Path(folder) / "data")}
        copied = copy_notebook(notebook, lab.root / notebook.name, parameters)
        viewport = {"width": int(width / zoom), "height": int(height / zoom)}
        page = browser.new_page(viewport=viewport, device_scale_factor=zoom)
        watch.listen_to(page)
        open_notebook(lab, page, notebook.name)
        run_by_hand(page, len(read_notebook(copied)["cells"]))
        print(f"{photograph_all(page, out)} screens in {out}")
        return failures_in_cells(page) + watch.page_errors + watch.requests_elsewhere


def main(arguments: list[str] | None = None) -> int:
    """Picture every screenful of a notebook that was run in JupyterLab."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1280, help="of the window, pixels")
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--zoom", type=float, default=1, help="of the browser: 2 is 200 per cent")
    parser.add_argument("--out", type=Path, default=Path("build/look"))
    options = parser.parse_args(arguments)
    if find_chromium() is None:
        parser.error(HOW_TO_INSTALL)
    problems = look_through(**vars(options))
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
