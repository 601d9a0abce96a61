"""Many runs on the workers of a cluster, hurt in every way; GPUs are pretended."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from course_utils.runs import keys
from course_utils.runs.computing import OtherEnvironmentError
from course_utils.runs.local_cluster import local_cluster
from course_utils.runs.spread import compute_on
from course_utils.session.cores import usable_cores
from tests.helpers.changed_workers import change
from tests.helpers.many_runs import (
    BESIDE_OTHERS,
    Unseen,
    beside,
    kernels_begun,
    run,
    seen,
    table_of,
    wait_until,
    write_watched,
)
from tests.helpers.run_records import task_of

pytestmark = pytest.mark.lessons
distributed = pytest.importorskip("distributed", reason="pip install -r requirements/dask.txt")
ONE_EACH = "--sweep=seed=0..1"  # a run for each worker
AND_ONE_WAITS = "--sweep=seed=0..2"


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of two workers, of which the first says that it has a GPU."""
    import torch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.cuda, "device_count", lambda: 1)
        with local_cluster(2) as started:
            yield started


@pytest.fixture
def on_cluster(client: Any, tmp_path: Path) -> list[object]:
    """Options for runs on the cluster."""
    return ["--cluster", client.scheduler.address, "--out", tmp_path / "o"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table of the runs computed here, one after another."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(write_watched(folder), AND_ONE_WAITS, "--out", folder / "o") == 0
    return table_of(folder / "o")


def threads_of_runs(out: Path) -> set[int]:
    """With how many each was computed, as their records say."""
    return {json.loads(path.read_text())["threads"] for path in out.glob("*/*/run.json")}


def test_a_cluster_comes_to_the_same_table_and_repeats_nothing(
    on_cluster: list[object], undisturbed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = write_watched(tmp_path)
    assert run(lesson, AND_ONE_WAITS, *on_cluster) == 0
    assert table_of(tmp_path / "o") == undisturbed
    assert threads_of_runs(tmp_path / "o") == {max(1, usable_cores() // 2)}
    assert "3 runs, 0 finished before, 3 to do" in capsys.readouterr().out
    assert run(lesson, AND_ONE_WAITS, *on_cluster) == 0
    assert "3 runs, 3 finished before, 0 to do" in capsys.readouterr().out
    assert len(kernels_begun(tmp_path)) == 3
    assert run(lesson, AND_ONE_WAITS, *on_cluster, "--again") == 0
    assert len(kernels_begun(tmp_path)) == 6
    assert table_of(tmp_path / "o") == undisturbed


def test_a_worker_that_is_killed_loses_nothing_and_nothing_counts_twice(
    client: Any, on_cluster: list[object], undisturbed: str, tmp_path: Path
) -> None:
    lesson = write_watched(tmp_path, waits=True)
    with beside(lesson, AND_ONE_WAITS, *on_cluster) as command:
        wait_until(lambda: len(kernels_begun(tmp_path)) == 2)
        number = next(iter(client.run(os.getpid).values()))
        os.kill(number, signal.SIGKILL)
        wait_until(lambda: len(kernels_begun(tmp_path)) == 3)  # on the worker that came for it
        (tmp_path / "go").touch()
        assert command.result() == 0
    assert table_of(tmp_path / "o") == undisturbed
    assert len(kernels_begun(tmp_path)) == 4
    wait_until(lambda: not any(map(psutil.pid_exists, kernels_begun(tmp_path))))


def test_a_killed_kernel_fails_its_run_alone_and_the_same_command_mends_it(
    on_cluster: list[object], undisturbed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = write_watched(tmp_path, waits=True)
    with beside(lesson, AND_ONE_WAITS, *on_cluster) as command:
        wait_until(lambda: len(kernels_begun(tmp_path)) == 2)
        os.kill(kernels_begun(tmp_path)[0], signal.SIGKILL)
        (tmp_path / "go").touch()
        assert command.result() == 1
    assert "FAILED  the kernel died" in capsys.readouterr().out
    assert "90_watched,,failed,the kernel died; most often the memory was full,3,,,,1,code" in (
        table_of(tmp_path / "o")
    )
    assert run(lesson, AND_ONE_WAITS, *on_cluster) == 0
    assert "3 runs, 2 finished before, 1 to do" in capsys.readouterr().out
    assert table_of(tmp_path / "o") == undisturbed


def test_a_run_past_its_limit_ends_though_it_swallows_interrupts(
    on_cluster: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swallows = "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        0"
    lesson = write_watched(tmp_path, swallows)
    assert run(lesson, ONE_EACH, *on_cluster, "--run-timeout", 1) == 1
    out, errors = capsys.readouterr()
    assert out.count("FAILED  the run took longer than 1 s, its limit (--run-timeout)") == 2
    said = [line.strip() for line in errors.replace("\r", "\n").splitlines()]
    assert [line for line in said if line and not line.startswith("Runs:")] == []


def test_runs_that_nobody_waits_for_any_more_are_ended_on_their_workers(
    client: Any, tmp_path: Path
) -> None:
    lesson = write_watched(tmp_path, "if seed == 0:\n    raise OSError", waits=True)
    tasks = [task_of(lesson, key=str(seed), parameters={"seed": seed}) for seed in range(3)]
    results = compute_on(client, tasks, Unseen())
    assert next(results).record["key"] == "0"
    wait_until(lambda: len(kernels_begun(tmp_path)) == 3)
    results.close()
    wait_until(lambda: not any(map(psutil.pid_exists, kernels_begun(tmp_path))))


@pytest.fixture
def other_source(client: Any, tmp_path: Path) -> Iterator[str]:
    """The address of a worker that has other source."""
    worker = list(client.scheduler_info(n_workers=-1)["workers"])[-1]
    (tmp_path / "other").mkdir()
    where = (keys.__name__, "PACKAGE")
    client.run(change, *where, tmp_path / "other", workers=[worker])
    yield worker
    client.run(change, *where, keys.PACKAGE, workers=[worker])


def test_a_worker_with_other_source_is_refused_by_name_before_the_first_run(
    other_source: str, on_cluster: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(write_watched(tmp_path), AND_ONE_WAITS, *on_cluster)
    last = capsys.readouterr().err.splitlines()[-1]
    assert f"error: the worker {other_source} has course_utils " in last
    assert kernels_begun(tmp_path) == []


def test_a_worker_that_is_other_only_later_computes_nothing(
    client: Any, other_source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_utils.runs.spread.refuse_unfit", lambda *asked: None)
    lesson = write_watched(tmp_path, waits=True)
    environment = keys.environment_here()
    tasks = [task_of(lesson, key=str(n), environment=environment) for n in range(2)]
    with pytest.raises(OtherEnvironmentError, match=r":\d+ has course_utils .* \(wanted: "):
        list(compute_on(client, tasks, Unseen()))


def test_a_worker_that_lacks_a_folder_is_named_with_it(
    client: Any, on_cluster: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = next(iter(client.scheduler_info(n_workers=-1)["workers"]))
    named = "-p", "backbone", "folder:requirements"
    where = (keys.__name__, "PROJECT_FOLDER")
    client.run(change, *where, tmp_path, workers=[worker])
    try:
        with suppress(SystemExit):
            run(write_watched(tmp_path), ONE_EACH, *on_cluster, *named)
    finally:
        client.run(change, *where, keys.PROJECT_FOLDER, workers=[worker])
    last = capsys.readouterr().err.splitlines()[-1]
    assert f"error: the worker {worker} lacks folder:requirements (not there" in last
    assert kernels_begun(tmp_path) == []


def test_runs_on_gpus_are_one_at_a_time_on_each_and_the_others_see_none(
    on_cluster: list[object], tmp_path: Path
) -> None:
    lesson = write_watched(tmp_path, BESIDE_OTHERS)
    assert run(lesson, AND_ONE_WAITS, *on_cluster, "-p", "device", "cuda") == 0
    assert seen(tmp_path) == [["0", "0"]] * 3  # nobody beside it, the first GPU
    assert run(lesson, ONE_EACH, *on_cluster) == 0
    assert [gpus for _, gpus in seen(tmp_path)[:2]] == [""] * 2


def test_a_lesson_that_times_the_machine_runs_alone(
    on_cluster: list[object], tmp_path: Path
) -> None:
    lesson = write_watched(tmp_path, BESIDE_OTHERS)
    notebook = json.loads(lesson.read_text())
    notebook["metadata"]["workbook"] = {"times_the_machine": True}
    lesson.write_text(json.dumps(notebook))
    assert run(lesson, ONE_EACH, *on_cluster) == 0
    assert [beside for beside, _ in seen(tmp_path)] == ["0"] * 2
