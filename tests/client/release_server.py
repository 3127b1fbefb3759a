"""A small service of releases for the client's tests, on real sockets, that can be told to go wrong in every way."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ports import unused_port
from release_documents import described

KEY = b"the key of the project's digests"


@dataclass(kw_only=True)
class ReleaseServer:
    """The service.

    Attributes:
        port: where it listens.
        statuses: what is answered instead, by the last part of the route (`head`, `body`, `events`, `instances`).
        reports: what instances said.
        asked: the requests, in order.
        tokens: what they were signed with.
        tampered: bodies are changed on their way.
        several: it has several projects, each below a path of its own.
        jitter_ms: what events say.
        problem: how a project's path that is not there is called; empty: it is no path.
        beat: how often a stream says that it gives a sign of life; empty: it does not say.
        hangs: connections are taken, and nobody answers any more.
    """

    port: int = 0
    environment: str = "development"
    head: dict[str, Any] | None = None
    bodies: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    tampered: bool = False
    several: bool = False
    jitter_ms: int = 0
    problem: str = ""
    beat: str = ""
    hangs: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)
    streams: int = 0
    open_streams: int = 0
    stopped: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def release(self, number: int, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Makes a release the head, and announces it."""
        release, body = described(number, values, environment=self.environment, **more)
        with self.changed:
            self.bodies[release["digest"]] = body
            self.head = release
            self.changed.notify_all()
        return release

    def heard(self, wanted: Any, seconds: float) -> bool:
        """Whether a report that is wanted comes within so many seconds."""
        with self.changed:
            return self.changed.wait_for(lambda: any(wanted(report) for report in self.reports), seconds)


_HEARTBEAT_SECONDS = 0.2


def newer(head: dict[str, Any] | None, than: int) -> bool:
    return head is not None and head["id"] > than


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: ReleaseServer

    def do_GET(self) -> None:
        self.answer_request()

    def do_POST(self) -> None:
        self.answer_request()

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""

    def answer_request(self) -> None:
        parts = urlsplit(self.path)
        with self.service.changed:
            self.service.asked.append(self.path)
            self.service.tokens.append(self.headers.get("Authorization", ""))
            self.service.changed.notify_all()
            self.service.changed.wait_for(lambda: self.service.stopped or not self.service.hangs)
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if parts.path.startswith("/projects/") and not self.service.several:
            self.answer(404, json.dumps({"code": self.service.problem}).encode())
            return
        what = next(part for part in ("events", "instances", "head", "body") if f"/{part}" in parts.path)
        if what in self.service.statuses:
            self.answer(self.service.statuses[what], b"{}")
        elif what == "head":
            self.answer_head({name: float(values[0]) for name, values in parse_qs(parts.query).items()})
        elif what == "body":
            body = self.service.bodies[parts.path.rpartition("/")[2]]
            self.answer(200, body.replace(b"1", b"2") if self.service.tampered else body)
        elif what == "instances":
            with self.service.changed:
                self.service.reports.append(json.loads(content))
                self.service.changed.notify_all()
            self.answer(204)
        else:
            self.answer_events()

    def answer_head(self, query: Mapping[str, float]) -> None:
        service, after = self.service, query.get("after", 0)
        with service.changed:
            if service.head is not None and service.head["id"] < after:
                self.answer(503, b"{}")
                return
            service.changed.wait_for(
                lambda: service.stopped or (service.head and service.head["id"] > after), query.get("wait", 0)
            )
            head = service.head
        if head is None:
            self.answer(404, b"{}")
        elif query.get("wait") and head["id"] <= after:
            self.answer(204)
        else:
            self.answer(200, json.dumps({**head, "digest_key": base64.b64encode(KEY).decode()}).encode())

    def answer_events(self) -> None:
        service = self.service
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        if service.beat:
            self.send_header("X-Beat-Seconds", service.beat)
        self.end_headers()
        said = int(self.headers.get("Last-Event-ID", 0))
        self.chunk(": here\n\n")
        with service.changed:
            service.streams += 1
            service.open_streams += 1
            service.changed.notify_all()
        try:
            while (head := self.next_head(said)) is not None:
                said = head["id"]
                event = {"id": said, "digest": head["digest"], "jitter_ms": service.jitter_ms}
                self.chunk(f"id: {said}\ndata: {json.dumps(event)}\n\n")
        finally:
            with service.changed:
                service.open_streams -= 1
        self.close_connection = True

    def next_head(self, said: int) -> dict[str, Any] | None:
        """The next release; None when the service stops. That the client is gone is heard by a heartbeat."""
        service = self.service
        while True:
            with service.changed:
                if not service.hangs and service.changed.wait_for(
                    lambda: service.stopped or newer(service.head, said), _HEARTBEAT_SECONDS
                ):
                    return None if service.stopped else service.head
                service.changed.wait_for(lambda: service.stopped or not service.hangs)
            self.chunk(": still here\n\n")

    def chunk(self, text: str) -> None:
        raw = text.encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")

    def answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        if status != 204:  # RFC 9110, 8.6
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_arguments: object) -> None:
        """A client that goes away in the middle is what these tests are about."""


@contextmanager
def serving(
    service: ReleaseServer | None = None, *, port: int = 0, context: ssl.SSLContext | None = None
) -> Iterator[ReleaseServer]:
    """A service that answers for as long as the block lasts; at its end every stream ends."""
    service = service or ReleaseServer()
    handler = type("Handler", (_Handler,), {"service": service})
    server = _Server(("127.0.0.1", port or unused_port()), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    service.port, service.stopped = server.server_port, False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        with service.changed:
            service.stopped = True
            service.changed.notify_all()
        server.shutdown()
        server.server_close()
        thread.join()
