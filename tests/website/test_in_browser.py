"""The website in a real browser, at the widths of a phone, a tablet and a laptop."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from tests.helpers.browser.chromium import HOW_TO_INSTALL, find_chromium
from tests.helpers.notebook_files import LESSONS
from tests.helpers.site_files import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots" / "site"
SCREENSHOT_HEIGHT = 10_000  # pixels; of much taller ones a busy machine sometimes makes none
WIDTHS = (360, 768, 1280)
NAMES = ("index", *(path.stem for path in LESSONS))
# The theme lets the column of text scroll by itself, which is the page to a reader.
TOO_WIDE = """() => Math.max(document.scrollingElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll('.content')].map(box => box.scrollWidth - box.clientWidth))"""
# What sticks out of the page although no box in the text around it can be scrolled.
CUT_OFF = """() => [...document.querySelectorAll('article *')].filter(element => {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.right <= innerWidth + 1) return false;
    for (let outer = element; outer.tagName !== 'ARTICLE'; outer = outer.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(outer).overflowX)) return false;
    return true;
}).map(element => element.outerHTML.slice(0, 100))"""
MISSING_PICTURES = """() => [...document.images].filter(picture => !picture.naturalWidth)
    .map(picture => picture.src)"""
TEXT_SIZES = """() => [...document.querySelectorAll('article :is(p, li, pre, td)')]
    .filter(element => element.textContent.trim())
    .map(element => parseFloat(getComputedStyle(element).fontSize))"""

pytestmark = [
    pytest.mark.site,
    pytest.mark.skipif(find_chromium() is None, reason=HOW_TO_INSTALL),
]


@contextmanager
def open_page(browser: Browser, width: int = 1280) -> Iterator[Page]:
    """A page that must neither meet an error nor ask for anything beyond this machine."""
    problems = []
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(120_000)  # the tests may share two cores
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    page.on("request", lambda request: is_here(request.url) or problems.append(request.url))
    yield page
    page.close()
    assert not problems


def is_here(url: str) -> bool:
    """Whether an address is on this machine."""
    return url.startswith(("file://", "http://127.0.0.1:", "data:"))


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder as a web server would; the address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_each_width_and_is_whole(
    browser: Browser, site: Path, name: str, keeps_screenshots: bool
) -> None:
    with open_page(browser) as page:
        page.goto((site / f"{name}.html").as_uri())
        page.locator("article details").evaluate_all(
            "all => all.forEach(element => { element.open = true; })"
        )
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if keeps_screenshots:
                keep_screenshot(page, f"{name}-{width}.png")
            assert page.evaluate(TOO_WIDE) <= 0, f"at {width} pixels"
            assert page.evaluate(CUT_OFF) == [], f"at {width} pixels"
            assert page.evaluate(MISSING_PICTURES) == []
            assert min(page.evaluate(TEXT_SIZES)) >= 12, f"at {width} pixels"


def keep_screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page, as far as pictures go."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = min(SCREENSHOT_HEIGHT, page.evaluate("document.scrollingElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}
    page.screenshot(path=SCREENSHOTS / name, full_page=True, clip=clip)


@pytest.mark.parametrize("width", WIDTHS)
def test_search_finds_lessons_in_files_and_on_a_server(
    browser: Browser, site: Path, width: int
) -> None:
    with serve(site) as address, open_page(browser, width) as page:
        for start in (site.as_uri(), address):
            page.goto(f"{start}/index.html")
            if not page.locator(".sidebar-search").is_visible():
                page.locator(".nav-overlay-icon").click()
            page.locator(".sidebar-search").fill("backbone")
            page.locator(".sidebar-search").press("Enter")
            page.locator("#search-results li").nth(4).wait_for()
            found = page.locator("#search-results li a").all_inner_texts()
            assert any(title.startswith("03 ") for title in found)
            assert page.evaluate(TOO_WIDE) <= 0
        page.locator("#search-results p.context").first.wait_for()  # the server gives summaries


@pytest.mark.parametrize("width", WIDTHS)
def test_the_whole_book_is_turned_by_keyboard(browser: Browser, site: Path, width: int) -> None:
    with open_page(browser, width) as page:
        page.goto((site / "index.html").as_uri())
        for name in NAMES[1:]:
            follow_by_keyboard(page, ".next-page", f"**/{name}.html")
        assert page.locator(".next-page").count() == 0
        for name in NAMES[-2::-1]:
            follow_by_keyboard(page, ".prev-page", f"**/{name}.html")
        assert page.locator(".prev-page").count() == 0


def follow_by_keyboard(page: Page, link: str, address: str) -> None:
    """Walk back from the page's end with Shift+Tab to ``link``, and press Enter there."""
    page.locator("footer a").last.focus()
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", link):
            page.keyboard.press("Enter")
            page.wait_for_url(address)
            return
    raise AssertionError(f"{link} is not reached by keyboard on {page.url}")


@pytest.mark.parametrize("width", (360, 768))
def test_the_list_of_lessons_opens_by_keyboard_and_takes_no_focus_while_closed(
    browser: Browser, site: Path, width: int
) -> None:
    with open_page(browser, width) as page:
        page.goto((site / f"{NAMES[1]}.html").as_uri())
        lesson = page.locator(".sidebar-tree a", has_text="03 A frozen")
        assert not lesson.is_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "__navigation"
        page.keyboard.press("Space")
        lesson.wait_for()
        assert lesson.evaluate("element => element.getBoundingClientRect().width") > 100


def test_figures_stay_on_white_in_the_dark(browser: Browser, site: Path) -> None:
    with open_page(browser) as page:
        page.emulate_media(color_scheme="dark")
        page.goto((site / f"{NAMES[1]}.html").as_uri())
        colour = "element => getComputedStyle(element).backgroundColor"
        assert page.locator("body").evaluate(colour) != "rgb(255, 255, 255)"
        assert page.locator(".figure img").first.evaluate(colour) == "rgb(255, 255, 255)"


def test_a_page_reads_without_scripts(browser: Browser, site: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto((site / f"{NAMES[2]}.html").as_uri())
    assert page.locator("math").first.is_visible()
    assert page.locator(".next-page").is_visible()
    page.close()
