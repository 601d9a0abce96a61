"""Runs as tasks: what a worker is told of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from course_utils.notebooks.execution import Limits
from course_utils.runs.keys import environment_here
from course_utils.runs.plan import Run, read_plan
from course_utils.runs.tasks import tasks_of
from tests.helpers.notebook_files import write_notebook

LIMITS = Limits(30, 60)
PARAMETERS = ("seed = 0\ndevice = 'auto'\nsave_to = None\nprofile = 'cpu'", "parameters")


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A notebook that says nothing of itself."""
    return write_notebook(tmp_path / "90_tiny.ipynb", PARAMETERS, "1 + 1")


def saying(lesson: Path, **facts: Any) -> Path:
    """The notebook, saying this of itself in its metadata."""
    notebook = json.loads(lesson.read_text())
    notebook["metadata"]["workbook"] = facts
    lesson.write_text(json.dumps(notebook))
    return lesson


def test_a_task_holds_all_that_a_worker_needs_as_it_stood_when_it_was_planned(
    lesson: Path,
) -> None:
    (task,) = tasks_of([Run(lesson, {"seed": 3})], LIMITS)
    assert (task.lesson, task.parameters, task.limits) == ("90_tiny", {"seed": 3}, LIMITS)
    assert task.notebook == lesson.read_text()
    assert Path(task.folder) == lesson.parent.resolve()
    assert task.environment == environment_here()
    assert (task.leaves, task.alone, task.device) == ({}, False, "cpu")


def test_every_run_has_a_key_of_its_own_and_is_there_once(lesson: Path) -> None:
    runs = [Run(lesson, {"seed": seed}) for seed in (0, 1, 0)]
    tasks = tasks_of(runs, LIMITS)
    assert [task.parameters["seed"] for task in tasks] == [0, 1]
    assert len({task.key for task in tasks}) == 2
    assert [task.key for task in tasks_of(runs, Limits(1))] == [task.key for task in tasks]


def test_a_run_named_twice_is_one_in_whatever_order_its_parameters_stand(lesson: Path) -> None:
    first, second = Run(lesson, {"a": 1, "b": 2}), Run(lesson, {"b": 2, "a": 1})
    others = [Run(lesson, {"a": 1}), Run(lesson, {"a": True, "b": 2})]
    tasks = tasks_of([first, *others, second], LIMITS)
    assert [task.parameters for task in tasks] == [run.parameters for run in (second, *others)]


def test_a_run_that_a_file_names_twice_is_there_once(lesson: Path) -> None:
    path = lesson.with_name("runs.yaml")
    named = f"- {{lesson: {lesson}, sweep: {{seed: 0..1}}}}"
    path.write_text(f"{named}\n- {{lesson: {lesson}, parameters: {{seed: 1}}}}", encoding="utf-8")
    tasks = tasks_of(read_plan(path, {"seed": 0}, {}), LIMITS)
    assert [task.parameters["seed"] for task in tasks] == [0, 1]


def test_two_notebooks_of_one_text_are_two_runs(lesson: Path) -> None:
    twin = lesson.with_name("91_twin.ipynb")
    twin.write_text(lesson.read_text())
    tasks = tasks_of([Run(lesson, {}), Run(twin, {})], LIMITS)
    assert [task.lesson for task in tasks] == ["90_tiny", "91_twin"]


def test_what_the_notebook_says_of_itself_reaches_the_task(lesson: Path) -> None:
    saying(lesson, leaves={"save_to": "backbone.pt"}, times_the_machine=True)
    (task,) = tasks_of([Run(lesson, {"seed": 0})], LIMITS)
    assert (task.leaves, task.alone) == ({"save_to": "backbone.pt"}, True)


def test_where_a_lesson_leaves_what_it_makes_cannot_be_set(lesson: Path) -> None:
    saying(lesson, leaves={"save_to": "backbone.pt"})
    with pytest.raises(ValueError, match="save_to cannot be set for many runs"):
        tasks_of([Run(lesson, {"save_to": "x.pt"})], LIMITS)


@pytest.mark.parametrize(
    ("parameters", "device"),
    [
        ({}, "cpu"),
        ({"device": "cuda"}, "cuda"),
        ({"device": "auto"}, "auto"),
        ({"profile": "gpu"}, "cuda"),
        ({"profile": "gpu", "device": "cpu"}, "cpu"),
    ],
)
def test_the_device_is_the_one_that_the_lesson_will_take(
    lesson: Path, parameters: dict[str, str], device: str
) -> None:
    (task,) = tasks_of([Run(lesson, parameters)], LIMITS)
    assert task.device == device


def test_what_the_gpu_profile_sets_is_needed_too_unless_the_run_sets_it(lesson: Path) -> None:
    saying(lesson, gpu_profile={"backbone": "resnet50", "data": "cifar10"})
    own = {"profile": "gpu", "backbone": "letters"}
    first, second = tasks_of([Run(lesson, own), Run(lesson, {"seed": 1})], LIMITS)
    assert first.needs == {"profile": "gpu", "backbone": "letters", "data": "cifar10"}
    assert second.needs == {"seed": 1}


@pytest.mark.parametrize("change", ["text", "file"])
def test_a_changed_run_has_another_key(lesson: Path, tmp_path: Path, change: str) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    run = Run(lesson, {"data": str(pictures)})
    (before,) = tasks_of([run], LIMITS)
    if change == "text":
        saying(lesson)
    else:
        (pictures / "1.png").write_bytes(b"new")
    (after,) = tasks_of([run], LIMITS)
    assert after.key != before.key
