"""gcp-storage-emulator in a process of its own, and a line to it that fails when it is told to."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator

BUCKET = "studio"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def run_emulator() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "gcp_storage_emulator", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "-M", "-q", "--default-bucket", BUCKET])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


class BadLine:
    """Passes connections on to the emulator. Faults happen to the next connection, then the line is good again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cut: tuple[str, int] | None = None
        self.flip: int | None = None  # a byte from the end of the next answer that is longer than this
        self.answers: list[int] = []
        self.requests: list[str] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.server.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            near.settimeout(20)
            first = near.recv(65536)
            self.requests.append(first.split(b"\r\n")[0].decode())
            if self.answers:
                return self._answer(near, self.answers.pop(0))
            (cut, self.cut), flip = (self.cut, None), self.flip
            with socket.create_connection(("127.0.0.1", self.port)) as far:
                up = threading.Thread(target=self._pump, args=("up", near, far, first, cut), daemon=True)
                up.start()
                if flip is None:
                    self._pump("down", far, near, b"", cut)
                else:
                    self._flip(far, near, flip)
        return None

    def _answer(self, near: socket.socket, status: int) -> None:
        body = json.dumps({"error": {"message": "Invalid Credentials"}}).encode()
        near.sendall(b"HTTP/1.1 %d No\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body)) + body)

    def _pump(self, way: str, source: socket.socket, target: socket.socket, data: bytes, cut) -> None:
        left = cut[1] if cut and cut[0] == way else None
        with contextlib.suppress(OSError):
            data = data or source.recv(65536)
            while data:
                if left is not None and len(data) > left:
                    target.sendall(data[:left])
                    target.shutdown(socket.SHUT_WR)
                    source.shutdown(socket.SHUT_RDWR)
                    return
                left = None if left is None else left - len(data)
                target.sendall(data)
                data = source.recv(65536)
            target.shutdown(socket.SHUT_WR)

    def _flip(self, far: socket.socket, near: socket.socket, from_end: int) -> None:
        answer = bytearray()
        while part := far.recv(65536):
            answer += part
        if len(answer) > from_end:
            self.flip = None
            answer[-from_end] ^= 1
        near.sendall(answer)
