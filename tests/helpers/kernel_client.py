"""Asks the kernel server for a kernel, and stands for it: its signals and its end are passed on.

Started by Jupyter in the place of a kernel, by ``kernel.json`` of ``kernel_server``.
"""

import json
import os
import select
import signal
import socket
import sys


def main() -> None:
    """Have the server at the address named first begin a kernel with the other arguments."""
    address, *arguments = sys.argv[1:]
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        socket.send_fds(server, [b"\n"], [0, 1, 2])
        job = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
        server.sendall(json.dumps(job).encode() + b"\n")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: server.sendall(f"{number}\n".encode()))
        while not select.select([server], [], [], 1.0)[0]:
            if os.getppid() != parent:
                os._exit(1)  # whoever started it is dead; so a kernel ends by itself
        status = int(server.makefile().readline() or 1)
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main()
