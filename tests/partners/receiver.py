"""A partner's server, as a real one in a thread: notes what it was sent, answers as the test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

TAKEN = (200, b'{"success": true}')


@dataclass(frozen=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict:
        return json.loads(self.body)


class Receiver:
    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answer: Callable[[Got], tuple[int, bytes] | None] = lambda _got: TAKEN
        self._lock = Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got = Got(self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
                with receiver._lock:
                    receiver.got.append(got)
                answer = receiver.answer(got)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                if 300 <= answer[0] < 400:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_args: None  # the sender hung up first
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}/callback?from=carrier"

    @property
    def codes(self) -> list[str]:
        return [got.told["event"]["code"] for got in self.got]

    def of(self, number: str) -> list[int]:
        """Return the places of what was told of an order, as they came in."""
        return [got.told["event"]["seq"] for got in self.got if got.told["number"] == number]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = Thread(target=receiver._server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver._server.shutdown()
        thread.join()
        receiver._server.server_close()
