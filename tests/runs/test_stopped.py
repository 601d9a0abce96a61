"""Commands that are stopped or lose their cluster, and go on where they were."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from course_utils.files import PROJECT_FOLDER
from course_utils.runs.cluster import Tls, cluster_at
from tests.helpers.many_runs import (
    PATIENCE,
    kernels_begun,
    run,
    table_of,
    wait_until,
    write_watched,
)

pytestmark = pytest.mark.lessons
GO_ON = "What is finished is kept; the same command goes on from there."
FIRST_AT_ONCE = "while seed > 0 and not (place / 'go').exists():\n    time.sleep(0.02)"
SEEDS = "seed=0..2"


def begin(folder: Path, *arguments: object) -> subprocess.Popen:
    """The command in a process group of its own, as a terminal begins it."""
    with (folder / "said").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "course_utils.batch", *map(str, arguments)],
            stdout=said, stderr=subprocess.STDOUT, cwd=PROJECT_FOLDER, start_new_session=True,
        )  # fmt: skip


def lines_said(folder: Path) -> list[str]:
    """What it said, without the bar and the runs."""
    lines = (folder / "said").read_text().replace("\r", "\n").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("Runs:", "90 "))]


def family(process: subprocess.Popen) -> list[psutil.Process]:
    """All processes that it has started, and those that they have."""
    return psutil.Process(process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table of the runs computed here, one after another."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(write_watched(folder), "--sweep", SEEDS, "--out", folder / "o") == 0
    return table_of(folder / "o")


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGINT, 2), (signal.SIGTERM, 1)], ids=["ctrl-c", "sigterm"]
)
def test_a_stopped_command_keeps_what_is_done_and_leaves_nothing_running(
    tmp_path: Path, undisturbed: str, number: int, workers: int
) -> None:
    lesson = write_watched(tmp_path, FIRST_AT_ONCE)
    command = lesson, "--sweep", SEEDS, "--out", tmp_path / "o"
    process = begin(tmp_path, *command, "--workers", workers, "--claims-must-hold")
    wait_until(lambda: list(tmp_path.glob("o/*/*/run.json")))
    wait_until(lambda: len(kernels_begun(tmp_path)) == 1 + workers)
    started = family(process)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # to workers, too, as a terminal does
    else:
        process.send_signal(number)
    assert process.wait(PATIENCE) == 130
    assert lines_said(tmp_path) == ["3 runs, 0 finished before, 3 to do", f"Stopped. {GO_ON}"]
    wait_until(lambda: not any(one.is_running() for one in started))
    wait_until(lambda: not any(map(psutil.pid_exists, kernels_begun(tmp_path))))
    (tmp_path / "go").touch()
    assert run(*command) == 0
    assert len(list(tmp_path.glob("o/*/*/run.json"))) == 3
    assert len(kernels_begun(tmp_path)) == 1 + workers + 2
    assert table_of(tmp_path / "o") == undisturbed


@pytest.fixture
def certificates(tmp_path: Path) -> SimpleNamespace:
    """Files of an authority, and of another one."""
    trustme = pytest.importorskip("trustme", reason="pip install -r tests/requirements.txt")
    files = {}
    for name in ("ours", "others"):
        authority, folder = trustme.CA(), tmp_path / name
        folder.mkdir()
        issued = authority.issue_cert("127.0.0.1")
        files[name] = [str(folder / file) for file in ("ca.pem", "cert.pem", "key.pem")]
        authority.cert_pem.write_to_path(files[name][0])
        issued.cert_chain_pems[0].write_to_path(files[name][1])
        issued.private_key_pem.write_to_path(files[name][2])
    return SimpleNamespace(**files)


@pytest.fixture
def secret(tmp_path: Path, certificates: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A scheduler and a worker that speak TLS only, started by hand."""
    pytest.importorskip("distributed", reason="pip install -r requirements/dask.txt")
    names = ("--tls-ca-file", "--tls-cert", "--tls-key")
    tls = [part for pair in zip(names, certificates.ours, strict=True) for part in pair]
    tls += ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(tmp_path / "where")]

    def dask(*arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, *tls], cwd=PROJECT_FOLDER,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    scheduler = dask("scheduler", "--port", "0", "--protocol", "tls")
    wait_until((tmp_path / "where").exists)
    worker = dask("worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path))
    yield SimpleNamespace(
        address=json.loads((tmp_path / "where").read_text())["address"], scheduler=scheduler
    )
    for process in (worker, scheduler):
        process.terminate()
        process.wait(PATIENCE)


def test_a_scheduler_that_speaks_tls_computes_for_its_own_and_when_lost_ends_it_with_a_line(
    tmp_path: Path,
    secret: SimpleNamespace,
    certificates: SimpleNamespace,
    undisturbed: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lesson = write_watched(tmp_path, FIRST_AT_ONCE)
    command = lesson, "--sweep", SEEDS, "--out", tmp_path / "o"
    for options, said in (
        ([], "takes certificates: name them with --tls CA CERT KEY"),
        (["--tls", *certificates.others], f"no scheduler answers at {secret.address}: "),
    ):
        with pytest.raises(SystemExit):
            run(*command, "--cluster", secret.address, *options)
        assert said in capsys.readouterr().err.splitlines()[-1]
    wait_until(lambda: "no workers" not in refusal(secret.address, certificates.ours))
    on_it = *command, "--cluster", secret.address, "--tls", *certificates.ours
    process = begin(tmp_path, *on_it)
    wait_until(lambda: list(tmp_path.glob("o/*/*/run.json")))
    wait_until(lambda: len(kernels_begun(tmp_path)) == 2)
    process.kill()
    process.wait(PATIENCE)
    process = begin(tmp_path, *on_it)
    wait_until(lambda: not any(map(psutil.pid_exists, kernels_begun(tmp_path)[:2])))
    wait_until(lambda: len(kernels_begun(tmp_path)) == 3)
    secret.scheduler.kill()
    assert process.wait(PATIENCE) == 1
    assert lines_said(tmp_path) == [
        "3 runs, 1 finished before, 2 to do",
        f"The scheduler no longer answers. {GO_ON}",
    ]
    (tmp_path / "go").touch()
    assert run(*command) == 0
    assert "3 runs, 1 finished before, 2 to do" in capsys.readouterr().out
    assert table_of(tmp_path / "o") == undisturbed


def refusal(address: str, tls: list[str]) -> str:
    """Why this cluster is refused; empty if it is not."""
    try:
        with cluster_at(address, Tls(*tls)):
            return ""
    except ValueError as error:
        return str(error)
