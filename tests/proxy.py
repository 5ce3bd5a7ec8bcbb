"""A proxy on the loopback that fails as networks and servers do. It knows no protocol: bytes go through until
a request holds what a fault waits for."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

Kind = Literal["refuse", "reset", "cut", "lose", "truncate", "answer", "delay"]
LENGTH = 1 << 16


@dataclass(frozen=True)
class Fault:
    """What happens to a request that holds ``marker`` (empty: to any).

    ``refuse`` and ``reset`` end the connection before the server sees it, ``refuse`` in good order. ``cut``
    ends it in the middle of the request, ``truncate`` in the middle of the answer. ``lose``: the server does
    it, and the client never hears of it. ``answer``: ``text`` is answered in the server's place (garbage, or
    HTTP's 401, 429, 500). ``delay`` waits some ``seconds``. ``once``: the next such request goes through.
    """

    kind: Kind
    marker: bytes = b""
    text: bytes = b""
    seconds: float = 0.5
    once: bool = False


class Proxy:
    """Listens on ``port``. ``fault`` may be set at any time; ``met`` counts requests that it was done to."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.fault: Fault | None = None
        self.met = 0

    def serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._through, args=(client,), daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _through(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server, suppress(OSError):
            link = _Link(client, server)
            threading.Thread(target=link.answers, daemon=True).start()
            link.requests(self._due)
            server.shutdown(socket.SHUT_RDWR)  # closing does not reach a socket that a thread still reads

    def _due(self, data: bytes) -> Fault | None:
        fault = self.fault
        if fault is None or fault.marker not in data:
            return None
        self.met += 1
        if fault.once:
            self.fault = None
        return fault


class _Link:
    """One connection, both ways."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.fault: Fault | None = None
        self.ended = threading.Event()

    def requests(self, due: Callable[[bytes], Fault | None]) -> None:
        with suppress(OSError):
            while data := self.client.recv(LENGTH):
                fault = due(data)
                if fault is not None and self.fail(fault, data):
                    return
                self.server.sendall(data)

    def answers(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(LENGTH):
                if self.fault is not None:
                    if self.fault.kind == "truncate":
                        self.client.sendall(data[: len(data) // 2])
                    break
                self.client.sendall(data)
        with suppress(OSError):
            self.client.shutdown(socket.SHUT_RDWR)
        self.ended.set()

    def fail(self, fault: Fault, data: bytes) -> bool:
        """Whether the connection is at its end."""
        match fault.kind:
            case "delay":
                time.sleep(fault.seconds)
                return False
            case "lose" | "truncate":
                self.fault = fault
                self.server.sendall(data)
                self.ended.wait(fault.seconds)
            case "cut":
                self.server.sendall(data[: len(data) // 2])
            case "answer":
                self.client.sendall(fault.text)
            case "reset":
                self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return True


@contextmanager
def proxy(host: str, port: int) -> Iterator[Proxy]:
    """A proxy before a server, as long as the block."""
    made = Proxy(host, port)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()
