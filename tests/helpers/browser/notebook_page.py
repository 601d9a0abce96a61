"""A notebook in JupyterLab, in a browser: open it, run it, say what went wrong, close it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request
from playwright.sync_api import TimeoutError as BrowserTimeoutError

from tests.helpers.browser.lab import HOST, PATIENCE, Lab, wait_until
from tests.helpers.notebook_files import read_notebook, source_of, tags_of

PROMPTS = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]"
# The cells that a run must number: JupyterLab gives an empty one no number.
UNFINISHED = f"""() => {PROMPTS}.filter(prompt =>
  prompt.closest('.jp-CodeCell').querySelector('.cm-content')?.textContent.trim() !== ''
  && !/\\[\\d+\\]/.test(prompt.textContent)).length"""
STARTED = f"() => {PROMPTS}.some(prompt => /\\[(\\d+|\\*)\\]/.test(prompt.textContent))"
RUNNING = f"() => {PROMPTS}.some(prompt => /\\[\\*\\]/.test(prompt.textContent))"
APPLICATION_IS_THERE = "() => 'jupyterapp' in window"
OPEN = """path =>
  jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'}).then(() => null)"""
# With a moment for what that leaves undone: its errors are none of the next notebook.
CLOSE_ALL = """async () => {
  if (!('jupyterapp' in window)) return false;
  for (const widget of [...jupyterapp.shell.widgets('main')]) widget.dispose();
  for (let i = 0; i < 3; i++) await new Promise(done => setTimeout(done));
  return !document.querySelector('.jp-Dialog');
}"""
FAILED_OUTPUTS = ", ".join(
    [
        '[data-mime-type="application/vnd.jupyter.error"]',
        '[data-mime-type="application/vnd.jupyter.stderr"]',
        ".jupyter-widgets-error-widget",
        ".course-error",
    ]
)


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


def copy_notebook(
    source: Path,
    target: Path,
    parameters: dict[str, Any] | None = None,
    *,
    with_text: bool = True,
) -> Path:
    """Copy a notebook without its outputs, with other values in its cell of parameters.

    Args:
        source: Notebook.
        target: File to write.
        parameters: Values by name.
        with_text: Whether to keep Markdown cells; to draw formulas takes a browser long.

    Raises:
        ValueError: If that cell has no such parameter.
    """
    notebook = read_notebook(source)
    if not with_text:
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
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
    """Show the notebook ``name`` of the lab's folder, its kernel started.

    JupyterLab is loaded, unless ``page`` shows it already.
    """
    if page.evaluate(APPLICATION_IS_THERE):
        page.evaluate(OPEN, name)
    else:
        page.goto(lab.url(f"lab/tree/{name}") + "&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # The toolbar says "idle" before the page is connected to the kernel.
    wait_until(lambda: lab.kernel_is_ready(name), f"a kernel is ready for {name}")


def close_notebooks(page: Page) -> bool:
    """Close all that JupyterLab shows, unsaved; whether ``page`` is ready for the next notebook."""
    return page.evaluate(CLOSE_ALL)


def run_all(page: Page, seconds: float = 2 * PATIENCE) -> None:
    """Run all cells from the menu, and wait until they ended or one of them failed."""
    for _ in range(20):  # JupyterLab drops the command while it still attaches the kernel
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            page.wait_for_function(STARTED, timeout=5000)
            break
        except BrowserTimeoutError:
            page.keyboard.press("Escape")
    wait_for_cells(page, seconds)


def wait_for_cells(page: Page, seconds: float) -> None:
    """Wait until no cell runs."""
    wait_until(lambda: not page.evaluate(RUNNING), "no cell runs", seconds)


def failures_in_cells(page: Page) -> list[str]:
    """What the outputs say that failed, and how many cells have not run."""
    # Not inner texts: those of cells outside the window are empty.
    found = [text.strip()[-500:] for text in page.locator(FAILED_OUTPUTS).all_text_contents()]
    if unfinished := page.evaluate(UNFINISHED):
        found.append(f"{unfinished} cells did not run to their end")
    return found
