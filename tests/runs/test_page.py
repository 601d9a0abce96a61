"""The page of many runs."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from course_utils.runs.computing import Result
from course_utils.runs.page import MOST_PANELS, draw_values, write_runs_page
from course_utils.runs.store import Store
from course_utils.runs.summary import summarise
from tests.helpers.run_records import claim_of, record_of

ODD = "<b>1 & 2</b> \"ü\" {{ x }} 'a' $\\no {$"


def page_of(folder: Path, *records: dict[str, Any], planned: int | None = None) -> str:
    """The page of these runs."""
    rows = summarise(records)
    write_runs_page(records, rows, planned or len(records), folder / "index.html")
    return (folder / "index.html").read_text(encoding="utf-8")


def several() -> list[dict[str, Any]]:
    """Runs of two lessons: with values, words and claims, and two that failed."""
    records = [
        record_of(
            seed,
            parameters={"num_steps": steps},
            key=f"{steps}{seed}",
            values={"accuracy": 0.123456 * (seed + 1) + steps, "best": f"model {seed % 2}"},
            claims=[claim_of("a:1", held=seed != 1, statement="more is better")],
        )
        for steps in (40, 80)
        for seed in range(3)
    ]
    failed = record_of(3, key="403", parameters={"num_steps": 40}, error="ValueError: no luck",
                       failed_cell=4, headline=None)  # fmt: skip
    died = record_of(4, key="x", error="every worker died", headline=None, seconds=0.0, place="")
    other = record_of(0, lesson="91_other", title="Another lesson", key="o")
    return [*records, failed, died, other]


def cells_of(page: str) -> list[str]:
    """The text of every cell of every table."""
    return [unescape(re.sub("<.*?>", "", cell)) for cell in re.findall("<td.*?>(.*?)</td>", page)]


def test_every_number_of_the_table_stands_on_the_page(tmp_path: Path) -> None:
    records = several()
    cells = cells_of(page_of(tmp_path, *records))
    for row in summarise(records):
        assert row.setting in cells
        if row.kind == "value":
            start = cells.index(row.name)
            found = [cells[place + 1 : place + 4] for place in range(start, len(cells) - 3)
                     if cells[place] == row.name]  # fmt: skip
            assert [f"{row.mean:.4g}", f"[{row.low:.4g}, {row.high:.4g}]", str(row.n)] in found
        else:
            assert f"{row.count} of {row.n}" in cells
            assert row.detail in cells


def test_how_many_are_missing_or_failed_stands_on_top(tmp_path: Path) -> None:
    text = page_of(tmp_path, *several(), planned=20)
    assert "20 runs asked for: 7 ran to their end, 2 failed, 11 not done yet." in text
    assert 'href="results.csv"' in text


def test_a_claim_that_once_did_not_hold_is_marked(tmp_path: Path) -> None:
    assert '<td class="missed">2 of 3</td>' in page_of(tmp_path, *several())
    held = record_of(0, claims=[claim_of("a:1", held=True)])
    assert "missed" not in page_of(tmp_path, held).partition("<h1>")[2]


def test_links_lead_to_what_the_store_keeps(tmp_path: Path) -> None:
    store, records = Store(tmp_path), several()
    for record in records:
        ending = ".failed.ipynb" if record["error"] else ".ipynb"
        files = {record["lesson"] + ending: b"{}"} if record["seconds"] else {}
        store.keep(Result(record, files))
    links = re.findall('<td><a href="(.*?)"', page_of(tmp_path, *records))
    assert len(links) == len(records)
    for link in links:
        assert (tmp_path / link).is_file()
    assert [link for link in links if link.endswith("run.json")] == ["90_tiny/x/run.json"]


def test_odd_characters_show_as_they_are(tmp_path: Path) -> None:
    record = record_of(
        0,
        title=ODD,
        headline=ODD,
        parameters={"name": ODD},
        values={ODD: 1.0, "word": ODD},
        claims=[claim_of("a:1", held=False, statement=ODD)],
    )
    failed = record_of(1, error=ODD, parameters={"name": ODD})
    text = page_of(tmp_path, record, failed)
    assert "<b>1" not in text
    cells = cells_of(text)
    assert cells.count(ODD) == 6  # value, word, claim, error, what both runs came to
    assert f"In all runs: name={ODD}." in unescape(text)
    assert ODD in unescape(re.search("<h2>(.*?)</h2>", text).group(1))


def test_a_page_without_any_run_says_so(tmp_path: Path) -> None:
    text = page_of(tmp_path, planned=3)
    assert "3 runs asked for: 0 ran to their end, 0 failed, 3 not done yet." in text


def test_the_figure_says_each_value_in_words_with_n() -> None:
    rows = [row for row in summarise(several()) if row.kind == "value"]
    picture = draw_values(rows)
    for row in rows:
        interval = f"{row.mean:.4g} [{row.low:.4g}, {row.high:.4g}], n = {row.n}."
        assert f"accuracy with {row.setting}: {interval}" in picture.alt


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 5, MOST_PANELS, MOST_PANELS + 1])
def test_any_number_of_values_is_drawn_up_to_a_limit(number: int) -> None:
    rows = summarise([record_of(0, values={f"v{i}": i for i in range(number)})])
    picture = draw_values(rows)
    assert [f"v{i}:" in picture.alt for i in range(number)] == [
        i < MOST_PANELS for i in range(number)
    ]


def test_without_numbers_there_is_no_figure() -> None:
    assert draw_values([]) is None


def test_what_is_the_same_in_all_runs_is_said_once(tmp_path: Path) -> None:
    long = list(range(40))
    records = [
        record_of(seed, key=f"{steps}{seed}", parameters={"rates": long, "num_steps": steps},
                  values={"accuracy": seed + steps})
        for steps in (40, 80) for seed in range(2)
    ]  # fmt: skip
    text = page_of(tmp_path, *records)  # a figure too narrow for its labels would warn
    assert text.count(str(long)) == 1
    assert {"num_steps=40", "num_steps=80"} <= set(cells_of(text))


def test_long_names_of_settings_are_broken_into_lines() -> None:
    records = [
        record_of(0, key=str(last), parameters={"rates": [*range(20), last]}, values={"x": last})
        for last in (1, 2)
    ]
    rows = summarise(records)
    assert draw_values(rows) is not None  # matplotlib warns where labels leave no room
