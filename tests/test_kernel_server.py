"""Kernels that begin by forking are kernels like any other: their own folder, signals and end.

The server behind them is the one that all tests of this process share, begun by ``conftest.py``.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from tests.helpers.browser.lab import wait_until
from tests.helpers.notebook_files import NOTEBOOKS_FOLDER

pytestmark = [
    pytest.mark.lessons,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
]


@contextmanager
def new_kernel(**options: object) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel, ended in the end."""
    manager, client = start_new_kernel(startup_timeout=120, **options)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def said_by(client: BlockingKernelClient, code: str) -> str:
    """What the kernel prints for ``code``."""
    printed = []

    def keep(message: dict) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    client.execute_interactive(code, output_hook=keep, timeout=120)
    return "".join(printed).strip()


def test_a_kernel_has_torch_at_once_and_its_own_folder_and_environment(tmp_path: Path) -> None:
    environment = os.environ | {"HELLO": "there"}
    with new_kernel(cwd=str(tmp_path), env=environment) as (_, client):
        assert said_by(client, "import sys; print('torch' in sys.modules)") == "True"
        assert said_by(client, "import os; print(os.getcwd(), os.environ['HELLO'])") == (
            f"{tmp_path} there"
        )
        assert said_by(client, "import importlib.util as u; print(u.find_spec('tests'))") == "None"


def test_pyplot_draws_as_the_kernels_environment_says() -> None:
    draw = "import os, matplotlib.pyplot as plt; print(plt.get_backend(), os.environ['MPLBACKEND'])"
    for chosen in ("agg", "module://matplotlib_inline.backend_inline"):
        with new_kernel(env=os.environ | {"MPLBACKEND": chosen}) as (_, client):
            assert said_by(client, draw) == f"{chosen} {chosen}"
    nothing_chosen = {name: os.environ[name] for name in os.environ if name != "MPLBACKEND"}
    with new_kernel(env=nothing_chosen) as (_, client):
        assert said_by(client, draw) == f"{chosen} {chosen}"


def test_two_kernels_share_nothing() -> None:
    with new_kernel() as (_, first), new_kernel() as (_, second):
        draw = "import random, numpy; print(random.random(), numpy.random.rand())"
        assert said_by(first, f"x = 1; {draw}") != said_by(second, draw)
        assert said_by(second, "print('x' in globals())") == "False"


def test_an_interrupt_reaches_the_kernel_and_leaves_it_alive() -> None:
    with new_kernel() as (manager, client):
        client.execute("import time\ntime.sleep(600)")
        said_by_now = client.get_iopub_msg
        wait_until(lambda: said_by_now(timeout=60)["msg_type"] == "execute_input", "the cell began")
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=60)["content"]["ename"] == "KeyboardInterrupt"
        # What is asked for at once after an error is passed over.
        wait_until(lambda: said_by(client, "print(2 + 2)") == "4", "the kernel goes on")


def test_a_kernel_that_dies_is_seen_to_have_died() -> None:
    with new_kernel() as (manager, client):
        client.execute("import os; os._exit(9)")
        wait_until(lambda: not manager.is_alive(), "the kernel's end is known")
        assert manager.provisioner.process.returncode == 9


def test_a_kernel_ends_with_the_one_that_stands_for_it() -> None:
    with new_kernel() as (manager, client):
        process = int(said_by(client, "import os; print(os.getpid())"))
        os.kill(manager.provisioner.process.pid, signal.SIGKILL)
        wait_until(lambda: not psutil.pid_exists(process), "the kernel has ended")


def test_the_server_ends_with_a_test_process_that_is_killed(tmp_path: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from tests.helpers.kernel_server import kernels_by_forking
with kernels_by_forking(Path(sys.argv[1]), warm=[]):
    print("begun", flush=True)
    time.sleep(600)
"""
    tests = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=NOTEBOOKS_FOLDER.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert tests.stdout.readline() == "begun\n"
    (server,) = psutil.Process(tests.pid).children()
    tests.kill()
    tests.communicate()
    wait_until(lambda: has_ended(server), "the server has ended")


def has_ended(process: psutil.Process) -> bool:
    """Whether a process is gone, or waits for nothing but to be counted out."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
