"""Executing committed notebooks in place."""

import json
from pathlib import Path

import pytest

from course_utils.notebooks.refresh import main, refresh
from course_utils.notebooks.run_times import keep_run_time, read_run_times
from course_utils.session.cores import usable_cores
from tests.helpers.notebook_files import read_notebook, text_of, write_notebook

pytestmark = pytest.mark.lessons

CLOCK = ("import time\nprint(time.time_ns())", "timing nbval-ignore-output")


def outputs(path: Path, number: int) -> list[dict]:
    """Outputs of cell ``number`` as they lie in the file."""
    return read_notebook(path)["cells"][number]["outputs"]


def test_a_second_run_changes_no_byte(tmp_path: Path) -> None:
    quiz = "from course_utils.widgets.quiz import ask_quiz\nask_quiz('00 three parts')"
    lesson = write_notebook(
        tmp_path / "01_a.ipynb",
        ("# A", "markdown"),
        CLOCK,
        "print('a')\nprint('b')\n{'x': 1}",
        quiz,
        ("1 / 0", "raises-exception"),
    )
    assert refresh(lesson)
    first = lesson.read_bytes()
    assert not refresh(lesson)
    assert lesson.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["01_a.ipynb"]


def test_counts_are_in_order_and_ids_stay(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", "1", ("text", "markdown"), "2", "3")
    refresh(lesson)
    cells = read_notebook(lesson)["cells"]
    assert [cell.get("execution_count") for cell in cells] == [1, None, 2, 3]
    assert [cell["id"] for cell in cells] == ["cell-0", "cell-1", "cell-2", "cell-3"]


def test_only_kernel_language_code_hash_and_tags_stay_as_metadata(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", ("1", "parameters"), "2")
    text = lesson.read_text()
    dirty = text.replace('"metadata": {}', '"metadata": {"collapsed": true}')
    dirty = dirty.replace('"language_info": {"name"', '"widgets": {}, "language_info": {"name"')
    assert dirty.count("collapsed") == dirty.count("widgets") == 1
    lesson.write_text(dirty)
    refresh(lesson)
    notebook = read_notebook(lesson)
    assert set(notebook["metadata"]) == {"code_sha256", "kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert [cell["metadata"] for cell in notebook["cells"]] == [{"tags": ["parameters"]}, {}]


def test_measured_times_stay_until_some_code_changes(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", CLOCK, "1 + 1")
    refresh(lesson)
    measured = outputs(lesson, 0)
    refresh(lesson)
    assert outputs(lesson, 0) == measured
    lesson.write_text(lesson.read_text().replace("1 + 1", "1 + 2"))
    refresh(lesson)
    assert outputs(lesson, 0) != measured
    assert text_of(outputs(lesson, 1)[0]["data"]["text/plain"]) == "3"


def test_measured_times_are_renewed_when_asked_for(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", CLOCK)
    refresh(lesson)
    measured = outputs(lesson, 0)
    assert refresh(lesson, remeasure=True)
    assert outputs(lesson, 0) != measured


def test_a_missing_measurement_is_made(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", CLOCK)
    refresh(lesson)
    text = lesson.read_text()
    number = text_of(outputs(lesson, 0)[0]["text"]).strip()
    start, end = text.index('"outputs": ['), text.index(' "source"')
    lesson.write_text(text[:start] + '"outputs": [],\n  ' + text[end:])
    assert outputs(lesson, 0) == []
    refresh(lesson)
    assert int(text_of(outputs(lesson, 0)[0]["text"])) > int(number)


def test_printed_lines_are_one_output(tmp_path: Path) -> None:
    source = "import sys\nfor i in range(3):\n    print(i)\n    sys.stdout.flush()"
    lesson = write_notebook(tmp_path / "01_a.ipynb", source)
    refresh(lesson)
    assert [text_of(output["text"]) for output in outputs(lesson, 0)] == ["0\n1\n2\n"]


def test_errors_shown_on_purpose_keep_their_message_and_lose_paths(tmp_path: Path) -> None:
    source = "import json\njson.loads('{')"
    lesson = write_notebook(tmp_path / "01_a.ipynb", (source, "raises-exception"))
    refresh(lesson)
    (error,) = outputs(lesson, 0)
    assert error["ename"] == "JSONDecodeError"
    assert error["traceback"] == [f"JSONDecodeError: {error['evalue']}"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import warnings\nwarnings.warn('old')", "cell 1 writes to standard error"),
        ("import os\nos._exit(9)", "the kernel died"),
    ],
)
def test_a_failed_refresh_says_why_and_leaves_the_file_as_it_was(
    tmp_path: Path, source: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", "1", source)
    before = lesson.read_bytes()
    good = write_notebook(tmp_path / "02_b.ipynb", "1")
    assert main([str(lesson), str(good)]) == 1
    assert f"01_a  FAILED, left as it was: {reason}" in capsys.readouterr().out
    assert lesson.read_bytes() == before
    assert outputs(good, 0)


def test_lesson_00_comes_last_since_its_map_counts_what_the_others_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lessons = [write_notebook(tmp_path / f"{name}.ipynb", "1") for name in ("00_a", "01_b")]
    assert main(list(map(str, lessons))) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["01_b", "00_a"]


def test_the_figure_tagged_for_the_readme_is_written_beside_the_lessons(tmp_path: Path) -> None:
    draw = "from IPython.display import Image, display\nImage(data=b'a picture', format='png')"
    lesson = write_notebook(tmp_path / "01_a.ipynb", (draw, "readme-picture"))
    refresh(lesson)
    assert (tmp_path / "result.png").read_bytes() == b"a picture"


def test_a_run_time_is_measured_once_and_stays_until_the_notebook_changes(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", "import time\ntime.sleep(0.3)")
    times = tmp_path / "run_times.json"
    assert main([str(lesson)]) == 0
    (measured,) = read_run_times(tmp_path).values()
    assert 0.3 <= measured["seconds"] < 60
    assert measured["cores"] == usable_cores()
    times.write_text(json.dumps({"01_a": {"seconds": 999.0, "cores": 2}}))
    before = times.read_bytes()
    assert main([str(lesson)]) == 0
    assert times.read_bytes() == before
    lesson.write_text(lesson.read_text().replace("sleep(0.3)", "sleep(0.4)"))
    assert main([str(lesson)]) == 0
    assert read_run_times(tmp_path)["01_a"]["seconds"] < 60


def test_a_failed_lesson_and_exercises_leave_no_run_time(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", "1 / 0")
    (tmp_path / "exercises").mkdir()
    write_notebook(tmp_path / "exercises" / "01_a.ipynb", "1")
    assert main([str(lesson)]) == 1
    assert not list(tmp_path.rglob("run_times.json"))


def test_run_times_are_sorted_and_those_of_lessons_that_are_gone_go_too(tmp_path: Path) -> None:
    first, second = (write_notebook(tmp_path / f"{name}.ipynb", "1") for name in ("01_a", "02_b"))
    keep_run_time(second, 2.34, changed=False)
    keep_run_time(first, 1.0, changed=False)
    assert list(read_run_times(tmp_path)) == ["01_a", "02_b"]
    assert read_run_times(tmp_path)["02_b"] == {"seconds": 2.3, "cores": usable_cores()}
    second.unlink()
    keep_run_time(first, 3.0, changed=True)
    assert {name: time["seconds"] for name, time in read_run_times(tmp_path).items()} == {"01_a": 3}


def test_a_damaged_file_of_run_times_is_made_anew(tmp_path: Path) -> None:
    lesson = write_notebook(tmp_path / "01_a.ipynb", "1")
    (tmp_path / "run_times.json").write_text('{"01_a": {"sec')
    assert read_run_times(tmp_path) == {}
    keep_run_time(lesson, 1.0, changed=False)
    assert list(read_run_times(tmp_path)) == ["01_a"]
