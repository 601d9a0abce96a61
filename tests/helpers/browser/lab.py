"""A JupyterLab of the tests' own: start it, find where it answers, end it.

Everything it writes lies in a folder that is thrown away.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.helpers.notebook_files import NOTEBOOKS_FOLDER

HOST = "127.0.0.1"
PATIENCE = 300  # seconds; who waits goes on at once when it is so, on a busy machine too
STARTS = 3  # of a server whose port another program took
CONFIG = NOTEBOOKS_FOLDER.parent / ".jupyter"  # what `make lab` uses besides the user's own
FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
)


@dataclass
class Lab:
    """A JupyterLab that runs: where it answers, and the folder whose notebooks it shows."""

    address: str
    token: str
    root: Path

    def url(self, path: str) -> str:
        """Address of ``path`` with the token."""
        return f"{self.address}/{path}?token={self.token}"

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the server answers under ``api/``, None where it answers nothing."""
        request = urllib.request.Request(self.url(f"api/{path}"), method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def kernel_is_ready(self, name: str) -> bool:
        """Whether the notebook's kernel is idle and the page is connected to it."""
        sessions = [session for session in self.ask("sessions") if session["path"] == name]
        kernels = [session["kernel"] for session in sessions]
        return any(
            kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels
        )

    def end_kernels(self) -> None:
        """End every kernel, so that the next notebook has the machine to itself."""
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")


def becomes(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether ``is_so()`` within some seconds; looks ever less often, since looking takes time."""
    end, pause = time.monotonic() + seconds, 0.02
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(1.5 * pause, 0.5)
    return True


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until ``is_so()``, or raise TimeoutError that says ``what`` did not come about."""
    if not becomes(is_so, seconds):
        raise TimeoutError(f"after {seconds:.0f} seconds still not so: {what}")


def private_environment(folder: Path) -> dict[str, str]:
    """Environment of a Jupyter that reads and writes no settings but those below ``folder``."""
    folders = {name: str(folder / name.lower()) for name in FOLDERS}
    return dict(os.environ, JUPYTER_CONFIG_PATH=str(CONFIG)) | folders


@contextmanager
def own_process_group(
    command: list[str], log: Path, *, environment: dict[str, str], cwd: Path | None = None
) -> Iterator[subprocess.Popen]:
    """A process that is ended with all it started; what it prints goes to ``log``."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=cwd,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Run JupyterLab over the new folder ``folder/root``, with a token, for this machine only."""
    root, token = folder / "root", secrets.token_hex(16)
    root.mkdir(parents=True)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ip={HOST}", "--port=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
        "--LabApp.expose_app_in_browser=True",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    with running_server(command, folder, private_environment(folder)) as (_, port):
        lab = Lab(f"http://{HOST}:{port}", token, root)
        wait_until(lambda: answers(lab.url("api")), "JupyterLab answers")
        yield lab


@contextmanager
def running_server(
    command: list[str], folder: Path, environment: dict[str, str], cwd: Path | None = None
) -> Iterator[tuple[subprocess.Popen, int]]:
    """A command that starts a Jupyter server, and the port on which that server itself listens.

    Jupyter looks for a free port, and takes it a moment later. If another program was faster, it
    ends, and is started again.

    Args:
        command: What to run.
        folder: Of ``environment``, which is that of ``private_environment``; its log goes there.
        environment: Of the command.
        cwd: Where to run it.

    Raises:
        RuntimeError: If it ended each time; it quotes the last log.
    """
    log, notes = folder / "jupyterlab.log", Path(environment["JUPYTER_RUNTIME_DIR"])
    for _ in range(STARTS):
        with own_process_group(command, log, environment=environment, cwd=cwd) as process:
            wait_until(
                lambda started=process: started.poll() is not None or port_of_server(notes),
                "a Jupyter server listens",
            )
            if process.poll() is None:
                yield process, port_of_server(notes)
                return
    raise RuntimeError(f"JupyterLab ended at once:\n{log.read_text()[-2000:]}")


def port_of_server(notes: Path) -> int | None:
    """Port of the server whose note lies in the folder ``notes``, None until it listens there.

    Only what that very process listens on counts: another's answer tells nothing of this one.
    """
    for path in notes.glob("jpserver-*.json"):
        with suppress(ValueError, psutil.Error):  # half written, or of a server that has ended
            note = json.loads(path.read_text())
            if any(port == note["port"] for _, port in listens_at(psutil.Process(note["pid"]))):
                return note["port"]
    return None


def listens_at(process: psutil.Process) -> set[tuple[str, int]]:
    """Addresses and ports at which a process listens; none where it has just ended."""
    try:
        connections = process.net_connections("inet")
    except psutil.NoSuchProcess:
        return set()
    return {(*c.laddr,) for c in connections if c.status == psutil.CONN_LISTEN}


def answers(address: str) -> bool:
    """Whether a server answers there, and lets in."""
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:  # nothing listens there, or it refuses
        return False
