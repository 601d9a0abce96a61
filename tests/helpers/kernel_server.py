"""Kernels without the wait: a process that has imported torch once, and forks for each of them.

Importing what every lesson imports takes seconds, and the tests start some fifty kernels. Each is a
process of its own, as always; only how it begins differs. ``kernel_client`` stands for it.
"""

import atexit
import gc
import json
import os
import random
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TextIO

# Not pyplot, which chooses a window or none as it is imported.
WARM = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipywidgets",
    "jinja2",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "numpy",
    "PIL.Image",
    "pygments.lexers.python",
    "scipy.stats",
    "sklearn.datasets",
    "sklearn.linear_model",
    "torch",
    "torchvision",
    "tqdm.auto",
)


@contextmanager
def kernels_by_forking(folder: Path, warm: Sequence[str] = WARM) -> Iterator[None]:
    """Have every kernel ``python3`` that this process starts begin in a warm process.

    Args:
        folder: New and short, since it holds a socket.
        warm: Modules that kernels find imported.
    """
    address = folder / "socket"
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    client = Path(__file__).with_name("kernel_client.py")
    # Without site and with nothing of the environment, the client is there at once.
    command = [sys.executable, "-S", "-E", str(client), str(address), "-f", "{connection_file}"]
    about = {"argv": command, "display_name": "Python 3 (ipykernel)", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(about), encoding="utf-8")
    before = os.environ.get("JUPYTER_PATH")
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__)), str(address), *warm],
        stdin=subprocess.PIPE,  # nothing is said; it ends with whoever holds the other end
        stdout=subprocess.PIPE,
        env=os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"},  # it says that it need not be on
        text=True,
    )
    server.stdout.readline()  # it listens
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(folder), before)))
    try:
        yield
    finally:
        server.communicate()
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before


class KernelServer:
    """Forks a kernel for each connection; signals come over it, and the end goes back."""

    def __init__(self, address: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(address)
        self.listener.listen()
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(self.listener, selectors.EVENT_READ, self.begin)
        woken, self.wakes = socket.socketpair()
        self.wakes.setblocking(False)
        signal.set_wakeup_fd(self.wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.waiting.register(woken, selectors.EVENT_READ, self.reap)
        self.waiting.register(sys.stdin, selectors.EVENT_READ, self.end)
        self.kernels: dict[int, socket.socket] = {}  # connections by process number

    def serve(self) -> list[str] | None:
        """Wait for clients; returns in a new kernel only, with the arguments of that kernel."""
        while True:
            for key, _ in self.waiting.select():
                arguments = key.data(key.fileobj)
                if arguments is not None:
                    return arguments

    def begin(self, listener: socket.socket) -> list[str] | None:
        """Fork for a client; None in the server."""
        connection, _ = listener.accept()
        _, files, *_ = socket.recv_fds(connection, 1, 3)
        job = json.loads(connection.makefile("rb").readline())
        process = os.fork()
        if process == 0:
            become(job, files)
            return job["arguments"]
        for file in files:
            os.close(file)
        self.kernels[process] = connection
        self.waiting.register(connection, selectors.EVENT_READ, self.pass_on)
        return None

    def pass_on(self, connection: socket.socket) -> None:
        """Send a kernel the signals of its client, and end it with its client."""
        process = next(number for number, kept in self.kernels.items() if kept is connection)
        said = connection.recv(64)
        for number in said.split() or [signal.SIGKILL]:
            os.kill(process, int(number))
        if not said:
            self.waiting.unregister(connection)

    def end(self, stdin: TextIO) -> None:
        """End, and all kernels with it."""
        for process in self.kernels:
            os.kill(process, signal.SIGKILL)
        # Not by sys.exit, which clears away, piece by piece, all that was imported: seconds.
        os._exit(0)

    def reap(self, woken: socket.socket) -> None:
        """Tell the clients of kernels that have ended how they did."""
        woken.recv(4096)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                connection = self.kernels.pop(ended[0])
                with suppress(OSError):
                    connection.sendall(f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())
                with suppress(KeyError):
                    self.waiting.unregister(connection)
                connection.close()


def become(job: dict, files: list[int]) -> None:
    """Make this process what its client is: the same folder, environment and streams."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())  # it ends when its parent does
    # As ipykernel chooses before matplotlib is imported, which asks for it then.
    backend = os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    sys.modules["matplotlib"].rcParams["backend"] = backend
    random.seed()
    sys.modules["numpy"].random.seed()


def main() -> None:
    """Serve at the address named first, with the modules named then; be a kernel in each fork."""
    server = KernelServer(sys.argv[1])
    print("listening", flush=True)
    sys.path.pop(0)  # the folder of this file
    for name in sys.argv[2:]:
        import_module(name)
    gc.freeze()  # else each kernel looks through, and copies, all of it as it ends
    arguments = server.serve()
    sys.argv = ["ipykernel_launcher", *arguments]
    sys.modules["ipykernel.kernelapp"].launch_new_instance()
    # What is left is to clear away all that was imported.
    atexit._run_exitfuncs()
    os._exit(0)


if __name__ == "__main__":
    main()
