"""Look through a whole lesson in JupyterLab as a learner meets it: run it cell by cell, and see it.

``python -m tests.helpers.browser.look_through notebooks/01_pretraining_loss.ipynb --zoom 2`` keeps
a picture of every screenful; ``--moves`` moves every explorer, and says how long the answers took.
"""

import argparse
import signal
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.helpers.browser.chromium import HOW_TO_INSTALL, find_chromium, open_browser
from tests.helpers.browser.lab import becomes, running_lab
from tests.helpers.browser.notebook_page import (
    Watch,
    copy_notebook,
    failures_in_cells,
    open_notebook,
    wait_for_cells,
)
from tests.helpers.browser.widget_scripts import STOPWATCH
from tests.helpers.browser.widgets import (
    KEYS,
    check_shown,
    has_answered,
    label_of,
    press,
    state,
    what_takes_focus,
)
from tests.helpers.notebook_files import read_notebook

ACTIVE_CELL = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
  .findIndex(cell => cell.classList.contains('jp-mod-active'))"""
IN_TIME = 250  # milliseconds from a key to the new picture


def run_by_hand(page: Page, num_cells: int, seconds: float = 300) -> None:
    """Run a notebook cell by cell with Shift+Enter, each when the one before has ended."""
    page.locator(".jp-Notebook .jp-Cell").first.click(position={"x": 3, "y": 3})
    for number in range(1, num_cells):  # the page itself has not made all of them yet
        for _ in range(5):  # a cell that JupyterLab lays out anew can lose the focus
            page.locator(".jp-Notebook .jp-Cell.jp-mod-active").evaluate("cell => cell.focus()")
            page.keyboard.press("Shift+Enter")
            if becomes(lambda below=number: page.evaluate(ACTIVE_CELL) >= below, seconds=3):
                break
        wait_for_cells(page, seconds)
    page.keyboard.press("Shift+Enter")  # the last one has no next cell to go to
    page.wait_for_timeout(1000)
    wait_for_cells(page, seconds)


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


def time_moves(page: Page, pause: float) -> list[tuple[float, str]]:
    """Press every key that may move a control of an explorer, and wait for each answer.

    Args:
        page: With a lesson that has run.
        pause: Seconds before each key, in which a learner would look and read.

    Returns:
        For each key that moved something: from the key to the new picture, milliseconds; and what
        was moved.
    """
    found = []
    for box in page.locator(".course-explorer").all():
        check_shown(box)
        box.evaluate(STOPWATCH)
        for kind, keys in KEYS.items():
            for control in box.locator(kind).all():
                for key in keys:
                    page.wait_for_timeout(1000 * pause)
                    before = state(box)
                    target = what_takes_focus(control)
                    if press(page, target, key) and has_answered(box, before, seconds=4):
                        time = box.evaluate("box => box.answerTimes.at(-1)")
                        found.append((time, f"{key} on {label_of(target)}"))
    return found


def say_times(found: list[tuple[float, str]]) -> None:
    """Print how many answers there were, how long they took, and which came late."""
    if not found:
        return
    times = [time for time, _ in found]
    late = [f"  {time:.0f} ms: {what}" for time, what in found if time > IN_TIME]
    summary = (
        f"{len(times)} answers: median {statistics.median(times):.0f} ms; "
        f"{len(times) - len(late)} within {IN_TIME} ms"
    )
    print(summary, *late, sep="\n")


def look_through(
    notebook: Path, *, width: int, height: int, zoom: float, out: Path, moves: float | None
) -> list[str]:
    """Run a notebook as it is, picture every screenful of it, and say what went wrong."""
    watch = Watch()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(Path(folder) / "lab") as lab,
        open_browser() as browser,
    ):
        parameters = {"data_dir": str(Path(folder) / "data")}
        copied = copy_notebook(notebook, lab.root / notebook.name, parameters)
        num_cells = len(read_notebook(copied)["cells"])  # before JupyterLab may be saving it
        viewport = {"width": int(width / zoom), "height": int(height / zoom)}
        page = browser.new_page(viewport=viewport, device_scale_factor=zoom)
        watch.listen_to(page)
        open_notebook(lab, page, notebook.name)
        run_by_hand(page, num_cells)
        print(f"{photograph_all(page, out)} screens in {out}")
        if moves is not None:
            say_times(time_moves(page, moves))
        return failures_in_cells(page) + watch.page_errors + watch.requests_elsewhere


def main(arguments: list[str] | None = None) -> int:
    """Picture every screenful of a notebook that was run in JupyterLab."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1280, help="of the window, pixels")
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--zoom", type=float, default=1, help="of the browser: 2 is 200 per cent")
    parser.add_argument("--out", type=Path, default=Path("build/look"))
    parser.add_argument(
        "--moves", type=float, nargs="?", const=1.5, metavar="SECONDS",
        help="move every explorer too, and time it, with this pause before each key (1.5)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if find_chromium() is None:
        parser.error(HOW_TO_INSTALL)
    # Ended from outside, it still ends the JupyterLab, kernels and browser that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    problems = look_through(**vars(options))
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
