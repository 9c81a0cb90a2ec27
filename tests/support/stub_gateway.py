"""A message gateway for tests: takes messages over HTTP, counts every request by key, and misbehaves on demand.

As a program (`python stub_gateway.py ADDRESS_FILE LOG_FILE SECONDS`) it writes each key and number to a file before it
answers, so that counts outlive whatever is killed.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

Answer = tuple[int, dict[str, Any]]
"""Status and body; status 0 cuts the connection without an answer."""


def accepted(key: str) -> Answer:
    return 200, {"status": "accepted", "id": f"gw-{key[:8]}"}


class Stub:
    """What came, by key, and what to answer next."""

    def __init__(self, answer: Callable[[str], Answer] = accepted) -> None:
        self.hits: Counter[str] = Counter()
        self.bodies: dict[str, set[str]] = {}
        self.answer = answer
        self.url = ""
        self.lock = threading.Lock()

    def take(self, key: str, body: bytes) -> Answer:
        with self.lock:
            self.hits[key] += 1
            self.bodies.setdefault(key, set()).add(body.decode())
            return self.answer(key)

    def only_body(self) -> dict[str, Any]:
        (bodies,) = self.bodies.values()
        (body,) = bodies
        return dict(json.loads(body))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: ClassVar[Stub]

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: answers leave at once

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, content = self.stub.take(self.headers["Idempotency-Key"], body)
        if not status:
            self.close_connection = True
            return
        answer = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def _server(stub: Stub) -> ThreadingHTTPServer:
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"stub": stub}))
    stub.url = f"http://127.0.0.1:{server.server_port}/sms"
    return server


@contextmanager
def running(stub: Stub) -> Iterator[Stub]:
    server = _server(stub)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


def main(address_file: Path, log_file: Path, seconds: float) -> None:
    with log_file.open("a") as log:
        stub = Stub()
        take = stub.take

        def slow(key: str, body: bytes) -> Answer:
            with stub.lock:
                log.write(f"{key} {json.loads(body)['to']}\n")
                log.flush()
            found = take(key, body)
            time.sleep(seconds)
            return found

        stub.take = slow  # type: ignore[method-assign]
        server = _server(stub)
        address_file.write_text(stub.url)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
