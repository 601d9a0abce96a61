"""A web server on this machine, for tests of downloads."""

import re
import socket
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler


class FileServer(socketserver.ThreadingTCPServer):
    """A web server on this machine with one file and the faults that servers have.

    ``ranges`` keeps the Range header of every request, None where there was none.
    """

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.ranges = content, []
        self.status, self.stops_after, self.pause = 200, None, 0.0
        self.knows_ranges = self.tells_length = True
        self.url = f"http://127.0.0.1:{self.server_address[1]}/file.bin"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.thread.join()
        super().__exit__(*error)

    def handle_error(self, *_: object) -> None:
        """Say nothing when a client leaves early."""


class Handler(BaseHTTPRequestHandler):
    """Answers GET, with Range, as ``FileServer`` is told to."""

    server: FileServer

    def do_GET(self) -> None:
        """Send the file, or the rest that is asked for."""
        server, wanted = self.server, self.headers["Range"]
        server.ranges.append(wanted)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = 0
        if wanted and server.knows_ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            if start >= len(server.content):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        if server.tells_length:
            self.send_header("Content-Length", str(len(server.content) - start))
        self.end_headers()
        self.send(server.content[start:][: server.stops_after])

    def send(self, content: bytes) -> None:
        """Send ``content``, in tenths with a pause after each."""
        for place in range(0, len(content), len(content) // 10 or 1):
            self.wfile.write(content[place : place + (len(content) // 10 or 1)])
            time.sleep(self.server.pause)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


def closed_port_url() -> str:
    """An address on this machine where nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/file.bin"
