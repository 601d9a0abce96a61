"""What many runs came to, as rows of a table."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from course_utils.runs.summary import Row, summarise, text_of_setting, write_table
from tests.helpers.run_records import claim_of, record_of

NUMBERS = [0.71, 0.74, 0.69, 0.80]


def rows_of(kind: str, *records: dict[str, Any]) -> list[Row]:
    """The rows of one kind."""
    return [row for row in summarise(records) if row.kind == kind]


def with_values(numbers: list[Any], **more: Any) -> list[dict[str, Any]]:
    """A record a seed, each with one of these as its value x."""
    return [record_of(seed, values={"x": x}, **more) for seed, x in enumerate(numbers)]


def test_a_number_has_its_mean_and_students_interval_over_seeds() -> None:
    (row,) = rows_of("value", *with_values(NUMBERS))
    low, high = stats.t.interval(
        0.95, len(NUMBERS) - 1, np.mean(NUMBERS), stats.sem(NUMBERS)
    )  # as scipy has it
    assert (row.name, row.n, row.setting) == ("x", 4, "")
    assert (row.mean, row.low, row.high) == pytest.approx((np.mean(NUMBERS), low, high))


def test_one_run_has_no_interval() -> None:
    (row,) = rows_of("value", *with_values([0.5]))
    assert (row.mean, row.low, row.high, row.n) == (0.5, None, None, 1)


def test_equal_numbers_have_an_interval_of_no_width() -> None:
    (row,) = rows_of("value", *with_values([2, 2, 2]))
    assert (row.mean, row.low, row.high) == (2, 2, 2)


def test_only_the_seed_is_averaged_over() -> None:
    records = [
        record_of(seed, parameters={"num_steps": steps}, values={"x": steps + seed})
        for steps in (40, 80)
        for seed in (0, 1)
    ]
    other = record_of(0, lesson="91_other", values={"x": 7})
    rows = rows_of("value", *records, other)
    assert [(row.lesson, row.setting, row.mean, row.n) for row in rows] == [
        ("90_tiny", "num_steps=40", 40.5, 2),
        ("90_tiny", "num_steps=80", 80.5, 2),
        ("91_other", "", 7, 1),
    ]


def test_n_counts_the_runs_that_recorded_the_value() -> None:
    records = [*with_values([1, 2]), record_of(2, values={"y": 3}), record_of(3)]
    assert [(row.name, row.n) for row in rows_of("value", *records)] == [("x", 2), ("y", 1)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["cat", "dog", "cat"], [("cat", 2), ("dog", 1)]),
        ([True, False, True], [("True", 2), ("False", 1)]),
        ([1.0, float("nan"), 2.0], [("1.0", 1), ("nan", 1), ("2.0", 1)]),
        ([1.0, None], [("1.0", 1), ("None", 1)]),
    ],
)
def test_what_is_no_number_is_counted_word_by_word(
    values: list[Any], words: list[tuple[str, int]]
) -> None:
    records = with_values(values)
    assert rows_of("value", *records) == []
    rows = rows_of("word", *records)
    assert [(row.detail, row.count) for row in rows] == words
    assert {row.n for row in rows} == {len(values)}


def test_a_claim_is_known_by_its_cell_since_its_words_may_hold_numbers() -> None:
    records = [
        record_of(
            seed,
            claims=[
                claim_of("cell 3, 1", held=seed != 1, statement=f"{seed} of 9 are right"),
                claim_of("cell 3, 2", held=True, statement="0 of 9 are right"),
            ],
        )
        for seed in range(3)
    ]
    first, second = rows_of("claim", *records)
    assert (first.name, first.n, first.count, first.detail) == (
        "0 of 9 are right", 3, 2, "not in seed 1",
    )  # fmt: skip
    assert (second.n, second.count, second.detail) == (3, 3, "")


def test_failed_runs_are_counted_by_error_and_cell_and_give_no_values() -> None:
    failed = {"error": "ValueError: no", "values": {"x": 99}, "claims": [claim_of("1", held=True)]}
    records = [
        *with_values([1, 2]),
        record_of(2, failed_cell=4, **failed),
        record_of(3, failed_cell=4, **failed),
        record_of(None, failed_cell=5, **failed),
        record_of(5, error="every worker that computed it died"),
    ]
    rows = rows_of("failed", *records)
    assert [(row.name, row.n, row.count, row.detail) for row in rows] == [
        ("ValueError: no", 6, 2, "code cell 4; seed 2, 3"),
        ("ValueError: no", 6, 1, "code cell 5; seed default"),
        ("every worker that computed it died", 6, 1, "seed 5"),
    ]
    (value,) = rows_of("value", *records)
    assert (value.mean, value.n) == (1.5, 2)
    assert rows_of("claim", *records) == []


def test_a_setting_is_written_as_it_was_given() -> None:
    parameters = {"backbone": "letters", "label_counts": [1, 5], "fast": True, "rate": 0.001}
    assert text_of_setting(parameters) == (
        "backbone=letters, label_counts=[1, 5], fast=true, rate=0.001"
    )


def test_the_table_is_read_back_whole_whatever_stands_in_it(tmp_path: Path) -> None:
    records = [
        record_of(0, values={"x": 1 / 3, "word": 'a, "b"\nc'}, parameters={"name": "ü, =x"}),
        record_of(1, error="OSError: no; 'luck'", parameters={"name": "ü, =x"}),
    ]
    rows = summarise(records)
    write_table(rows, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [{k: "" if v is None else str(v) for k, v in vars(row).items()} for row in rows] == read
    assert float(read[0]["mean"]) == 1 / 3


def test_the_table_of_no_runs_is_its_header(tmp_path: Path) -> None:
    write_table(summarise([]), tmp_path / "results.csv")
    assert (tmp_path / "results.csv").read_text().startswith("lesson,setting,kind,name,n,")
