"""Which runs a command or a file asks for."""

from pathlib import Path

import pytest

from course_utils.learning.lessons import find_lessons
from course_utils.runs.plan import Run, check_parameters, combine, read_plan
from tests.helpers.notebook_files import write_notebook


def planned(tmp_path: Path, text: str) -> list[tuple[str, dict]]:
    """The runs of a file with this text, with seed 0 for all that say nothing else."""
    path = tmp_path / "runs.yaml"
    path.write_text(text, encoding="utf-8")
    return [(run.lesson.stem[:2], dict(run.parameters)) for run in read_plan(path, {"seed": 0}, {})]


def test_every_combination_of_swept_values_is_a_run_of_every_lesson() -> None:
    lessons = [Path("a.ipynb"), Path("b.ipynb")]
    runs = combine(lessons, {"device": "cpu"}, {"seed": [0, 1], "num_steps": [40, 80]})
    assert runs == [
        Run(lesson, {"device": "cpu", "seed": seed, "num_steps": steps})
        for lesson in lessons
        for seed in (0, 1)
        for steps in (40, 80)
    ]


def test_without_a_sweep_a_lesson_is_one_run() -> None:
    assert combine([Path("a.ipynb")], {"seed": 3}, {}) == [Run(Path("a.ipynb"), {"seed": 3})]


def test_a_file_lists_runs_and_what_holds_for_all_gives_way_to_an_entry(tmp_path: Path) -> None:
    text = """
    - lesson: 04
    - lesson: 05_validation
      parameters: {seed: 7}
      sweep:
        num_steps: [40, 80]
        label_counts: "[[1, 5], [2]]"
    - lesson: "06"
      sweep: {seed: 0..2}
    """
    assert planned(tmp_path, text) == [
        ("04", {"seed": 0}),
        *(
            ("05", {"seed": 7, "num_steps": steps, "label_counts": counts})
            for steps in (40, 80)
            for counts in ([1, 5], [2])
        ),
        *(("06", {"seed": seed}) for seed in range(3)),
    ]


@pytest.mark.parametrize("lesson", [path.stem for path in find_lessons()])
@pytest.mark.parametrize("written", ["{:02d}", "{:d}", "'{:02d}'"])
def test_a_lessons_number_is_found_as_yaml_reads_it(
    tmp_path: Path, lesson: str, written: str
) -> None:
    number = int(lesson[:2])  # YAML takes 02 for the number 2, 08 for a text
    text = f"- lesson: {written.format(number)}"
    assert planned(tmp_path, text) == [(lesson[:2], {"seed": 0})]


def test_a_number_that_is_no_lessons_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no lesson '96'"):
        planned(tmp_path, "- lesson: 96")
    with pytest.raises(ValueError, match="no lesson '098'"):  # a text, for YAML
        planned(tmp_path, "- lesson: 098")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must hold a list of runs"),
        ("lesson: 04", "must hold a list of runs"),
        ("[]", "must hold a list of runs"),
        ("- {lesson: 04", "cannot be read as YAML"),
        ("- 04", "run 1: an entry needs lesson:, got 4"),
        ("- lesson: 04\n- parameters: {seed: 1}", "run 2: an entry needs lesson:"),
        ("- lesson: 04\n  parametres: {seed: 1}", "run 1: unknown 'parametres'; there is lesson"),
        ("- lesson: 04\n  1: 2", "run 1: unknown '1'"),
        ("- lesson: 04\n  sweep: seed", "sweep: are names with values"),
        ("- lesson: 04\n  parameters: [seed]", "parameters: and sweep: are names"),
        ("- lesson: 04\n  sweep: {seed: []}", "run 1: no values"),
        ("- lesson: 04\n  sweep: {seed: 9..0}", "run 1: '9..0' is no range"),
        ("- lesson: 99", "run 1: no lesson '99'. There are: 00"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_entry(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ValueError, match=r"runs\.yaml") as raised:
        planned(tmp_path, text)
    assert said in str(raised.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("none.yaml", "picture.yaml"):
        with pytest.raises(ValueError, match=f"{name} cannot be read as YAML"):
            read_plan(tmp_path / name, {}, {})


def test_a_misspelt_parameter_of_any_run_is_refused_by_name(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "a.ipynb", ("num_steps = 3\nseed = 0", "parameters"))
    check_parameters([Run(lesson, {"num_steps": 1}), Run(lesson, {"seed": 1})])
    with pytest.raises(ValueError, match=r"^a: unknown parameter 'num_step'\. Did you mean 'num_"):
        check_parameters([Run(lesson, {"seed": 1}), Run(lesson, {"num_step": 1})])
