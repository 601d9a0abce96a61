"""A real Chromium for tests that open pages; none is downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# Containers often run as root, where Chromium's own sandbox does not start. Where a page scrolls by
# itself, it is there at once: to draw all that lies on the way takes the browser long.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-smooth-scrolling")
NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_INSTALL = "no Chromium found: `apt install chromium`, or install Google Chrome"


def find_chromium() -> str | None:
    """Path of the browser that is installed here, None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the browser without a window, and end it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
