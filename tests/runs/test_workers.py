"""What the workers of a cluster are asked, and how their cores are shared out."""

from types import SimpleNamespace
from typing import Any

import pytest

from course_utils.runs.computing import differences
from course_utils.runs.keys import environment_here
from course_utils.runs.spread import _Left, _room
from course_utils.runs.workers import have_gpus, refuse_unfit, slots_of, threads_per_run
from tests.helpers.notebook_files import write_notebook
from tests.helpers.run_records import task_of

TWO_ON_ONE_MACHINE = {"a:1": ("a", 1, 0), "a:2": ("a", 1, 0)}


class Scheduler:
    """A client of a scheduler that knows these workers, which answer as they are told."""

    def __init__(self, workers: dict[str, tuple[str, int, int]], **answers: Any) -> None:
        self.workers, self.answers = workers, answers

    scheduler = SimpleNamespace(processing=None)

    def sync(self, question: Any, **arguments: Any) -> dict[str, Any]:
        """As a client has it."""
        return {}

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        """As a client has it."""
        return {
            "workers": {
                address: {"host": host, "nthreads": runs, "resources": {"GPU": gpus, "other": 5}}
                for address, (host, runs, gpus) in self.workers.items()
            }
        }

    def run(self, question: Any, *arguments: Any, on_error: str) -> dict[str, Any]:
        """As a client has it."""
        assert on_error == "return"
        answers = self.answers.get(question.__name__, {})
        here = {"environment_here": environment_here(), "missing_here": []}
        return {worker: here[question.__name__] for worker in self.workers} | answers


@pytest.mark.parametrize(
    ("slots", "cores", "together", "alone"),
    [
        (TWO_ON_ONE_MACHINE, {"a:1": 8, "a:2": 8}, 4, 8),
        (TWO_ON_ONE_MACHINE | {"b:1": ("b", 1, 0)}, {"a:1": 8, "a:2": 8, "b:1": 2}, 2, 2),
        ({"a:1": ("a", 3, 0)}, {"a:1": 8}, 2, 8),
        ({"a:1": ("a", 9, 0)}, {"a:1": 8}, 1, 8),
        ({"a:1": ("a", 1, 0), "new": ("a", 1, 0)}, {"a:1": 8}, 4, 8),  # came after the question
        ({}, {}, 1, 1),
    ],
)
def test_threads_are_a_machines_cores_by_its_runs_where_they_are_fewest(
    slots: dict[str, Any], cores: dict[str, int], together: int, alone: int
) -> None:
    assert threads_per_run(slots, cores, alone=False) == together
    assert threads_per_run(slots, cores, alone=True) == alone


def test_gpus_are_those_that_workers_declare() -> None:
    slots = slots_of(Scheduler({"a:1": ("a", 2, 0), "b:1": ("b", 1, 1)}))
    assert slots == {"a:1": ("a", 2, 0), "b:1": ("b", 1, 1)}
    assert have_gpus(slots)
    assert not have_gpus(TWO_ON_ONE_MACHINE)


def test_no_more_is_submitted_than_can_be_computed_at_once() -> None:
    client = Scheduler({"a:1": ("a", 4, 0), "b:1": ("b", 1, 1)})
    assert _room(client, {}) == {True: 1, False: 5}
    waiting = {"x": ("task", True), "y": ("task", False), "z": ("task", False)}
    assert _room(client, waiting) == {True: 0, False: 3}


def test_while_no_worker_is_there_one_run_waits_for_the_next() -> None:
    assert _room(Scheduler({}), {}) == {True: 1, False: 1}
    assert _room(Scheduler({}), {"x": ("task", False)}) == {True: 1, False: 0}


@pytest.fixture
def tasks(tmp_path: Any) -> list[Any]:
    """A run for each device."""
    lesson = write_notebook(tmp_path / "90_tiny.ipynb", "1 + 1")
    return [task_of(lesson, device=device) for device in ("cpu", "cuda", "auto")]


@pytest.mark.parametrize(("with_gpus", "on_gpus"), [(True, ["cuda", "auto"]), (False, ["cuda"])])
def test_a_run_that_takes_what_there_is_takes_a_gpu_where_there_is_one(
    tasks: list[Any], with_gpus: bool, on_gpus: list[str]
) -> None:
    left = _Left(tasks, with_gpus)
    found = list(left.next_for({True: 9, False: 9}))
    assert [task.device for task, takes_gpu in found if takes_gpu] == on_gpus
    assert len(found) == 3 and not left


def test_runs_without_a_gpu_do_not_wait_behind_those_that_need_one(tasks: list[Any]) -> None:
    left = _Left([tasks[1], tasks[1], tasks[0]], with_gpus=True)
    found = [(task.device, takes) for task, takes in left.next_for({True: 1, False: 1})]
    assert found == [("cuda", True), ("cpu", False)]
    assert left


def test_workers_that_are_as_this_machine_are_not_refused(tasks: list[Any]) -> None:
    refuse_unfit(Scheduler({"a:1": ("a", 1, 1)}), tasks)
    refuse_unfit(Scheduler(TWO_ON_ONE_MACHINE), [tasks[0], tasks[2]])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("environment_here", environment_here() | {"torch": "1.0"}, r"a:2 has torch 1\.0 \(want"),
        ("environment_here", {}, r"a:2 has course_utils none \(wanted: "),
        ("environment_here", ImportError("no course_utils"), "a:2 cannot run lessons: no course"),
        ("missing_here", ["CIFAR-10 in data"], "a:2 lacks CIFAR-10 in data: copy it there"),
        ("missing_here", OSError("no\nluck"), "a:2 cannot look for data: no$"),
    ],
)
def test_a_worker_that_could_not_compute_a_run_is_refused_by_name(
    tasks: list[Any], question: str, answer: Any, said: str
) -> None:
    client = Scheduler(TWO_ON_ONE_MACHINE, **{question: {"a:2": answer}})
    with pytest.raises(ValueError, match=f"the worker {said}"):
        refuse_unfit(client, tasks[:1])


def test_a_run_that_asks_for_a_gpu_is_refused_where_no_worker_declares_one(
    tasks: list[Any],
) -> None:
    with pytest.raises(ValueError, match=r"no worker declares one: start .* --resources GPU=1"):
        refuse_unfit(Scheduler(TWO_ON_ONE_MACHINE), tasks)


def test_all_that_is_not_equal_is_named_with_what_was_wanted() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "2", "c": "3"}) == ""
    assert differences({"a": "1", "b": "2"}, {"a": "0"}) == "a 0 (wanted: 1), b none (wanted: 2)"
