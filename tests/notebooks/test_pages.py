r"""Pages of executed lessons: formulas drawn, pictures described, nothing fetched."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from course_utils.notebooks.outcomes import Outcome, read_outcome
from course_utils.notebooks.pages import STYLE_SHEET, write_index, write_page
from course_utils.notebooks.shown_outputs import WIDGET_NOTE
from tests.helpers.odd_names import ODD_NAMES

# A PNG of 3 by 2 transparent points.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAC0lEQVR42mNgwAUAABoAAS+Yl6YAAAAASUVORK5CYII="
ALT = 'Loss falls from 2.3 to "almost" 0 & stays <0.1'
TEXT = r"""# The title

Inline $\theta^* = \operatorname*{arg\,min}_\theta L(\theta)$ and code `$HOME`.

$$\frac1n \sum_{i=1}^{n} L(y_i, f(x_i;\theta))$$

\begin{align}
a &= b \\
c &< d
\end{align}

| step | minimised |
|---|---|
| one | $\ln K$ |

![a picture](dot.png) and [the next lesson](02_next.ipynb#part), [a site](https://example.org).

<details><summary>Hint</summary>

Try $K = 10$ and **think**.

</details>
"""


class Tags(HTMLParser):
    """Collects every start tag with its attributes, and the tags open around each text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, tuple[str, ...]]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it says of itself."""
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Forget a tag, and those inside it that nobody closed."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append((data, tuple(self._open)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        """Attributes of all tags of one name."""
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a notebook with formulas, a figure, a picture, and a widget."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "dot.png").write_bytes(base64.b64decode(PNG))
    v4 = nbformat.v4
    figure = v4.new_output("display_data", {"image/png": PNG, "text/plain": "Loss falls."})
    figure.metadata = {"image/png": {"alt": ALT}}
    view = {"model_id": "1", "version_major": 2, "version_minor": 0}
    widget = v4.new_output(
        "display_data",
        {"application/vnd.jupyter.widget-view+json": view, "text/plain": "IntSlider(value=0)"},
    )
    cells = [
        v4.new_markdown_cell(TEXT),
        v4.new_code_cell("plot()", outputs=[figure], execution_count=1),
        v4.new_code_cell("slider()", outputs=[widget], execution_count=2),
    ]
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"1": {}}}}
    notebook = v4.new_notebook(cells=cells, metadata={"widgets": state})
    write_page(notebook, folder, folder / "page.html")
    assert "widgets" in notebook.metadata, "the notebook itself must stay as it was"
    return (folder / "page.html").read_text(encoding="utf-8")


def test_a_page_loads_nothing_and_runs_nothing(html: str) -> None:
    page = Tags(html)
    assert not page.named("script")
    assert not [link for link in page.named("link") if link.get("href")]
    assert not re.findall(r"url\(\s*['\"]?(?!data:|['\"]?data:)[a-z]+:|@import", html)
    sources = [value for _, attrs in page.tags for name, value in attrs.items() if name == "src"]
    assert len(sources) == 2
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_every_formula_is_mathml_and_code_stays_code(html: str) -> None:
    page = Tags(html)
    displays = [math["display"] for math in page.named("math")]
    assert sorted(displays) == ["block", "block", "inline", "inline", "inline"]
    visible = "".join(text for text, around in page.texts if "style" not in around)
    assert "\\" not in visible
    assert re.findall(r"\$\w*", visible) == ["$HOME"]


def test_a_figure_has_its_own_alternative_text(html: str) -> None:
    alts = [image["alt"] for image in Tags(html).named("img")]
    assert alts == ["a picture", ALT]


def test_a_figure_has_room_before_it_is_there(html: str) -> None:
    figure = Tags(html).named("img")[1]
    assert (figure["width"], figure["height"]) == ("3", "2")


def test_a_hint_stays_folded_away(html: str) -> None:
    page = Tags(html)
    assert page.named("details") == [{}]
    around = {text.strip(): around for text, around in page.texts}
    assert "details" in around["think"]
    assert "details" not in around["The title"]


def test_links_to_lessons_lead_to_their_pages(html: str) -> None:
    links = [link.get("href") for link in Tags(html).named("a")]
    assert "02_next.html#part" in links
    assert "https://example.org" in links
    assert "index.html" in links


def test_a_widget_is_replaced_by_a_note(html: str) -> None:
    assert WIDGET_NOTE in html
    assert "IntSlider" not in html


def test_the_title_is_that_of_the_lesson_and_phones_are_thought_of(html: str) -> None:
    assert "<title>The title</title>" in html
    viewports = [meta for meta in Tags(html).named("meta") if meta.get("name") == "viewport"]
    assert "width=device-width" in viewports[0]["content"]


def outcome(**changes: object) -> Outcome:
    """An outcome without a flaw, but for ``changes``."""
    usual = {"lesson": "01_a", "title": "A", "seconds": 12.34, "error": None, "headline": "0.95"}
    usual |= {"values": {}, "claims_held": [], "claims_not_held": [], "picture": None}
    return Outcome(**usual | changes)


def test_the_index_tells_how_each_lesson_went(tmp_path: Path) -> None:
    failed = outcome(lesson="02_b", title="B", headline=None, error="ValueError: <seed>")
    missed = outcome(lesson="03_c", title="C", claims_not_held=["frozen beats scratch"])
    write_index([outcome(), failed, missed], tmp_path / "index.html")
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<img" not in html
    first, second, third = re.findall(r"<li.*?</li>", html)
    assert '<a href="01_a.html">A</a>' in first
    assert ">12.3 s</p>" in first and ">0.95</p>" in first
    assert "failed: ValueError: &lt;seed&gt;" in second
    assert "did not hold in this run: frozen beats scratch" in third
    assert "3 run in 37 s, 1 failed" in html


def run_with_result(*outputs: nbformat.NotebookNode) -> Outcome:
    """What a run came to whose cell tagged ``result`` has these outputs, and another a picture."""
    v4 = nbformat.v4
    other = v4.new_output("display_data", {"image/png": "b3RoZXI=", "text/plain": "Other."})
    cells = [
        v4.new_code_cell("plot()", outputs=[other]),
        v4.new_code_cell("show()", outputs=list(outputs), metadata={"tags": ["result"]}),
    ]
    return read_outcome("01_a", v4.new_notebook(cells=cells), seconds=1.0, error=None)


def test_the_index_shows_the_figure_of_the_cell_tagged_result(tmp_path: Path) -> None:
    figure = nbformat.v4.new_output("display_data", {"image/png": PNG, "text/plain": "Loss falls."})
    figure.metadata = {"image/png": {"alt": ALT}}
    printed = nbformat.v4.new_output("stream", text="1 of 2\n")
    write_index([run_with_result(printed, figure)], tmp_path / "index.html")
    (image,) = Tags((tmp_path / "index.html").read_text(encoding="utf-8")).named("img")
    assert image["src"] == f"data:image/png;base64,{PNG}"
    assert image["alt"] == ALT


def test_a_lesson_that_did_not_come_to_its_result_has_an_entry_without_a_picture(
    tmp_path: Path,
) -> None:
    write_index([run_with_result()], tmp_path / "index.html")
    page = Tags((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert [link["href"] for link in page.named("a")] == ["01_a.html"]
    assert page.named("img") == []


def test_pages_and_index_hold_the_style_sheet_of_the_site(html: str, tmp_path: Path) -> None:
    write_index([outcome()], tmp_path / "index.html")
    style = STYLE_SHEET.read_text(encoding="utf-8").strip()
    assert style in html
    assert style in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_printed_columns_stay_below_one_another_and_an_error_is_told(tmp_path: Path) -> None:
    v4 = nbformat.v4
    outputs = [
        v4.new_output("stream", text="rate  loss\n0.1   <2\n"),
        v4.new_output("error", ename="E", evalue="x", traceback=["\x1b[31mE\x1b[0m: <x>"]),
        v4.new_output("display_data", {"application/pdf": "JVBE"}),
        v4.new_output("display_data", {"text/markdown": "**bold** $x$"}),
    ]
    cell = v4.new_code_cell("table()", outputs=outputs, metadata={"tags": ["timing"]})
    write_page(v4.new_notebook(cells=[cell]), tmp_path, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert 'class="cell tag_timing tag_columns"' in html
    assert "<pre>rate  loss\n0.1   &lt;2\n</pre>" in html
    assert re.search(r"<pre><span [^>]*>E</span>: &lt;x&gt;</pre>", html)
    assert "JVBE" not in html
    assert "<strong>bold</strong> <math" in html


def test_names_are_text_wherever_a_page_shows_them(tmp_path: Path) -> None:
    v4, said = nbformat.v4, f'{" ".join(ODD_NAMES)} "><script>alert(1)</script> $x^2$ **b**'
    figure = v4.new_output("display_data", {"image/png": PNG, "text/plain": said})
    figure.metadata = {"image/png": {"alt": said}}
    plain = v4.new_output("display_data", {"text/plain": said})
    outputs = [figure, plain, v4.new_output("stream", name="stdout", text=said)]
    cell = v4.new_code_cell("", outputs=outputs, execution_count=1)
    write_page(v4.new_notebook(cells=[cell]), tmp_path, tmp_path / "page.html")
    write_index([outcome(headline=said)], tmp_path / "index.html")
    page, index = (Tags((tmp_path / f"{n}.html").read_text("utf-8")) for n in ("page", "index"))
    assert [image["alt"] for image in page.named("img")] == [said]
    assert [text for text, around in page.texts if "pre" in around and text == said] == [said] * 2
    assert any(text == said for text, _ in index.texts)
    assert not page.named("script") + page.named("math") + index.named("script") + page.named("b")
