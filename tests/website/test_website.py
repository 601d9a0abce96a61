"""The lessons as a website: whole, described, and in want of nothing from elsewhere."""

import json
import re
from base64 import b64encode
from html import escape
from pathlib import Path

import nbformat
import pytest

from course_utils.notebooks.outcomes import read_result
from course_utils.notebooks.overview import read_row, read_rows
from course_utils.notebooks.pages import STYLE_SHEET
from tests.helpers.notebook_files import LESSONS, NOTEBOOKS_FOLDER
from tests.helpers.site_files import (
    ROOT,
    Elements,
    build_site,
    display,
    make_project,
    real_run_times,
    write_run_times,
)
from website.build import build
from website.checks import check_pages
from website.sources import describe_run_time

pytestmark = pytest.mark.site

PNG = b64encode((NOTEBOOKS_FOLDER / "result.png").read_bytes()).decode()
ALT = 'The "loss" falls < 0.1 & stays.'
WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"
every_lesson = pytest.mark.parametrize("lesson", [path.stem for path in LESSONS])


@pytest.fixture(scope="module")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a lesson that holds one of everything."""
    text = "\n".join(
        [
            "## 1 What falls?",
            r"Here $p(y \mid x)$ and \$5 {a}`b`. See [it](#1-What-falls?), [all](01_loss.ipynb).",
            "\n$$L = -\\ln p$$\n",
            "% a line that MyST alone would hide",
            "\n| is | $\\theta^*$ |\n|---|---|\n| a | [a site](https://example.org) |\n",
            "<details><summary>Hint</summary>\n\n**Think** of $K$.\n\n</details>\n",
            "![three words here](result.png)",
        ]
    )
    view = {"model_id": "1", "version_major": 2, "version_minor": 0}
    alt = {"image/png": {"alt": ALT}}
    outputs = (
        display({"image/png": PNG, "text/plain": "plain figure"}, alt),
        display({"image/png": PNG, "text/plain": "plain still", WIDGET_TYPE: view}, alt),
        display({"text/html": "<details><summary>Quiz</summary>No.</details>", WIDGET_TYPE: view}),
        display({"text/plain": "IntSlider(value=0)", WIDGET_TYPE: view}),
        display({"application/x-course-record+json": {"a": 1}, "text/plain": "a headline"}),
        {"output_type": "stream", "name": "stdout", "text": "rate  loss\n0.1   2.3\n"},
    )
    folder = tmp_path_factory.mktemp("small")
    built = build_site(make_project(folder / "project", text, outputs), folder)
    assert built.returncode == 0, built.stderr
    return folder / "site" / "01_loss.html"


def test_there_is_a_page_for_every_lesson_and_none_for_the_exercises(site: Path) -> None:
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert pages == {f"{path.stem}.html" for path in LESSONS} | {"index.html", "search.html"}


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for path in site.glob("*.html"):
        tags = Elements(path).named("img", "script", "link", "iframe", "source", "object")
        loaded = [tag.get("src") or tag.get("href") or tag.get("data") or "" for tag in tags]
        assert len(loaded) > 5
        assert not [address for address in loaded if re.match(r"(\w+:)?//", address)], path.name
    for style in site.rglob("*.css"):
        assert not re.findall(r"@import|url\(['\"]?(?:\w+:)?//", style.read_text()), style.name


@every_lesson
def test_every_picture_on_a_page_is_there_with_its_description(site: Path, lesson: str) -> None:
    pictures = Elements(site / f"{lesson}.html").named("img")
    notebook = json.loads((NOTEBOOKS_FOLDER / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    alts = [
        output["metadata"]["image/png"]["alt"].strip()
        for output in outputs
        if "image/png" in output.get("data", {})
    ]
    shown = [picture for picture in pictures if picture["src"].startswith("figures/")]
    assert [picture["alt"] for picture in shown] == alts
    assert alts
    for picture in pictures:
        is_within = picture["src"].startswith("data:image/")  # in the page itself
        assert picture["alt"] and (is_within or (site / picture["src"]).is_file())


@every_lesson
def test_formulas_are_drawn_by_the_browser_and_none_is_left_as_source(
    site: Path, lesson: str
) -> None:
    page = Elements(site / f"{lesson}.html")
    assert page.named("math")
    assert not re.findall(r"\$|\\\(|\\\[|\\begin", page.text)


@every_lesson
def test_a_lesson_links_the_one_before_and_the_one_after(site: Path, lesson: str) -> None:
    names = ["index", *(path.stem for path in LESSONS)]
    place = names.index(lesson)
    html = (site / f"{lesson}.html").read_text(encoding="utf-8")
    (previous,) = re.findall(r'<a class="prev-page" href="([^"]+)"', html)
    assert previous == f"{names[place - 1]}.html"
    after = re.findall(r'<a class="next-page" href="([^"]+)"', html)
    assert after == [f"{name}.html" for name in names[place + 1 : place + 2]]


@every_lesson
def test_a_lesson_and_the_index_say_how_long_it_runs(site: Path, lesson: str) -> None:
    shown = r"runs in about \d+ s on (one core|\w+ cores)"
    assert re.search(shown.replace("runs", "Runs"), Elements(site / f"{lesson}.html").text)
    index = (site / "index.html").read_text(encoding="utf-8")
    entry = entry_of(lesson, index)
    assert re.search(r"\d+ min to read and run, \d+ for the exercises; " + shown, entry)


def entry_of(lesson: str, index: str) -> str:
    """What the index says of a lesson, as HTML."""
    entries = index.split('<li class="lesson">')[1:]
    return next(entry for entry in entries if f'href="{lesson}.html"' in entry)


@every_lesson
def test_the_index_shows_the_result_of_a_lesson_beside_what_one_can_do_then(
    site: Path, lesson: str
) -> None:
    picture = read_result(nbformat.read(NOTEBOOKS_FOLDER / f"{lesson}.ipynb", as_version=4))
    entry = entry_of(lesson, (site / "index.html").read_text(encoding="utf-8"))
    ability = read_row(lesson, read_rows(ROOT)).ability
    assert f"After it you can {ability}." in entry
    assert f'alt="{escape(picture.alt)}"' in entry
    assert "".join(picture.png.split()) in entry


def test_the_style_sheet_is_that_of_the_pages_of_make_lessons(site: Path) -> None:
    assert (site / "_static" / STYLE_SHEET.name).read_bytes() == STYLE_SHEET.read_bytes()
    for path in site.glob("*.html"):
        styles = [link.get("href", "") for link in Elements(path).named("link")]
        assert any(f"_static/{STYLE_SHEET.name}" in style for style in styles), path.name


def test_every_committed_lesson_has_a_measured_run_time() -> None:
    missing = {path.stem for path in LESSONS} - set(real_run_times())
    assert not missing, "run `make notebooks`"


def test_the_index_installs_by_commands_that_the_readme_has_too(site: Path) -> None:
    index = Elements(site / "index.html")
    html = (site / "index.html").read_text(encoding="utf-8")
    commands = re.findall(r"make \w+", re.sub("<[^>]+>", "", html))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert commands == ["make lessons", "make lab"]
    assert all(command in readme for command in commands)
    assert "Python 3.10 to 3.13" in index.text
    assert "Python 3.10 to 3.13" in readme


def test_the_search_index_knows_words_of_the_lessons(site: Path) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", text, re.DOTALL).group(1))
    assert {path.stem for path in LESSONS} < set(index["docnames"])
    stem = "backbon"  # the index holds stems, those of titles apart
    found = {*index["terms"][stem], *index["titleterms"][stem]}
    assert {"02_pretraining", "03_feature_extraction"} <= {index["docnames"][n] for n in found}


def test_a_figure_has_its_description_and_its_size(small_page: Path) -> None:
    pictures = Elements(small_page).named("img")
    assert [picture["alt"] for picture in pictures] == ["three words here", ALT, ALT]
    assert [picture.get("width") for picture in pictures] == [None, "800", "800"]


def test_of_each_output_one_kind_is_shown_and_no_live_control(small_page: Path) -> None:
    html = small_page.read_text(encoding="utf-8")
    assert "a headline" in html
    assert "Open the lesson in JupyterLab to move this control." in html
    for hidden in ("plain figure", "plain still", "IntSlider", "widget", "course-record"):
        assert hidden not in html
    assert "<summary>Quiz</summary>" in html


def test_text_is_read_as_jupyterlab_reads_it(small_page: Path) -> None:
    page, html = Elements(small_page), small_page.read_text(encoding="utf-8")
    assert "% a line that MyST alone would hide" in page.text
    assert "$5 {a}" in page.text
    assert [link["href"] for link in page.named("a")].count("#what-falls") == 3
    assert "<summary>Hint</summary>" in html
    assert "<strong>Think</strong>" in html
    assert [math["display"] for math in page.named("math")] == ["inline", "block"] + 2 * ["inline"]
    assert "https://example.org" in [link.get("href") for link in page.named("a")]


def test_printed_columns_stay_below_one_another(small_page: Path) -> None:
    assert "tag_columns" in small_page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("seconds", "cores", "words"),
    [
        (12.4, 2, "about 12 s on two cores"),
        (0.3, 1, "about 1 s on one core"),
        (9.6, 6, "about 10 s on 6 cores"),
    ],
)
def test_a_run_time_is_said_in_words(seconds: float, cores: int, words: str) -> None:
    assert describe_run_time({"seconds": seconds, "cores": cores}) == words


def test_broken_links_and_formulas_stop_the_build_and_name_their_cell(tmp_path: Path) -> None:
    text = "\n\n".join(
        [
            "A [lesson](09_none.ipynb), a [place](01_loss.ipynb#Nowhere), a [part](#nothing).",
            "A ![picture of three](none.png), the [exercises](exercises/01_loss.ipynb).",
            r"A formula $\nosuch{a}$ and $\left( b$.",
        ]
    )
    built = build_site(make_project(tmp_path / "project", text), tmp_path)
    assert built.returncode == 1
    for word in ("09_none.ipynb", "Nowhere", "nothing", "none.png", "exercises/", "nosuch", "left"):
        assert word in built.stderr
    assert "01_loss.ipynb, cell 1, line 1: WARNING" in built.stderr
    assert "Problems: 7" in built.stderr
    assert not (tmp_path / "site").exists()


def test_what_only_the_finished_page_shows_stops_the_build_too(tmp_path: Path) -> None:
    text = (
        "![](result.png)\n\n<a href='nowhere.html'>a</a> ![a remote one](https://example.org/a.png)"
    )
    html = "<p id='x'><img src='result.png'> <a href='#y'>b</a> $a$ <a href='#x'>c</a></p>"
    project = make_project(tmp_path / "project", text, (display({"text/html": html}),))
    built = build_site(project, tmp_path)
    assert built.returncode == 1
    assert built.stderr.count("a picture without alternative text") == 2
    for problem in (
        "leads to no page or file of the site: nowhere.html",
        "is loaded from elsewhere: https://example.org/a.png",
        "leads to a place that is not on that page: #y",
        "a formula was left as it is written: $a$",
    ):
        assert f"01_loss.html: {problem}" in built.stderr
    assert "#x" not in built.stderr


def test_a_figure_without_a_description_stops_the_build(tmp_path: Path) -> None:
    outputs = (display({"image/png": PNG, "text/plain": "<Figure>"}),)
    project = make_project(tmp_path / "project", outputs=outputs)
    with pytest.raises(ValueError, match=r"01_loss\.ipynb, cell 2: a picture without alternative"):
        build(project, tmp_path)


def test_an_output_that_cannot_be_shown_stops_the_build(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", outputs=(display({"application/pdf": "JVBE"}),))
    with pytest.raises(ValueError, match=r"cell 2: an output of application/pdf cannot be shown"):
        build(project, tmp_path)


def test_a_lesson_without_a_run_time_stops_the_build(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    write_run_times(project, {})
    with pytest.raises(ValueError, match=r"01_loss\.ipynb: no run time .*`make notebooks`"):
        build(project, tmp_path)


def test_a_lesson_without_minutes_or_a_row_in_the_readme_stops_the_build(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    lesson = project / "notebooks" / "01_loss.ipynb"
    lesson.write_text(lesson.read_text().replace("**Minutes:**", "Time:"))
    with pytest.raises(ValueError, match="the first cell has no line"):
        build(project, tmp_path)
    (project / "README.md").write_text("# A\n")
    with pytest.raises(ValueError, match="no row of the README"):
        build(project, tmp_path)


def test_a_site_that_was_there_stays_when_a_build_fails(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "old.html").write_text("old")
    project = make_project(tmp_path / "project")
    write_run_times(project, {})
    with pytest.raises(ValueError, match="no run time"):
        build(project, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"project", "site"}
    assert (tmp_path / "site" / "old.html").read_text() == "old"


def test_a_price_and_code_are_no_formulas(tmp_path: Path) -> None:
    html = "<p>It costs $5. <code>$x$</code></p><pre>a $b$ \\(c\\)</pre>"
    (tmp_path / "a.html").write_text(html)
    assert check_pages(tmp_path) == []
    (tmp_path / "a.html").write_text(html + "<p>\\(d\\)</p>")
    assert len(check_pages(tmp_path)) == 1
