"""A look at the finished pages: every link leads somewhere, every picture is described."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

LOADED = {"img", "script", "link", "iframe", "source", "video", "audio", "embed", "object"}
VERBATIM = {"code", "pre", "script", "style", "textarea"}  # a dollar in these is no formula
EMPTY = {"img", "link", "meta", "br", "hr", "input", "source", "embed", "wbr", "col"}
FORMULA_SOURCE = re.compile(r"\$(?!\d)|\\\(|\\\[|\\begin\{")  # $5 is a price, $5$ is not


@dataclass
class Page:
    """What one page refers to, and what can be referred to in it."""

    anchors: set[str] = field(default_factory=set)
    links: list[tuple[str, str]] = field(default_factory=list)  # tag, address
    undescribed: list[str] = field(default_factory=list)  # pictures without alternative text
    texts: list[str] = field(default_factory=list)  # that no markup says to take verbatim


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in EMPTY:
            self._open.append(tag)
        self.page.anchors |= {values[name] for name in ("id", "name") if name in values}
        for name in ("href", "src", "data", "poster"):
            if name in values:
                self.page.links.append((tag, values[name]))
        if tag == "img" and not values.get("alt", "").strip():
            self.page.undescribed.append(values.get("src", "")[:80])

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not VERBATIM & set(self._open):
            self.page.texts.append(data)


def check_pages(folder: Path) -> list[str]:
    """Problems of the pages in ``folder``, a line each."""
    pages = {path.relative_to(folder).as_posix(): read_page(path) for path in _pages_in(folder)}
    problems = []
    for name, page in pages.items():
        problems += [f"{name}: a picture without alternative text: {src}"
                     for src in page.undescribed]  # fmt: skip
        problems += [f"{name}: a formula was left as it is written: {text.strip()[:80]}"
                     for text in page.texts if FORMULA_SOURCE.search(text)]  # fmt: skip
        for tag, address in page.links:
            if wrong := _problem_with(tag, address, name, pages, folder):
                problems.append(f"{name}: {wrong}: {address[:80]}")
    return problems


def read_page(path: Path) -> Page:
    """What the page at ``path`` holds."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.page


def _pages_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def _problem_with(
    tag: str, address: str, name: str, pages: dict[str, Page], folder: Path
) -> str | None:
    """What is wrong with an address on page ``name``; None if nothing is."""
    parts = urlsplit(address)
    if parts.scheme == "data":
        return None
    if parts.scheme or parts.netloc:
        return "is loaded from elsewhere" if tag in LOADED else None
    target = name
    if parts.path:
        target = normpath(str(PurePosixPath(name).parent / unquote(parts.path)))
    if not (folder / target).is_file():
        return "leads to no page or file of the site"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors:
        return "leads to a place that is not on that page"
    return None
