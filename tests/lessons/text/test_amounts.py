"""What lesson 10 keeps of many runs: collected from their table, drawn, and whole for all ways."""

import ast
import platform
from pathlib import Path

import pytest

from course_utils.evaluation.scores import seed_interval
from course_utils.figures.axes import summary_of
from course_utils.lessons.text.amounts import (
    FILE,
    SIZE_OF,
    Amounts,
    Point,
    collect,
    load_amounts,
    main,
    plot_amounts,
)
from course_utils.runs.plan import check_parameters, read_plan
from course_utils.runs.summary import summarise, write_table
from tests.helpers.notebook_files import NOTEBOOKS_FOLDER, read_notebook, source_of
from tests.helpers.run_records import claim_of, record_of

LESSON = "10_text"
SIZES = [(320, 80), (20, 5)]  # paragraphs and labels per class; the larger ones were run first
BITS = {20: [1.8, 1.9, 1.85], 320: [1.5, 1.4, 1.6]}  # by paragraphs, with the seeds 0 to 2
TOLERANCE = 5e-5  # of what is kept with four digits


def write_results(folder: Path, sizes: list[tuple[int, int]] = SIZES, num_seeds: int = 3) -> Path:
    """The table of runs of lesson 10, as many runs write it."""
    records = [
        record_of(
            seed,
            lesson=LESSON,
            parameters={"labels_per_class": labels, "num_paragraphs": paragraphs, "num_steps": 9},
            claims=[claim_of("cell 3", True)],
            values={
                "untouched": 2.0,
                "chosen": "LoRA",
                "bits per byte, LoRA": BITS[paragraphs][seed],
                "accuracy, tf-idf": (labels + seed) / 100,
            },
        )
        for paragraphs, labels in sizes
        for seed in range(num_seeds)
    ]
    other = {"parameters": {"labels_per_class": 9}, "values": {"accuracy, tf-idf": 0.1}}
    records += [record_of(seed, **other) for seed in range(2)]  # of another lesson
    write_table(summarise(records), folder / "results.csv")
    return folder / "results.csv"


def test_what_was_collected_is_what_the_runs_gave(tmp_path: Path) -> None:
    collect(write_results(tmp_path), tmp_path / "kept.json")
    kept = load_amounts(tmp_path / "kept.json")
    expected = {
        ("bits per byte", "LoRA"): BITS,
        ("accuracy", "tf-idf"): {5: [0.05, 0.06, 0.07], 80: [0.8, 0.81, 0.82]},
    }
    assert set(kept.curves) == set(expected)
    for key, by_size in expected.items():
        assert [point.size for point in kept.curves[key]] == sorted(by_size)
        for point in kept.curves[key]:
            interval = seed_interval(by_size[point.size])
            assert (point.mean, point.low, point.high) == pytest.approx(interval, abs=TOLERANCE)
    assert str(kept).startswith("Stored, not run here: 2") and ", 3 seeds, numpy " in str(kept)
    assert str(kept).endswith(f", Python {platform.python_version()}.")


@pytest.mark.parametrize(
    ("sizes", "num_seeds", "said"),
    [
        (SIZES[:1], 3, "no runs of lesson 10 at several sizes.*amounts.yaml"),
        ([], 3, "no runs of lesson 10"),
        ([(20, 5), (320, 5)], 3, "no runs of lesson 10 at several sizes"),
        (SIZES, 1, "runs of one seed.*at least 2"),
    ],
)
def test_a_table_that_says_too_little_is_refused_and_what_was_kept_stays(
    tmp_path: Path, sizes: list[tuple[int, int]], num_seeds: int, said: str
) -> None:
    file = tmp_path / "kept.json"
    file.write_bytes(b"before")
    with pytest.raises(ValueError, match=said):
        collect(write_results(tmp_path, sizes, num_seeds), file)
    assert file.read_bytes() == b"before"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: RESULTS"),
        (["nowhere.csv"], "nowhere.csv"),
        (["results.csv"], "runs of one seed"),
    ],
)
def test_the_command_says_in_one_line_what_it_cannot_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    write_results(tmp_path, num_seeds=1)
    monkeypatch.chdir(tmp_path)
    before = FILE.read_bytes()
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert FILE.read_bytes() == before


def test_the_figure_draws_each_interval_and_tells_each_mean() -> None:
    lora = [Point(20, 1.75, 1.5, 2), Point(80, 1.5, 1.25, 1.75)]
    norm = [Point(20, 1.875, 1.75, 2), Point(80, 1.875, 1.5, 2.25)]
    curves = {("bits per byte", "LoRA"): lora, ("bits per byte", "last norm"): norm}
    ways = ["last norm", "LoRA"]
    ax = plot_amounts(Amounts("today", curves), "bits per byte", ways, "paragraphs")
    assert summary_of(ax.figure) == (
        "last norm, bits per byte: 1.875 at 20, 1.875 at 80. "
        "LoRA, bits per byte: 1.750 at 20, 1.500 at 80."
    )
    for way, drawn in zip(ways, ax.containers, strict=True):
        points = curves["bits per byte", way]
        assert drawn.get_label() == way
        assert drawn.lines[0].get_xydata().tolist() == [[p.size, p.mean] for p in points]
        ends = [segment[:, 1].tolist() for segment in drawn.lines[2][0].get_segments()]
        assert ends == [[p.low, p.high] for p in points]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("paragraphs", "bits per byte")
    assert [each.get_text() for each in ax.get_xticklabels()] == ["20", "80"]


def ways_of(name: str) -> list[str]:
    """The keys of the table of rates that lesson 10 calls so."""
    for cell in read_notebook(NOTEBOOKS_FOLDER / f"{LESSON}.ipynb")["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.parse(source_of(cell)).body:
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                    return [key.value for key in node.value.keys]
    raise LookupError(name)


def test_all_ways_of_the_lesson_are_stored_at_all_sizes_that_were_asked_for() -> None:
    runs = read_plan(FILE.with_suffix(".yaml"), {}, {})
    check_parameters(runs)
    assert {run.lesson.stem for run in runs} == {LESSON}
    stored = load_amounts()
    asked = {
        "bits per byte": ways_of("text_ways"),
        "accuracy": ["tf-idf", *ways_of("task_ways")],
    }
    assert set(stored.curves) == {(score, way) for score, ways in asked.items() for way in ways}
    for (score, _), points in stored.curves.items():
        sizes = sorted({run.parameters[SIZE_OF[score]] for run in runs})
        assert len(sizes) > 2 and [point.size for point in points] == sizes
        assert all(point.low <= point.mean <= point.high for point in points)
    for size in sorted({run.parameters["num_paragraphs"] for run in runs}):
        of_size = [run.parameters for run in runs if run.parameters["num_paragraphs"] == size]
        assert len({each["seed"] for each in of_size}) == len(of_size) >= 4
